#include "uhuru/serve/run_facts.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "uhuru/base/json_text.hpp"
#include "uhuru/report/report_json.hpp"

namespace uhuru::serve {
namespace {

using Json = nlohmann::ordered_json;

/// A member of an object; null if there is none.
Json member(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object[key] : Json();
}

/// The name of a file in a record, without its folder.
Json file_name(const Json& file) {
  const Json name = member(file, "name");
  if (!name.is_string()) return nullptr;
  return std::filesystem::path(name.get<std::string>()).filename().string();
}

void add_count(const std::string& what, const Json& count, Json& list) {
  if (count.is_number_unsigned() && count != 0) list.push_back({{"what", what}, {"count", count}});
}

/// The rows that were dropped, with the reason.
Json losses_of(const Json& counts) {
  Json losses = Json::array();
  add_count("not selected by the recipe", member(counts, "not_selected"), losses);
  if (const Json without = member(counts, "without"); without.is_object())
    for (const auto& [kind, count] : without.items()) add_count("without " + kind, count, losses);
  add_count("without any feature", member(counts, "without_features"), losses);
  add_count("the same measurement under another name", member(counts, "repeated"), losses);
  return losses;
}

/// What became of the others, and what is odd about them.
Json parts_of(const Json& counts) {
  Json parts = Json::array();
  for (const auto& [key, what] :
       {std::pair("labelled", "with a class: the training set"),
        {"classified", "classified"},
        {"other_label", "set aside: their label is not one of the classes"},
        {"without_class", "without a class: too few of known class are like them"},
        {"incomplete", "that miss a feature"},
        {"contradictory_label", "whose counterparts have contradictory labels, so none is used"},
        {"detections_of_these", "whose measurement stands under several names"}})
    add_count(what, member(counts, key), parts);
  add_count("values outside the range of their feature, taken as missing",
            member(counts, "values_out_of_range"), parts);
  return parts;
}

}  // namespace

Json run_facts(const std::string& record) {
  const Json run = parse_json<Json>(record);
  const Json counts = member(run, "counts");
  Json inputs = Json::array();
  for (const char* table : {"detections", "labels"})
    if (const Json name = file_name(member(run, table)); !name.is_null()) inputs.push_back(name);
  Json notes = member(run, "notes");
  if (!notes.is_array()) notes = Json::array();
  return {{"version", member(run, "uhuru_version")},
          {"recipe", member(run, "recipe")},
          {"method", member(run, "method")},
          {"inputs", inputs},
          {"read", member(counts, "read")},
          {"kept", member(counts, "clustered")},
          {"losses", losses_of(counts)},
          {"of_kept", parts_of(counts)},
          {"notes", notes}};
}

Json validation_facts(const std::string& text, const std::string& name) {
  const Json validation = report::validation_figures(text, name);
  if (validation.is_null()) return nullptr;
  const Json sample = member(validation, "sample");
  const Json split = member(validation, "split");
  Json scores = Json::array();
  for (const Json& evaluation : validation["evaluations"]) {
    Json one;
    for (const char* key : {"level", "of", "rows", "sources", "accuracy", "balanced_accuracy",
                            "macro_f1", "log_loss", "brier", "calibration_error"})
      one[key] = member(evaluation, key);
    scores.push_back(std::move(one));
  }
  Json notes = member(validation, "notes");
  if (!notes.is_array()) notes = Json::array();
  return {{"recipe", member(validation, "recipe")},
          {"method", member(validation, "method")},
          {"split", {{"by", member(split, "by")}, {"folds", member(split, "folds")}}},
          {"scores_count", member(validation, "scores_count")},
          {"detections", member(sample, "detections")},
          {"sources", member(sample, "sources")},
          {"notes", notes},
          {"scores", scores}};
}

}  // namespace uhuru::serve
