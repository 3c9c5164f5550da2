#include "uhuru/recipe/expression.hpp"

#include <muParser.h>

#include <algorithm>
#include <array>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::recipe {

namespace {

/// The functions available to the expression being evaluated. muParser before 2.3 only supports
/// plain functions, so these have fixed slots.
constexpr size_t most_functions = 4;
thread_local std::array<const std::function<double()>*, most_functions> called_functions{};

template <size_t place>
double call() {
  return called_functions[place] ? (*called_functions[place])() : 0;
}
constexpr std::array<double (*)(), most_functions> callers = {call<0>, call<1>, call<2>, call<3>};

}  // namespace

struct Expression::Parser {
  mu::Parser mu;
  Functions functions;
  std::vector<double> values;

  double compute() {
    size_t place = 0;
    for (const auto& [name, function] : functions) called_functions[place++] = &function;
    const double result = mu.Eval();
    called_functions = {};
    return result;
  }
};

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

Expression::Expression(const std::string& text, const Functions& functions)
    : text_(text), parser_(std::make_unique<Parser>()) {
  constexpr size_t longest = 4000;
  if (text.size() > longest)
    throw input_error("expression too long", "", "at most 4000 characters");
  parser_->functions = functions;
  try {
    size_t place = 0;
    for (const auto& [name, function] : functions)
      parser_->mu.DefineFun(name, callers.at(place++), false);
    parser_->mu.SetExpr(text);
    for (const auto& [name, address] : parser_->mu.GetUsedVar()) variables_.push_back(name);
    std::sort(variables_.begin(), variables_.end());
    parser_->values.resize(variables_.size());
    for (size_t i = 0; i < variables_.size(); ++i)
      parser_->mu.DefineVar(variables_[i], &parser_->values[i]);
    parser_->compute();
  } catch (const mu::Parser::exception_type& error) {
    throw input_error("invalid expression", "", "column names, numbers, operators, functions",
                      in_quotes(text) + ": " + error.GetMsg());
  }
}

double Expression::operator()(std::span<const double> values) {
  std::copy(values.begin(), values.end(), parser_->values.begin());
  try {
    return parser_->compute();
  } catch (const mu::Parser::exception_type& error) {
    throw input_error("an expression cannot be evaluated", "", "",
                      in_quotes(text_) + ": " + error.GetMsg());
  }
}

}  // namespace uhuru::recipe
