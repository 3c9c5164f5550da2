#include "uhuru/io/fits_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

constexpr double beyond_long = 0x1p63;
__extension__ typedef __int128 Int128;

/// A number at the beginning of `text`, which is removed from it.
std::optional<uint64_t> take_number(std::string_view& text) {
  uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) return {};
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

[[noreturn]] void wrong_form(const std::string& keyword, const std::string& form) {
  throw input_error("unknown column format", keyword, "a format of the FITS standard",
                    in_quotes(form));
}

Type type_of_code(char code) {
  switch (code) {
    case 'L':
    case 'X':
      return Type::boolean;
    case 'B':
      return Type::byte;
    case 'I':
      return Type::int16;
    case 'J':
      return Type::int32;
    case 'K':
      return Type::int64;
    case 'E':
    case 'C':
      return Type::float32;
    case 'D':
    case 'M':
      return Type::float64;
    default:
      return Type::text;
  }
}

/// rT, rTw, rPt(max), rQt(max).
void parse_binary_form(const std::string& keyword, const std::string& form, FitsColumn& column) {
  std::string_view text = form;
  const uint64_t repeat = take_number(text).value_or(1);
  const auto letter = [&] {
    const char c = text.empty() ? '\0' : text.front();
    if (!c || std::string_view("LXBIJKAEDCMPQ").find(c) == std::string_view::npos)
      wrong_form(keyword, form);
    text.remove_prefix(1);
    return c;
  };
  column.code = letter();
  if (column.code == 'P' || column.code == 'Q') {
    if (repeat > 1) wrong_form(keyword, form);
    column.variable = repeat == 1;
    column.wide = column.code == 'Q';
    column.code = letter();
    if (column.code == 'P' || column.code == 'Q') wrong_form(keyword, form);
    column.repeat = 0;
    column.width = column.variable ? (column.wide ? 16 : 8) : 0;
    return;
  }
  if (repeat > static_cast<uint64_t>(INT64_MAX) / 16) wrong_form(keyword, form);
  column.repeat = repeat;
  column.width = column.bytes_of(repeat);
  if (column.code != 'A') return;
  if (const size_t substring = text.find(":SSTR"); substring != std::string_view::npos)
    text.remove_prefix(substring + 5);
  const uint64_t width = take_number(text).value_or(0);
  if (width > 0 && width < repeat) column.string = width;
}

/// Aw, Iw, Fw.d, Ew.d, Dw.d.
void parse_ascii_form(const std::string& keyword, const std::string& form, FitsColumn& column) {
  std::string_view text = form;
  column.code = text.empty() ? '\0' : text.front();
  if (std::string_view("AIFED").find(column.code) == std::string_view::npos || text.empty())
    wrong_form(keyword, form);
  text.remove_prefix(1);
  const auto width = take_number(text);
  if (!width || *width == 0) wrong_form(keyword, form);
  column.width = *width;
  column.repeat = column.code == 'A' ? *width : 1;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    column.decimals = static_cast<int>(std::min<uint64_t>(take_number(text).value_or(0), 300));
  }
  if (column.code == 'A')
    column.field.type = Type::text;
  else if (column.code == 'I')
    column.field.type = *width <= 4 ? Type::int16 : *width <= 9 ? Type::int32 : Type::int64;
  else
    column.field.type = Type::float64;
}

/// Chooses the type that holds every scaled value.
void set_scaling(const FitsHeader& header, int number, FitsColumn& column) {
  column.scale = header.real(fmt::format("TSCAL{}", number)).value_or(1);
  column.zero = header.real(fmt::format("TZERO{}", number)).value_or(0);
  Field& field = column.field;
  const bool numeric = is_integer(field.type) || is_float(field.type);
  if (!numeric || (column.scale == 1 && column.zero == 0)) return;
  column.scaling = FitsScaling::real;
  const bool whole = is_integer(field.type) && column.scale == std::floor(column.scale) &&
                     column.zero == std::floor(column.zero) && std::abs(column.scale) < 0x1p32 &&
                     std::abs(column.zero) < 0x1p62;
  if (!column.ascii && column.code == 'K' && column.scale == 1 && column.zero == beyond_long) {
    column.scaling = FitsScaling::unsigned_long;
    return;
  }
  if (whole) {
    const auto least = static_cast<Int128>(smallest_whole(field.type));
    const Int128 most = column.field.type == Type::byte ? 255 : -(least + 1);
    const auto scale = static_cast<Int128>(column.scale);
    const auto zero = static_cast<Int128>(column.zero);
    const std::pair<Int128, Int128> range =
        std::minmax({least * scale + zero, most * scale + zero});
    for (const Type type : {Type::byte, Type::int16, Type::int32, Type::int64}) {
      const Int128 bottom = smallest_whole(type);
      const Int128 top = type == Type::byte ? 255 : -(bottom + 1);
      if (range.first < bottom || range.second > top) continue;
      column.scaling = FitsScaling::whole;
      field.type = type;
      return;
    }
  }
  field.type = Type::float64;
}

