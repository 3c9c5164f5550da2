// JSON of a report: rounded numbers, and the records that it includes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#pragma GCC visibility push(default)
namespace uhuru::report {

using ReportJson = nlohmann::ordered_json;

/// The number rounded to `digits` significant digits; null if it is not finite.
ReportJson rounded(double value, int digits = 5);

/// The content of a run.json. Throws Error (input) if it is invalid, or the parts shown on the page
/// have a type that `run` does not write.
ReportJson checked_record(const std::string& text, const std::string& name);

/// The content of a validation.json with rounded numbers, and curves of at most 200 points; null
/// for an empty text. Throws Error (input) if it is invalid or its parts have other types.
ReportJson validation_figures(const std::string& text, const std::string& name);

}  // namespace uhuru::report
#pragma GCC visibility pop
