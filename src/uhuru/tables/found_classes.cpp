#include "uhuru/tables/found_classes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <string_view>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/table/input_columns.hpp"
#include "uhuru/tables/result_fields.hpp"

namespace uhuru::tables {
namespace {

constexpr size_t most_classes = 256;
constexpr size_t looked_at = 10000;      // rows in which probabilities are told from other numbers
constexpr double rounding_error = 0.02;  // of the sum of probabilities with few digits

/// How a column of probabilities is named after its class.
struct NamePattern {
  std::string_view before, after;
  bool ours = false;  // as in our tables: see recipe::column_names

  std::string name(const std::string& of_class) const {
    if (ours) return recipe::column_names(std::span(&of_class, 1), before)[0];
    return std::string(before) + of_class + std::string(after);
  }
  bool fits(std::string_view name) const {
    if (ours && (name.starts_with(recipe::group_prefix) || name == "p_known")) return false;
    return name.size() > before.size() + after.size() &&
           same_but_case(name.substr(0, before.size()), before) &&
           same_but_case(name.substr(name.size() - after.size()), after);
  }
  std::string of_class(const std::string& name) const {
    return name.substr(before.size(), name.size() - before.size() - after.size());
  }
};
constexpr std::array<NamePattern, 11> patterns = {{{recipe::class_prefix, "", true},
                                                   {"", ""},
                                                   {"P_", ""},
                                                   {"P(", ")"},
                                                   {"prob_", ""},
                                                   {"proba_", ""},
                                                   {"probability_", ""},
                                                   {"", "_prob"},
                                                   {"", "_proba"},
                                                   {"", "_probability"},
                                                   {"", "_p"}}};

/// The numbers of a column, if all that are looked at are probabilities and not all are missing.
std::optional<std::vector<double>> as_probabilities(const Column& column) {
  if (column.field.type == Type::boolean || column.field.is_text_array() ||
      (!column.field.is_scalar() && column.field.type != Type::text))
    return std::nullopt;
  std::vector<double> values;
  bool any = false;
  for (size_t row = 0; row < std::min(column.size(), looked_at); ++row) {
    const auto value = mean_and_deviation(column, row);
    if (!value || value->first < 0 || value->first > 1) return std::nullopt;
    values.push_back(value->first);
    any = any || !std::isnan(value->first);
  }
  if (!any) return std::nullopt;
  return values;
}

/// The columns of a table that could be probabilities.
class ProbabilityColumns {
 public:
  explicit ProbabilityColumns(const Table& table) : table_(table) {
    for (const Column& column : table.columns) numbers_.push_back(as_probabilities(column));
  }

  size_t size() const { return numbers_.size(); }
  const std::string& name(size_t place) const { return table_.columns[place].field.name; }
  bool is_probability(size_t place) const { return numbers_[place].has_value(); }
  /// The class whose probability it is. Our names say it in lower case, descriptions as it is.
  std::string of_class(size_t place, const NamePattern& pattern) const {
    const std::string& said = table_.columns[place].field.description;
    const std::string before = class_probability_field("", "").description;
    if (pattern.ours && said.starts_with(before)) return said.substr(before.size());
    return pattern.of_class(name(place));
  }
  std::optional<size_t> find(const std::string& name) const {
    for (size_t c = 0; c < size(); ++c)
      if (is_probability(c) && same_but_case(this->name(c), name)) return c;
    return std::nullopt;
  }
  /// Whether the sums of the columns stay within 1.
  bool is_within_one(size_t begin, size_t end) const {
    return check_sums(begin, end, [](double sum) { return sum <= 1 + rounding_error; });
  }
  bool is_one(size_t begin, size_t end) const {
    return check_sums(begin, end, [](double sum) { return std::abs(sum - 1) <= rounding_error; });
  }

