// The URL by which clients know a server.
#pragma once

#include <string>

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// The URL of a server behind a reverse proxy such as nginx: "https://example.org/xray/".
struct PublicUrl {
  std::string origin;  // "https://example.org"
  std::string prefix;  // "/xray"; empty for the whole host

  std::string text() const { return origin + prefix; }
};

/// Parses a URL. Throws Error (usage) if it is not http or https, or has a query or a fragment.
PublicUrl parse_public_url(const std::string& text);

}  // namespace uhuru::serve
#pragma GCC visibility pop
