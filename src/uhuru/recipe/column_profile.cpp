#include "uhuru/recipe/column_profile.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::recipe {
namespace {

constexpr size_t most_values = 4096, most_sampled = 8192;

/// Numbers that catalogs write for "no value".
constexpr double usual_marks[] = {-9,     -99,           -999, -9999, -99999, -99.9,
                                  -999.9, -2147483648.0, 99,   999,   9999,   99.99};

bool is_usual_mark(double value) {
  return std::find(std::begin(usual_marks), std::end(usual_marks), value) != std::end(usual_marks);
}

}  // namespace

std::string ColumnProfile::lower_name() const { return lower(field_.name); }

bool ColumnProfile::is_named(std::initializer_list<std::string_view> lower_names) const {
  return std::find(lower_names.begin(), lower_names.end(), lower_name()) != lower_names.end();
}

bool ColumnProfile::has_ucd(std::string_view words) const {
  return lower(field_.ucd).find(words) != std::string::npos;
}

bool ColumnProfile::is_number() const {
  return field_.is_scalar() && field_.type != Type::text && field_.type != Type::boolean;
}

void ColumnProfile::look(const Column& column) {
  rows_ += column.size();
  const bool number = is_number();
  for (size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row)) continue;
    const double value = number ? column.number(row) : 0;
    if (!std::isfinite(value)) continue;
    // Many numbers are not told apart: they are no labels.
    if (!number || is_integer(field_.type) || !has_many_) {
      const std::string text(trim(cell_text(column, row)));
      if (is_missing_word(text)) continue;
      count(text);
    }
    ++present_;
    if (number) add(value);
  }
}

void ColumnProfile::count(const std::string& text) {
  if (const auto known = values_.find(text); known != values_.end())
    ++known->second;
  else if (values_.size() < most_values)
    values_.emplace(text, 1);
  else
    has_many_ = true;
}

void ColumnProfile::add(double value) {
  if (is_usual_mark(value)) {
    ++suspects_[value];
  } else {
    least_ = std::min(least_, value);
    greatest_ = std::max(greatest_, value);
  }
  if (seen_++ % stride_) return;
  sample_.push_back(value);
  if (sample_.size() < 2 * most_sampled) return;
  for (size_t i = 0; i < most_sampled; ++i) sample_[i] = sample_[2 * i];
  sample_.resize(most_sampled);
  stride_ *= 2;
}

bool ColumnProfile::is_unique() const {
  // Of more values than are kept, those that are kept say how often one occurs.
  constexpr double part = 0.9;
  uint64_t occurrences = 0;
  for (const auto& [value, count] : values_) occurrences += count;
  return occurrences > 0 &&
         static_cast<double>(values_.size()) > part * static_cast<double>(occurrences);
}

bool ColumnProfile::is_mostly_one(double part) const {
  if (is_number()) {
    std::map<double, size_t> counts;
    size_t most = 0;
    for (const double value : sample_) most = std::max(most, ++counts[value]);
    return static_cast<double>(most) > part * static_cast<double>(sample_.size());
  }
  uint64_t most = 0;
  for (const auto& [value, count] : values_) most = std::max(most, count);
  return static_cast<double>(most) > part * static_cast<double>(present_);
}

std::vector<double> ColumnProfile::marks() const {
  // A mark lies beyond all other values, by more than half of their width.
  std::vector<double> result;
  if (least_ > greatest_) return result;
  const double width = std::max(greatest_ - least_, 1.0);
  for (const auto& [value, count] : suspects_)
    if (count > 1 && (value < least_ - width / 2 || value > greatest_ + width / 2))
      result.push_back(value);
  return result;
}

std::vector<double> ColumnProfile::usual_values() const {
  const auto apart = marks();
  std::vector<double> values;
  for (const double value : sample_)
    if (std::find(apart.begin(), apart.end(), value) == apart.end()) values.push_back(value);
  return values;
}

double ColumnProfile::least() const {
  double least = least_;
  const auto apart = marks();
  for (const auto& [value, count] : suspects_)
    if (std::find(apart.begin(), apart.end(), value) == apart.end()) least = std::min(least, value);
  return least;
}

double ColumnProfile::greatest() const {
  double greatest = greatest_;
  const auto apart = marks();
  for (const auto& [value, count] : suspects_)
    if (std::find(apart.begin(), apart.end(), value) == apart.end())
      greatest = std::max(greatest, value);
  return greatest;
}

bool ColumnProfile::is_ratio() const {
  constexpr double large = 0.3;
  return least() >= -1 && greatest() <= 1 && greatest() > large;
}

double ColumnProfile::size_at(double part) const {
  std::vector<double> sizes;
  for (const double value : usual_values())
    if (value != 0) sizes.push_back(std::abs(value));
  if (sizes.empty()) return 1;
  std::sort(sizes.begin(), sizes.end());
  return sizes[static_cast<size_t>(part * static_cast<double>(sizes.size() - 1))];
}

bool ColumnProfile::spans_decades() const {
  constexpr double low = 0.01, middle = 0.5, high = 0.99, of_all = 100, of_larger = 30;
  if (least() >= 0) return size_at(high) > of_all * size_at(low);
  // Any number that is often near 0 spans decades below.
  return size_at(high) > of_larger * size_at(middle);
}

}  // namespace uhuru::recipe
