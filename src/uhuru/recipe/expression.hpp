// Arithmetic expressions in recipes: derived columns, selections, simulated columns.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// An expression of column names, numbers, + - * / ^, comparisons, && ||, ?: and the functions of
/// muParser (exp, ln, log10, sqrt, abs, min, max, …).
///
/// Not thread-safe: use one object per thread.
class Expression {
 public:
  /// Up to four additional functions without arguments.
  using Functions = std::map<std::string, std::function<double()>>;

  /// Throws Error (input) if the text is not a valid expression or calls an unknown function.
  explicit Expression(const std::string& text, const Functions& functions = {});
  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  const std::string& text() const { return text_; }
  /// The variables of the expression, each once, in alphabetical order.
  const std::vector<std::string>& variables() const { return variables_; }
  /// Evaluates the expression with the given variables, in their order. NaN propagates (a
  /// comparison with NaN is false).
  double operator()(std::span<const double> values);

 private:
  struct Parser;
  std::string text_;
  std::vector<std::string> variables_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace uhuru::recipe
#pragma GCC visibility pop
