#include "uhuru/recipe/extract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/input_columns.hpp"

namespace uhuru::recipe {

namespace {

std::optional<size_t> column_index(const Table& header, const std::string& name) {
  const Column* column = find_input_column(header, name);
  if (!column) return std::nullopt;
  return static_cast<size_t>(column - header.columns.data());
}

/// Columns of a batch as doubles, each converted only once.
class Numbers {
 public:
  Numbers(const Table& batch, uint64_t first_row) : batch_(batch), first_row_(first_row) {}
  const std::vector<double>& of(size_t column) {
    auto [entry, fresh] = cache_.try_emplace(column);
    if (fresh) entry->second = numbers(batch_.columns[column], first_row_);
    return entry->second;
  }

 private:
  const Table& batch_;
  uint64_t first_row_;
  std::map<size_t, std::vector<double>> cache_;
};

/// Whether two numbers are the same in the precision of a column.
bool same_number(double value, double mark, Type type) {
  return type == Type::float32 ? static_cast<float>(value) == static_cast<float>(mark)
                               : value == mark;
}

bool is_mark(double value, const Feature& feature, Type type) {
  return std::any_of(feature.missing.begin(), feature.missing.end(),
                     [&](double mark) { return same_number(value, mark, type); });
}

/// False for NaN.
bool is_outside(double value, const Feature& feature, Type type) {
  if (!feature.range) return false;
  const auto& [least, greatest] = *feature.range;
  return (value < least && !same_number(value, least, type)) ||
         (value > greatest && !same_number(value, greatest, type));
}

}  // namespace

void Unusable::add(double value, uint64_t row) {
  if (count++ > 0) return;
  first = value;
  first_row = row;
}

FeatureExtractor::FeatureExtractor(const Recipe& recipe, const Table& header,
                                   AbsentColumns absent_columns)
    : features_(recipe.features),
      marked_(recipe.features.size()),
      outside_(recipe.features.size()) {
  const auto names = header.column_names();
  std::string hint;
  size_t found = 0;
  for (const Feature& feature : features_) {
    std::vector<std::string> missing;
    inputs_.push_back(feature_input(feature, header, missing));
    found += inputs_.back().has_value();
    if (inputs_.back()) continue;
    const bool itself = missing.size() == 1 && missing[0] == feature.name;
    absent_.push_back(itself ? feature.name
                             : fmt::format("{} (needs {})", feature.name, join(missing, ", ")));
    if (hint.empty()) hint = did_you_mean(missing[0], names);
  }
  const bool refused = absent_columns == AbsentColumns::refused ? !absent_.empty() : found == 0;
  if (refused)
    throw input_error(fmt::format("the table lacks columns required by recipe {}", recipe.name), "",
                      join(absent_, ", ") + hint,
                      names.size() <= 40 ? "columns " + join(names, ", ")
                                         : fmt::format("{} other columns", names.size()));
  find_limits(header);
  find_conditions(recipe, header);
}

std::optional<FeatureExtractor::Input> FeatureExtractor::feature_input(
    const Feature& feature, const Table& header, std::vector<std::string>& missing) {
  const auto column = column_index(header, feature.name);
  std::optional<Input> input;
  if (!feature.expression.empty())
    input = expression_input(feature.expression, header, missing);
  else if (!column)
    missing.push_back(feature.name);
  if (!column || (input && feature.prefer == FeatureSource::expression)) return input;
  if (input && !feature.prefer)
    notes_.push_back(fmt::format(
        "{} is the table's column of this name, not the recipe's {}, although the table has its "
        "columns, too; prefer = \"column\" or \"expression\" in the recipe decides",
        feature.name, feature.expression));
  input.emplace().column = *column;
  return input;
}

void FeatureExtractor::find_limits(const Table& header) {
  for (size_t f = 0; f < features_.size(); ++f) {
    const Feature& feature = features_[f];
    if (feature.lower.empty()) continue;
    const auto lower = column_index(header, feature.lower);
    const auto upper = column_index(header, feature.upper);
    if (lower && upper) {
      limits_.push_back({f, *lower, *upper});
      continue;
    }
    const bool usual = feature.limits_optional && !lower && !upper;
    (usual ? usual_limit_notes_ : limit_notes_)
        .push_back(fmt::format("{} is taken without measurement errors: the table lacks {}",
                               feature.name,
                               lower   ? feature.upper
                               : upper ? feature.lower
                                       : feature.lower + " and " + feature.upper));
  }
}

void FeatureExtractor::find_conditions(const Recipe& recipe, const Table& header) {
  for (const std::string& condition : recipe.selection) {
    std::vector<std::string> missing;
    if (auto input = expression_input(condition, header, missing))
      conditions_.push_back(std::move(*input));
    else
      left_out_.push_back(condition);
  }
}

std::optional<FeatureExtractor::Input> FeatureExtractor::expression_input(
    const std::string& text, const Table& header, std::vector<std::string>& missing) const {
  Input input;
  input.expression.emplace(text);
  for (const std::string& name : input.expression->variables()) {
    if (const auto column = column_index(header, name))
      input.operands.push_back(*column);
    else
      missing.push_back(name);
  }
  if (!missing.empty()) return std::nullopt;
  return input;
}

double FeatureExtractor::usable(size_t feature, double value, Type type, uint64_t row) {
  if (is_mark(value, features_[feature], type)) {
    marked_[feature].add(value, row);
    return std::numeric_limits<double>::quiet_NaN();
  }
  return value;
}

Matrix FeatureExtractor::features(const Table& batch, uint64_t first_row) {
  const size_t rows = batch.rows();
  Matrix matrix(rows, inputs_.size());
  Numbers columns(batch, first_row);
  std::vector<double> values;
  for (size_t f = 0; f < inputs_.size(); ++f) {
    auto& input = inputs_[f];
    if (!input) {
      matrix.col(f).setConstant(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const std::vector<size_t> read =
        input->expression ? input->operands : std::vector<size_t>{input->column};
    std::vector<const std::vector<double>*> operands;
    for (const size_t column : read) operands.push_back(&columns.of(column));
    values.resize(operands.size());
    for (size_t row = 0; row < rows; ++row) {
      for (size_t i = 0; i < operands.size(); ++i)
        values[i] =
            usable(f, (*operands[i])[row], batch.columns[read[i]].field.type, first_row + row + 1);
      const double result = input->expression ? (*input->expression)(values) : values[0];
      const Type type = input->expression ? Type::float64 : batch.columns[input->column].field.type;
      const bool outside = std::isfinite(result) && is_outside(result, features_[f], type);
      if (outside) outside_[f].add(result, first_row + row + 1);
      matrix(row, f) =
          std::isfinite(result) && !outside ? result : std::numeric_limits<double>::quiet_NaN();
    }
  }
  return matrix;
}

Limits FeatureExtractor::limits(const Table& batch, uint64_t first_row) const {
  Limits result;
  if (limits_.empty()) return result;
  const auto rows = static_cast<Eigen::Index>(batch.rows());
  result.lower = result.upper = Matrix::Constant(rows, static_cast<Eigen::Index>(inputs_.size()),
                                                 std::numeric_limits<double>::quiet_NaN());
  const auto fill = [&](size_t feature, size_t column, Matrix& to) {
    const Type type = batch.columns[column].field.type;
    const auto values = numbers(batch.columns[column], first_row);
    for (Eigen::Index row = 0; row < rows; ++row) {
      const double value = values[static_cast<size_t>(row)];
      if (!is_mark(value, features_[feature], type) && !is_outside(value, features_[feature], type))
        to(row, static_cast<Eigen::Index>(feature)) = value;
    }
  };
  for (const LimitColumns& limit : limits_) {
    fill(limit.feature, limit.lower, result.lower);
    fill(limit.feature, limit.upper, result.upper);
  }
  return result;
}

uint64_t FeatureExtractor::out_of_range() const {
  uint64_t count = 0;
  for (const Unusable& outside : outside_) count += outside.count;
  return count;
}

std::vector<std::string> FeatureExtractor::notes(bool uses_limits) const {
  std::vector<std::string> notes = notes_;
  notes.insert(notes.end(), limit_notes_.begin(), limit_notes_.end());
  if (uses_limits) notes.insert(notes.end(), usual_limit_notes_.begin(), usual_limit_notes_.end());
  for (size_t f = 0; f < features_.size(); ++f) {
    const auto add = [&](const Unusable& unusable, const std::string& why) {
      if (unusable.count)
        notes.push_back(fmt::format("{}: {} {} {} as missing (first: {} in row {})",
                                    features_[f].name, with_commas(unusable.count), why,
                                    unusable.count == 1 ? "counts" : "count", unusable.first,
                                    unusable.first_row));
    };
    const auto values_of = [](const Unusable& unusable) {
      return std::string(unusable.count == 1 ? "value" : "values");
    };
    if (features_[f].range)
      add(outside_[f], fmt::format("{} outside the recipe's range {} to {}", values_of(outside_[f]),
                                   features_[f].range->first, features_[f].range->second));
    add(marked_[f], values_of(marked_[f]) + " that the recipe calls missing");
  }
  return notes;
}

Limits Limits::take(std::span<const size_t> rows) const {
  if (lower.rows() == 0) return {};
  return {take_rows(lower, rows), take_rows(upper, rows)};
}

std::vector<bool> FeatureExtractor::selected(const Table& batch, uint64_t first_row) {
  std::vector<bool> keep(batch.rows(), true);
  Numbers columns(batch, first_row);
  std::vector<double> values;
  for (Input& condition : conditions_) {
    values.resize(condition.operands.size());
    for (size_t row = 0; row < keep.size(); ++row) {
      bool known = true;
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = columns.of(condition.operands[i])[row];
        known = known && !std::isnan(values[i]);
      }
      if (!known || (*condition.expression)(values) == 0) keep[row] = false;
    }
  }
  return keep;
}

}  // namespace uhuru::recipe
