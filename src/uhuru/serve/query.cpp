#include "uhuru/serve/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::serve {
namespace {

constexpr size_t most_corners = 2000;
constexpr size_t most_expressions = 50;  // each has limits of its own

[[noreturn]] void unusable(const std::string& name, const std::string& expected,
                           std::string_view found) {
  throw input_error("invalid parameter", name, expected, in_quotes(found));
}

std::vector<double> number_list(const std::string& name, std::string_view text,
                                const std::string& expected) {
  std::vector<double> numbers;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto value = parse_double(text.substr(begin, end - begin));
    if (!value || !std::isfinite(*value) || numbers.size() > 2 * most_corners)
      unusable(name, expected, text);
    numbers.push_back(*value);
    begin = end + 1;
  }
  return numbers;
}

catalog::Lasso lasso_of(const std::string& name, std::string_view text) {
  const std::string expected =
      fmt::format("3 to {} corners x,y,x,y,… in the units of the map", most_corners);
  const auto numbers = number_list(name, text, expected);
  if (numbers.size() < 6 || numbers.size() % 2 != 0 || numbers.size() > 2 * most_corners)
    unusable(name, expected, text);
  catalog::Lasso lasso;
  for (size_t i = 0; i < numbers.size(); i += 2) lasso.push_back({numbers[i], numbers[i + 1]});
  return lasso;
}

catalog::SourceFilter::Cone cone_of(const std::string& text) {
  const std::string expected = "RA,DEC,RADIUS in degrees";
  const auto numbers = number_list("cone", text, expected);
  if (numbers.size() != 3) unusable("cone", expected, text);
  const sky::SkyPosition center{numbers[0], numbers[1]};
  if (!sky::is_valid(center) || !(numbers[2] >= 0 && numbers[2] <= 180))
    unusable("cone", expected, text);
  return {center, numbers[2]};
}

catalog::SourceFilter::OnSky on_sky_of(const std::string& text) {
  const size_t comma = std::min(text.find(','), text.size());
  const std::string frame = text.substr(0, comma);
  if (comma == text.size() || (frame != "galactic" && frame != "equatorial"))
    unusable("sky", "galactic,x,y,x,y,… or equatorial,x,y,x,y,…", text);
  return {frame == "galactic" ? catalog::MapFrame::galactic : catalog::MapFrame::equatorial,
          lasso_of("sky", std::string_view(text).substr(comma + 1))};
}

}  // namespace

std::optional<std::string> Query::text(const std::string& name) {
  known_.insert(name);
  const auto [first, last] = parameters_.equal_range(name);
  if (first == last) return std::nullopt;
  if (std::next(first) != last) throw input_error("a parameter is given twice", name, "one value");
  return first->second;
}

std::string Query::text(const std::string& name, const std::string& otherwise) {
  return text(name).value_or(otherwise);
}

std::vector<std::string> Query::texts(const std::string& name) {
  known_.insert(name);
  std::vector<std::string> values;
  const auto [first, last] = parameters_.equal_range(name);
  for (auto parameter = first; parameter != last; ++parameter) values.push_back(parameter->second);
  return values;
}

std::string Query::word(const std::string& name, const std::vector<std::string>& words) {
  std::string value = text(name, words.front());
  if (std::find(words.begin(), words.end(), value) == words.end())
    unusable(name, join(words, " or "), value);
  return value;
}

int64_t Query::whole(const std::string& name, int64_t otherwise, int64_t least, int64_t most) {
  const auto given = text(name);
  if (!given) return otherwise;
  const auto value = parse_int(*given);
  if (!value || *value < least || *value > most)
    unusable(name, fmt::format("a whole number from {} to {}", least, most), *given);
  return *value;
}

double Query::number(const std::string& name, double least, double most) {
  const auto given = text(name);
  const std::string expected = fmt::format("a number from {} to {}", least, most);
  if (!given) throw input_error("a parameter is missing", name, expected);
  const auto value = parse_double(*given);
  if (!value || !(*value >= least && *value <= most)) unusable(name, expected, *given);
  return *value;
}

catalog::SourceFilter Query::filter() {
  catalog::SourceFilter filter;
  // Conditions on text columns, with the names of the columns.
  for (const char* name : {"class", "group", "standing", "agreement", "hard_class", "label"})
    if (auto values = texts(name); !values.empty()) filter.values.push_back({name, values});
  std::map<std::string, catalog::SourceFilter::Range> ranges;
  for (const auto& [name, value] : parameters_) {
    const bool least = name.starts_with("min.");
    if (!least && !name.starts_with("max.")) continue;
    const auto bound = parse_double(text(name).value());
    if (!bound || std::isnan(*bound)) unusable(name, "a number", value);
    auto& range = ranges[name.substr(4)];
    (least ? range.least : range.most) = *bound;
  }
  for (auto& [column, range] : ranges) {
    range.column = column;
    filter.ranges.push_back(range);
  }
  filter.name_prefix = text("name", "");
  if (const auto cone = text("cone")) filter.cone = cone_of(*cone);
  if (const auto sky = text("sky")) filter.on_sky = on_sky_of(*sky);
  catalog::SourceFilter::OnPlane plane;
  plane.x = text("plane.x", "");
  plane.y = text("plane.y", "");
  plane.x_log = word("plane.xscale", {"linear", "log"}) == "log";
  plane.y_log = word("plane.yscale", {"linear", "log"}) == "log";
  if (const auto lasso = text("plane")) {
    plane.lasso = lasso_of("plane", *lasso);
    filter.on_plane = std::move(plane);
  }
  for (std::string& expression : texts("where"))
    if (!trim(expression).empty()) filter.where.push_back(std::move(expression));
  if (filter.where.size() > most_expressions)
    throw input_error("too many conditions", "where", fmt::format("at most {}", most_expressions),
                      fmt::format("{}", filter.where.size()));
  return filter;
}

void Query::end() const {
  for (const auto& [name, value] : parameters_) {
    if (known_.contains(name)) continue;
    const std::vector<std::string> known(known_.begin(), known_.end());
    throw input_error("unknown parameter", name,
                      "one of " + join(known, ", ") + did_you_mean(name, known));
  }
}

}  // namespace uhuru::serve
