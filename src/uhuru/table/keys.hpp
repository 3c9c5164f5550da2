// Keys: values of two columns that are joined where they are equal.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "uhuru/table/column.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// Finds the rows of a column whose key equals that of a row of another column.
///
/// If one of the columns is numeric, keys that are numbers are equal if their values are, whatever
/// their types and spelling: the text 0012300101, the integer 12300101 and the double 12300101.0.
/// Whole numbers are compared exactly, also beyond 2^53. Otherwise texts are compared without the
/// blanks around them. A missing key equals nothing. The columns must outlive it. Thread-safe.
class KeyIndex {
 public:
  KeyIndex(const Column& left, const Column& right);

  /// The rows of `right` with the key of this row of `left`, in order.
  std::span<const size_t> rows(size_t left_row) const;
  /// Both columns with their type and their first value, to explain why nothing is equal.
  std::string columns() const;

 private:
  std::string key(const Column& column, size_t row) const;

  const Column& left_;
  const Column& right_;
  bool by_value_;
  std::unordered_map<std::string, std::vector<size_t>> rows_;
};

/// The shortest text of a number: that of the integer if it is whole, and of the double otherwise;
/// other text is returned trimmed.
std::string number_key(std::string_view text);

}  // namespace uhuru
#pragma GCC visibility pop
