#include "uhuru/features/extract.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {

namespace {

std::optional<size_t> column_index(const Table& header, const std::string& name) {
  const Column* column = header.find(name);
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

}  // namespace

FeatureExtractor::FeatureExtractor(const Recipe& recipe, const Table& header,
                                   AbsentColumns absent_columns) {
  const auto names = header.column_names();
  std::string hint;
  size_t found = 0;
  for (const Feature& feature : recipe.features) {
    auto& input = inputs_.emplace_back();
    std::vector<std::string> missing;
    if (const auto column = column_index(header, feature.name)) {
      input.emplace().column = *column;
    } else if (!feature.expression.empty()) {
      input = expression_input(feature.expression, header, missing);
    } else {
      missing.push_back(feature.name);
    }
    found += input.has_value();
    if (input) continue;
    const bool itself = missing.size() == 1 && missing[0] == feature.name;
    absent_.push_back(itself ? feature.name
                             : fmt::format("{} (needs {})", feature.name, join(missing, ", ")));
    if (hint.empty()) hint = did_you_mean(missing[0], names);
  }
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    const Feature& feature = recipe.features[f];
    const auto lower = column_index(header, feature.lower);
    const auto upper = column_index(header, feature.upper);
    if (!feature.lower.empty() && lower && upper) limits_.push_back({f, *lower, *upper});
  }
  const bool refused = absent_columns == AbsentColumns::refused ? !absent_.empty() : found == 0;
  if (refused)
    throw input_error(fmt::format("the table lacks columns required by recipe {}", recipe.name), "",
                      join(absent_, ", ") + hint,
                      names.size() <= 40 ? "columns " + join(names, ", ")
                                         : fmt::format("{} other columns", names.size()));
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

Matrix FeatureExtractor::features(const Table& batch, uint64_t first_row) {
  const size_t rows = batch.rows();
  Matrix matrix(rows, inputs_.size());
  Numbers columns(batch, first_row);
  std::vector<double> values;
  for (size_t f = 0; f < inputs_.size(); ++f) {
    auto& input = inputs_[f];
    if (!input) {
      matrix.col(f).setConstant(std::numeric_limits<double>::quiet_NaN());
    } else if (!input->expression) {
      const auto& column = columns.of(input->column);
      for (size_t row = 0; row < rows; ++row) matrix(row, f) = column[row];
    } else {
      std::vector<const std::vector<double>*> operands;
      for (const size_t column : input->operands) operands.push_back(&columns.of(column));
      values.resize(operands.size());
      for (size_t row = 0; row < rows; ++row) {
        for (size_t i = 0; i < operands.size(); ++i) values[i] = (*operands[i])[row];
        const double result = (*input->expression)(values);
        matrix(row, f) = std::isfinite(result) ? result : std::numeric_limits<double>::quiet_NaN();
      }
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
  for (const LimitColumns& limit : limits_) {
    const auto lower = numbers(batch.columns[limit.lower], first_row);
    const auto upper = numbers(batch.columns[limit.upper], first_row);
    const auto f = static_cast<Eigen::Index>(limit.feature);
    result.lower.col(f) = Eigen::Map<const Vector>(lower.data(), rows);
    result.upper.col(f) = Eigen::Map<const Vector>(upper.data(), rows);
  }
  return result;
}

Limits Limits::take(std::span<const size_t> rows) const {
  if (lower.rows() == 0) return {};
  return {take_rows(lower, rows), take_rows(upper, rows)};
}

Matrix scaled_variance(const Limits& limits, const Scaling& scaling) {
  Matrix result = Matrix::Zero(limits.lower.rows(), limits.lower.cols());
  for (Eigen::Index row = 0; row < result.rows(); ++row)
    for (Eigen::Index f = 0; f < result.cols(); ++f) {
      const FeatureScale& scale = scaling[static_cast<size_t>(f)];
      const double half =
          (scale.apply(limits.upper(row, f)) - scale.apply(limits.lower(row, f))) / 2;
      if (half > 0 && std::isfinite(half)) result(row, f) = half * half;
    }
  return result;
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

}  // namespace uhuru