 private:
  template <class Test>
  bool check_sums(size_t begin, size_t end, Test holds) const {
    const size_t rows = numbers_[begin]->size();
    for (size_t row = 0; row < rows; ++row) {
      double sum = 0;
      bool any = false;
      for (size_t c = begin; c < end; ++c)
        if (const double p = (*numbers_[c])[row]; !std::isnan(p)) {
          sum += p;
          any = any || p > 0;  // a row without class may have zeros
        }
      if (any && !holds(sum)) return false;
    }
    return true;
  }

  const Table& table_;
  std::vector<std::optional<std::vector<double>>> numbers_;
};

/// The classes in a column, the most frequent first.
std::vector<std::string> distinct_classes(const Column& column) {
  std::map<std::string, uint64_t> counts;
  for (size_t row = 0; row < column.size(); ++row) {
    const std::string text = class_text(column, row);
    if (!text.empty()) ++counts[text];
    if (counts.size() > most_classes)
      throw input_error(
          "the column has too many values for classes", "column " + shown(column.field.name, 60),
          fmt::format("at most {} classes; --class-column says where they are", most_classes),
          fmt::format("more, {} among them", in_quotes(text)));
  }
  std::vector<std::pair<std::string, uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> names;
  for (auto& [name, count] : sorted) names.push_back(name);
  return names;
}

/// Adds a class, and its column.
void add_class(FoundClasses& found, std::string name, std::string column) {
  if (found.names.size() == most_classes)
    throw input_error("the table has too many classes", "column " + shown(column, 60),
                      fmt::format("at most {}", most_classes));
  found.names.push_back(std::move(name));
  found.probabilities.push_back(std::move(column));
}

/// The classes that occur, and those of the columns next to theirs that are called alike.
void find_by_values(const ProbabilityColumns& columns, const std::vector<std::string>& values,
                    FoundClasses& found) {
  const NamePattern* best = nullptr;
  size_t most = 0;
  for (const NamePattern& pattern : patterns) {
    const auto matches = static_cast<size_t>(std::count_if(
        values.begin(), values.end(),
        [&](const std::string& value) { return columns.find(pattern.name(value)).has_value(); }));
    if (matches > most) best = &pattern;
    most = std::max(most, matches);
  }
  std::map<size_t, std::string> places;
  for (const std::string& value : values)
    if (best)
      if (const auto place = columns.find(best->name(value))) places.emplace(*place, value);
  if (!places.empty()) {
    size_t begin = places.begin()->first, end = places.rbegin()->first + 1;
    const auto may_be = [&](size_t c) {
      return columns.is_probability(c) && best->fits(columns.name(c));
    };
    const auto whole = [&] {
      for (size_t c = begin; c < end; ++c)
        if (!may_be(c)) return false;
      return columns.is_within_one(begin, end);
    };
    if (whole()) {
      while (begin > 0 && may_be(begin - 1) && columns.is_within_one(begin - 1, end)) --begin;
      while (end < columns.size() && may_be(end) && columns.is_within_one(begin, end + 1)) ++end;
      for (size_t c = begin; c < end; ++c) places.emplace(c, columns.of_class(c, *best));
    }
  }
  for (const auto& [place, name] : places) add_class(found, name, columns.name(place));
  for (const std::string& value : values)
    if (std::find(found.names.begin(), found.names.end(), value) == found.names.end())
      add_class(found, value, "");
}

/// Neighbouring columns that sum to 1.
void find_by_sums(const ProbabilityColumns& columns, FoundClasses& found) {
  for (size_t begin = 0; begin + 1 < columns.size(); ++begin) {
    if (!columns.is_probability(begin)) continue;
    size_t whole = begin;
    for (size_t end = begin + 1; end <= columns.size() && columns.is_within_one(begin, end);
         ++end) {
      if (end - begin >= 2 && columns.is_one(begin, end)) whole = end;
      if (end == columns.size() || !columns.is_probability(end)) break;
    }
    if (whole == begin) continue;
    const NamePattern* pattern = nullptr;
    for (const NamePattern& one : patterns) {
      bool fits = !pattern || !pattern->ours;
      for (size_t c = begin; c < whole; ++c) fits = fits && one.fits(columns.name(c));
      if (fits) pattern = &one;
    }
    for (size_t c = begin; c < whole; ++c)
      add_class(found, columns.of_class(c, *pattern), columns.name(c));
    return;
  }
}

std::string first_columns(const Table& table) {
  constexpr size_t most = 12;
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    if (names.size() < most) names.push_back(shown(column.field.name, 40));
  return "columns " + join(names, ", ") + (table.columns.size() > most ? " …" : "");
}

}  // namespace

bool FoundClasses::any_probability() const {
  return std::any_of(probabilities.begin(), probabilities.end(),
                     [](const std::string& column) { return !column.empty(); });
}

std::string class_text(const Column& column, size_t row) {
  if (column.missing(row)) return {};
  std::string text(trim(cell_text(column, row)));
  return is_missing_word(text) ? std::string() : text;
}

std::string_view spread_sign(std::string_view text) {
  for (const std::string_view sign : {"±", "+/-"})
    if (text.find(sign) != text.npos) return sign;
  return {};
}

std::optional<std::pair<double, double>> mean_and_deviation(const Column& column, size_t row) {
  if (column.missing(row)) return std::pair(missing_number, missing_number);
  if (column.field.type != Type::text) {
    if (!column.field.is_scalar() || !std::isfinite(column.number(row))) return std::nullopt;
    return std::pair(column.number(row), missing_number);
  }
  const std::string_view text = trim(column.text(row));
  if (is_missing_word(text)) return std::pair(missing_number, missing_number);
  const std::string_view sign = spread_sign(text);
  const size_t at = sign.empty() ? text.npos : text.find(sign);
  const auto mean = parse_double(text.substr(0, at));
  const auto deviation = at == text.npos ? std::optional<double>(missing_number)
                                         : parse_double(text.substr(at + sign.size()));
  if (!mean || !deviation || std::isinf(*mean)) return std::nullopt;
  return std::pair(*mean, *deviation);
}

const Column* find_class_column(const Table& table, const std::string& class_column) {
  if (!class_column.empty()) return &input_column(table, class_column);
  for (const char* name :
       {recipe::class_column, "main_type", "class", "master_class", "soft_master_class",
        "predicted_class", "pred_class", "class_pred", "best_class", "prediction", "predicted",
        "classification", "true_class", "label", "type", "otype", "kind", "category"})
    if (const Column* column = table.find(name)) return column;
  for (const Column& column : table.columns)
    if (column.field.type == Type::text &&
        (lower(column.field.name).ends_with("class") || lower(column.field.ucd) == "src.class"))
      return &column;
  return nullptr;
}

FoundClasses find_classes(const Table& table, const std::string& class_column,
                          const std::vector<std::string>& known) {
  if (table.rows() == 0) throw input_error("the table has no rows", "", "detections or sources");
  FoundClasses found;
  const Column* assigned = find_class_column(table, class_column);
  if (assigned) found.assigned = assigned->field.name;
  const ProbabilityColumns columns(table);
  if (!known.empty()) {
    const auto ours = recipe::column_names(known, recipe::class_prefix);
    for (size_t c = 0; c < known.size(); ++c) {
      const std::string& name = known[c];
      std::string column;
      if (const auto place = columns.find(ours[c])) column = columns.name(*place);
      for (const NamePattern& pattern : patterns)
        if (const auto place = columns.find(pattern.name(name)); place && column.empty())
          column = columns.name(*place);
      add_class(found, name, column);
    }
  } else if (assigned) {
    find_by_values(columns, distinct_classes(*assigned), found);
  } else {
    find_by_sums(columns, found);
  }
  if (found.names.empty() || (!assigned && !found.any_probability()))
    throw input_error(
        "the table has no classes", "",
        "a column of classes, such as class or main_type (--class-column says which), "
        "or columns of probabilities that sum to 1",
        assigned ? "a column " + shown(found.assigned, 60) + " without values"
                 : first_columns(table));
  return found;
}

}  // namespace uhuru::tables
