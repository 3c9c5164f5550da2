#include "uhuru/recipe/extract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/table/keys.hpp"

namespace uhuru::recipe {

namespace {

std::optional<size_t> column_index(const Table& header, const Recipe& recipe,
                                   const std::string& name) {
  const Column* column = find_column(header, recipe, name);
  if (!column) return std::nullopt;
  return static_cast<size_t>(column - header.columns.data());
}

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

/// "a, b are taken without measurement errors: the table lacks e_a, e_b"
std::string without_errors(const std::vector<AbsentLimits>& features) {
  std::vector<std::string> names, columns;
  for (const AbsentLimits& one : features) {
    names.push_back(one.feature);
    columns.insert(columns.end(), one.columns.begin(), one.columns.end());
  }
  return fmt::format("{} {} taken without measurement errors: the table lacks {}",
                     join(names, ", "), names.size() == 1 ? "is" : "are", join(columns, ", "));
}

/// A number of single precision as the double of its shortest decimal: 0.7f is not 0.7 otherwise.
double as_written(double value, Type type) {
  if (type != Type::float32 || !std::isfinite(value)) return value;
  return parse_double(fmt::format("{}", static_cast<float>(value))).value_or(value);
}

/// Whether a cell has no value, also if it says so in words.
bool is_absent(const Column& column, size_t row) {
  return column.missing(row) ||
         (column.field.type == Type::text && is_missing_word(column.text(row)));
}

/// Whether each cell is one of the texts, or contains or starts with the text: 1, 0, or NaN if it
/// is missing. Numbers are compared by value, and words for true and false by what they mean.
std::vector<double> matching_cells(const Column& column, const Operand& operand) {
  const bool is_text = column.field.type == Type::text;
  const std::string where = "column " + column.field.name;
  if (!is_text && !column.field.is_scalar())
    throw input_error("a column of arrays", where, "one value per row",
                      "arraysize " + column.field.arraysize);
  const bool is_boolean = column.field.type == Type::boolean;
  const bool by_key = operand.reads == Reads::equals_text;
  if (!is_text && !by_key)
    throw input_error("the column has no texts", where,
                      "a column of texts for contains and starts");
  std::set<std::string> keys;
  for (const std::string& text : operand.texts) {
    std::string key = is_text || is_boolean ? text_key(text) : number_key(text);
    if (is_boolean && key != "true" && key != "false")
      throw input_error("a column of true and false is compared with another text", where,
                        "'t' or 'f'", in_quotes(text));
    keys.insert(std::move(key));
  }
  const auto matches = [&](size_t row) {
    if (operand.reads == Reads::contains_word)
      return contains_word(column.text(row), operand.texts[0]);
    if (operand.reads == Reads::starts_with) return starts_with(column.text(row), operand.texts[0]);
    if (is_boolean) return keys.contains(column.number(row) != 0 ? "true" : "false");
    return keys.contains(is_text ? text_key(column.text(row)) : number_key(cell_text(column, row)));
  };
  std::vector<double> result(column.size());
  for (size_t row = 0; row < result.size(); ++row)
    result[row] = is_absent(column, row) ? missing_number : matches(row) ? 1.0 : 0.0;
  return result;
}

}  // namespace

/// What expressions read of a batch, each converted only once.
class FeatureExtractor::Values {
 public:
  Values(const Table& batch, uint64_t first_row) : batch_(batch), first_row_(first_row) {}

  const std::vector<double>& of(size_t column, const Operand& operand = {}) {
    auto [entry, fresh] = cache_.try_emplace({column, operand.reads, operand.texts, operand.bit});
    if (fresh) entry->second = values(batch_.columns[column], operand);
    return entry->second;
  }
  Type type(size_t column) const { return batch_.columns[column].field.type; }

