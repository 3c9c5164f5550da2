// The operators and functions of expressions, on several rows at once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/recipe/expression.hpp"

namespace uhuru::recipe {

constexpr double most_bit = 62;  // of 64 with a sign

/// A function; those without `apply` are treated apart by the parser.
struct ExpressionFunction {
  FunctionEntry entry;
  size_t least, most;  // number of arguments
  Expression::Apply apply;
};
/// nullptr if there is none of this name.
const ExpressionFunction* find_function(std::string_view name);
std::vector<std::string> function_names();

/// The operator with this symbol, as docs/recipes.md writes it; "-x" is the sign, "?" takes three.
Expression::Apply operation(std::string_view symbol);

/// Whether x is one of sorted numbers; missing if x is.
void is_among(double* x, std::span<const double> sorted, size_t rows);
/// Whether the point (x, y) is enclosed an odd number of times by a polygon with the corners x1,
/// y1, x2, y2, …; missing if x or y is.
void is_inside_polygon(double* x, std::span<const double> corners, size_t rows);

}  // namespace uhuru::recipe
