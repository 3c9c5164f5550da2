// Formats rows as text on several threads.
#pragma once

#include <fmt/compile.h>

#include <algorithm>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"

namespace uhuru::io {

/// Appends a number: the shortest digits that read back as the same number.
template <class T>
void put_number(T value, std::string& out) {
  char text[64];
  out.append(text, fmt::format_to(text, FMT_COMPILE("{}"), value));
}

/// Calls `put(row, out)` for each row on several threads, and writes the appended text in row
/// order.
template <class Put>
void write_rows(size_t rows, const Threads& threads, OutputFile& file, Put&& put) {
  constexpr size_t chunk_rows = 512;
  // A few chunks at a time, to bound the memory.
  const size_t step = chunk_rows * 4 * static_cast<size_t>(threads.count());
  std::vector<std::string> texts;
  for (size_t begin = 0; begin < rows; begin += step) {
    const size_t count = std::min(step, rows - begin);
    texts.resize(chunk_count(count, chunk_rows));
    threads.for_rows(count, chunk_rows, [&](size_t first, size_t last, size_t chunk) {
      texts[chunk].clear();
      for (size_t row = first; row < last; ++row) put(begin + row, texts[chunk]);
    });
    for (const std::string& text : texts) file.write(text);
  }
}

}  // namespace uhuru::io