  /// Calls `use(row, value)` with the value of an expression in each row. `usable(value, type,
  /// row)` changes the number of a column or feature, and thereby says whether it is missing.
  template <class Usable, class Use>
  void evaluate(const Input& input, const Matrix& features, Usable&& usable, Use&& use) {
    std::vector<const double*> sources;  // nullptr for features
    std::vector<bool> are_numbers;       // not texts, truths or bits
    for (const Source& source : input.sources) {
      const Reads reads = source.operand.reads;
      are_numbers.push_back(
          !source.is_feature &&
          (reads == Reads::number || (reads == Reads::is_missing && is_number(source.place))));
      sources.push_back(source.is_feature    ? nullptr
                        : are_numbers.back() ? of(source.place).data()
                                             : of(source.place, source.operand).data());
    }
    std::vector<double> values(sources.size());
    for (size_t row = 0; row < batch_.rows(); ++row) {
      for (size_t i = 0; i < values.size(); ++i) {
        const Source& source = input.sources[i];
        double value = source.is_feature ? features(static_cast<Eigen::Index>(row),
                                                    static_cast<Eigen::Index>(source.place))
                                         : sources[i][row];
        if (are_numbers[i] || source.is_feature) value = usable(value, source.type, row);
        if (source.is_feature && source.operand.reads == Reads::bit)
          value = bit_of_number(value, source.operand.bit);
        if (source.operand.reads == Reads::is_missing && (are_numbers[i] || source.is_feature))
          value = std::isnan(value) ? 1.0 : 0.0;
        values[i] = value;
      }
      use(row, (*input.expression)(values));
    }
  }

 private:
  bool is_number(size_t column) const {
    const Field& field = batch_.columns[column].field;
    return field.is_scalar() && field.type != Type::text && field.type != Type::boolean;
  }

  std::vector<double> values(const Column& column, const Operand& operand) const {
    if (operand.reads == Reads::number) return numbers(column, first_row_);
    if (operand.is_of_text()) return matching_cells(column, operand);
    if (operand.reads == Reads::bit) return bits(column, operand.bit);
    std::vector<double> result(column.size());
    for (size_t row = 0; row < result.size(); ++row)
      result[row] = is_absent(column, row) ? 1.0 : 0.0;
    return result;
  }

  std::vector<double> bits(const Column& column, int bit) const {
    std::vector<double> result = numbers(column, first_row_);
    for (size_t row = 0; row < result.size(); ++row)
      if (column.field.type != Type::int64 || column.missing(row))
        result[row] = bit_of_number(result[row], bit);
      else  // exact
        result[row] = static_cast<double>((column.cell<int64_t>(row)[0] >> bit) & 1);
    return result;
  }

