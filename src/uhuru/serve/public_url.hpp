// The address that clients know a server by.
#pragma once

#include <string>

namespace uhuru {

/// Of a server behind another, such as nginx: "https://example.org/xray/".
struct PublicUrl {
  std::string origin;  // "https://example.org"
  std::string prefix;  // "/xray"; empty for the whole host

  std::string text() const { return origin + prefix; }
};

/// Throws Error (usage) if the text is not an http or https URL, or has a query or a fragment.
PublicUrl parse_public_url(const std::string& text);

}  // namespace uhuru
