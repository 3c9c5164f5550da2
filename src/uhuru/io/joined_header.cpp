#include "uhuru/io/joined_header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/units.hpp"

namespace uhuru::io {
namespace {

constexpr size_t absent = ColumnCast::absent;
constexpr const char* frame_name = "RADESYS";

/// Whether two systems say different things; what only one says does not.
bool contradict(const ReferenceSystem& a, const ReferenceSystem& b) {
  if (a.element != b.element) return true;
  for (const auto& [name, value] : a.attributes)
    for (const auto& [other_name, other_value] : b.attributes)
      if (name != "ID" && name == other_name && !same_but_case(value, other_value)) return true;
  return false;
}

std::string system_text(const ReferenceSystem& system) {
  std::string text = system.element;
  for (const auto& [name, value] : system.attributes)
    if (name != "ID") text += " " + name + "=" + shown(value, 40);
  return text;
}

/// ICRS, FK5 ..., as the parameter RADESYS or the system of a column says; empty if neither.
std::string frame_of(const Table& header) {
  if (header.parameters.empty() && header.systems.empty()) return {};
  Table copy = header.empty_copy();
  add_radesys(copy);
  for (const Parameter& parameter : copy.parameters)
    if (same_but_case(parameter.field.name, frame_name)) return std::string(trim(parameter.value));
  return {};
}

/// Equal for tables that are joined in the same way.
std::string signature_of(const Table& header) {
  std::string text;
  const auto add = [&](std::string_view part) {
    text += part;
    text += '\0';
  };
  for (const Column& column : header.columns) {
    const Field& field = column.field;
    const ReferenceSystem* system = header.find_system(field.ref);
    for (const std::string_view part :
         {std::string_view(field.name), type_name(field.type), std::string_view(field.arraysize),
          std::string_view(field.unit)})
      add(part);
    add(system ? system_text(*system) : "");
    add(field.null_marker ? std::to_string(*field.null_marker) : "");
    add(field.unicode ? "unicode" : "");
  }
  return text;
}

bool same_parameter(const Parameter& a, const Parameter& b) {
  return same_but_case(a.field.name, b.field.name) && a.value == b.value;
}

}  // namespace

std::string JoinedHeader::place(size_t table, const std::string& column) const {
  return names_[table] + ", column " + column;
}

void JoinedHeader::add(const Table& header, const std::string& name) {
  const size_t table = names_.size();
  names_.push_back(name);
  if (table == 0) {
    header_.name = header.name;
    header_.description = header.description;
  } else {
    if (header_.name != header.name) header_.name.clear();
    if (header_.description != header.description) header_.description.clear();
  }
  const auto [known, is_new] = shape_numbers_.try_emplace(signature_of(header), shapes_.size());
  if (is_new) shapes_.push_back(make_shape(header));
  shapes_of_tables_.push_back(known->second);
  check_frame(header);
  keep_parameters(header);
}

JoinedHeader::Shape JoinedHeader::make_shape(const Table& header) {
  const size_t count = header.columns.size();
  Shape shape;
  shape.joined.resize(count, absent);
  shape.is_empty.resize(count, false);
  std::vector<bool> taken(columns_.size(), false);
  const auto take = [&](size_t c, size_t place) {
    shape.joined[c] = place;
    taken[place] = true;
  };
  for (const Column& column : header.columns) shape.fields.push_back(column.field);
  for (size_t c = 0; c < count; ++c)
    for (const size_t place : places_[lower(shape.fields[c].name)])
      if (shape.joined[c] == absent && !taken[place] &&
          columns_[place].field.name == shape.fields[c].name)
        take(c, place);
  for (size_t c = 0; c < count; ++c) {
    if (shape.joined[c] != absent) continue;
    const Field& field = shape.fields[c];
    auto& places = places_[lower(field.name)];
    std::vector<size_t> free;
    for (const size_t place : places)
      if (!taken[place]) free.push_back(place);
    if (free.size() > 1)
      throw input_error(
          "several columns have the name of one but for upper and lower case",
          place(names_.size() - 1, field.name), "one of them",
          columns_[free[0]].field.name + ", " + columns_[free[1]].field.name + " in other tables");
    if (free.empty()) {
      free.push_back(columns_.size());
      places.push_back(columns_.size());
      taken.push_back(false);
      Joined& column = columns_.emplace_back();
      column.field = field;
      column.field.ref.clear();
      column.first = column.unit_from = names_.size() - 1;
    }
    take(c, free[0]);
  }
  for (size_t c = 0; c < count; ++c) merge(columns_[shape.joined[c]], shape.fields[c], header);
  return shape;
}

void JoinedHeader::merge(Joined& column, const Field& field, const Table& header) {
  const size_t table = names_.size() - 1;
  Field& joined = column.field;
  if (is_no_unit(joined.unit) && !is_no_unit(field.unit)) {
    joined.unit = field.unit;
    column.unit_from = table;
  } else if (!is_no_unit(field.unit) && !unit_factor(field.unit, joined.unit)) {
    throw input_error("the unit of a column cannot be converted", place(table, field.name),
                      fmt::format("{}, as in {}, or a unit of the same kind", joined.unit,
                                  names_[column.unit_from]),
                      field.unit);
  }
  column.has_numbers = column.has_numbers || field.type != Type::text;
  for (const auto member : {&Field::ucd, &Field::utype, &Field::xtype, &Field::description})
    if ((joined.*member).empty()) joined.*member = field.*member;
  for (const auto member : {&Field::width, &Field::precision, &Field::minimum, &Field::maximum})
    if (joined.*member != field.*member) (joined.*member).clear();
  joined.unicode = joined.unicode || field.unicode;
  if (joined.links.empty()) joined.links = field.links;
  merge_system(column, field, header);
}

void JoinedHeader::merge_system(Joined& column, const Field& field, const Table& header) {
  const size_t table = names_.size() - 1;
  const ReferenceSystem* system = header.find_system(field.ref);
  if (!system) return;
  if (!column.system) {
    column.system = *system;
    column.system_from = table;
    column.field.ref = field.ref;
  } else if (contradict(*column.system, *system)) {
    throw input_error(
        "the tables have different coordinate systems", place(table, field.name),
        fmt::format("{}, as in {}", system_text(*column.system), names_[column.system_from]),
        system_text(*system));
  }
}

void JoinedHeader::check_frame(const Table& header) {
  const size_t table = names_.size() - 1;
  const std::string frame = frame_of(header);
  if (frame.empty()) {
    if (tables_without_frame_++ == 0) first_without_frame_ = table;
  } else if (frame_.empty()) {
    frame_ = frame;
    frame_from_ = table;
  } else if (!same_but_case(frame, frame_)) {
    throw input_error("the tables have different coordinate systems", names_[table],
                      fmt::format("{}, as in {}", shown(frame_, 40), names_[frame_from_]),
                      shown(frame, 40));
  }
}

/// Keeps the parameters that are the same in all tables that have any: others are not true of the
/// whole.
void JoinedHeader::keep_parameters(const Table& header) {
  if (header.parameters.empty()) return;
  if (!parameters_) {
    parameters_ = header.parameters;
    return;
  }
  std::erase_if(*parameters_, [&](const Parameter& parameter) {
    return std::none_of(header.parameters.begin(), header.parameters.end(),
                        [&](const Parameter& other) { return same_parameter(parameter, other); });
  });
}

std::vector<size_t> JoinedHeader::doubtful_columns(size_t table) const {
  const Shape& shape = shapes_[shapes_of_tables_[table]];
  std::vector<size_t> result;
  for (size_t c = 0; c < shape.fields.size(); ++c)
    if (shape.fields[c].type == Type::text && columns_[shape.joined[c]].has_numbers)
      result.push_back(c);
  return result;
}

void JoinedHeader::set_empty(size_t table, const std::vector<size_t>& columns) {
  if (columns.empty()) return;
  const size_t number = shapes_of_tables_[table];
  std::string signature = fmt::format("{} without", number);
  for (const size_t c : columns) signature += fmt::format(" {}", c);
  const auto [known, is_new] = shape_numbers_.try_emplace(signature, shapes_.size());
  if (is_new) {
    Shape shape = shapes_[number];
    for (const size_t c : columns) shape.is_empty[c] = true;
    shapes_.push_back(std::move(shape));
  }
  shapes_of_tables_[table] = known->second;
}

bool JoinedHeader::has_columns(size_t table, const Table& header) const {
  const Shape& shape = shapes_[shapes_of_tables_[table]];
  return std::equal(shape.fields.begin(), shape.fields.end(), header.columns.begin(),
                    header.columns.end(), [](const Field& field, const Column& column) {
                      return field.name == column.field.name && field.type == column.field.type &&
                             field.arraysize == column.field.arraysize &&
                             field.unit == column.field.unit;
                    });
}

}  // namespace uhuru::io
