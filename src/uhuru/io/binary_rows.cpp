#include "uhuru/io/binary_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/big_endian.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

template <class T>
void put_big_endian(T value, std::string& bytes) {
  char raw[sizeof(T)];
  to_big_endian(value, raw);
  bytes.append(raw, sizeof(T));
}

size_t wire_bytes(Wire wire, size_t count) {
  switch (wire) {
    case Wire::bit:
      return (count + 7) / 8;
    case Wire::int16:
    case Wire::unicode:
      return 2 * count;
    case Wire::int32:
    case Wire::float32:
      return 4 * count;
    case Wire::int64:
    case Wire::float64:
    case Wire::complex64:
      return 8 * count;
    case Wire::complex128:
      return 16 * count;
    default:
      return count;
  }
}

/// The position and number of a cell's values; empty if `bytes` does not contain the whole cell.
struct Cell {
  size_t begin, count, end;
};
std::optional<Cell> find_cell(std::string_view bytes, size_t at, const WireField& field) {
  Cell cell{at, field.count, 0};
  if (field.count == 0) {
    if (bytes.size() - at < 4) return std::nullopt;
    const auto count = from_big_endian<int32_t>(bytes.data() + at);
    if (count < 0 || static_cast<uint64_t>(count) > max_cell_values)
      throw input_error("a cell is too large", "",
                        "at most " + with_commas(max_cell_values) + " values",
                        fmt::format("a count of {}", count));
    cell.begin = at + 4;
    cell.count = static_cast<size_t>(count);
  }
  const size_t size = wire_bytes(field.wire, cell.count);
  if (bytes.size() - cell.begin < size) return std::nullopt;
  cell.end = cell.begin + size;
  return cell;
}

template <class T>
void append_values(Column& column, const char* bytes, size_t count, const WireField& field) {
  if (field.count == 1 && count == 1 && column.field.is_scalar()) {
    const T value = from_big_endian<T>(bytes);
    if (field.null.is(value)) return column.append_missing();
    return column.append(value);
  }
  std::vector<T> values(count);
  bool all_missing = count > 0;
  for (size_t i = 0; i < count; ++i) {
    values[i] = from_big_endian<T>(bytes + i * sizeof(T));
    const bool missing = field.null.is(values[i]);
    if constexpr (std::is_floating_point_v<T>)
      if (missing) values[i] = std::numeric_limits<T>::quiet_NaN();
    all_missing = all_missing && missing;
  }
  if (all_missing) return column.append_missing();
  column.append(std::span<const T>(values));
}

/// False, after appending a missing cell, if a byte is not a boolean.
bool append_booleans(Column& column, const char* bytes, size_t count, bool bits) {
  std::vector<uint8_t> values(count);
  bool all_unknown = count > 0;
  bool good = true;
  for (size_t i = 0; i < count; ++i) {
    if (bits) {
      values[i] = (static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8)) & 1;
    } else {
      const char c = bytes[i];
      const bool yes = c == 'T' || c == 't' || c == '1';
      const bool no = c == 'F' || c == 'f' || c == '0';
      good = good && (yes || no || c == '\0' || c == '?' || c == ' ');
      values[i] = yes ? 1 : no ? 0 : unknown_boolean;
    }
    all_unknown = all_unknown && values[i] == unknown_boolean;
  }
  if (all_unknown)
    column.append_missing();
  else
    column.append(std::span<const uint8_t>(values));
  return good;
}

void append_text(Column& column, const char* bytes, size_t count, const WireField& field) {
  const bool unicode = field.wire == Wire::unicode;
  if (!unicode && !column.field.is_text_array()) {
    std::string scratch;
    return column.append_text(to_utf8({bytes, count}, scratch));
  }
  std::string raw(bytes, wire_bytes(field.wire, count));
  if (column.field
          .is_text_array()) {  // strings are padded with NULs: use blanks, to keep all strings
    if (raw.find_first_not_of('\0') == std::string::npos) return column.append_missing();
    for (size_t i = 0; i < raw.size(); ++i) {
      if (unicode && i % 2 == 0 && (raw[i] != '\0' || raw[i + 1] != '\0'))
        ++i;
      else if (unicode)
        raw[++i] = ' ';
      else if (raw[i] == '\0')
        raw[i] = ' ';
    }
  }
  if (column.field.is_text_array() && !unicode) return column.append_text(ascii_of(raw));
  column.append_text(unicode ? utf8_from_utf16be(raw) : to_utf8(raw));
}

