#include "uhuru/report/report_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::report {
namespace {

using Json = ReportJson;

/// At most `most` of the elements, including the first and last.
Json thinned(const Json& list, size_t most) {
  if (!list.is_array() || list.size() <= most) return list;
  Json result = Json::array();
  for (size_t i = 0; i < most; ++i) result.push_back(list[i * (list.size() - 1) / (most - 1)]);
  return result;
}

void round_numbers(Json& json) {
  if (json.is_number_float())
    json = rounded(json.get<double>());
  else if (json.is_structured())
    for (Json& item : json) round_numbers(item);
}

bool is_text(const Json& json) { return json.is_string(); }
bool is_number_or_null(const Json& json) { return json.is_number() || json.is_null(); }

/// Whether it is a list or object whose items all pass.
template <class Test>
bool all_of(const Json& json, Test&& test) {
  return json.is_structured() && std::all_of(json.begin(), json.end(), test);
}

/// A JSON object read from a file, with validation of its parts.
class Record {
 public:
  /// `what` is used in error messages. Throws Error (input) if the text is not an object, or is
  /// nested so deeply that printing it would overflow the stack.
  Record(const std::string& text, std::string name, const std::string& what)
      : name_(std::move(name)), message_("invalid record of a " + what) {
    require(is_moderate_json(text), "JSON with less nesting and fewer keys");
    json = Json::parse(text, nullptr, false);
    require(json.is_object(), "a JSON object");
  }
  void require(bool holds, const std::string& expected) const {
    if (!holds) throw input_error(message_, name_, expected);
  }
  /// If `object` has the key, its value must pass.
  template <class Test>
  void require_type(const Json& object, const char* key, Test&& test) const {
    const auto found = object.find(key);
    require(found == object.end() || test(*found), fmt::format("a valid {}", key));
  }

  Json json;

 private:
  std::string name_, message_;
};

bool has_digest(const Json& json) {
  const auto has = [&](const char* key) { return json.contains(key) && is_text(json[key]); };
  return json.is_object() && has("name") && has("sha256");
}

/// What tables::file_record says of one file, or of several.
bool is_file(const Json& json) {
  return has_digest(json) && (!json.contains("files") ||
                              (json["files"].is_array() && all_of(json["files"], has_digest)));
}

bool is_object_list(const Json& json) {
  return json.is_array() && all_of(json, [](const Json& item) { return item.is_object(); });
}

bool has_numbers(const Json& json, std::initializer_list<const char*> keys) {
  return json.is_object() && std::all_of(keys.begin(), keys.end(), [&](const char* key) {
           return json.contains(key) && json[key].is_number();
         });
}

/// What validate says of sets of classes, and of sources with few and with many detections.
void check_sources(const Record& record, const Json& json) {
  const auto is_rate = [](const Json& of, const char* key) {
    return of.contains(key) && has_numbers(of[key], {"value"});
  };
  const auto are_all = [](const Json& list, auto test) {
    return list.is_array() && all_of(list, test);
  };
  record.require_type(json, "of_sources", [&](const Json& sources) {
    return sources.is_object() &&
           are_all(sources.value("sets", Json::array()),
                   [&](const Json& of) {
                     return has_numbers(of, {"sources", "mean_size"}) && is_rate(of, "coverage") &&
                            of.contains("group") && (of["group"].is_null() || is_text(of["group"]));
                   }) &&
           are_all(sources.value("by_detections", Json::array()), [&](const Json& of) {
             return has_numbers(of, {"sources", "said"}) && is_rate(of, "true") &&
                    of.contains("group") && is_text(of["group"]) && of.contains("detections") &&
                    is_text(of["detections"]);
           });
  });
}

/// Validates one evaluation and thins its curves.
void take_evaluation(const Record& record, Json& evaluation) {
  constexpr size_t most_points = 200;
  const auto has = [&](const char* key) { return evaluation.contains(key); };
  record.require(evaluation.is_object() && has("level") && has("of") && has("confusion") &&
                     has("labels") && is_text(evaluation["level"]) && is_text(evaluation["of"]) &&
                     all_of(evaluation["labels"], is_text),
                 "evaluations with level, of, labels and confusion");
  const size_t labels = evaluation["labels"].size();
  const auto is_row = [&](const Json& row) {
    return row.is_array() && row.size() == labels && all_of(row, is_number_or_null);
  };
  record.require(
      evaluation["confusion"].size() == labels && all_of(evaluation["confusion"], is_row),
      fmt::format("confusion matrices of {} × {} numbers", labels, labels));
  for (const char* key : {"per_label", "reliability"})
    record.require_type(evaluation, key, is_object_list);
  for (const char* key : {"roc", "precision_recall"}) {
    if (!has(key)) continue;
    for (Json& curve : evaluation[key]) {
      record.require(all_of(curve,
                            [](const Json& values) {
                              return values.is_array() && all_of(values, is_number_or_null);
                            }),
                     fmt::format("curves of numbers as {}", key));
      for (Json& values : curve) values = thinned(values, most_points);
    }
  }
}

}  // namespace

Json rounded(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  return *parse_double(fmt::format("{:.{}g}", value, digits));
}

Json checked_record(const std::string& text, const std::string& name) {
  Record record(text, name, "run");
  const Json& json = record.json;
  const auto are_numbers = [](const Json& object) {
    return object.is_object() && all_of(object, [](const Json& item) { return item.is_number(); });
  };
  const auto counts = json.find("counts");
  record.require(counts != json.end() && counts->is_object(), "counts");
  for (const auto& [key, count] : counts->items())
    record.require(count.is_number() || (key == "without" && are_numbers(count)),
                   "numbers as counts");
  for (const char* key : {"detections", "labels"}) record.require_type(json, key, is_file);
  for (const char* key : {"uhuru_version", "method", "join"})
    record.require_type(json, key, is_text);
  for (const char* key : {"seed", "radius_arcsec", "threads"})
    record.require_type(json, key, is_number_or_null);
  record.require_type(json, "seconds", are_numbers);
  record.require_type(json, "mixture", [](const Json& item) { return item.is_object(); });
  record.require_type(json, "notes",
                      [](const Json& item) { return item.is_array() && all_of(item, is_text); });
  return std::move(record.json);
}

Json validation_figures(const std::string& text, const std::string& name) {
  if (text.empty()) return nullptr;
  Record record(text, name, "validation");
  Json& json = record.json;
  record.require(json.contains("evaluations") && json["evaluations"].is_array(),
                 "a list of evaluations");
  for (Json& evaluation : json["evaluations"]) take_evaluation(record, evaluation);
  check_sources(record, json);
  record.require_type(json, "scores_count", is_text);
  record.require_type(json, "split", [](const Json& item) { return item.is_object(); });
  record.require_type(json, "sample", [](const Json& item) { return item.is_object(); });
  if (json.contains("sample"))
    for (const char* key : {"classes", "excluded"})
      record.require_type(json["sample"], key, is_object_list);
  round_numbers(json);
  return std::move(json);
}

}  // namespace uhuru::report
