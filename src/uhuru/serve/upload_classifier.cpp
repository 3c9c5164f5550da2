#include "uhuru/serve/upload_classifier.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "uhuru/base/text.hpp"
#include "uhuru/jobs/classify_upload.hpp"
#include "uhuru/model/model_inputs.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/upload.hpp"

namespace uhuru::serve {
namespace {

using json = nlohmann::ordered_json;

const std::vector<std::string> formats = {"json", "votable", "fits", "csv"};
const std::vector<std::string> levels = {"detections", "sources"};
constexpr size_t shown_sources = 1000;

/// The columns beside the features that a model looks for, with the other names that it knows.
json identity_columns(const recipe::Recipe& recipe) {
  json all = json::array();
  const auto add = [&](const char* role, const std::string& name) {
    if (name.empty()) return;
    json names = {name};
    if (const auto others = recipe.other_names.find(name); others != recipe.other_names.end())
      for (const std::string& other : others->second) names.push_back(other);
    all.push_back({{"role", role}, {"names", names}});
  };
  add("name", recipe.name_column);
  add("observation", recipe.observation_column);
  add("ra", recipe.ra_column);
  add("dec", recipe.dec_column);
  return all;
}

/// What the pages call the columns of our tables. `class_name`: that of the class.
std::vector<std::string> page_names(const Table& table, const recipe::Recipe& recipe,
                                    const std::string& class_name) {
  std::map<std::string, std::string> known;
  for (const auto& [name, old_name] : recipe::old_column_names(recipe)) known[name] = old_name;
  known[recipe::class_column] = class_name;
  std::vector<std::string> names = table.column_names();
  for (std::string& name : names)
    if (const auto found = known.find(name); found != known.end()) name = found->second;
  return names;
}

json class_counts(const std::vector<std::string>& classes, const std::vector<uint64_t>& counts) {
  json all = json::array();
  for (size_t c = 0; c < classes.size(); ++c)
    all.push_back({{"value", classes[c]}, {"count", counts[c]}});
  return all;
}

/// The classes of sources, with the first of them.
json sources_json(const Table& sources, const recipe::Recipe& recipe) {
  const Column& classes = sources.at(recipe::class_column);
  std::vector<uint64_t> of_class(recipe.classes.size(), 0);
  uint64_t classified = 0;
  for (size_t row = 0; row < sources.rows(); ++row)
    if (const auto id =
            classes.missing(row) ? std::nullopt : recipe.find_class(classes.text(row))) {
      ++of_class[number_of(*id)];
      ++classified;
    }
  std::vector<size_t> first(std::min(sources.rows(), shown_sources));
  std::iota(first.begin(), first.end(), size_t{0});
  return {{"total", sources.rows()},
          {"classified", classified},
          {"counts", class_counts(recipe.classes, of_class)},
          {"columns", page_names(sources, recipe, "class")},
          {"rows", json_rows(sources.select(first))}};
}

}  // namespace

bool asks_for_file(const Query::Parameters& parameters) {
  const auto format = parameters.find("format");
  return format != parameters.end() && format->second != formats.front();
}

void UploadClassifier::add(std::string id, std::string title, model::RecipeModel model) {
  models_.push_back({std::move(id), std::move(title), std::move(model)});
}

const model::RecipeModel* UploadClassifier::find(const std::string& id) const {
  for (const Choice& choice : models_)
    if (choice.id == id) return &choice.model;
  return nullptr;
}

json UploadClassifier::models() const {
  json all = json::array();
  for (const Choice& choice : models_) {
    json features = json::array();
    for (const model::ModelInput& input : model::model_inputs(choice.model))
      features.push_back({{"name", input.name},
                          {"unit", input.unit},
                          {"description", input.description},
                          {"columns", input.columns},
                          {"example", json_number(input.example)}});
    all.push_back(
        {{"id", choice.id},
         {"title", choice.title},
         {"recipe", choice.model.recipe.name},
         {"columns", identity_columns(choice.model.recipe)},
         {"method", recipe::method_name(choice.model.bayes ? method::Method::bayes
                                                           : method::Method::mahalanobis)},
         {"classes", choice.model.recipe.classes},
         {"groups", choice.model.recipe.groups},
         {"features", features}});
  }
  return all;
}

const UploadClassifier::Choice& UploadClassifier::chosen(Query& query) const {
  std::vector<std::string> ids;
  for (const Choice& choice : models_) ids.push_back(choice.id);
  if (ids.empty()) throw NotFound(ErrorKind::input, "there is no model to classify with");
  const std::string id = query.word("model", ids);
  return models_[static_cast<size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin())];
}