void append_other(Column& column, const char* bytes, size_t count, const WireField& field) {
  switch (field.wire) {
    case Wire::boolean:
    case Wire::bit:
      return;  // see append_booleans
    case Wire::byte:
      return append_values<uint8_t>(column, bytes, count, field);
    case Wire::int16:
      return append_values<int16_t>(column, bytes, count, field);
    case Wire::int32:
      return append_values<int32_t>(column, bytes, count, field);
    case Wire::int64:
      return append_values<int64_t>(column, bytes, count, field);
    case Wire::float32:
      return append_values<float>(column, bytes, count, field);
    case Wire::float64:
      return append_values<double>(column, bytes, count, field);
    case Wire::complex64:
      return append_values<float>(column, bytes, 2 * count, field);
    case Wire::complex128:
      return append_values<double>(column, bytes, 2 * count, field);
    case Wire::character:
    case Wire::unicode:
      return append_text(column, bytes, count, field);
  }
}

struct Datatype {
  std::string_view name;
  Wire wire;
  Type type;
};
constexpr Datatype datatypes[] = {
    {"boolean", Wire::boolean, Type::boolean},
    {"bit", Wire::bit, Type::boolean},
    {"unsignedByte", Wire::byte, Type::byte},
    {"short", Wire::int16, Type::int16},
    {"int", Wire::int32, Type::int32},
    {"long", Wire::int64, Type::int64},
    {"char", Wire::character, Type::text},
    {"unicodeChar", Wire::unicode, Type::text},
    {"float", Wire::float32, Type::float32},
    {"double", Wire::float64, Type::float64},
    {"floatComplex", Wire::complex64, Type::float32},
    {"doubleComplex", Wire::complex128, Type::float64},
};
const Datatype* find_datatype(std::string_view name) {
  for (const Datatype& datatype : datatypes)
    if (datatype.name == name) return &datatype;
  return nullptr;
}

}  // namespace

DatatypeAlias datatype_alias(std::string_view datatype) {
  static constexpr std::pair<std::string_view, DatatypeAlias> aliases[] = {
      {"string", {"char"}},
      {"unicodeString", {"unicodeChar"}},
      {"int16", {"short"}},
      {"int32", {"int"}},
      {"int64", {"long"}},
      {"float32", {"float"}},
      {"float64", {"double"}},
      {"unsignedShort", {"int", false}},
      {"unsignedInt", {"long", false}},
  };
  for (const auto& [name, alias] : aliases)
    if (name == datatype) return alias;
  for (const Datatype& known : datatypes)
    if (lower(known.name) == lower(datatype)) return {known.name};
  return {};
}

bool is_votable_datatype(std::string_view datatype) { return find_datatype(datatype) != nullptr; }

WireField wire_field(std::string_view datatype, std::string_view arraysize, Field& field) {
  const Datatype* name = find_datatype(datatype);
  if (!name)
    throw input_error("unknown datatype", "FIELD " + field.name, "one of VOTable",
                      in_quotes(datatype));
  WireField result;
  const std::string shape(trim(arraysize));
  field.type = name->type;
  field.arraysize = shape == "1" ? "" : shape;
  result.wire = name->wire;
  result.count = parse_arraysize(shape);
  if (field.type == Type::text) {
    field.unicode = result.wire == Wire::unicode;
    const bool array_of_strings = shape.find('x') != std::string::npos;
    field.arraysize = array_of_strings ? shape : "";
  } else if (result.wire == Wire::complex64 || result.wire == Wire::complex128) {
    field.arraysize = shape.empty() ? "2" : "2x" + shape;
  }
  return result;
}

