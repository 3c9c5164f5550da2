#include "uhuru/io/votable_elements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "uhuru/io/format_rows.hpp"
#include "uhuru/io/utf8.hpp"
#include "uhuru/io/xml_text.hpp"

namespace uhuru::io {
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

namespace {

/// Only names that stand in every version of the standard, each once: the file stays well-formed.
void put_attributes(const Attributes& attributes, std::string& out) {
  for (auto given = attributes.begin(); given != attributes.end(); ++given) {
    const bool again = std::any_of(attributes.begin(), given,
                                   [&](const auto& other) { return other.first == given->first; });
    if (!again) put_votable_attribute(given->first, given->second, out);
  }
}

/// The attributes of a FIELD or PARAM. A reference is only written if its system is.
void put_field_attributes(const Field& field, const std::string& name, const Table& header,
                          std::string& out) {
  put_votable_attribute("name", name, out);
  put_votable_attribute("datatype", votable_datatype(field), out);
  put_votable_attribute("arraysize", votable_arraysize(field), out);
  put_votable_attribute("unit", field.unit, out);
  put_votable_attribute("ucd", field.ucd, out);
  put_votable_attribute("utype", field.utype, out);
  put_votable_attribute("xtype", field.xtype, out);
  if (header.find_system(field.ref)) put_votable_attribute("ref", field.ref, out);
  put_votable_attribute("width", field.width, out);
  put_votable_attribute("precision", field.precision, out);
}

void put_values(const Field& field, std::optional<int64_t> null, std::string& out) {
  if (!null && field.minimum.empty() && field.maximum.empty()) return;
  out += "<VALUES";
  if (null) out += fmt::format(" null=\"{}\"", *null);
  if (field.minimum.empty() && field.maximum.empty()) {
    out += "/>\n";
    return;
  }
  out += ">";
  for (const auto& [name, value] : {std::pair("MIN", &field.minimum), {"MAX", &field.maximum}}) {
    if (value->empty()) continue;
    out += fmt::format("<{}", name);
    put_votable_attribute("value", *value, out);
    out += "/>";
  }
  out += "</VALUES>\n";
}

/// Appends ` value="..."`, which a PARAM and an INFO must have.
void put_value(const std::string& value, std::string& out) {
  if (value.empty()) out += " value=\"\"";
  put_votable_attribute("value", value, out);
}

}  // namespace

void put_votable_field(const Table& header, size_t column, std::optional<int64_t> null,
                       std::string& out) {
  const Field& field = header.columns[column].field;
  out += "<FIELD";
  put_field_attributes(field, field.name.empty() ? fmt::format("col{}", column + 1) : field.name,
                       header, out);
  std::string content;
  put_votable_description(field.description, content);
  put_values(field, null, content);
  for (const Attributes& link : field.links) {
    content += "<LINK";
    put_attributes(link, content);
    content += "/>\n";
  }
  out += content.empty() ? "/>\n" : ">" + content + "</FIELD>\n";
}

void put_votable_facts(const Table& header, std::string& out) {
  for (const Parameter& parameter : header.parameters) {
    if (!parameter.info) continue;
    out += "<INFO";
    put_votable_attribute("name", parameter.field.name, out);
    put_votable_attribute("ucd", parameter.field.ucd, out);
    put_votable_attribute("utype", parameter.field.utype, out);
    put_value(parameter.value, out);
    std::string text;
    escape_xml(to_utf8(parameter.field.description), false, text);
    out += text.empty() ? "/>\n" : ">" + text + "</INFO>\n";
  }
  // The schema has them in this order.
  for (const ReferenceSystem& system : header.systems) {
    out += fmt::format("<{}", system.element);
    put_attributes(system.attributes, out);
    out += "/>\n";
  }
}

void put_votable_parameters(const Table& header, std::string& out) {
  for (const Parameter& parameter : header.parameters) {
    if (parameter.info) continue;
    out += "<PARAM";
    put_field_attributes(parameter.field, parameter.field.name, header, out);
    put_value(parameter.value, out);
    std::string description;
    put_votable_description(parameter.field.description, description);
    out += description.empty() ? "/>\n" : ">" + description + "</PARAM>\n";
  }
}

namespace {

/// The blanks that strings in an array lack, so that who splits them finds all; an enormous array
/// is not filled.
size_t blanks_lacking(const Field& field, std::string_view text) {
  constexpr size_t most = 1 << 16;
  const size_t size = parse_arraysize(field.arraysize);
  const size_t units = field.unicode ? utf16be_from_utf8(text).size() / 2 : text.size();
  return text.empty() || size > most ? 0 : size - std::min(size, units);
}

}  // namespace

void put_votable_row(const Table& batch, size_t row, std::string& out) {
  out += "<TR>";
  for (const Column& column : batch.columns) {
    const size_t begin = out.size();
    out += "<TD>";
    const size_t empty = out.size();
    if (column.field.type == Type::text) {
      escape_xml(column.text(row), false, out);
      if (column.field.is_text_array())
        out.append(blanks_lacking(column.field, column.text(row)), ' ');
    } else if (column.field.is_scalar() && column.field.type == Type::float64) {
      put_float(column.cell<double>(row)[0], out);
    } else if (!column.missing(row)) {
      put_numbers(column, row, out);
    }
    if (out.size() == empty)
      out.replace(begin, std::string::npos, "<TD/>");
    else
      out += "</TD>";
  }
  out += "</TR>\n";
}

}  // namespace uhuru::io
