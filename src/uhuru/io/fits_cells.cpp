#include "uhuru/io/fits_cells.hpp"

#include <string>
#include <string_view>
#include <type_traits>

#include "uhuru/io/big_endian.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru {
namespace {

void decode_text(const char* bytes, size_t stride, size_t rows, size_t width, Column& column) {
  std::string scratch;
  for (size_t row = 0; row < rows; ++row) {
    std::string_view text(bytes + row * stride, width);
    text = text.substr(0, text.find('\0'));
    while (text.ends_with(' ')) text.remove_suffix(1);
    column.append_text(to_utf8(text, scratch));
  }
}

void decode_logicals(const char* bytes, size_t stride, size_t rows, Column& column) {
  for (size_t row = 0; row < rows; ++row) {
    const char c = bytes[row * stride];
    if (c == 'T' || c == 'F' || c == 1)
      column.append(uint8_t{c != 'F'});
    else
      column.append_missing();
  }
}

}  // namespace

void decode_cells(const char* bytes, size_t stride, size_t rows, const PlainCells& cells,
                  Column& column) {
  bytes += cells.offset;
  if (column.field.type == Type::text) return decode_text(bytes, stride, rows, cells.width, column);
  if (column.field.type == Type::boolean) return decode_logicals(bytes, stride, rows, column);
  const size_t cell = column.field.cell_size();
  column.visit([&](const auto& all) {
    using T = typename std::decay_t<decltype(all)>::value_type;
    const size_t before = column.size();
    column.append_cells<T>(rows, [&](std::span<T> values) {
      decode_big_endian(bytes, stride, rows, cell, values.data());
    });
    if (std::is_floating_point_v<T> || !cells.null) return;
    for (size_t row = before; row < before + rows; ++row)
      if (static_cast<int64_t>(all[row]) == *cells.null) column.mark_missing(row);
  });
}

}  // namespace uhuru
