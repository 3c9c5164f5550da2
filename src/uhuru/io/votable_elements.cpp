#include "uhuru/io/votable_elements.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/io/format_rows.hpp"
#include "uhuru/io/utf8.hpp"
#include "uhuru/io/xml_text.hpp"

namespace uhuru {
namespace {

/// Writes nothing for NaN.
template <class T>
void put_float(T value, std::string& out) {
  if (std::isfinite(value))
    put_number(value, out);
  else if (!std::isnan(value))
    out += value > 0 ? "+Inf" : "-Inf";
}

void put_numbers(const Column& column, size_t row, std::string& out) {
  column.visit([&](const auto& values) {
    using T = typename std::decay_t<decltype(values)>::value_type;
    bool first = true;
    for (const T value : column.cell<T>(row)) {
      if (!first) out += ' ';
      first = false;
      if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(value))
          out += "NaN";
        else
          put_float(value, out);
      } else if (column.field.type == Type::boolean) {
        out += value == T{unknown_boolean} ? '?' : value != T{} ? 'T' : 'F';
      } else {
        put_number(value, out);
      }
    }
  });
}

}  // namespace

std::string_view votable_datatype(const Field& field) {
  switch (field.type) {
    case Type::boolean:
      return "boolean";
    case Type::byte:
      return "unsignedByte";
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
      return field.unicode ? "unicodeChar" : "char";
  }
  return "";
}

std::string_view votable_arraysize(const Field& field) {
  return field.type == Type::text && field.arraysize.empty() ? "*"
                                                             : std::string_view(field.arraysize);
}

void put_votable_attribute(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  out += fmt::format(" {}=\"", name);
  escape_xml(to_utf8(value), true, out);
  out += '"';
}

void put_votable_description(std::string_view description, std::string& out) {
  if (description.empty()) return;
  out += "<DESCRIPTION>";
  escape_xml(to_utf8(description), false, out);
  out += "</DESCRIPTION>\n";
}

void put_votable_field(const Field& field, size_t column, std::optional<int64_t> null,
                       std::string& out) {
  out += "<FIELD";
  put_votable_attribute("name", field.name.empty() ? fmt::format("col{}", column + 1) : field.name,
                        out);
  put_votable_attribute("datatype", votable_datatype(field), out);
  put_votable_attribute("arraysize", votable_arraysize(field), out);
  put_votable_attribute("unit", field.unit, out);
  put_votable_attribute("ucd", field.ucd, out);
  put_votable_attribute("utype", field.utype, out);
  put_votable_attribute("xtype", field.xtype, out);
  if (field.description.empty() && !null) {
    out += "/>\n";
    return;
  }
  out += ">";
  put_votable_description(field.description, out);
  if (null) out += fmt::format("<VALUES null=\"{}\"/>\n", *null);
  out += "</FIELD>\n";
}

void put_votable_row(const Table& batch, size_t row, std::string& out) {
  out += "<TR>";
  for (const Column& column : batch.columns) {
    const size_t begin = out.size();
    out += "<TD>";
    const size_t empty = out.size();
    if (column.field.type == Type::text)
      escape_xml(column.text(row), false, out);
    else if (column.field.is_scalar() && column.field.type == Type::float64)
      put_float(column.cell<double>(row)[0], out);
    else if (!column.missing(row))
      put_numbers(column, row, out);
    if (out.size() == empty)
      out.replace(begin, std::string::npos, "<TD/>");
    else
      out += "</TD>";
  }
  out += "</TR>\n";
}

}  // namespace uhuru