size_t decode_rows(std::string_view bytes, const std::vector<WireField>& fields, bool flags,
                   uint64_t row, Table& table, ReaderNotes& notes) {
  const size_t flag_bytes = flags ? (fields.size() + 7) / 8 : 0;
  if (fields.empty()) return 0;
  std::vector<Cell> cells(fields.size());
  size_t row_begin = 0;
  for (;; ++row) {
    if (bytes.size() - row_begin < flag_bytes) return row_begin;
    size_t at = row_begin + flag_bytes;
    for (size_t c = 0; c < fields.size(); ++c) {
      const auto cell = find_cell(bytes, at, fields[c]);
      if (!cell) return row_begin;
      cells[c] = *cell;
      at = cell->end;
    }
    for (size_t c = 0; c < fields.size(); ++c) {
      const bool flagged =
          flags && ((static_cast<unsigned char>(bytes[row_begin + c / 8]) >> (7 - c % 8)) & 1);
      Column& column = table.columns[c];
      const char* values = bytes.data() + cells[c].begin;
      const Wire wire = fields[c].wire;
      if (flagged)
        column.append_missing();
      else if (wire != Wire::boolean && wire != Wire::bit)
        append_other(column, values, cells[c].count, fields[c]);
      else if (!append_booleans(column, values, cells[c].count, wire == Wire::bit))
        notes.bad_cell(c, row, {values, cells[c].count});
    }
    row_begin = at;
  }
}

namespace {

void put_filler(Wire wire, size_t count, std::string& bytes) {
  for (size_t i = 0; i < count; ++i) {
    if (wire == Wire::float32)
      put_big_endian(std::numeric_limits<float>::quiet_NaN(), bytes);
    else if (wire == Wire::float64)
      put_big_endian(std::numeric_limits<double>::quiet_NaN(), bytes);
    else
      bytes.append(wire_bytes(wire, 1), '\0');
  }
}

[[noreturn]] void ambiguous(const std::string& column, const std::string& found) {
  throw input_error("BINARY cannot distinguish this value from a missing value", "column " + column,
                    "the format votable-binary2, or votable", found);
}

void put_missing(const Column& column, const WireField& field, bool flags, std::string& bytes) {
  if (field.count == 0) return put_big_endian(int32_t{0}, bytes);
  if (field.null.whole && !flags) {
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      for (size_t i = 0; i < field.count; ++i)
        put_big_endian(static_cast<T>(*field.null.whole), bytes);
    });
    return;
  }
  if (!flags && is_integer(column.field.type))
    ambiguous(column.field.name, "a missing value, but no null value is declared");
  put_filler(field.wire, field.count, bytes);
}

}  // namespace

void encode_row(const Table& table, size_t row, const std::vector<WireField>& fields, bool flags,
                std::string& bytes) {
  const size_t flags_at = bytes.size();
  if (flags) bytes.append((fields.size() + 7) / 8, '\0');
  for (size_t c = 0; c < fields.size(); ++c) {
    const Column& column = table.columns[c];
    const WireField& field = fields[c];
    if (column.missing(row)) {
      if (flags) bytes[flags_at + c / 8] |= static_cast<char>(0x80 >> (c % 8));
      put_missing(column, field, flags, bytes);
    } else if (column.field.type == Type::text) {
      std::string text(column.text(row));
      if (field.wire == Wire::unicode) text = utf16be_from_utf8(text);
      const size_t unit = wire_bytes(field.wire, 1);
      if (field.count == 0)
        put_big_endian(static_cast<int32_t>(text.size() / unit), bytes);
      else
        text.resize(field.count * unit, '\0');
      bytes += text;
    } else {
      if (field.count == 0) put_big_endian(static_cast<int32_t>(column.cell_count(row)), bytes);
      column.visit([&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        for (const T value : column.cell<T>(row)) {
          if (column.field.type == Type::boolean) {
            bytes += value == T{unknown_boolean} ? '?' : value != T{} ? 'T' : 'F';
            continue;
          }
          if (!flags && column.field.is_scalar() && field.null.is(value))
            ambiguous(column.field.name, fmt::format("the value {}", value));
          put_big_endian(value, bytes);
        }
      });
    }
  }
}

}  // namespace uhuru::io
