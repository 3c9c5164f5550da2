#include "uhuru/study/validation_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "uhuru/base/json.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/study/figures.hpp"
#include "uhuru/study/validation_tables.hpp"
#include "uhuru/tables/file_record.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::study {
namespace {

using Json = nlohmann::ordered_json;

const char* split_name(SplitBy split) {
  if (split == SplitBy::source) return "source";
  return split == SplitBy::detection ? "detection" : "region";
}

Json class_json(const ClassSample& sample) {
  Json json = {
      {"class", sample.name}, {"detections", sample.detections}, {"sources", sample.sources}};
  if (!sample.excluded.empty()) json["why"] = sample.excluded;
  return json;
}

Json rate_json(const Interval& rate) {
  return {{"value", rate.value}, {"low", rate.low}, {"high", rate.high}};
}

Json sources_json(const SourceStudy& study, double coverage) {
  Json sets = Json::array(), by_detections = Json::array();
  for (const SetScores& of : study.sets)
    sets.push_back({{"group", of.group.empty() ? Json(nullptr) : Json(of.group)},
                    {"sources", of.sources},
                    {"coverage", rate_json(of.coverage)},
                    {"mean_size", of.mean_size}});
  for (const CountReliability& of : study.by_detections)
    by_detections.push_back({{"group", of.group},
                             {"detections", range_text(of)},
                             {"sources", of.sources},
                             {"said", of.said},
                             {"true", rate_json(of.truth)}});
  Json json;
  if (!study.sets.empty()) json["promised_coverage"] = coverage;
  json["sets"] = std::move(sets);
  json["by_detections"] = std::move(by_detections);
  return json;
}

Json validation_json(const ValidateOptions& options, const recipe::Recipe& recipe,
                     const ValidateSummary& summary, const ValidationInputs& inputs) {
  Json classes = Json::array(), excluded = Json::array();
  for (const ClassSample& sample : summary.classes)
    (sample.excluded.empty() ? classes : excluded).push_back(class_json(sample));
  Json split = {{"by", split_name(options.split)},
                {"folds", options.folds},
                {"repeats", options.repeats},
                {"seed", options.seed},
                {"how",
                 "scikit-learn's StratifiedKFold(folds, shuffle=True, random_state=seed + repeat) "
                 "over the groups, each with its most frequent class"}};
  if (options.split == SplitBy::region) split["healpix_order"] = options.region_order;
  Json evaluations = Json::array();
  for (const Evaluation& evaluation : summary.evaluations)
    evaluations.push_back(evaluation_json(evaluation));
  return {
      {"format", "uhuru-validation"},
      {"uhuru_version", UHURU_VERSION},
      {"recipe", recipe.name},
      {"method", recipe::method_name(recipe.method)},
      {"mixture_from",
       options.clusters ? options.clusters->name : "the training part of each fold"},
      {"detections", tables::file_record(inputs.detections)},
      {"labels", tables::file_record(inputs.labels)},
      {"split", std::move(split)},
      {"scores_count", options.weighing(recipe) == method::Drawn::sources ? "each source once"
                                                                          : "each detection once"},
      {"threshold", options.threshold},
      {"bootstrap", options.replicates},
      {"sample",
       {{"read", summary.selection.read},
        {"detections", summary.detections},
        {"sources", summary.sources},
        {"predictions_without_class", summary.without_class},
        {"classes", std::move(classes)},
        {"excluded", std::move(excluded)}}},
      {"notes", summary.notes},
      {"of_sources", sources_json(summary.of_sources, options.coverage)},
      {"evaluations", std::move(evaluations)}};
}

/// "roc_soft_vote_groups.svg"
std::string figure_file(const std::string& figure, std::string level, const std::string& of) {
  std::replace(level.begin(), level.end(), ' ', '_');
  return figure + "_" + level + "_" + of + ".svg";
}

}  // namespace

std::vector<std::string> validation_tables() {
  return {"metrics", "predictions", "source_predictions"};
}

std::vector<std::string> validation_files() {
  std::vector<std::string> files = {"validation.json"};
  for (const char* level : validation_levels)
    for (const char* of : {"classes", "groups"})
      for (const char* figure : {"confusion", "reliability", "roc", "precision_recall"})
        if (level != validation_levels.back() || figure == std::string_view("confusion"))
          files.push_back(figure_file(figure, level, of));
  return files;
}

void write_validation(const ValidateOptions& options, const recipe::Recipe& recipe,
                      ValidateSummary& summary, const Table& table,
                      const std::vector<FoldPredictions>& repeats, const ValidationInputs& inputs,
                      const io::OutputFolder& folder) {
  std::vector<const io::Input*> read = {&inputs.detections};
  if (&inputs.labels != &inputs.detections) read.push_back(&inputs.labels);
  const io::WriteOptions write = io::with_inputs(options.write, read);
  const auto write_table = [&](const char* stem, const Table& rows) {
    tables::run_file::write_table(folder, stem, rows, write, summary.notes);
  };
  write_table("metrics", metrics_table(summary.evaluations, summary.of_sources));
  write_table("predictions", predictions_table(recipe, table, repeats));
  write_table("source_predictions",
              source_predictions_table(recipe, table, repeats, options.coverage));
  io::write_text(folder.file("validation.json"),
                 readable_json(validation_json(options, recipe, summary, inputs)),
                 io::Overwrite::no);
  for (const Evaluation& evaluation : summary.evaluations)
    for (const Figure& figure : evaluation_figures(evaluation))
      io::write_text(folder.file(figure_file(figure.name, evaluation.level, evaluation.of)),
                     figure.svg, io::Overwrite::no);
}

}  // namespace uhuru::study