  const Table& batch_;
  uint64_t first_row_;
  std::map<std::tuple<size_t, Reads, std::vector<std::string>, int>, std::vector<double>> cache_;
};

void Unusable::add(double value, uint64_t row) {
  if (count++ > 0) return;
  first = value;
  first_row = row;
}

FeatureExtractor::FeatureExtractor(const Recipe& recipe, const Table& header,
                                   AbsentColumns absent_columns)
    : recipe_(recipe), marked_(recipe.features.size()), outside_(recipe.features.size()) {
  const auto names = header.column_names();
  std::string hint;
  size_t found = 0;
  for (size_t f = 0; f < recipe_.features.size(); ++f) {
    const Feature& feature = recipe_.features[f];
    std::vector<std::string> missing;
    inputs_.push_back(feature_input(f, header, missing));
    found += inputs_.back().has_value();
    if (inputs_.back()) continue;
    const bool itself = missing.size() == 1 && missing[0] == feature.name;
    absent_.push_back(itself ? feature.name
                             : fmt::format("{} (needs {})", feature.name, join(missing, ", ")));
    if (hint.empty()) hint = did_you_mean(missing[0], names);
    if (hint.empty()) hint = advice_on_quotes(feature.expression, header);
  }
  const bool refused = absent_columns == AbsentColumns::refused ? !absent_.empty() : found == 0;
  if (refused)
    throw input_error(fmt::format("the table lacks columns required by recipe {}", recipe.name), "",
                      join(absent_, ", ") + hint,
                      names.size() <= 40 ? "columns " + join(names, ", ")
                                         : fmt::format("{} other columns", names.size()));
  find_limits(header);
  find_conditions(header);
}

std::optional<FeatureExtractor::Input> FeatureExtractor::feature_input(
    size_t f, const Table& header, std::vector<std::string>& missing) {
  const Feature& feature = recipe_.features[f];
  const auto column = column_index(header, recipe_, feature.name);
  std::optional<Input> input;
  if (!feature.expression.empty())
    input = expression_input(feature.expression, header, f, missing);
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
  for (size_t f = 0; f < recipe_.features.size(); ++f) {
    const Feature& feature = recipe_.features[f];
    std::vector<std::string> absent;
    if (!feature.error.empty()) {
      if (auto input = expression_input(feature.error, header, f + 1, absent)) {
        errors_.push_back({f, std::move(*input)});
        continue;
      }
    } else if (!feature.lower.empty()) {
      const auto lower = column_index(header, recipe_, feature.lower);
      const auto upper = column_index(header, recipe_, feature.upper);
      if (lower && upper) {
        limits_.push_back({f, *lower, *upper});
        continue;
      }
      if (!lower) absent.push_back(feature.lower);
      if (!upper) absent.push_back(feature.upper);
    } else {
      continue;
    }
    const bool usual = feature.limits_optional && (!feature.error.empty() || absent.size() == 2);
    (usual ? without_usual_limits_ : without_limits_).push_back({feature.name, std::move(absent)});
  }
}

void FeatureExtractor::find_conditions(const Table& header) {
  for (const std::string& condition : recipe_.selection) {
    std::vector<std::string> missing;
    if (auto input = expression_input(condition, header, recipe_.features.size(), missing))
      conditions_.push_back(std::move(*input));
    else
      left_out_.push_back(condition);
  }
}

std::optional<FeatureExtractor::Input> FeatureExtractor::expression_input(
    const std::string& text, const Table& header, size_t usable_features,
    std::vector<std::string>& missing) const {
  Input input;
  input.expression.emplace(text);
  for (const Operand& operand : input.expression->operands()) {
    const std::string& name = operand.column;
    const auto column = column_index(header, recipe_, name);
    std::optional<size_t> feature;
    for (size_t f = 0; f < usable_features && !operand.is_of_text(); ++f)
      if (same_but_case(recipe_.features[f].name, name) && inputs_[f]) feature = f;
    const auto type_of = [&](size_t place) { return header.columns[place].field.type; };
    if (feature)
      input.sources.push_back(
          {true, *feature, operand,
           inputs_[*feature]->expression ? Type::float64 : type_of(inputs_[*feature]->column)});
    else if (column)
      input.sources.push_back({false, *column, operand, type_of(*column)});
    else if (std::find(missing.begin(), missing.end(), name) == missing.end())
      missing.push_back(name);
  }
  if (!missing.empty()) return std::nullopt;
  return input;
}

Matrix FeatureExtractor::features(const Table& batch, uint64_t first_row) {
  const size_t rows = batch.rows();
  Matrix matrix(rows, inputs_.size());
  Values columns(batch, first_row);
  for (size_t f = 0; f < inputs_.size(); ++f) {
    const auto& input = inputs_[f];
    if (!input) {
      matrix.col(f).setConstant(missing_number);
      continue;
    }
    const Feature& feature = recipe_.features[f];
    const Type type = input->expression ? Type::float64 : columns.type(input->column);
    const auto usable = [&](double value, Type of_column, size_t row) {
      if (!is_mark(value, feature, of_column)) return value;
      marked_[f].add(value, first_row + row + 1);
      return missing_number;
    };
    const auto use = [&](size_t row, double value) {
      const bool outside = std::isfinite(value) && is_outside(value, feature, type);
      if (outside) outside_[f].add(value, first_row + row + 1);
      matrix(row, f) = std::isfinite(value) && !outside ? value : missing_number;
    };
    if (input->expression) {
      columns.evaluate(*input, matrix, usable, use);
      continue;
    }
    const auto& values = columns.of(input->column);
    for (size_t row = 0; row < rows; ++row) use(row, usable(values[row], type, row));
  }
  return matrix;
}

Limits FeatureExtractor::limits(const Table& batch, const Matrix& features,
                                uint64_t first_row) const {
  Limits result;
  if (limits_.empty() && errors_.empty()) return result;
  const auto rows = static_cast<Eigen::Index>(batch.rows());
  result.lower = result.upper =
      Matrix::Constant(rows, static_cast<Eigen::Index>(inputs_.size()), missing_number);
  const auto fill = [&](size_t feature, size_t column, Matrix& to) {
    const Type type = batch.columns[column].field.type;
    const auto values = numbers(batch.columns[column], first_row);
    for (Eigen::Index row = 0; row < rows; ++row) {
      const double value = values[static_cast<size_t>(row)];
      if (!is_mark(value, recipe_.features[feature], type) &&
          !is_outside(value, recipe_.features[feature], type))
        to(row, static_cast<Eigen::Index>(feature)) = value;
    }
  };
  for (const LimitColumns& limit : limits_) {
    fill(limit.feature, limit.lower, result.lower);
    fill(limit.feature, limit.upper, result.upper);
  }
  Values columns(batch, first_row);
  for (const ErrorInput& error : errors_) {
    const auto f = static_cast<Eigen::Index>(error.feature);
    const auto usable = [&](double value, Type type, size_t) {
      return is_mark(value, recipe_.features[error.feature], type) ? missing_number : value;
    };
    columns.evaluate(error.input, features, usable, [&](size_t row, double deviation) {
      if (!(deviation > 0) || !std::isfinite(deviation)) return;
      const auto r = static_cast<Eigen::Index>(row);
      result.lower(r, f) = features(r, f) - deviation;
      result.upper(r, f) = features(r, f) + deviation;
    });
  }
  return result;
}

uint64_t FeatureExtractor::out_of_range() const {
  uint64_t count = 0;
  for (const Unusable& outside : outside_) count += outside.count;
  return count;
}

void FeatureExtractor::share(const Communicator& ranks, uint64_t late_rows) {
  for (auto* values : {&marked_, &outside_}) {
    for (Unusable& own : *values) own.first_row += late_rows;
    const auto of_ranks = ranks.all_values(std::span<const Unusable>(*values));
    std::vector<Unusable> all(values->size());
    for (size_t i = 0; i < of_ranks.size(); ++i) {
      Unusable& total = all[i % all.size()];
      const uint64_t count = total.count + of_ranks[i].count;
      if (total.count == 0) total = of_ranks[i];
      total.count = count;
    }
    *values = std::move(all);
  }
}

std::vector<std::string> FeatureExtractor::notes(bool uses_limits) const {
  std::vector<std::string> notes = notes_;
  auto without = without_limits_;
  if (uses_limits)
    without.insert(without.end(), without_usual_limits_.begin(), without_usual_limits_.end());
  if (!without.empty()) notes.push_back(without_errors(without));
  for (size_t f = 0; f < recipe_.features.size(); ++f) {
    const auto add = [&](const Unusable& unusable, const std::string& why) {
      if (unusable.count)
        notes.push_back(fmt::format("{}: {} {} {} as missing (first: {} in row {})",
                                    recipe_.features[f].name, with_commas(unusable.count), why,
                                    unusable.count == 1 ? "counts" : "count", unusable.first,
                                    unusable.first_row));
    };
    const auto values_of = [](const Unusable& unusable) {
      return std::string(unusable.count == 1 ? "value" : "values");
    };
    if (recipe_.features[f].range)
      add(outside_[f],
          fmt::format("{} outside the recipe's range {} to {}", values_of(outside_[f]),
                      recipe_.features[f].range->first, recipe_.features[f].range->second));
    add(marked_[f], values_of(marked_[f]) + " that the recipe calls missing");
  }
  return notes;
}

Limits Limits::take(std::span<const size_t> rows) const {
  if (lower.rows() == 0) return {};
  return {take_rows(lower, rows), take_rows(upper, rows)};
}

std::vector<bool> FeatureExtractor::selected(const Table& batch, const Matrix& features,
                                             uint64_t first_row) const {
  std::vector<bool> keep(batch.rows(), true);
  for (size_t c = 0; c < conditions_.size(); ++c) {
    const auto satisfies = satisfied(c, batch, features, first_row);
    for (size_t row = 0; row < keep.size(); ++row) keep[row] = keep[row] && satisfies[row];
  }
  return keep;
}

std::vector<bool> FeatureExtractor::satisfied(size_t condition, const Table& batch,
                                              const Matrix& features, uint64_t first_row) const {
  std::vector<bool> result(batch.rows());
  Values(batch, first_row)
      .evaluate(
          conditions_[condition], features,
          [](double value, Type type, size_t) { return as_written(value, type); },
          [&](size_t row, double value) { result[row] = !std::isnan(value) && value != 0; });
  return result;
}

std::vector<std::string> FeatureExtractor::conditions() const {
  std::vector<std::string> texts;
  for (const Input& condition : conditions_) texts.push_back(condition.expression->text());
  return texts;
}

bool FeatureExtractor::has_errors(size_t feature) const {
  const auto is_it = [&](const auto& each) { return each.feature == feature; };
  return std::any_of(limits_.begin(), limits_.end(), is_it) ||
         std::any_of(errors_.begin(), errors_.end(), is_it);
}

std::string FeatureExtractor::source_of(size_t feature, const Table& header) const {
  const auto& input = inputs_[feature];
  if (!input) return {};
  return input->expression ? input->expression->text() : header.columns[input->column].field.name;
}

}  // namespace uhuru::recipe
