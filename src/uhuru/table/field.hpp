// The metadata of a column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru {

/// The types of values in a column. Text is UTF-8.
enum class Type : uint8_t { boolean, byte, int16, int32, int64, float32, float64, text };

/// The name of a type: "boolean", "byte", "short", "int", "long", "float", "double", "text".
std::string_view type_name(Type type);
/// Bytes per value; 1 for text (one character).
size_t type_size(Type type);
inline bool is_float(Type type) { return type == Type::float32 || type == Type::float64; }
inline bool is_integer(Type type) { return type >= Type::byte && type <= Type::int64; }

/// The maximum number of values per cell; readers reject more, so that a hostile file cannot
/// exhaust the memory with a single number.
constexpr uint64_t max_cell_values = 1u << 26;

/// Attributes of an XML element, in their order.
using Attributes = std::vector<std::pair<std::string, std::string>>;

/// Name, type, shape, unit and meaning of a column.
///
/// `arraysize` is as in VOTable: "" for one value, "3", "2x3" for arrays of that shape, "*", "3x*"
/// or "10*" for arrays of variable length. For text it is "" (any length) except for arrays of
/// strings ("8x3": three of eight characters, stored as one padded string).
struct Field {
  std::string name;
  Type type = Type::float64;
  std::string arraysize;
  std::string unit;
  std::string ucd;
  std::string utype;
  std::string xtype;
  std::string description;
  /// The number that marks a missing integer in the source file of the column. In arrays it marks
  /// missing elements; writers preserve it.
  std::optional<int64_t> null_marker;
  /// Text with non-ASCII characters: written as VOTable's unicodeChar.
  bool unicode = false;
  /// Carried from file to file, as in VOTable, and not interpreted: the ID of the coordinate or
  /// time system, how numbers should be displayed, the range of the values.
  std::string ref, width, precision, minimum, maximum;
  /// The attributes of each link to more about the column, such as {"href", "https://..."}.
  std::vector<Attributes> links;

  /// Values per cell: 1 for a scalar, 0 if variable (all text).
  size_t cell_size() const;
  bool is_scalar() const { return type != Type::text && arraysize.empty(); }
  bool is_text_array() const { return type == Type::text && !arraysize.empty(); }
};

/// A field with one value per cell, or of text.
Field make_field(std::string name, Type type, std::string description, std::string ucd = {});

/// Represents a missing boolean in an array.
constexpr uint8_t unknown_boolean = 2;

/// The smallest number of a signed integer type.
int64_t smallest_whole(Type type);
/// Whether a column of this type can hold the number; false for non-integer types.
bool can_hold(Type type, int64_t number);

/// The value that represents a missing integer or boolean in an array of this field.
template <class T>
T missing_element(const Field& field) {
  if (field.type == Type::boolean) return static_cast<T>(unknown_boolean);
  return static_cast<T>(field.null_marker.value_or(0));
}

/// The number of values per cell for a VOTable arraysize; 0 if variable. Throws Error (input) if it
/// is invalid or exceeds max_cell_values.
size_t parse_arraysize(std::string_view arraysize);
/// The length of each dimension of a valid arraysize, as they stand there, the fastest first; 0 for
/// a variable one.
std::vector<size_t> dimensions(std::string_view arraysize);
/// Whether it is valid, even if it exceeds max_cell_values.
bool is_arraysize(std::string_view arraysize);

}  // namespace uhuru
#pragma GCC visibility pop
