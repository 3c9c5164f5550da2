// The part of the parser of expressions that reads the arguments of functions.
#include <fmt/format.h>

#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/expression_functions.hpp"
#include "uhuru/recipe/expression_parser.hpp"

namespace uhuru::recipe {

ExpressionParser::Value ExpressionParser::function(const std::string& name, size_t at) {
  if (functions_)
    if (const auto called = functions_->find(name); called != functions_->end()) {
      if (!skip(")")) fail(at_, "')': the function has no arguments");
      put({.kind = Expression::Step::Kind::call, .place = result_.called_.size()});
      result_.called_.push_back(called->second);
      return {};
    }
  if (known_)
    for (const FunctionEntry& entry : known_->entries)
      if (entry.name == name) return known_function(entry, at);
  const ExpressionFunction* known = find_function(name);
  if (!known) fail_unknown(name, at);
  if (name == "inside") return inside(known->entry, at);
  size_t count = 0;
  do {
    next();
    const size_t begin = at_;
    const Value argument = choice();
    const bool is_column = argument.kind == Value::Kind::column;
    if (!known->apply) {
      if (!is_column) fail(begin, "the name of a column");
      return text_of_column(argument,
                            name == "contains" ? Reads::contains_word : Reads::starts_with);
    }
    if (is_column && (name == "missing" || name == "isnan")) {
      if (!skip(")")) fail(at_, "')'");
      read({argument.name, Reads::is_missing});
      return {};
    }
    if (is_column && name == "bit" && count == 0) return bit_of_column(argument.name);
    push(argument);
    ++count;
  } while (skip(","));
  if (!skip(")")) fail(at_, "',' or ')'");
  if (count < known->least || count > known->most)
    fail(at, fmt::format("{}({})", name, known->entry.arguments),
         fmt::format("{} argument{}", count, count == 1 ? "" : "s"));
  return apply(known->apply, count);
}

void ExpressionParser::fail_unknown(const std::string& name, size_t at) const {
  std::vector<std::string> names = function_names();
  if (functions_)
    for (const auto& [called, unused] : *functions_) names.push_back(called);
  if (known_)
    for (const FunctionEntry& entry : known_->entries) names.emplace_back(entry.name);
  throw input_error("unknown function", place(at),
                    name == "log"
                        ? "ln or log10"
                        : "one of the functions " + join(names, ", ") + did_you_mean(name, names),
                    name);
}

/// Of `contains(list, 'word')` and `starts(column, 'text')` after the column.
ExpressionParser::Value ExpressionParser::text_of_column(const Value& column, Reads reads) {
  if (!skip(",")) fail(at_, "',' and a text");
  if (next() != '\'') fail(at_, "a text in single quotes");
  const Value text = quoted('\'');
  if (text.name.empty()) fail(text.at, "a text that is not empty", "''");
  if (!skip(")")) fail(at_, "')'");
  read({column.name, reads, {text.name}});
  return {};
}

/// Of `inside(x, y, …)` after the bracket.
ExpressionParser::Value ExpressionParser::inside(const FunctionEntry& entry, size_t at) {
  const std::string expected = fmt::format("{}({})", entry.name, entry.arguments);
  for (int axis = 0; axis < 2; ++axis) {
    push(choice());
    if (!skip(",")) fail(at_, "',' and the corners: " + expected);
  }
  std::vector<double> corners;
  do {
    corners.push_back(signed_number("a number: " + expected));
  } while (skip(","));
  if (!skip(")")) fail(at_, "',' or ')'");
  if (corners.size() < 6 || corners.size() % 2 != 0)
    fail(at, expected + ", with 3 corners or more", fmt::format("{} numbers", corners.size()));
  count_operations(corners.size() / 2);
  return apply_with(is_inside_polygon, 2, std::move(corners));
}

KnownFunctions::Constant ExpressionParser::constant() {
  const char c = next();
  if (c == '"' || c == '\'') return {.is_text = true, .text = quoted(c).name};
  if (!is_word(c) || is_digit(c)) return {.number = signed_number("a number or a text")};
  const size_t at = at_;
  while (at_ < text_.size() && is_word(text_[at_])) ++at_;
  return {.is_text = true, .text = std::string(text_.substr(at, at_ - at))};
}

ExpressionParser::Value ExpressionParser::known_function(const FunctionEntry& entry, size_t at) {
  std::vector<KnownFunctions::Constant> arguments;
  std::vector<size_t> places;
  do {
    next();
    places.push_back(at_);
    arguments.push_back(constant());
  } while (skip(","));
  if (!skip(")")) fail(at_, "',' or ')'");
  try {
    read(known_->operand(entry.name, arguments));
  } catch (const KnownFunctions::BadArgument& bad) {
    // Beyond the last: there are too few.
    fail(bad.argument < places.size() ? places[bad.argument] : at, bad.expected);
  }
  return {};
}

/// Of `bit(flags, 3)` after "flags": a double would lose bits of 64.
ExpressionParser::Value ExpressionParser::bit_of_column(const std::string& column) {
  if (!skip(",")) fail(at_, "', n'");
  next();
  const size_t at = at_;
  const size_t steps = result_.steps_.size();
  if (choice().kind != Value::Kind::number || result_.steps_.size() != steps + 1 ||
      result_.steps_.back().kind != Expression::Step::Kind::constant)
    fail(at, "the number of the bit, from 0 to 62");
  const double bit = result_.steps_.back().constant;
  if (!(bit >= 0 && bit <= most_bit && bit == std::floor(bit)))
    fail(at, "the number of the bit, from 0 to 62");
  if (!skip(")")) fail(at_, "')'");
  result_.steps_.pop_back();
  --height_;
  read({column, Reads::bit, {}, static_cast<int>(bit)});
  return {};
}

}  // namespace uhuru::recipe
