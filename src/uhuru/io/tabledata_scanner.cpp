#include "uhuru/io/tabledata_scanner.hpp"

#include <fast_float/fast_float.h>

#include <array>
#include <charconv>
#include <limits>

#include "uhuru/io/votable_values.hpp"

namespace uhuru::io {
namespace {

/// Bytes that represent themselves in a cell. '>' does not: "]]>" would be an error.
constexpr std::array<bool, 256> is_plain = [] {
  std::array<bool, 256> table{};
  for (size_t c = ' '; c <= '~'; ++c) table[c] = c != '<' && c != '>' && c != '&';
  return table;
}();

class RowScanner {
 public:
  RowScanner(std::string_view text, const std::vector<WireField>& fields, Table& rows)
      : begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        fields_(fields),
        rows_(rows) {}

  Scanned scan() {
    Scanned done;
    while (true) {
      skip_blanks();
      done = {static_cast<size_t>(at_ - begin_), lines_};
      const size_t before = rows_.rows();
      // The parser will find a cell that is not a value again, and notes its place.
      if (row()) continue;
      for (Column& column : rows_.columns) column.truncate(before);
      return done;
    }
  }

 private:
  template <size_t n>
  bool take(const char (&tag)[n]) {
    const bool found = static_cast<size_t>(end_ - at_) >= n - 1 &&
                       std::string_view(at_, n - 1) == std::string_view(tag, n - 1);
    if (found) at_ += n - 1;
    return found;
  }

  /// Blanks and line ends; a carriage return only before a line feed, because alone it counts as a
  /// line end itself.
  void skip_blanks() {
    for (; at_ < end_; ++at_) {
      if (*at_ == '\n')
        ++lines_;
      else if (*at_ == '\r' ? end_ - at_ < 2 || at_[1] != '\n' : *at_ != ' ' && *at_ != '\t')
        return;
    }
  }

  bool row() {
    if (!take("<TR>")) return false;
    for (size_t c = 0; c < fields_.size(); ++c) {
      skip_blanks();
      if (!take("<TD") || !cell(fields_[c], rows_.columns[c])) return false;
    }
    skip_blanks();
    return take("</TR>");
  }

  bool cell(const WireField& wire, Column& column) {
    if (take("/>")) {
      return append_cell({}, wire, column);
    }
    if (!take(">")) return false;
    const char* const text = at_;
    const bool scalar = column.field.is_scalar();
    if (scalar && column.field.type == Type::float64) {
      double value = 0;
      const auto result = fast_float::from_chars(at_, end_, value);
      if (result.ec == std::errc() && (at_ = result.ptr, take("</TD>"))) {
        if (wire.null.is(value))
          column.append_missing();
        else
          column.append(value);
        return true;
      }
      at_ = text;
    }
    while (at_ < end_ && is_plain[static_cast<unsigned char>(*at_)]) ++at_;
    const std::string_view value(text, static_cast<size_t>(at_ - text));
    if (!take("</TD>")) return false;
    return append_cell(value, wire, column);
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  size_t lines_ = 0;
  const std::vector<WireField>& fields_;
  Table& rows_;
};

}  // namespace

Scanned scan_rows(std::string_view text, const std::vector<WireField>& fields, Table& rows) {
  return RowScanner(text, fields, rows).scan();
}

}  // namespace uhuru::io
