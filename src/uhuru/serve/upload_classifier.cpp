#include "uhuru/serve/upload_classifier.hpp"

#include "uhuru/base/text.hpp"
#include "uhuru/jobs/classify_upload.hpp"
#include "uhuru/model/model_inputs.hpp"
#include "uhuru/serve/json_cells.hpp"

namespace uhuru::serve {
namespace {

using json = nlohmann::ordered_json;

const std::vector<std::string> formats = {"json", "votable", "fits", "csv"};

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
    all.push_back({{"id", choice.id},
                   {"title", choice.title},
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
  query.end();
  const jobs::UploadClasses result =
      jobs::classify_upload(table, choice.model, within(limits_, stop), threads_);
  json counts = json::array();
  for (size_t c = 0; c < choice.model.recipe.classes.size(); ++c)
    counts.push_back({{"value", choice.model.recipe.classes[c]}, {"count", result.of_class[c]}});
  return {json_type, json_text({{"model", choice.id},
                                {"read", result.read},
                                {"classified", result.classified},
                                {"without_features", result.without_features},
                                {"without_class", result.without_class},
                                {"with_missing", result.with_missing},
                                {"absent", result.absent},
                                {"out_of_range", result.out_of_range},
                                {"notes", result.notes},
                                {"counts", counts},
                                {"columns", result.rows.column_names()},
                                {"rows", json_rows(result.rows)}})};
}

std::string UploadClassifier::write(const Query::Parameters& parameters, io::TableReader& table,
                                    const io::TemporaryFolder& folder,
                                    const std::function<bool()>& stop) const {
  Query query(parameters);
  const Choice& choice = chosen(query);
  const std::string format = query.word("format", formats);
  query.end();
  std::string name = "classes." + (format == "votable" ? "vot" : format);
  jobs::UploadOptions options = within(limits_, stop);
  options.kept_rows = 0;
  options.out = folder.file(name);
  jobs::classify_upload(table, choice.model, options, threads_);
  return name;
}

}  // namespace uhuru::serve
