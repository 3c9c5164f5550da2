// The parser of expressions: text to the steps of a stack machine.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/recipe/expression.hpp"

namespace uhuru::recipe {

/// Parses by recursive descent, one function for each level of precedence. Use once.
class ExpressionParser {
 public:
  /// Fills the steps and operands of `result`. Throws as Expression's constructor.
  ExpressionParser(Expression& result, const Expression::Functions& functions)
      : result_(result), functions_(&functions), text_(result.text_) {}
  ExpressionParser(Expression& result, const KnownFunctions& known)
      : result_(result), known_(&known), text_(result.text_) {}
  void parse();

 private:
  /// What has just been parsed: columns and texts become steps only where they are used.
  struct Value {
    enum class Kind { number, column, text } kind = Kind::number;
    std::string name = {};
    size_t at = 0;
  };

  Value choice();
  Value disjunction();
  Value conjunction();
  Value denial();
  Value comparison();
  Value sum();
  Value product();
  Value sign();
  Value power();
  Value primary();
  Value quoted(char quote);
  Value number();
  Value word();
  Value function(const std::string& name, size_t at);
  Value known_function(const FunctionEntry& entry, size_t at);
  KnownFunctions::Constant constant();
  Value bit_of_column(const std::string& column);
  Value text_of_column(const Value& column, Reads reads);
  Value inside(const FunctionEntry& entry, size_t at);
  Value compared(const Value& left, const Value& right, bool equal);
  Value listed(const Value& left);
  void check_text(const Value& text) const;
  [[noreturn]] void fail_unknown(const std::string& name, size_t at) const;

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
  }

  /// Pushes a column's number; refuses a text.
  void push(const Value& value);
  void read(Operand operand);
  /// Appends a step that puts one value on the stack.
  void put(Expression::Step step);
  Value apply(Expression::Apply function, size_t count);
  /// Applies a function of `count` values and of numbers.
  Value apply_with(Expression::ApplyWith function, size_t count, std::vector<double> numbers);
  void count_operations(size_t count);
  /// A number, with signs.
  double signed_number(const std::string& expected);
  double unsigned_number();
  bool skip(std::string_view symbol);
  /// Skips one of the words and, or, not, in, in upper or lower case.
  bool skip_word(std::string_view word);
  char next();
  [[noreturn]] void fail(size_t at, const std::string& expected, std::string found = {}) const;
  std::string place(size_t at) const;

  Expression& result_;
  const Expression::Functions* functions_ = nullptr;
  const KnownFunctions* known_ = nullptr;
  std::string_view text_;
  std::map<Operand, size_t> places_;  // of the operands
  size_t operations_ = 0;
  size_t at_ = 0;
  size_t depth_ = 0, height_ = 0;  // of the recursion, and of the stack
};

}  // namespace uhuru::recipe
