// Text in XML.
#pragma once

#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru::io {

/// Appends text with XML's special characters escaped; characters not allowed in XML become U+FFFD.
/// `text`: UTF-8. Thread-safe.
void escape_xml(std::string_view text, bool in_attribute, std::string& out);

}  // namespace uhuru::io
#pragma GCC visibility pop
