#include "uhuru/table/keys.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/base/text.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {
namespace {

constexpr std::string_view decimal_digits = "0123456789";

/// The digits of a whole number such as "+0012" or "946.0", exactly, without leading zeros; "" if
/// the text is none.
std::string whole_digits(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::string_view whole = text.substr(0, text.find_first_not_of(decimal_digits));
  std::string_view rest = text.substr(whole.size());
  if (whole.empty() || (!rest.empty() && rest[0] != '.')) return {};
  if (!rest.empty()) rest.remove_prefix(1);
  if (rest.find_first_not_of('0') != std::string_view::npos) return {};
  const size_t first = whole.find_first_not_of('0');
  if (first == std::string_view::npos) return "0";
  return (negative ? "-" : "") + std::string(whole.substr(first));
}

bool is_numeric(const Column& column) {
  return column.field.is_scalar() && column.field.type != Type::boolean;
}

std::string description_of(const Column& column) {
  std::string result = fmt::format("{} is ", column.field.name);
  result += column.field.is_scalar() || column.field.type == Type::text
                ? type_name(column.field.type)
                : "an array";
  for (size_t row = 0; row < column.size(); ++row)
    if (!column.missing(row))
      return result + fmt::format(" (such as {})", in_quotes(cell_text(column, row)));
  return result + " (without any value)";
}

}  // namespace

std::string number_key(std::string_view text) {
  text = trim(text);
  if (std::string whole = whole_digits(text); !whole.empty()) return whole;
  const auto value = parse_double(text);
  if (!value || !std::isfinite(*value)) return std::string(text);
  if (*value == std::floor(*value)) return fmt::format("{:.0f}", *value == 0 ? 0.0 : *value);
  return fmt::format("{}", *value);
}

KeyIndex::KeyIndex(const Column& left, const Column& right)
    : left_(left), right_(right), by_value_(is_numeric(left) || is_numeric(right)) {
  for (size_t row = 0; row < right.size(); ++row)
    if (std::string text = right.missing(row) ? "" : key(right, row); !text.empty())
      rows_[std::move(text)].push_back(row);
}

std::span<const size_t> KeyIndex::rows(size_t left_row) const {
  if (left_.missing(left_row)) return {};
  const auto found = rows_.find(key(left_, left_row));
  if (found == rows_.end()) return {};
  return found->second;
}

std::string KeyIndex::columns() const {
  return description_of(left_) + ", " + description_of(right_);
}

std::string KeyIndex::key(const Column& column, size_t row) const {
  const std::string text = cell_text(column, row);
  return by_value_ ? number_key(text) : std::string(trim(text));
}

}  // namespace uhuru
