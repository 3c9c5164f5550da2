#include "uhuru/features/expression.hpp"

#include <muParser.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {

struct Expression::Parser {
  mu::Parser mu;
  Functions functions;
  std::vector<double> values;

  static double call(void* function) {
    return (*static_cast<std::function<double()>*>(function))();
  }
};

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

Expression::Expression(const std::string& text, const Functions& functions)
    : text_(text), parser_(std::make_unique<Parser>()) {
  constexpr size_t longest = 4000;
  if (text.size() > longest)
    throw input_error("an expression is too long", "", "at most 4000 characters");
  parser_->functions = functions;
  try {
    for (auto& [name, function] : parser_->functions)
      parser_->mu.DefineFunUserData(name, &Parser::call, &function, false);
    parser_->mu.SetExpr(text);
    for (const auto& [name, address] : parser_->mu.GetUsedVar()) variables_.push_back(name);
    std::sort(variables_.begin(), variables_.end());
    parser_->values.resize(variables_.size());
    for (size_t i = 0; i < variables_.size(); ++i)
      parser_->mu.DefineVar(variables_[i], &parser_->values[i]);
    parser_->mu.Eval();
  } catch (const mu::Parser::exception_type& error) {
    throw input_error("unreadable expression", "", "column names, numbers, operators, functions",
                      in_quotes(text) + ": " + error.GetMsg());
  }
}

double Expression::operator()(std::span<const double> values) {
  std::copy(values.begin(), values.end(), parser_->values.begin());
  try {
    return parser_->mu.Eval();
  } catch (const mu::Parser::exception_type& error) {
    throw input_error("an expression cannot be computed", "", "",
                      in_quotes(text_) + ": " + error.GetMsg());
  }
}

}  // namespace uhuru
