// Text as XML holds it.
#pragma once

#include <string>
#include <string_view>

namespace uhuru {

/// Appends text with XML's special characters escaped; characters that XML cannot hold become
/// U+FFFD. `text`: UTF-8. Thread-safe.
void escape_xml(std::string_view text, bool in_attribute, std::string& out);

}  // namespace uhuru
