#include "uhuru/serve/public_url.hpp"

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::serve {

PublicUrl parse_public_url(const std::string& text) {
  constexpr std::string_view in_host =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
  // Such paths need no escaping in a page, a header or a VOTable.
  constexpr std::string_view in_path =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~/";
  const size_t scheme = text.starts_with("https://") ? 8 : 7;
  const size_t slash = std::min(text.find('/', scheme), text.size());
  PublicUrl url{text.substr(0, slash), text.substr(slash)};
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  const bool is_url = text.starts_with("http://") || text.starts_with("https://");
  if (!is_url || slash == scheme || url.origin.find_first_not_of(in_host, scheme) != text.npos ||
      url.prefix.find_first_not_of(in_path) != text.npos || url.prefix.find("//") != text.npos)
    throw Error(ErrorKind::usage, "invalid public URL", "--public-url",
                "a URL such as https://example.org/xray/", in_quotes(text));
  return url;
}

}  // namespace uhuru::serve
