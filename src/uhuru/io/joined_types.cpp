// The types and units of the columns of several tables, and what is said of their differences.
#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/joined_header.hpp"
#include "uhuru/table/units.hpp"

namespace uhuru::io {
namespace {

/// The type that holds the values of both.
Type common_type(Type a, Type b, bool is_array) {
  if (a == b) return a;
  if (a == Type::text || b == Type::text) return Type::text;
  if (is_array && (a == Type::boolean || b == Type::boolean)) return Type::float64;
  if (!is_float(a) && !is_float(b)) return std::max(a, b);  // they are in order
  return Type::float64;
}

bool is_list(const Field& field) {
  return !field.arraysize.empty() && field.arraysize.find('x') == std::string::npos;
}

std::string shape_text(const Field& field) {
  const std::string type(type_name(field.type));
  return field.arraysize.empty() ? type : fmt::format("{}[{}]", type, field.arraysize);
}

}  // namespace

template <class Use>
void JoinedHeader::each_shape(size_t column, const Use& use) const {
  for (const Shape& shape : shapes_)
    if (shape.tables > 0 && shape.places[column] != ColumnCast::absent)
      use(shape, shape.fields[shape.places[column]]);
}

double JoinedHeader::factor_of(size_t column, const Field& field) const {
  const std::string& unit = columns_[column].field.unit;
  if (is_no_unit(unit) || is_no_unit(field.unit)) return 1;
  return unit_factor(field.unit, unit).value_or(1);
}

std::string JoinedHeader::in_tables(size_t count, size_t first) const {
  if (count == 1) return "in " + names_[first];
  return fmt::format("in {} of {} files, first in {}", with_commas(count),
                     with_commas(names_.size()), names_[first]);
}

void JoinedHeader::count_tables() {
  for (size_t table = 0; table < names_.size(); ++table) {
    Shape& shape = shapes_[shapes_of_tables_[table]];
    if (shape.tables++ == 0) shape.first = table;
  }
  for (Shape& shape : shapes_) {
    shape.places.assign(columns_.size(), ColumnCast::absent);
    for (size_t c = 0; c < shape.joined.size(); ++c) shape.places[shape.joined[c]] = c;
  }
}

void JoinedHeader::join_type(Field& field, const Field& other, size_t first, size_t table) const {
  const bool is_array = !field.arraysize.empty();
  const bool are_texts = field.type == Type::text && other.type == Type::text;
  const bool fit =
      field.arraysize == other.arraysize
          ? !is_array || are_texts || (field.type != Type::text && other.type != Type::text)
          : !are_texts && field.type != Type::text && other.type != Type::text && is_list(field) &&
                is_list(other);
  if (!fit)
    throw input_error("a column has different shapes", place(table, other.name),
                      fmt::format("{}, as in {}", shape_text(field), names_[first]),
                      shape_text(other));
  if (field.arraysize != other.arraysize) field.arraysize = "*";
  const bool same_marker = field.null_marker == other.null_marker;
  field.type = common_type(field.type, other.type, is_array);
  // The mark of one table may be a value in another.
  if (is_array && !same_marker && is_integer(field.type)) field.type = Type::float64;
  if (!same_marker || !is_integer(field.type)) field.null_marker.reset();
}

void JoinedHeader::find_type(size_t column) {
  Joined& joined = columns_[column];
  Field& field = joined.field;
  bool is_first = true, is_converted = false;
  size_t first = 0, converted = 0;
  each_shape(column, [&](const Shape& shape, const Field& other) {
    if (shape.is_empty[shape.places[column]]) return;
    if (factor_of(column, other) != 1) {
      is_converted = true;
      converted = shape.first;
    }
    if (!is_first) return join_type(field, other, first, shape.first);
    is_first = false;
    first = shape.first;
    field.type = other.type;
    field.arraysize = other.arraysize;
    field.null_marker = other.null_marker;
  });
  if (!is_converted) return;
  if (field.type == Type::text)
    throw input_error("texts cannot be converted to another unit", place(converted, field.name),
                      fmt::format("{}, as in {}", field.unit, names_[joined.unit_from]));
  if (!is_float(field.type)) field.type = Type::float64;
  field.null_marker.reset();
  for (const auto member : {&Field::width, &Field::precision, &Field::minimum, &Field::maximum})
    (field.*member).clear();
}

void JoinedHeader::note_differences(size_t column) {
  const Joined& joined = columns_[column];
  const Field& field = joined.field;
  struct Count {
    size_t tables = 0, first = ColumnCast::absent;
    void add(const Shape& shape) {
      tables += shape.tables;
      first = std::min(first, shape.first);
    }
  };
  Count lacks, without_unit;
  std::vector<std::pair<std::string, Count>> units, types;
  const auto count = [](auto& counts, const std::string& key, const Shape& shape) {
    auto found = std::find_if(counts.begin(), counts.end(),
                              [&](const auto& entry) { return entry.first == key; });
    if (found == counts.end()) found = counts.insert(found, {key, {}});
    found->second.add(shape);
  };
  for (const Shape& shape : shapes_)
    if (shape.tables > 0 && shape.places[column] == ColumnCast::absent) lacks.add(shape);
  each_shape(column, [&](const Shape& shape, const Field& other) {
    if (is_no_unit(other.unit) && !is_no_unit(field.unit)) without_unit.add(shape);
    if (shape.is_empty[shape.places[column]]) return;
    if (factor_of(column, other) != 1) count(units, other.unit, shape);
    if (other.type != field.type || other.arraysize != field.arraysize)
      count(types, shape_text(other), shape);
  });
  if (lacks.tables > 0)
    notes_.column(field.name, "missing " + in_tables(lacks.tables, lacks.first));
  if (without_unit.tables > 0)
    notes_.column(field.name, fmt::format("no unit {}; that of the others is assumed",
                                          in_tables(without_unit.tables, without_unit.first)));
  for (const auto& [unit, where] : units)
    notes_.column(field.name, fmt::format("in {} {}, converted to {}", unit,
                                          in_tables(where.tables, where.first), field.unit));
  for (const auto& [type, where] : types)
    notes_.column(field.name, fmt::format("of type {} {}, read as {}", type,
                                          in_tables(where.tables, where.first), shape_text(field)));
}

void JoinedHeader::finish() {
  count_tables();
  for (size_t c = 0; c < columns_.size(); ++c) {
    find_type(c);
    note_differences(c);
    Table source;
    if (columns_[c].system) source.systems.push_back(*columns_[c].system);
    header_.add_from(source, columns_[c].field);
  }
  if (parameters_) header_.parameters = std::move(*parameters_);
  if (frame_.empty()) return;
  if (tables_without_frame_ > 0)
    notes_.say(fmt::format("no coordinate system is stated {}; that of the others is assumed, {}",
                           in_tables(tables_without_frame_, first_without_frame_),
                           shown(frame_, 40)));
  Table copy = header_.empty_copy();
  add_radesys(copy);
  if (std::none_of(copy.parameters.begin(), copy.parameters.end(), [](const Parameter& parameter) {
        return same_but_case(parameter.field.name, "RADESYS");
      }))
    header_.parameters.push_back(
        {make_field("RADESYS", Type::text, "System of the positions"), frame_, true});
}

std::vector<ColumnCast> JoinedHeader::casts(size_t table) const {
  const Shape& shape = shapes_[shapes_of_tables_[table]];
  std::vector<ColumnCast> result(columns_.size());
  for (size_t c = 0; c < columns_.size(); ++c) {
    const size_t from = shape.places[c];
    if (from == ColumnCast::absent || shape.is_empty[from]) continue;
    const Field& field = shape.fields[from];
    const Field& joined = columns_[c].field;
    ColumnCast& cast = result[c];
    cast.from = from;
    // A division by a whole number is exact where the product with its inverse is not.
    const double factor = factor_of(c, field);
    if (factor < 1)
      cast.divisor = unit_factor(joined.unit, field.unit).value_or(1);
    else
      cast.factor = factor;
    cast.as_it_is = factor == 1 && field.type == joined.type && field.arraysize == joined.arraysize;
  }
  return result;
}

}  // namespace uhuru::io
