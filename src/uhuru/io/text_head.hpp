// The first lines of a text.
#pragma once

#include <algorithm>
#include <string>

#include "uhuru/base/error.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/text_records.hpp"

namespace uhuru::io {

/// The first lines of a text: enough for its header and, usually, many rows.
struct TextHead {
  std::string text;
  bool whole = false;    // it is all of the text
  bool returns = false;  // its lines end in CR alone; here they end in LF

  explicit TextHead(ByteSource& source) {
    constexpr size_t step = size_t{1} << 18;
    size_t counted = 0;
    for (int lines = 0; lines < least_lines && !whole;) {
      const size_t before = text.size();
      if (before > max_record_bytes)
        throw input_error("the header is too long", "", "less than 64 MiB");
      text.resize(before + step);
      text.resize(before + source.read(text.data() + before, step));
      whole = text.size() < before + step;
      if (before == 0) returns = ends_in_returns();
      if (returns) std::replace(text.begin() + static_cast<long>(before), text.end(), '\r', '\n');
      lines += count_lines(counted);
    }
  }

 private:
  static constexpr int least_lines = 5;  // names, units, dashes, a row; the last may not be whole

  bool ends_in_returns() const {
    return text.find('\n') == std::string::npos && text.find('\r') != std::string::npos;
  }
  /// Whole lines from `counted` on that are no comments.
  int count_lines(size_t& counted) const {
    int lines = 0;
    for (size_t end = text.find('\n', counted); end != std::string::npos;
         end = text.find('\n', counted)) {
      lines += text[counted] != '#' && text[counted] != '\\';
      counted = end + 1;
    }
    return lines;
  }
};

}  // namespace uhuru::io
