// What the pages say of the run that made a catalog, and of how good its classes are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace uhuru::serve {

/// {"version", "recipe", "method", "inputs", "read", "kept", "losses", "of_kept", "notes"} of the
/// record of a run (run.json as in the catalog); what it lacks is null or empty. "inputs" are names
/// without folders, which are nobody else's business; "losses" the rows that were dropped, with the
/// reason. Thread-safe.
nlohmann::ordered_json run_facts(const std::string& record);

/// The scores of a validation.json: {"recipe", "method", "split", "scores_count", "detections",
/// "sources", "notes", "scores"}; null for an empty text. "scores" has "level", "of", and numbers
/// with their intervals. Throws Error (input) if it is invalid. Thread-safe.
nlohmann::ordered_json validation_facts(const std::string& text, const std::string& name);

}  // namespace uhuru::serve
