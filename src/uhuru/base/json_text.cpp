#include "uhuru/base/json_text.hpp"

#include <array>

namespace uhuru {

bool is_moderate_json(std::string_view text) {
  constexpr size_t deepest = 32;
  std::array<size_t, deepest + 1> keys{};  // of what is open at each depth
  size_t depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      if (++depth > deepest) return false;
      keys[depth] = 0;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    } else if (c == ':' && ++keys[depth] > max_json_keys) {
      return false;
    }
  }
  return true;
}

}  // namespace uhuru
