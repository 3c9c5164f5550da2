#include "uhuru/table/times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

constexpr int mjd_of_1970 = 40587;

/// Takes a whole number of `digits` digits from the beginning of a text.
std::optional<int> take_digits(std::string_view& text, size_t digits) {
  int value = 0;
  const char* end = text.data() + std::min(digits, text.size());
  const auto read = std::from_chars(text.data(), end, value);
  if (text.size() < digits || read.ec != std::errc() || read.ptr != end || value < 0 ||
      text[0] == '-')
    return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_sign(std::string_view& text, std::string_view signs) {
  if (text.empty() || signs.find(text[0]) == signs.npos) return false;
  text.remove_prefix(1);
  return true;
}

/// The part of a day: "08:15", "08:15:30", "08:15:30.5".
std::optional<double> part_of_day(std::string_view text) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 24 || !take_sign(text, ":")) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  double seconds = 0;
  if (!text.empty()) {
    if (!take_sign(text, ":") || text.find_first_not_of("0123456789.") != text.npos)
      return std::nullopt;
    const auto value = parse_double(text);
    if (!value || *value >= 61) return std::nullopt;
    seconds = *value;
  }
  return (*hours * 3600 + *minutes * 60 + seconds) / 86400;
}

double mjd_of_number(double value, std::string_view unit) {
  constexpr double least_julian_date = 2e6, zero_of_mjd = 2400000.5;
  constexpr double mjd_of_2000 = 51544.5, julian_year = 365.25;
  if (!std::isfinite(value)) return missing_number;
  if (unit == "yr" || unit == "a" || unit == "year")
    return mjd_of_2000 + (value - 2000) * julian_year;
  if (!unit.empty() && unit != "d" && unit != "day" && unit != "days") return missing_number;
  return value >= least_julian_date ? value - zero_of_mjd : value;
}

}  // namespace

std::optional<double> parse_iso_time(std::string_view text) {
  text = trim(text);
  const auto year = take_digits(text, 4);
  if (!year || !take_sign(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take_sign(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const double days =
      static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count() + mjd_of_1970);
  if (text.empty()) return days;
  if (!take_sign(text, "T ")) return std::nullopt;
  if (text.ends_with('Z')) text.remove_suffix(1);
  const auto part = part_of_day(text);
  return part ? std::optional(days + *part) : std::nullopt;
}

int fits_time(const Field& field) {
  const std::string ucd = lower(field.ucd);
  const std::string word = ucd.substr(0, ucd.find(';'));
  constexpr std::array<std::string_view, 3> ucds = {"time", "time.epoch", "time.start"};
  for (size_t i = 0; i < ucds.size(); ++i)
    if (word == ucds[i]) return static_cast<int>(i) + 2;
  if (word.starts_with("time.")) return 0;
  const std::string name = lower(field.name);
  constexpr std::array<std::string_view, 14> names = {
      "mjd",      "jd",       "bjd",       "hjd",     "date",    "epoch",   "time",
      "date_obs", "date-obs", "mjd_start", "mjd_obs", "obs_mjd", "gti_obs", "gti_mjd_obs"};
  return std::find(names.begin(), names.end(), name) != names.end() ? 1 : 0;
}

std::vector<double> modified_julian_dates(const Column& column) {
  std::vector<double> result(column.size(), missing_number);
  const bool is_text = column.field.type == Type::text;
  if (!is_text && !column.field.is_scalar()) return result;
  for (size_t row = 0; row < result.size(); ++row) {
    if (column.missing(row)) continue;
    if (!is_text)
      result[row] = mjd_of_number(column.number(row), column.field.unit);
    else if (const auto time = parse_iso_time(column.text(row)))
      result[row] = *time;
    else if (const auto number = parse_double(column.text(row)))
      result[row] = mjd_of_number(*number, column.field.unit);
  }
  return result;
}

}  // namespace uhuru
