#include "uhuru/table/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <initializer_list>
#include <string_view>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

/// FITS calls the software CREATOR, which in VOTable are the people.
constexpr std::string_view fits_software = "creator";

bool is_named(const Parameter& parameter, std::string_view name) {
  return same_but_case(parameter.field.name, name);
}

/// Whether a parameter has one of these names, or one of them with a number: input, input_2.
bool is_numbered(const Parameter& parameter, std::string_view stem) {
  const std::string name = lower(parameter.field.name);
  if (name == stem) return true;
  return name.starts_with(stem) && name.size() > stem.size() + 1 && name[stem.size()] == '_' &&
         name.find_first_not_of("0123456789", stem.size() + 1) == std::string::npos;
}

/// The value of the first parameter with this name; empty if there is none.
std::string value_of(const Table& header, std::string_view name) {
  for (const Parameter& parameter : header.parameters)
    if (is_named(parameter, name)) return parameter.value;
  return {};
}

}  // namespace

std::string NamedDigest::text() const {
  if (sha256.empty()) return name;
  return name + (name.empty() ? "sha256:" : " sha256:") + sha256;
}

std::vector<std::string> steps_of(const Table& header) {
  std::vector<std::string> steps;
  for (const Parameter& parameter : header.parameters)
    if (is_numbered(parameter, "step")) steps.push_back(parameter.value);
  const std::string command = value_of(header, "command");
  if (command.empty()) return steps;
  std::string software = value_of(header, "software");
  if (software.empty()) software = value_of(header, fits_software);
  steps.push_back(software.empty() ? command : software + ": " + command);
  return steps;
}

void add_provenance(const Provenance& provenance, Table& header) {
  constexpr size_t most_steps = 9;
  std::vector<std::string> steps = steps_of(header);
  const bool has_earlier = !steps.empty();
  if (steps.size() > most_steps) steps.erase(steps.begin(), steps.end() - most_steps);
  std::erase_if(header.parameters, [&](const Parameter& parameter) {
    return is_named(parameter, "software") || is_named(parameter, fits_software) ||
           is_named(parameter, "command") || is_named(parameter, "date") ||
           (has_earlier && is_numbered(parameter, "input")) || is_numbered(parameter, "step") ||
           (is_named(parameter, "recipe") && !provenance.recipe.text().empty()) ||
           (is_named(parameter, "model") && !provenance.model.text().empty());
  });
  const auto add = [&](const std::string& name, const std::string& value, const char* description) {
    if (value.empty()) return;
    header.parameters.push_back({make_field(name, Type::text, description), value, true});
  };
  for (size_t i = 0; i < steps.size(); ++i)
    add(fmt::format("step_{}", i + 1), steps[i], "Earlier step");
  add("software", provenance.software, "Program that wrote this table");
  add("command", provenance.command, "Command that made this table");
  add("recipe", provenance.recipe.text(), "Recipe");
  add("model", provenance.model.text(), "Model");
  for (size_t i = 0; i < provenance.inputs.size(); ++i)
    add(i == 0 ? "input" : fmt::format("input_{}", i + 1), provenance.inputs[i].text(),
        "Table that was read");
  add("date", provenance.date, "Time when the table was written, UTC");
}

std::optional<int64_t> source_date(const std::string& source_date_epoch) {
  constexpr int64_t latest = 253402300799;  // of the year 9999
  if (source_date_epoch.empty()) return std::nullopt;
  const auto time = parse_int(source_date_epoch);
  if (!time || *time < 0 || *time > latest)
    throw Error(ErrorKind::usage, "SOURCE_DATE_EPOCH is no time", "the environment",
                "seconds since 1970", in_quotes(source_date_epoch));
  return time;
}

std::string utc_time(int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm fields{};
  gmtime_r(&time, &fields);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", fields.tm_year + 1900,
                     fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min,
                     fields.tm_sec);
}

}  // namespace uhuru
