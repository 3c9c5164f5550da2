#include "uhuru/table/units.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

#include "uhuru/base/text.hpp"
#include "uhuru/table/unit_names.hpp"

namespace uhuru {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a unit by recursive descent; each member that returns a quantity returns none if what
/// stands there is not understood.
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : text_(text) {}

  std::optional<Quantity> read() {
    auto product = read_product(0);
    if (at_ != text_.size()) return std::nullopt;
    return product;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (next() == ' ' || next() == '\t') ++at_;
  }

  std::optional<Quantity> read_product(int depth) {
    constexpr int deepest = 20;
    if (depth > deepest) return std::nullopt;
    Quantity product;
    bool divides = false, is_first = true;
    for (;;) {
      skip_blanks();
      if (next() == '\0' || next() == ')') break;
      if (next() == '/') {
        if (divides) return std::nullopt;
        divides = true;
        ++at_;
        continue;
      }
      if (next() == '.' || next() == '*') {
        if (is_first || divides) return std::nullopt;
        ++at_;
        skip_blanks();
      }
      auto factor = read_factor(depth);
      if (!factor || !multiply(product, *factor, divides ? -1 : 1)) return std::nullopt;
      divides = is_first = false;
    }
    if (divides) return std::nullopt;
    return product;
  }

  std::optional<Quantity> read_factor(int depth) {
    std::optional<Quantity> base;
    const bool is_number = is_digit(next());
    if (is_number) {
      base = read_number();
    } else if (next() == '(') {
      ++at_;
      base = read_product(depth + 1);
      if (next() != ')') return std::nullopt;
      ++at_;
    } else {
      base = unit_of_name(read_name());
    }
    if (!base) return std::nullopt;
    const auto power = read_power(is_number);
    Quantity result;
    if (!power || !multiply(result, *base, *power)) return std::nullopt;
    return result;
  }

  std::string_view read_name() {
    const size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view(" \t.*/()^+-0123456789").find(text_[at_]) == std::string_view::npos)
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  /// A number without sign, such as "10", "0.1" or "1e-14".
  std::optional<Quantity> read_number() {
    Quantity number;
    number.mantissa = 0;
    bool after_point = false;
    size_t digits = 0;
    for (; is_digit(next()) || (next() == '.' && !after_point && is_digit(after_next())); ++at_) {
      if (next() == '.') {
        after_point = true;
        continue;
      }
      constexpr size_t most_digits = 18;  // all exact
      if (++digits > most_digits) return std::nullopt;
      number.mantissa = number.mantissa * 10 + (next() - '0');
      number.exponent -= after_point;
    }
    while (number.mantissa > 0 && std::fmod(number.mantissa, 10.0L) == 0) {
      number.mantissa /= 10;
      ++number.exponent;
    }
    if (next() == 'e' || next() == 'E') {
      const size_t before = at_++;
      const auto exponent = read_whole();
      if (!exponent) at_ = before;  // of a unit
      number.exponent += exponent.value_or(0);
    }
    if (number.mantissa == 0) return std::nullopt;
    return number;
  }

  char after_next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  /// 1 if there is none. After a number, one without "**" or "^" needs a sign.
  std::optional<int> read_power(bool is_number) {
    bool is_marked = true;
    if (text_.substr(at_).starts_with("**"))
      at_ += 2;
    else if (next() == '^')
      ++at_;
    else
      is_marked = false;
    const bool is_signed = next() == '+' || next() == '-';
    if (!is_marked && !is_signed && (is_number || !is_digit(next()))) return 1;
    const bool has_parenthesis = is_marked && next() == '(';
    at_ += has_parenthesis;
    const auto power = read_whole();
    // Roots are not understood: "m0.5", "m**(1/2)".
    if (!power || (next() == '.' && is_digit(after_next()))) return std::nullopt;
    if (has_parenthesis && next() != ')') return std::nullopt;
    at_ += has_parenthesis;
    return power;
  }

  /// With or without sign, at most three digits.
  std::optional<int> read_whole() {
    const bool is_negative = next() == '-';
    if (is_negative || next() == '+') ++at_;
    const size_t begin = at_;
    int value = 0;
    for (; is_digit(next()); ++at_) {
      if (at_ - begin >= 3) return std::nullopt;
      value = value * 10 + (next() - '0');
    }
    if (at_ == begin) return std::nullopt;
    return is_negative ? -value : value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool is_no_unit(std::string_view unit) {
  const std::string text = lower(trim(unit));
  return text.find_first_not_of('-') == std::string::npos || text == "none" || text == "unitless" ||
         text == "null";
}

std::optional<double> unit_factor(std::string_view from, std::string_view to) {
  from = trim(from);
  to = trim(to);
  if (from == to) return 1;
  const auto ours = UnitParser(from).read();
  const auto theirs = UnitParser(to).read();
  if (!ours || !theirs || ours->powers != theirs->powers) return std::nullopt;
  const long double ratio = ours->mantissa / theirs->mantissa;
  const int exponent = ours->exponent - theirs->exponent;
  const long double ten = std::pow(10.0L, static_cast<long double>(std::abs(exponent)));
  const auto factor = static_cast<double>(exponent < 0 ? ratio / ten : ratio * ten);
  if (!std::isfinite(factor) || factor == 0) return std::nullopt;
  return factor;
}

}  // namespace uhuru
