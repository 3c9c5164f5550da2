// What the values of a column look like.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/table/column.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// Statistics of a column, batch by batch. Memory is bounded: counts of up to 4,096 distinct
/// values, a sample of up to 8,192 numbers.
class ColumnProfile {
 public:
  explicit ColumnProfile(const Field& field) : field_(field) {}
  void look(const Column& column);

  const Field& field() const { return field_; }
  std::string lower_name() const;
  bool is_named(std::initializer_list<std::string_view> lower_names) const;
  /// Whether its UCD contains these words, in lower case.
  bool has_ucd(std::string_view words) const;
  /// Whether it has one number per row that is not a flag.
  bool is_number() const;
  uint64_t rows() const { return rows_; }
  uint64_t present() const { return present_; }
  /// Texts, or numbers, and how often they occur; incomplete if has_many().
  const std::map<std::string, uint64_t>& values() const { return values_; }
  bool has_many() const { return has_many_; }
  /// Whether hardly any value occurs twice, as in a column of identifiers.
  bool is_unique() const;
  /// Whether one value makes up more than this part of those that are there.
  bool is_mostly_one(double part) const;
  /// Of the finite numbers that are no marks; infinite if there are none.
  double least() const;
  double greatest() const;
  /// Hardness ratios, probabilities and the like, which need no scaling; fluxes are far below 1.
  bool is_ratio() const;
  /// Whether its values other than 0 spread over two decades; of numbers with both signs, whether a
  /// few are much larger than the others.
  bool spans_decades() const;
  /// Numbers such as -99 that stand apart from all others and repeat.
  std::vector<double> marks() const;

 private:
  void count(const std::string& text);
  void add(double value);
  std::vector<double> usual_values() const;
  /// A quantile of the absolute values other than 0.
  double size_at(double part) const;

  Field field_;
  uint64_t rows_ = 0, present_ = 0, stride_ = 1, seen_ = 0;
  bool has_many_ = false;
  std::map<std::string, uint64_t> values_;
  std::map<double, uint64_t> suspects_;                     // values that are often marks
  double least_ = std::numeric_limits<double>::infinity();  // of the others
  double greatest_ = -std::numeric_limits<double>::infinity();
  std::vector<double> sample_;
};

}  // namespace uhuru::recipe
#pragma GCC visibility pop
