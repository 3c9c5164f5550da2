#include "uhuru/recipe/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/expression_parser.hpp"

namespace uhuru::recipe {
namespace {

void check_length(const std::string& text, size_t longest) {
  if (text.size() > longest)
    throw input_error("expression too long", "", fmt::format("at most {} characters", longest));
}

}  // namespace

Expression::Expression(const std::string& text, const Functions& functions) : text_(text) {
  check_length(text, longest);
  ExpressionParser(*this, functions).parse();
}

Expression::Expression(const std::string& text, const KnownFunctions& functions) : text_(text) {
  check_length(text, longest_of_sources);
  ExpressionParser(*this, functions).parse();
}

std::vector<std::string> Expression::columns() const {
  std::set<std::string> names;
  for (const Operand& operand : operands_)
    if (operand.reads != Reads::known) names.insert(operand.column);
  return {names.begin(), names.end()};
}

template <class OperandAt>
void Expression::run(const OperandAt& operand_at, size_t rows, double* stack) const {
  double* top = stack;  // the first free place
  for (const Step& step : steps_) switch (step.kind) {
      case Step::Kind::constant:
        top = std::fill_n(top, rows, step.constant);
        break;
      case Step::Kind::operand:
        top = std::copy_n(operand_at(step.place), rows, top);
        break;
      case Step::Kind::call:
        top = std::generate_n(top, rows, std::ref(called_[step.place]));
        break;
      case Step::Kind::apply:
        top -= step.count * rows;
        step.apply(top, step.count, rows);
        top += rows;
        break;
      case Step::Kind::apply_with:
        top -= step.count * rows;
        step.apply_with(top, numbers_[step.place], rows);
        top += rows;
        break;
    }
}

double Expression::operator()(std::span<const double> values) const {
  std::array<double, highest_stack> stack;  // the parser bounds its height
  run([&](size_t place) { return &values[place]; }, 1, stack.data());
  return stack[0];
}

void Expression::evaluate(std::span<const double* const> operands, size_t rows,
                          double* stack) const {
  run([&](size_t place) { return operands[place]; }, rows, stack);
}

std::string text_key(std::string_view text) {
  const std::string_view trimmed = trim(text);
  for (const std::string_view word : {"true", "false"})
    if (same_but_case(trimmed, word) || same_but_case(trimmed, word.substr(0, 1)))
      return std::string(word);
  return std::string(trimmed);
}

bool contains_word(std::string_view list, std::string_view word) {
  const auto separates = [&](size_t at) { return list[at] == ' ' || list[at] == '|'; };
  for (size_t at = list.find(word); at != list.npos; at = list.find(word, at + 1))
    if ((at == 0 || separates(at - 1)) &&
        (at + word.size() == list.size() || separates(at + word.size())))
      return true;
  return false;
}

bool starts_with(std::string_view text, std::string_view start) {
  return same_but_case(text.substr(0, start.size()), start);
}

}  // namespace uhuru::recipe
