#include "uhuru/io/xml_text.hpp"

#include <fmt/format.h>

namespace uhuru::io {

void escape_xml(std::string_view text, bool in_attribute, std::string& out) {
  const auto stands_for_itself = [](char c) {
    return c >= ' ' && c <= '~' && c != '&' && c != '<' && c != '>' && c != '"';
  };
  for (size_t i = 0; i < text.size(); ++i) {
    size_t plain = i;
    while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
    out += text.substr(i, plain - i);
    i = plain;
    if (i == text.size()) return;
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (const auto three = text.substr(i, 3); three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf") {
      out += "\xef\xbf\xbd";  // U+FFFE and U+FFFF
      i += 2;
      continue;
    }
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"' && in_attribute)
      out += "&quot;";
    else if (c == '\r' || (in_attribute && (c == '\n' || c == '\t')))
      out += fmt::format("&#{};", int{byte});
    else if (byte < 0x20 && c != '\n' && c != '\t')
      out += "\xef\xbf\xbd";
    else
      out += c;
  }
}

}  // namespace uhuru::io
