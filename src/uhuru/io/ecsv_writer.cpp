#include "uhuru/io/ecsv_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

/// Whether YAML reads these bytes, the beginning of a text, as they are: it excludes some line ends
/// and marks, C2 80 to C2 9F, and U+FFFE and U+FFFF.
bool is_printable(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80) return byte >= 0x20 && byte != 0x7f;
  const auto next = static_cast<unsigned char>(text.size() > 1 ? text[1] : 0);
  if (byte == 0xc2) return next >= 0xa0;
  const auto begins = [&](std::string_view character) { return text.starts_with(character); };
  return !begins("\xe2\x80\xa8") && !begins("\xe2\x80\xa9") && !begins("\xef\xbb\xbf") &&
         !begins("\xef\xbf\xbe") && !begins("\xef\xbf\xbf");
}

/// The number of the character at the beginning of valid UTF-8, and its bytes.
uint32_t code_point(std::string_view text, size_t& bytes) {
  const auto first = static_cast<unsigned char>(text[0]);
  bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  uint32_t code = bytes == 1 ? first : first & (0xffU >> (bytes + 1));
  for (size_t i = 1; i < bytes && i < text.size(); ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return code;
}

/// A text as YAML: plain if it is a simple word, else in double quotes, on one line.
std::string yaml_text(std::string_view given) {
  static const std::set<std::string> reserved = {"true", "false", "yes", "no",  "on", "off",
                                                 "null", "y",     "n",   "nan", "inf"};
  const std::string text = to_utf8(given);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_plain = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == ';';
  };
  if (!text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_plain) &&
      !reserved.contains(lower(text)))
    return text;
  std::string quoted = "\"";
  for (size_t at = 0; at < text.size();) {
    const auto rest = std::string_view(text).substr(at);
    size_t bytes = 1;
    const uint32_t code = code_point(rest, bytes);
    if (text[at] == '"' || text[at] == '\\')
      (quoted += '\\') += text[at];
    else if (is_printable(rest))
      quoted += rest.substr(0, bytes);
    else
      quoted += fmt::format("\\u{:04x}", code);
    at += bytes;
  }
  return quoted + '"';
}

std::string_view ecsv_type(Type type) {
  switch (type) {
    case Type::boolean:
      return "bool";
    case Type::byte:
      return "uint8";
    case Type::int16:
      return "int16";
    case Type::int32:
      return "int32";
    case Type::int64:
      return "int64";
    case Type::float32:
      return "float32";
    case Type::float64:
      return "float64";
    case Type::text:
      break;
  }
  return "string";
}

/// "float64[2,3]". A variable dimension must be the fastest: others are written as "json".
std::string ecsv_subtype(const Field& field) {
  const auto sizes = dimensions(field.arraysize);
  if (sizes.back() == 0)
    return sizes.size() > 1 ? "json" : std::string(ecsv_type(field.type)) + "[null]";
  std::string text(1, ']');
  for (const size_t size : sizes) text.insert(0, fmt::format(",{}", size));
  return fmt::format("{}[{}", ecsv_type(field.type), text.substr(1));
}

void put_entry(std::string_view key, const std::string& value, std::string& line) {
  if (!value.empty()) line += fmt::format(", {}: {}", key, yaml_text(value));
}

std::string column_line(const Field& field) {
  const bool is_array = !field.is_scalar() && field.type != Type::text;
  std::string line = fmt::format("# - {{name: {}", yaml_text(field.name));
  put_entry("unit", field.unit, line);
  line += fmt::format(", datatype: {}", is_array ? "string" : ecsv_type(field.type));
  if (is_array) put_entry("subtype", ecsv_subtype(field), line);
  put_entry("description", field.description, line);
  std::string meta;
  put_entry("ucd", field.ucd, meta);
  put_entry("utype", field.utype, meta);
  put_entry("xtype", field.xtype, meta);
  if (!meta.empty()) line += ", meta: {" + meta.substr(2) + "}";
  return line + "}\n";
}

std::string parameter_value(const Parameter& parameter) {
  const Type type = parameter.field.type;
  const std::string& value = parameter.value;
  const bool is_scalar = parameter.field.is_scalar();
  if (is_scalar && type == Type::boolean && (value == "true" || value == "false")) return value;
  const auto number = is_scalar && type != Type::boolean ? parse_double(value) : std::nullopt;
  if (!number || !std::isfinite(*number)) return yaml_text(value);
  // YAML takes "1e5" for a text.
  if (is_integer(type) && parse_int(value)) return fmt::format("{}", *parse_int(value));
  std::string text = fmt::format("{}", *number);
  const size_t e = text.find('e');
  if (text.find('.') == std::string::npos) text.insert(std::min(e, text.size()), ".0");
  return text;
}

}  // namespace

std::string ecsv_header(const Table& header) {
  std::string text = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n";
  for (const Column& column : header.columns) text += column_line(column.field);
  std::string meta;
  std::set<std::string> keys;
  const auto put = [&](const std::string& name, const std::string& value) {
    std::string key = name;
    for (int number = 2; !keys.insert(key).second; ++number)
      key = fmt::format("{}_{}", name, number);
    meta += fmt::format("# - {}: {}\n", yaml_text(key), value);
  };
  if (!header.name.empty()) put("name", yaml_text(header.name));
  if (!header.description.empty()) put("description", yaml_text(header.description));
  for (const Parameter& parameter : header.parameters)
    put(parameter.field.name, parameter_value(parameter));
  if (!meta.empty()) text += "# meta: !!omap\n" + meta;
  return text + "# schema: astropy-2.0\n";
}

std::string ecsv_array(const Column& column, size_t row) {
  std::vector<size_t> lengths = dimensions(column.field.arraysize);  // of a list at each depth
  for (size_t i = 1; i < lengths.size(); ++i) lengths[i] *= lengths[i - 1];
  lengths.pop_back();  // the outermost list ends with the cell
  return column.visit([&](const auto& values) {
    using T = typename std::decay_t<decltype(values)>::value_type;
    const Field& field = column.field;
    std::string json(lengths.size() + 1, '[');
    size_t index = 0;
    for (const T value : column.cell<T>(row)) {
      const auto ends = static_cast<size_t>(std::count_if(
          lengths.begin(), lengths.end(), [&](size_t length) { return index % length == 0; }));
      if (index++ > 0) json += std::string(ends, ']') + "," + std::string(ends, '[');
      if constexpr (std::is_floating_point_v<T>) {
        json += std::isnan(value)   ? "NaN"
                : std::isinf(value) ? (value > 0 ? "Infinity" : "-Infinity")
                                    : fmt::format("{}", value);
      } else if (field.type == Type::boolean) {
        json += value == unknown_boolean ? "null" : value != 0 ? "true" : "false";
      } else {
        json += field.null_marker == value ? "null" : fmt::format("{}", value);
      }
    }
    return json + std::string(lengths.size() + 1, ']');
  });
}

}  // namespace uhuru::io
