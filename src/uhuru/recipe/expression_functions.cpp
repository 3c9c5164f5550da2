#include "uhuru/recipe/expression_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include "uhuru/base/missing.hpp"
#include "uhuru/sky/galactic.hpp"

namespace uhuru::recipe {
namespace {

using Arguments = const double*;
constexpr size_t any_number = 32;

/// A function of `count` arguments of one row, applied to all rows.
template <size_t count, auto function>
void each_row(double* x, size_t, size_t rows) {
  for (size_t row = 0; row < rows; ++row) {
    std::array<double, count> arguments;
    for (size_t i = 0; i < count; ++i) arguments[i] = x[i * rows + row];
    x[row] = function(arguments.data());
  }
}

/// The same for up to `any_number` arguments.
template <auto function>
void each_row_of_any(double* x, size_t count, size_t rows) {
  std::array<double, any_number> arguments;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < count; ++i) arguments[i] = x[i * rows + row];
    x[row] = function(arguments.data(), count);
  }
}

template <double (*function)(double)>
void of_one(double* x, size_t, size_t rows) {
  for (size_t row = 0; row < rows; ++row) x[row] = function(x[row]);
}

bool is_true(double value) { return !std::isnan(value) && value != 0; }
double truth(bool value) { return value ? 1 : 0; }
bool either_missing(Arguments x) { return std::isnan(x[0]) || std::isnan(x[1]); }

/// A comparison; missing if a side is.
template <class Compare>
double compare(Arguments x) {
  return either_missing(x) ? missing_number : truth(Compare()(x[0], x[1]));
}

double both(Arguments x) {
  if (x[0] == 0 || x[1] == 0) return 0;
  return either_missing(x) ? missing_number : 1;
}

double any_of_two(Arguments x) {
  if (is_true(x[0]) || is_true(x[1])) return 1;
  return either_missing(x) ? missing_number : 0;
}

double negated(double x) { return std::isnan(x) ? missing_number : truth(x == 0); }
double with_minus(double x) { return -x; }
double is_missing(double x) { return truth(std::isnan(x)); }
double holds(double x) { return truth(is_true(x)); }
double sign_of(double x) { return std::isnan(x) ? x : truth(x > 0) - truth(x < 0); }
double sum_of_two(Arguments x) { return x[0] + x[1]; }
double difference(Arguments x) { return x[0] - x[1]; }
double product_of_two(Arguments x) { return x[0] * x[1]; }
double quotient(Arguments x) { return x[0] / x[1]; }
double power_of(Arguments x) { return std::pow(x[0], x[1]); }
double angle_of(Arguments x) { return std::atan2(x[0], x[1]); }
double bit_of(Arguments x) { return bit_of_number(x[0], x[1]); }

double chosen(Arguments x) { return std::isnan(x[0]) ? missing_number : x[0] != 0 ? x[1] : x[2]; }

/// Missing if any argument is.
template <class Pick>
double pick(Arguments x, size_t count) {
  double result = x[0];
  for (size_t i = 1; i < count; ++i) {
    if (std::isnan(result)) break;
    if (std::isnan(x[i]) || Pick()(x[i], result)) result = x[i];
  }
  return result;
}

double sum_of(Arguments x, size_t count) {
  double result = 0;
  for (size_t i = 0; i < count; ++i) result += x[i];
  return result;
}

double mean_of(Arguments x, size_t count) { return sum_of(x, count) / static_cast<double>(count); }

template <double sky::GalacticPosition::*coordinate>
double galactic_coordinate(Arguments x) {
  const sky::SkyPosition position{x[0], x[1]};
  return sky::is_valid(position) ? sky::galactic(position).*coordinate : missing_number;
}