void set_null(const FitsHeader& header, int number, FitsColumn& column) {
  const std::string keyword = fmt::format("TNULL{}", number);
  if (column.ascii) {
    if (const FitsKeyword* null = header.find(keyword)) column.null_text = trim(null->value);
    return;
  }
  if (std::string_view("BIJK").find(column.code) == std::string_view::npos) return;
  column.null = header.whole(keyword);
  if (!column.null || !is_integer(column.field.type)) return;
  // A scaled column's marker is not one of its values: the smallest of the type replaces it.
  const bool scaled = column.scaling != FitsScaling::none;
  const int64_t marker = scaled ? smallest_whole(column.field.type) : *column.null;
  if (can_hold(column.field.type, marker)) column.field.null_marker = marker;
}

/// "(3,2)" -> {3, 2}; empty if it is not valid.
std::vector<uint64_t> parse_dims(std::string_view text) {
  std::vector<uint64_t> dims;
  if (!text.starts_with('(')) return {};
  while (!text.empty() && text.front() != ')') {
    text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto length = take_number(text);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (!length || *length == 0 || text.empty() || (text.front() != ',' && text.front() != ')'))
      return {};
    dims.push_back(*length);
  }
  return dims;
}

void set_shape(const FitsHeader& header, int number, FitsColumn& column, ReaderNotes& notes) {
  Field& field = column.field;
  const bool text = column.code == 'A';
  if (column.repeat == 0) {
    if (!text) field.arraysize = column.is_complex() ? "2x*" : "*";
    return;
  }
  const std::string keyword = fmt::format("TDIM{}", number);
  const auto dims_text = column.ascii ? std::nullopt : header.text(keyword);
  std::vector<uint64_t> dims = dims_text ? parse_dims(*dims_text) : std::vector<uint64_t>{};
  uint64_t product = 1;
  for (const uint64_t length : dims)
    if (__builtin_mul_overflow(product, length, &product)) product = 0;
  if (dims_text && product != column.repeat) dims.clear();
  if (dims_text && dims.empty())
    notes.say(fmt::format("column {}: {} {} is ignored, since its cells have {} values", field.name,
                          keyword, in_quotes(*dims_text), column.repeat));
  if (text) {
    if (dims.size() > 1) column.string = dims[0];
    if (column.string == 0) return;
    if (dims.size() < 2) dims = {column.string, column.repeat / column.string};
  } else if (dims.empty() || (dims.size() == 1 && dims[0] == 1)) {
    dims.clear();
    if (column.repeat > 1) dims = {column.repeat};
  }
  if (column.is_complex()) dims.insert(dims.begin(), 2);
  std::vector<std::string> lengths;
  for (const uint64_t length : dims) lengths.push_back(std::to_string(length));
  field.arraysize = join(lengths, "x");
}

/// Width and decimals of TDISP: F8.3 -> "8" and "3", E12.5 -> "12" and "E5".
void set_display(const std::string& form, Field& field) {
  std::string_view text = form;
  const size_t digits = std::min(text.find_first_of("0123456789"), text.size());
  const bool exponent = text.starts_with('E') || text.starts_with('D');
  text.remove_prefix(digits);
  if (const auto width = take_number(text)) field.width = std::to_string(*width);
  if (!is_float(field.type) || !text.starts_with('.')) return;
  text.remove_prefix(1);
  if (const auto decimals = take_number(text))
    field.precision = (exponent ? "E" : "") + std::to_string(*decimals);
}

