#include "uhuru/table/field.hpp"

#include <algorithm>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {

std::string_view type_name(Type type) {
  switch (type) {
    case Type::boolean:
      return "boolean";
    case Type::byte:
      return "byte";
    case Type::int16:
      return "short";
    case Type::int32:
      return "int";
    case Type::int64:
      return "long";
    case Type::float32:
      return "float";
    case Type::float64:
      return "double";
    case Type::text:
      return "text";
  }
  return "";
}

size_t type_size(Type type) {
  switch (type) {
    case Type::int16:
      return 2;
    case Type::int32:
    case Type::float32:
      return 4;
    case Type::int64:
    case Type::float64:
      return 8;
    default:
      return 1;
  }
}

int64_t smallest_whole(Type type) {
  return std::numeric_limits<int64_t>::min() >> (64 - 8 * type_size(type));
}

bool can_hold(Type type, int64_t number) {
  if (!is_integer(type)) return false;
  if (type == Type::byte) return number >= 0 && number <= 255;
  return number >= smallest_whole(type) && number <= ~smallest_whole(type);
}

Field make_field(std::string name, Type type, std::string description, std::string ucd) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  field.description = std::move(description);
  field.ucd = std::move(ucd);
  return field;
}

size_t Field::cell_size() const {
  if (type == Type::text) return 0;
  return parse_arraysize(arraysize);
}

namespace {

/// The number of values, 0 if variable, more than max_cell_values if there are too many; empty if
/// the text is no arraysize.
std::optional<uint64_t> array_values(std::string_view arraysize) {
  if (arraysize.empty()) return 1;
  uint64_t size = 1;
  for (std::string_view rest = arraysize;;) {
    const size_t x = rest.find('x');
    const std::string_view part = trim(rest.substr(0, x));
    const bool last = x == std::string_view::npos;
    if (last && part.ends_with('*')) return 0;
    const auto number = parse_int(part);
    if (!number || *number < 1) return std::nullopt;
    size *= std::min<uint64_t>(static_cast<uint64_t>(*number), max_cell_values + 1);
    size = std::min(size, max_cell_values + 1);
    if (last) return size;
    rest.remove_prefix(x + 1);
  }
}

}  // namespace

size_t parse_arraysize(std::string_view arraysize) {
  const auto size = array_values(arraysize);
  if (!size)
    throw input_error("unreadable arraysize", "", "numbers separated by x; the last may be *",
                      in_quotes(arraysize));
  if (*size > max_cell_values)
    throw input_error("an array is too large", "",
                      "at most " + with_commas(max_cell_values) + " values per cell",
                      "arraysize " + in_quotes(arraysize));
  return *size;
}

std::vector<size_t> dimensions(std::string_view arraysize) {
  std::vector<size_t> lengths;
  while (!arraysize.empty()) {
    const size_t x = std::min(arraysize.find('x'), arraysize.size());
    lengths.push_back(static_cast<size_t>(parse_int(arraysize.substr(0, x)).value_or(0)));
    arraysize.remove_prefix(std::min(x + 1, arraysize.size()));
  }
  return lengths;
}

bool is_arraysize(std::string_view arraysize) { return array_values(arraysize).has_value(); }

}  // namespace uhuru