namespace {

/// An error about the table names its file.
jobs::UploadClasses classes_of(const Query::Parameters& parameters, io::TableReader& table,
                               const model::RecipeModel& model, const jobs::UploadOptions& options,
                               const Threads& threads) {
  try {
    return jobs::classify_upload(table, model, options, threads);
  } catch (const Error& error) {
    throw error.within(upload_name(parameters));
  }
}

jobs::UploadOptions within(const UploadLimits& limits, const std::function<bool()>& stop) {
  jobs::UploadOptions options;
  options.max_rows = limits.rows;
  const auto end = std::chrono::steady_clock::now() + limits.time;
  options.stop = [end, stop] { return std::chrono::steady_clock::now() > end || stop(); };
  return options;
}

}  // namespace

ApiAnswer UploadClassifier::classify(const Query::Parameters& parameters, io::TableReader& table,
                                     const std::function<bool()>& stop) const {
  Query query(parameters);
  const Choice& choice = chosen(query);
  query.word("format", formats);
  query.word("level", levels);
  query.text("file");
  query.end();
  jobs::UploadOptions options = within(limits_, stop);
  options.vote = true;
  const recipe::Recipe& recipe = choice.model.recipe;
  const jobs::UploadClasses result = classes_of(parameters, table, choice.model, options, threads_);
  const auto own = [&](const std::string& name) {
    return text_or_null(!name.empty() && result.rows.find(name) ? name : "");
  };
  return {json_type, json_text({{"model", choice.id},
                                {"read", result.read},
                                {"classified", result.classified},
                                {"without_features", result.without_features},
                                {"without_class", result.without_class},
                                {"with_missing", result.with_missing},
                                {"absent", result.absent},
                                {"out_of_range", result.out_of_range},
                                {"notes", result.notes},
                                {"counts", class_counts(recipe.classes, result.of_class)},
                                {"identity",
                                 {{"name", own(recipe.name_column)},
                                  {"ra", own(recipe.ra_column)},
                                  {"dec", own(recipe.dec_column)}}},
                                {"columns", page_names(result.rows, recipe, "main_type")},
                                {"rows", json_rows(result.rows)},
                                {"sources", result.sources ? sources_json(*result.sources, recipe)
                                                           : json(nullptr)}})};
}

std::string UploadClassifier::write(const Query::Parameters& parameters, io::TableReader& table,
                                    const io::TemporaryFolder& folder,
                                    const std::function<bool()>& stop) const {
  Query query(parameters);
  const Choice& choice = chosen(query);
  const std::string format = query.word("format", formats);
  const bool by_source = query.word("level", levels) == "sources";
  query.text("file");
  query.end();
  std::string name = (by_source ? "sources." : "classes.") + (format == "votable" ? "vot" : format);
  jobs::UploadOptions options = within(limits_, stop);
  options.kept_rows = 0;
  options.vote = by_source;
  if (!by_source) options.out = folder.file(name);
  const jobs::UploadClasses result = classes_of(parameters, table, choice.model, options, threads_);
  if (!by_source) return name;
  if (!result.sources)
    throw input_error("the table has no names of sources", upload_name(parameters),
                      "a column " + choice.model.recipe.name_column);
  io::write_table(folder.file(name), *result.sources);
  return name;
}

}  // namespace uhuru::serve
