#include "uhuru/recipe/expression_parser.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/expression_functions.hpp"

namespace uhuru::recipe {
namespace {

/// Words that are columns only in double quotes.
bool is_reserved(std::string_view word) {
  return same_but_case(word, "and") || same_but_case(word, "or") || same_but_case(word, "not") ||
         same_but_case(word, "in");
}

}  // namespace

void ExpressionParser::fail(size_t at, const std::string& expected, std::string found) const {
  if (found.empty())
    found = at >= text_.size() ? "the end" : in_quotes(shown(std::string(text_.substr(at)), 30));
  throw input_error("invalid expression", place(at), expected, found);
}

std::string ExpressionParser::place(size_t at) const {
  return fmt::format("character {} of {}", at + 1, in_quotes(text_));
}

char ExpressionParser::next() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool ExpressionParser::skip(std::string_view symbol) {
  next();
  if (!text_.substr(at_).starts_with(symbol)) return false;
  at_ += symbol.size();
  return true;
}

bool ExpressionParser::skip_word(std::string_view word) {
  next();
  const std::string_view found = text_.substr(at_, word.size());
  const size_t end = at_ + word.size();
  if (!same_but_case(found, word) || (end < text_.size() && is_word(text_[end]))) return false;
  at_ = end;
  return true;
}

void ExpressionParser::read(Operand operand) {
  const auto [found, is_new] = places_.emplace(std::move(operand), result_.operands_.size());
  if (is_new) result_.operands_.push_back(found->first);
  put({.kind = Expression::Step::Kind::operand, .place = found->second});
}

void ExpressionParser::put(Expression::Step step) {
  if (++height_ > Expression::highest_stack) fail(at_, "fewer nested operations");
  result_.stack_height_ = std::max(result_.stack_height_, height_);
  count_operations(1);
  result_.steps_.push_back(step);
}

void ExpressionParser::count_operations(size_t count) {
  operations_ += count;
  if (operations_ > Expression::most_operations)
    fail(at_,
         fmt::format("at most {} operations and corners of polygons", Expression::most_operations));
}

void ExpressionParser::push(const Value& value) {
  if (value.kind == Value::Kind::text)
    fail(value.at, "a number or a column; a text can only be compared with a column, by == or !=",
         "'" + value.name + "'");
  if (value.kind == Value::Kind::column) read({value.name});
}

ExpressionParser::Value ExpressionParser::apply(Expression::Apply function, size_t count) {
  count_operations(1);
  result_.steps_.push_back(
      {.kind = Expression::Step::Kind::apply, .apply = function, .count = count});
  height_ -= count - 1;
  return {};
}

ExpressionParser::Value ExpressionParser::apply_with(Expression::ApplyWith function, size_t count,
                                                     std::vector<double> numbers) {
  count_operations(1);
  result_.steps_.push_back({.kind = Expression::Step::Kind::apply_with,
                            .place = result_.numbers_.size(),
                            .apply_with = function,
                            .count = count});
  result_.numbers_.push_back(std::move(numbers));
  height_ -= count - 1;
  return {};
}

void ExpressionParser::parse() {
  push(choice());
  if (next() != '\0' || at_ < text_.size()) fail(at_, "an operator, or the end");
}

ExpressionParser::Value ExpressionParser::choice() {
  constexpr size_t deepest = 64;
  if (++depth_ > deepest) fail(at_, "at most 64 levels of brackets");
  Value value = disjunction();
  if (skip("?")) {
    push(value);
    push(choice());
    if (!skip(":")) fail(at_, "':' and what holds otherwise");
    push(choice());
    value = apply(operation("?"), 3);
  }
  --depth_;
  return value;
}

ExpressionParser::Value ExpressionParser::disjunction() {
  Value value = conjunction();
  while (skip("||") || skip_word("or")) {
    push(value);
    push(conjunction());
    value = apply(operation("||"), 2);
  }
  return value;
}

ExpressionParser::Value ExpressionParser::conjunction() {
  Value value = denial();
  while (skip("&&") || skip_word("and")) {
    push(value);
    push(denial());
    value = apply(operation("&&"), 2);
  }
  return value;
}

/// `not` denies a whole comparison, `!` only what follows it, as a sign does.
ExpressionParser::Value ExpressionParser::denial() {
  size_t denials = 0;
  while (skip_word("not")) ++denials;
  Value value = comparison();
  if (denials == 0) return value;
  push(value);
  // An even number of denials makes a truth of a number.
  for (size_t i = denials % 2; i < 2; ++i) apply(operation("!"), 1);
  return {};
}

ExpressionParser::Value ExpressionParser::comparison() {
  static constexpr std::pair<std::string_view, std::string_view> comparisons[] = {
      {"<=", "<="}, {">=", ">="}, {"==", "=="}, {"!=", "!="},
      {"<>", "!="}, {"=", "=="},  {"<", "<"},   {">", ">"}};
  const auto comparing = [&] {
    const auto* found = std::find_if(std::begin(comparisons), std::end(comparisons),
                                     [&](const auto& entry) { return skip(entry.first); });
    return found == std::end(comparisons) ? std::string_view() : found->second;
  };
  Value value = sum();
  if (skip_word("in")) {
    value = listed(value);
  } else if (skip_word("not")) {
    if (!skip_word("in")) fail(at_, "'in', or 'and not'");
    listed(value);
    value = apply(operation("!"), 1);
  } else {
    const std::string_view symbol = comparing();
    if (symbol.empty()) return value;
    const bool equality = symbol == "==" || symbol == "!=";
    if (equality && value.kind == Value::Kind::column && next() == '\'') {
      value = compared(value, primary(), symbol == "==");
    } else if (equality && value.kind == Value::Kind::text) {
      const size_t at = at_;
      const Value right = primary();
      if (right.kind != Value::Kind::column) fail(at, "a column to compare the text with");
      value = compared(right, value, symbol == "==");
    } else {
      push(value);
      push(sum());
      value = apply(operation(symbol), 2);
    }
  }
  if (const size_t at = at_; !comparing().empty())
    fail(at, "'and' between two comparisons, as in 0 < x and x < 1");
  return value;
}

ExpressionParser::Value ExpressionParser::compared(const Value& left, const Value& right,
                                                   bool equal) {
  check_text(right);
  read({left.name, Reads::equals_text, {right.name}});
  return equal ? Value{} : apply(operation("!"), 1);
}

void ExpressionParser::check_text(const Value& text) const {
  if (is_missing_word(text.name))
    fail(text.at, "another text: such a cell is missing, see missing(column)",
         "'" + text.name + "'");
}

/// Of `x in (1, 2)` or `column in ('a', 'b')` after "in".
ExpressionParser::Value ExpressionParser::listed(const Value& left) {
  if (!skip("(")) fail(at_, "'(' and a list of texts or numbers");
  const bool of_texts = next() == '\'';
  if (of_texts && left.kind != Value::Kind::column) fail(at_, "a number, or a column before 'in'");
  if (!of_texts) push(left);
  Operand operand{left.name, Reads::equals_text};
  std::vector<double> numbers;
  do {
    if (!of_texts) {
      numbers.push_back(signed_number("a number"));
    } else {
      if (next() != '\'') fail(at_, "a text in single quotes");
      const Value text = quoted('\'');
      check_text(text);
      operand.texts.push_back(text.name);
    }
  } while (skip(","));
  if (!skip(")")) fail(at_, "',' or ')'");
  if (of_texts) {
    read(std::move(operand));
    return {};
  }
  std::sort(numbers.begin(), numbers.end());
  return apply_with(is_among, 1, std::move(numbers));
}

ExpressionParser::Value ExpressionParser::sum() {
  Value value = product();
  while (true) {
    const bool plus = skip("+");
    if (!plus && !skip("-")) return value;
    push(value);
    push(product());
    value = apply(operation(plus ? "+" : "-"), 2);
  }
}

ExpressionParser::Value ExpressionParser::product() {
  Value value = sign();
  while (true) {
    const bool times = skip("*");
    if (!times && !skip("/")) return value;
    push(value);
    push(sign());
    value = apply(operation(times ? "*" : "/"), 2);
  }
}

ExpressionParser::Value ExpressionParser::sign() {
  size_t minus = 0, denials = 0;
  // Signs are counted, not nested: a long row of them is no deep recursion.
  while (true) {
    if (next() == '!' && text_.substr(at_, 2) != "!=" && minus == 0)
      ++denials, ++at_;
    else if (skip("-"))
      ++minus;
    else if (!skip("+"))
      break;
  }
  Value value = power();
  if (minus + denials == 0) return value;
  push(value);
  if (minus % 2) apply(operation("-x"), 1);
  // An even number of denials makes a truth of a number.
  for (size_t i = denials ? denials % 2 : 2; i < 2; ++i) apply(operation("!"), 1);
  return {};
}

ExpressionParser::Value ExpressionParser::power() {
  Value value = primary();
  if (!skip("^")) return value;
  constexpr size_t deepest = 64;
  if (++depth_ > deepest) fail(at_, "at most 64 powers of powers");
  push(value);
  push(sign());
  --depth_;
  return apply(operation("^"), 2);
}

ExpressionParser::Value ExpressionParser::primary() {
  const char c = next();
  if (skip("(")) {
    Value value = choice();
    if (!skip(")")) fail(at_, "')'");
    return value;
  }
  if (c == '"' || c == '\'') return quoted(c);
  if (is_digit(c) || c == '.') return number();
  if (is_word(c)) return word();
  fail(at_, "a column, a number, a function or '('");
}

ExpressionParser::Value ExpressionParser::quoted(char quote) {
  const size_t at = at_;
  std::string name;
  for (++at_;; ++at_) {
    if (at_ == text_.size()) fail(at, std::string("a closing ") + quote);
    if (text_[at_] == quote) {
      if (text_.substr(at_ + 1, 1) != std::string_view(&quote, 1)) break;
      ++at_;  // a doubled one stands for itself
    }
    name += text_[at_];
  }
  ++at_;
  if (name.empty() && quote == '"') fail(at, "the name of a column between the quotes");
  return {quote == '"' ? Value::Kind::column : Value::Kind::text, name, at};
}

double ExpressionParser::unsigned_number() {
  double value = 0;
  const char* begin = text_.data() + at_;
  const auto [end, error] = fast_float::from_chars(begin, text_.data() + text_.size(), value);
  const size_t length = static_cast<size_t>(end - begin);
  if (error != std::errc() || (at_ + length < text_.size() && is_word(text_[at_ + length])))
    fail(at_, "a number; the name of a column that begins with a digit stands in double quotes");
  at_ += length;
  return value;
}

double ExpressionParser::signed_number(const std::string& expected) {
  bool minus = false;
  while (true) {
    if (skip("-"))
      minus = !minus;
    else if (!skip("+"))
      break;
  }
  if (!is_digit(next()) && next() != '.') fail(at_, expected);
  const double value = unsigned_number();
  return minus ? -value : value;
}

ExpressionParser::Value ExpressionParser::number() {
  put({.kind = Expression::Step::Kind::constant, .constant = unsigned_number()});
  return {};
}

ExpressionParser::Value ExpressionParser::word() {
  const size_t at = at_;
  while (at_ < text_.size() && is_word(text_[at_])) ++at_;
  const std::string name(text_.substr(at, at_ - at));
  if (is_reserved(name))
    fail(at, "a column, a number, a function or '('; a column of this name stands in double quotes",
         "the word " + name);
  if (skip("(")) return function(name, at);
  constexpr std::pair<std::string_view, double> constants[] = {{"_pi", 3.14159265358979323846},
                                                               {"_e", 2.71828182845904523536}};
  for (const auto& [known, value] : constants)
    if (name == known) {
      put({.kind = Expression::Step::Kind::constant, .constant = value});
      return {};
    }
  return {Value::Kind::column, name, at};
}

}  // namespace uhuru::recipe