const ExpressionFunction functions[] = {
    {{"abs", "x", "absolute value"}, 1, 1, of_one<std::fabs>},
    {{"sign", "x", "-1, 0 or 1"}, 1, 1, of_one<sign_of>},
    {{"rint", "x", "nearest whole number"}, 1, 1, of_one<std::rint>},
    {{"sqrt", "x", "square root"}, 1, 1, of_one<std::sqrt>},
    {{"exp", "x", "e to the power of x"}, 1, 1, of_one<std::exp>},
    {{"ln", "x", "natural logarithm"}, 1, 1, of_one<std::log>},
    {{"log10", "x", "logarithm to the base of 10"}, 1, 1, of_one<std::log10>},
    {{"log2", "x", "logarithm to the base of 2"}, 1, 1, of_one<std::log2>},
    {{"sin", "x", "sine of x radians"}, 1, 1, of_one<std::sin>},
    {{"cos", "x", "cosine of x radians"}, 1, 1, of_one<std::cos>},
    {{"tan", "x", "tangent of x radians"}, 1, 1, of_one<std::tan>},
    {{"asin", "x", "arcsine, in radians"}, 1, 1, of_one<std::asin>},
    {{"acos", "x", "arccosine, in radians"}, 1, 1, of_one<std::acos>},
    {{"atan", "x", "arctangent, in radians"}, 1, 1, of_one<std::atan>},
    {{"atan2", "y, x", "angle of the point (x, y), in radians"}, 2, 2, each_row<2, angle_of>},
    {{"sinh", "x", "hyperbolic sine"}, 1, 1, of_one<std::sinh>},
    {{"cosh", "x", "hyperbolic cosine"}, 1, 1, of_one<std::cosh>},
    {{"tanh", "x", "hyperbolic tangent"}, 1, 1, of_one<std::tanh>},
    {{"asinh", "x", "inverse hyperbolic sine"}, 1, 1, of_one<std::asinh>},
    {{"acosh", "x", "inverse hyperbolic cosine"}, 1, 1, of_one<std::acosh>},
    {{"atanh", "x", "inverse hyperbolic tangent"}, 1, 1, of_one<std::atanh>},
    {{"min", "x, …", "the smallest"}, 1, any_number, each_row_of_any<pick<std::less<>>>},
    {{"max", "x, …", "the largest"}, 1, any_number, each_row_of_any<pick<std::greater<>>>},
    {{"sum", "x, …", "the sum"}, 1, any_number, each_row_of_any<sum_of>},
    {{"avg", "x, …", "the mean"}, 1, any_number, each_row_of_any<mean_of>},
    {{"bit", "flags, n", "bit n of a whole number, 1 or 0; the lowest is bit 0"},
     2,
     2,
     each_row<2, bit_of>},
    {{"galactic_longitude", "ra, dec", "Galactic longitude, all in degrees, ICRS"},
     2,
     2,
     each_row<2, galactic_coordinate<&sky::GalacticPosition::l_deg>>},
    {{"galactic_latitude", "ra, dec", "Galactic latitude, all in degrees, ICRS"},
     2,
     2,
     each_row<2, galactic_coordinate<&sky::GalacticPosition::b_deg>>},
    {{"missing", "x", "1 if x is missing, otherwise 0; x may be a column of text"},
     1,
     1,
     of_one<is_missing>},
    {{"isnan", "x", "the same as missing"}, 1, 1, of_one<is_missing>},
    {{"holds", "x", "1 if x holds, 0 if it does not or is missing"}, 1, 1, of_one<holds>},
    {{"contains", "column, 'word'", "whether a list of words, separated by blanks or |, has it"},
     2,
     2,
     nullptr},
    {{"starts", "column, 'text'", "whether a text begins so, in upper or lower case"},
     2,
     2,
     nullptr},
    {{"inside", "x, y, x1, y1, x2, y2, …", "whether the point (x, y) lies in a polygon"},
     8,
     0,
     nullptr},
};

}  // namespace

const ExpressionFunction* find_function(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(functions), std::end(functions),
                   [&](const ExpressionFunction& each) { return each.entry.name == name; });
  return found == std::end(functions) ? nullptr : found;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const ExpressionFunction& each : functions) names.emplace_back(each.entry.name);
  return names;
}

std::span<const FunctionEntry> expression_functions() {
  static const std::vector<FunctionEntry> entries = [] {
    std::vector<FunctionEntry> result;
    for (const ExpressionFunction& function : functions) result.push_back(function.entry);
    return result;
  }();
  return entries;
}

Expression::Apply operation(std::string_view symbol) {
  static constexpr std::pair<std::string_view, Expression::Apply> operations[] = {
      {"+", each_row<2, sum_of_two>},
      {"-", each_row<2, difference>},
      {"*", each_row<2, product_of_two>},
      {"/", each_row<2, quotient>},
      {"^", each_row<2, power_of>},
      {"<", each_row<2, compare<std::less<>>>},
      {"<=", each_row<2, compare<std::less_equal<>>>},
      {">", each_row<2, compare<std::greater<>>>},
      {">=", each_row<2, compare<std::greater_equal<>>>},
      {"==", each_row<2, compare<std::equal_to<>>>},
      {"!=", each_row<2, compare<std::not_equal_to<>>>},
      {"&&", each_row<2, both>},
      {"||", each_row<2, any_of_two>},
      {"!", of_one<negated>},
      {"-x", of_one<with_minus>},
      {"?", each_row<3, chosen>},
  };
  return std::find_if(std::begin(operations), std::end(operations),
                      [&](const auto& entry) { return entry.first == symbol; })
      ->second;
}

double bit_of_number(double value, double bit) {
  constexpr double beyond = 9223372036854775808.0;  // 2^63
  const bool is_whole = value == std::floor(value) && std::abs(value) < beyond;
  const bool is_place = bit >= 0 && bit <= most_bit && bit == std::floor(bit);
  if (!is_whole || !is_place) return missing_number;
  return static_cast<double>((static_cast<int64_t>(value) >> static_cast<int>(bit)) & 1);
}

void is_among(double* x, std::span<const double> sorted, size_t rows) {
  for (size_t row = 0; row < rows; ++row)
    if (!std::isnan(x[row]))
      x[row] = truth(std::binary_search(sorted.begin(), sorted.end(), x[row]));
}

void is_inside_polygon(double* x, std::span<const double> corners, size_t rows) {
  // The box around the polygon excludes most points.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::array<double, 2> low{infinity, infinity}, high{-infinity, -infinity};
  for (size_t i = 0; i < corners.size(); ++i) {
    low[i % 2] = std::min(low[i % 2], corners[i]);
    high[i % 2] = std::max(high[i % 2], corners[i]);
  }
  for (size_t row = 0; row < rows; ++row) {
    const std::array<double, 2> point{x[row], x[rows + row]};
    if (either_missing(point.data())) {
      x[row] = missing_number;
      continue;
    }
    bool inside = false;
    if (point[0] >= low[0] && point[0] <= high[0] && point[1] >= low[1] && point[1] <= high[1])
      for (size_t i = 0, j = corners.size() - 2; i < corners.size(); j = i, i += 2) {
        const double xi = corners[i], yi = corners[i + 1], xj = corners[j], yj = corners[j + 1];
        if ((yi > point[1]) != (yj > point[1]) &&
            point[0] < (xj - xi) * (point[1] - yi) / (yj - yi) + xi)
          inside = !inside;
      }
    x[row] = truth(inside);
  }
}

}  // namespace uhuru::recipe