void set_metadata(const FitsHeader& header, int number, Field& field) {
  const auto keyword = [&](const char* stem) {
    const FitsKeyword* found = header.find(fmt::format("{}{}", stem, number));
    return found ? fits_string(found->value) : std::string();
  };
  field.unit = keyword("TUNIT");
  field.ucd = keyword("TUCD");
  field.utype = keyword("TUTYP");
  field.description = keyword("TCOMM");
  field.minimum = keyword("TLMIN");
  field.maximum = keyword("TLMAX");
  set_display(keyword("TDISP"), field);
}

}  // namespace

std::string fits_display(const Field& field) {
  const auto width = parse_int(field.width).value_or(0);
  if (is_integer(field.type) && width > 0) return fmt::format("I{}", width);
  if (!is_float(field.type) || field.precision.empty()) return {};
  const bool exponent = field.precision.front() == 'E';
  const auto decimals = parse_int(
      std::string_view(field.precision).substr(exponent || field.precision.front() == 'F'));
  if (!decimals || *decimals < 0 || *decimals > 99) return {};
  return fmt::format("{}{}.{}", exponent ? 'E' : 'F', width > 0 ? width : *decimals + 8, *decimals);
}

uint64_t FitsColumn::bytes_of(uint64_t count) const {
  switch (code) {
    case 'X':
      return (count + 7) / 8;
    case 'I':
      return 2 * count;
    case 'J':
    case 'E':
      return 4 * count;
    case 'K':
    case 'D':
    case 'C':
      return 8 * count;
    case 'M':
      return 16 * count;
    default:
      return count;
  }
}

bool FitsColumn::may_exceed_long() const {
  return scaling == FitsScaling::unsigned_long ||
         (ascii && code == 'I' && width >= 19 && scaling == FitsScaling::none);
}

void FitsColumn::become_text() {
  field.type = Type::text;
  field.null_marker.reset();
  if (!field.arraysize.empty()) field.arraysize = "20x" + field.arraysize;
}

std::vector<FitsColumn> fits_columns(const FitsHeader& header, size_t width, ReaderNotes& notes) {
  const int64_t count = header.whole("TFIELDS").value_or(-1);
  if (count < 0 || count > static_cast<int64_t>(max_fits_columns))
    throw input_error("the table has an invalid number of columns", "TFIELDS",
                      fmt::format("0 to {}", max_fits_columns),
                      count < 0 ? "none" : std::to_string(count));
  const bool ascii = header.text("XTENSION").value_or("") == "TABLE";
  std::vector<FitsColumn> columns;
  size_t offset = 0;
  for (int number = 1; number <= static_cast<int>(count); ++number) {
    FitsColumn column;
    column.ascii = ascii;
    column.field.name = fits_string(header.text(fmt::format("TTYPE{}", number)).value_or(""));
    if (column.field.name.empty()) column.field.name = fmt::format("col{}", number);
    const std::string keyword = fmt::format("TFORM{}", number);
    const auto form = header.text(keyword);
    if (!form) throw input_error("the format of a column is missing", keyword);
    if (ascii) {
      parse_ascii_form(keyword, std::string(trim(*form)), column);
      const int64_t begin = header.whole(fmt::format("TBCOL{}", number)).value_or(0);
      if (begin < 1 || static_cast<uint64_t>(begin) > width)
        throw input_error("a column begins outside its row", fmt::format("TBCOL{}", number),
                          fmt::format("1 to {}", width), std::to_string(begin));
      offset = static_cast<size_t>(begin) - 1;
    } else {
      parse_binary_form(keyword, std::string(trim(*form)), column);
      column.field.type = type_of_code(column.code);
    }
    column.offset = offset;
    if (column.width > width - offset)
      throw input_error("the columns are wider than the row", keyword,
                        fmt::format("at most {} bytes", width - offset),
                        fmt::format("{} bytes", column.width));
    offset += column.width;
    set_scaling(header, number, column);
    set_null(header, number, column);
    set_shape(header, number, column, notes);
    set_metadata(header, number, column.field);
    parse_arraysize(column.field.arraysize);  // rejects cells beyond the limit
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace uhuru::io
