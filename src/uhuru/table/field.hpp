// What is known of a column besides its values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uhuru {

/// The kinds of values that a column holds. Text is UTF-8.
enum class Type : uint8_t { boolean, byte, int16, int32, int64, float32, float64, text };

/// The type as people read it: "boolean", "byte", "short", "int", "long", "float", "double",
/// "text".
std::string_view type_name(Type type);
/// Bytes of one value; 1 for text (one character).
size_t type_size(Type type);
inline bool is_float(Type type) { return type == Type::float32 || type == Type::float64; }
inline bool is_integer(Type type) { return type >= Type::byte && type <= Type::int64; }

/// The most values that one cell may hold; readers refuse more, so that a hostile file cannot take
/// all memory with one number.
constexpr uint64_t max_cell_values = 1u << 26;

/// Name, type, shape, unit and meaning of a column.
///
/// `arraysize` is VOTable's: "" for one value, "3", "2x3" for arrays of that shape, "*", "3x*" or
/// "10*" for arrays whose length differs from row to row. Text has "" (any length) unless it is an
/// array of strings ("8x3": three of eight characters, kept as one padded string).
struct Field {
  std::string name;
  Type type = Type::float64;
  std::string arraysize;
  std::string unit;
  std::string ucd;
  std::string utype;
  std::string xtype;
  std::string description;
  /// The number that marks a missing whole number in the file that the column came from. In an
  /// array it marks missing elements; writers hand it on.
  std::optional<int64_t> null_marker;
  /// Text with characters beyond ASCII: written as VOTable's unicodeChar.
  bool unicode = false;

  /// Values in each cell: 1 for a scalar, 0 where the length differs from row to row (all text).
  size_t cell_size() const;
  bool is_scalar() const { return type != Type::text && arraysize.empty(); }
  bool is_text_array() const { return type == Type::text && !arraysize.empty(); }
};

/// A field of one value a cell, or of text.
Field make_field(std::string name, Type type, std::string description);

/// What stands for a missing boolean among others in an array.
constexpr uint8_t unknown_boolean = 2;

/// The smallest number of an integer type that can be negative.
int64_t smallest_whole(Type type);
/// Whether a column of this type can hold the number; false for types without whole numbers.
bool can_hold(Type type, int64_t number);

/// What stands for a missing element in an array of this field, whole numbers or booleans.
template <class T>
T missing_element(const Field& field) {
  if (field.type == Type::boolean) return static_cast<T>(unknown_boolean);
  return static_cast<T>(field.null_marker.value_or(0));
}

/// Values in a cell of this VOTable arraysize; 0 for a variable one. Throws Error (input) where it
/// is none, or more than max_cell_values.
size_t parse_arraysize(std::string_view arraysize);

}  // namespace uhuru
