#include "uhuru/serve/source_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/position_text.hpp"

namespace uhuru::serve {
namespace {

/// A text in an expression: in single quotes, which are doubled within it.
std::string expression_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

/// The names of fields are found with and without their blanks: M 31, M31.
std::string without_blanks(std::string_view text) {
  std::string result(text);
  std::erase(result, ' ');
  return result;
}

std::string source_name(int64_t id, catalog::SourceLookup& lookup) {
  const auto& columns = lookup.catalog().columns();
  const auto name = std::find_if(columns.begin(), columns.end(),
                                 [](const auto& column) { return column.role == "name"; });
  return cell_text(lookup.source(id).columns[static_cast<size_t>(name - columns.begin())], 0);
}

/// `call(first, second, …)`; empty without arguments.
std::string call_of(const std::string& name, const std::vector<std::string>& arguments) {
  return arguments.empty() ? "" : name + "(" + join(arguments, ", ") + ")";
}

}  // namespace

std::optional<TypedPosition> typed_position(std::string_view text) {
  if (const auto galactic = sky::parse_galactic(text))
    return TypedPosition{sky::icrs(*galactic), true};
  if (const auto equatorial = sky::parse_position(text)) return TypedPosition{*equatorial, false};
  return std::nullopt;
}

std::vector<std::string> targets_in(std::string_view text) {
  std::vector<std::string> targets;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(";\r\n"), text.size());
    const std::string_view target = trim(text.substr(0, end));
    if (!target.empty()) targets.emplace_back(target);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return targets;
}

std::vector<int64_t> SourceSearch::named(const std::string& text, size_t most,
                                         catalog::SourceLookup& lookup) const {
  if (text.empty()) return {};
  std::vector<int64_t> ids = lookup.with_prefix(text, most);
  if (ids.size() >= most) return ids;  // looking through all names takes long
  for (const int64_t id : names_.with_word(text, most))
    if (ids.size() < most && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  return ids;
}

std::vector<recipe::NamedField> SourceSearch::fields(std::string_view text) const {
  std::vector<recipe::NamedField> found;
  const std::string start = without_blanks(text);
  for (const recipe::NamedField& field : fields_)
    if (!start.empty() && same_but_case(without_blanks(field.name).substr(0, start.size()), start))
      found.push_back(field);
  return found;
}

std::optional<int64_t> SourceSearch::single(const std::string& name,
                                            catalog::SourceLookup& lookup) const {
  if (const auto exact = lookup.find(name)) return exact;
  const auto ending = names_.ending_with(name, 2);
  return ending.size() == 1 ? std::optional(ending.front()) : std::nullopt;
}

nlohmann::ordered_json SourceSearch::list(const std::vector<std::string>& targets,
                                          catalog::SourceLookup& lookup) const {
  if (targets.size() > most_targets)
    throw input_error("too many targets", "q", fmt::format("at most {}", most_targets),
                      fmt::format("{}", targets.size()));
  std::vector<std::string> names, positions, parts;
  nlohmann::ordered_json missing = nlohmann::ordered_json::array();
  for (const std::string& target : targets) {
    const auto position = typed_position(target);
    const auto field =
        std::find_if(fields_.begin(), fields_.end(), [&](const recipe::NamedField& one) {
          return same_but_case(without_blanks(one.name), without_blanks(target));
        });
    if (const auto id = single(target, lookup))
      names.push_back(expression_text(source_name(*id, lookup)));
    else if (field != fields_.end())
      parts.push_back(
          fmt::format("cone({}, {}, {})", field->ra_deg, field->dec_deg, field->width_deg / 2));
    else if (position && !lookup.catalog().cone(position->icrs, near_arcsec / 3600, 1).empty())
      positions.push_back(
          fmt::format("{:.7f}, {:.7f}", position->icrs.ra_deg, position->icrs.dec_deg));
    else
      missing.push_back(target);
  }
  if (!positions.empty()) positions.insert(positions.begin(), fmt::format("{}", near_arcsec));
  for (const std::string& part : {call_of("near", positions), call_of("named", names)})
    if (!part.empty()) parts.insert(parts.begin(), part);
  nlohmann::ordered_json where;
  if (!parts.empty()) where = join(parts, " or ");
  return {{"where", where}, {"found", targets.size() - missing.size()}, {"missing", missing}};
}

}  // namespace uhuru::serve
