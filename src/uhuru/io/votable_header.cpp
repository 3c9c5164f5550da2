#include "uhuru/io/votable_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/votable_values.hpp"

namespace uhuru::io {
namespace {

constexpr size_t max_votable_columns = 20000;
/// An element of a few bytes becomes an object of some hundred.
constexpr size_t max_votable_parameters = 10000;
constexpr size_t max_votable_systems = 1000;

/// The attributes with these names that have a value.
Attributes kept_attributes(const XmlAttributes& attributes,
                           std::initializer_list<std::string_view> names) {
  Attributes kept;
  for (const std::string_view name : names)
    if (const auto value = xml_attribute(attributes, name); !value.empty())
      kept.emplace_back(name, value);
  return kept;
}

/// All but the type.
Field votable_field(const XmlAttributes& attributes) {
  Field field;
  field.name = xml_attribute(attributes, "name");
  if (field.name.empty()) field.name = xml_attribute(attributes, "ID");
  field.unit = xml_attribute(attributes, "unit");
  field.ucd = xml_attribute(attributes, "ucd");
  field.utype = xml_attribute(attributes, "utype");
  field.xtype = xml_attribute(attributes, "xtype");
  field.ref = xml_attribute(attributes, "ref");
  field.width = xml_attribute(attributes, "width");
  field.precision = xml_attribute(attributes, "precision");
  return field;
}

/// The type of a FIELD or PARAM. `odd`: how a type that is not VOTable's is understood;
/// `unsized`: the number of bytes of a value is unknown then.
struct VotableType {
  WireField wire;
  std::string odd;
  bool unsized = false;
};
VotableType votable_type(const XmlAttributes& attributes, Field& field) {
  const std::string_view given = trim(xml_attribute(attributes, "datatype"));
  std::string_view datatype = given;
  std::string_view arraysize = trim(xml_attribute(attributes, "arraysize"));
  VotableType type;
  const bool known = is_votable_datatype(given);
  if (const DatatypeAlias alias = datatype_alias(given); !known && !alias.datatype.empty()) {
    datatype = alias.datatype;
    const bool is_text = datatype == "char" || datatype == "unicodeChar";
    type.unsized = !alias.same_bytes || (is_text && arraysize.empty());
    type.odd = fmt::format("datatype {} is read as {}", in_quotes(given), datatype);
  } else if (!known) {
    datatype = "char";
    arraysize = "*";
    type.unsized = true;
    type.odd = given.empty() ? std::string("no datatype: its values are read as text")
                             : fmt::format("unknown datatype {}: its values are read as text",
                                           in_quotes(given));
  }
  if (!is_arraysize(arraysize)) {
    type.unsized = true;
    type.odd = fmt::format("unreadable arraysize {}: any length is accepted", in_quotes(arraysize));
    arraysize = "*";
  }
  type.wire = wire_field(datatype, arraysize, field);
  return type;
}

}  // namespace

std::string_view xml_attribute(const XmlAttributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return value;
  return {};
}

void VotableHeader::start(std::string_view name, const XmlAttributes& attributes, int depth) {
  const Element parent = open(depth - 1);
  open(depth) = Element::other;
  if (name == "RESOURCE") {
    outer_parameters_.push_back(table.parameters.size());
  } else if (name == "TABLE") {
    table.name = xml_attribute(attributes, "name");
    open(depth) = Element::table;
  } else if (name == "FIELD") {
    start_field(attributes);
    open(depth) = Element::field;
  } else if (name == "PARAM" ||
             (name == "INFO" && xml_attribute(attributes, "name") != "QUERY_STATUS")) {
    if (table.parameters.size() >= max_votable_parameters) {
      notes_.say(fmt::format("only the first {} PARAMs and INFOs are read",
                             with_commas(max_votable_parameters)));
      return;
    }
    add_parameter(attributes, name == "INFO");
    open(depth) = Element::parameter;
  } else if (name == "COOSYS" || name == "TIMESYS") {
    add_system(name, attributes);
  } else if (name == "VALUES" && parent == Element::field) {
    start_values(attributes);
    open(depth) = Element::values;
  } else if (parent == Element::values && (name == "MIN" || name == "MAX")) {
    std::string& limit = name == "MIN" ? field().minimum : field().maximum;
    if (limit.empty()) limit = xml_attribute(attributes, "value");
  } else if (name == "LINK" && parent == Element::field) {
    auto link = kept_attributes(
        attributes, {"content-role", "content-type", "title", "value", "href", "action", "gref"});
    constexpr size_t most = 100;
    if (!link.empty() && field().links.size() < most) field().links.push_back(std::move(link));
  }
}

void VotableHeader::end(std::string_view name, int depth, std::string_view text) {
  if (name == "RESOURCE" && !outer_parameters_.empty()) {
    table.parameters.resize(outer_parameters_.back());
    outer_parameters_.pop_back();
  } else if (name == "DESCRIPTION") {
    const Element owner = open(depth - 1);
    if (owner == Element::table) table.description = trim(text);
    if (owner == Element::field) field().description = trim(text);
    if (owner == Element::parameter) table.parameters.back().field.description = trim(text);
  } else if (name == "INFO" && open(depth) == Element::parameter) {
    table.parameters.back().field.description = trim(text);
  }
}

void VotableHeader::start_field(const XmlAttributes& attributes) {
  if (table.columns.size() >= max_votable_columns)
    throw input_error("the table has too many columns", "",
                      fmt::format("at most {} columns", max_votable_columns));
  Field field = votable_field(attributes);
  if (field.name.empty()) field.name = fmt::format("col{}", table.columns.size() + 1);
  const VotableType type = votable_type(attributes, field);
  if (!type.odd.empty()) notes_.column(field.name, type.odd);
  if (type.unsized && unsized_.empty()) {
    unsized_ = field.name;
    unsized_type_ =
        fmt::format("datatype {}, arraysize {}", in_quotes(xml_attribute(attributes, "datatype")),
                    in_quotes(xml_attribute(attributes, "arraysize")));
  }
  fields.push_back(type.wire);
  table.add(std::move(field));
}

void VotableHeader::start_values(const XmlAttributes& attributes) {
  std::string null(trim(xml_attribute(attributes, "null")));
  const auto shared = null_values_.find(xml_attribute(attributes, "ref"));
  if (null.empty() && shared != null_values_.end()) null = shared->second;
  if (const auto id = xml_attribute(attributes, "ID"); !id.empty()) null_values_.emplace(id, null);
  const Type type = field().type;
  if (null.empty() || type == Type::text || type == Type::boolean) return;
  if (const auto real = parse_double(null); real && is_float(type)) {
    fields.back().null.real = real;
  } else if (const auto whole = parse_cell_int(null); whole && can_hold(type, *whole)) {
    fields.back().null.whole = field().null_marker = *whole;
  } else {
    notes_.column(field().name, fmt::format("the null value {} is not of type {} and is ignored",
                                            in_quotes(null), type_name(type)));
  }
}

void VotableHeader::add_parameter(const XmlAttributes& attributes, bool info) {
  Parameter parameter{votable_field(attributes), std::string(xml_attribute(attributes, "value")),
                      info};
  parameter.field.type = Type::text;
  try {
    if (!info) votable_type(attributes, parameter.field);
  } catch (const Error&) {
    parameter.field.type = Type::text;  // an array that is too large: the value stays a text
    parameter.field.arraysize.clear();
  }
  table.parameters.push_back(std::move(parameter));
}

void VotableHeader::add_system(std::string_view name, const XmlAttributes& attributes) {
  const auto same = [id = xml_attribute(attributes, "ID")](const ReferenceSystem& system) {
    return system_id(system) == id;
  };
  // A reference leads to the first of several, as in other programs.
  if (table.systems.size() >= max_votable_systems ||
      std::any_of(table.systems.begin(), table.systems.end(), same))
    return;
  table.systems.push_back(
      {std::string(name),
       name == "COOSYS"
           ? kept_attributes(attributes, {"ID", "system", "equinox", "epoch", "refposition"})
           : kept_attributes(attributes, {"ID", "timeorigin", "timescale", "refposition"})});
}

void VotableHeader::complete() {
  for (Column& column : table.columns)
    if (!table.find_system(column.field.ref)) column.field.ref.clear();
  for (Parameter& parameter : table.parameters)
    if (!table.find_system(parameter.field.ref)) parameter.field.ref.clear();
}

void VotableHeader::require_sizes() const {
  if (unsized_.empty()) return;
  throw input_error("the size of a column's values is unknown", "FIELD " + unsized_,
                    "a datatype and an arraysize of VOTable", unsized_type_);
}

}  // namespace uhuru::io
