#include "uhuru/study/validation_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "uhuru/base/json.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/study/figures.hpp"
#include "uhuru/tables/file_record.hpp"
#include "uhuru/tables/tables.hpp"

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
  return {{"format", "uhuru-validation"},
          {"uhuru_version", UHURU_VERSION},
          {"recipe", recipe.name},
          {"method", recipe::method_name(recipe.method)},
          {"mixture_from",
           options.clusters ? options.clusters->name : "the training part of each fold"},
          {"detections", tables::file_record(inputs.detections)},
          {"labels", tables::file_record(inputs.labels)},
          {"split", std::move(split)},
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
          {"evaluations", std::move(evaluations)}};
}

/// All scores, one per row.
Table metrics_table(const std::vector<Evaluation>& evaluations) {
  Table table;
  table.name = "metrics";
  table.add(make_field("level", Type::text, "Level of the classification"));
  table.add(make_field("of", Type::text, "Classes or their groups"));
  table.add(make_field("metric", Type::text, "Score"));
  table.add(make_field("label", Type::text, "The class or group, if the score is for one"));
  table.add(make_field("value", Type::float64, "Value of the score; the mean over repeats"));
  table.add(make_field("low", Type::float64, "Lower bound, by bootstrap over sources"));
  table.add(make_field("high", Type::float64, "Upper bound"));
  for (const Evaluation& evaluation : evaluations) {
    const auto add = [&](const char* metric, const std::string& label, const Interval& score) {
      table.columns[0].append_text(evaluation.level);
      table.columns[1].append_text(evaluation.of);
      table.columns[2].append_text(metric);
      table.columns[3].append_text(label);
      table.columns[4].append_number(score.value);
      table.columns[5].append_number(score.low);
      table.columns[6].append_number(score.high);
    };
    visit_scores(evaluation.scores,
                 [&](const char* metric, const Interval& score) { add(metric, "", score); });
    for (size_t l = 0; l < evaluation.labels.size(); ++l)
      visit_label_scores(evaluation.scores.labels[l],
                         [&](const char* metric, const Interval& score) {
                           add(metric, evaluation.labels[l], score);
                         });
  }
  return table;
}

/// All predictions, by detection within each repeat.
Table predictions_table(const recipe::Recipe& recipe, const Table& detections,
                        const std::vector<FoldPredictions>& repeats) {
  Table table;
  table.name = "predictions";
  const auto carried = tables::add_identity(detections, recipe, table);
  table.add(make_field("repeat", Type::int64, "Number of the cross-validation, from 0"));
  table.add(make_field("fold", Type::int64, "Fold in which the detection was tested, from 0"));
  table.add(make_field("truth", Type::text, "Class of the counterpart"));
  table.add(make_field("predicted", Type::text, "Most probable class"));
  for (const std::string& label : repeats[0].predictions.labels)
    table.add(make_field(label, Type::float64, "Probability of class " + label));
  for (size_t r = 0; r < repeats.size(); ++r) {
    const Predictions& predictions = repeats[r].predictions;
    for (size_t row = 0; row < predictions.rows(); ++row) {
      size_t c = 0;
      for (const Column* column : carried) table.columns[c++].append_from(*column, row);
      table.columns[c++].append(static_cast<int64_t>(r));
      table.columns[c++].append(int64_t{repeats[r].folds[row]});
      table.columns[c++].append_text(
          predictions.labels[static_cast<size_t>(predictions.truth[row])]);
      const int predicted = predictions.predicted[row];
      table.columns[c++].append_text(
          predicted < 0 ? "" : predictions.labels[static_cast<size_t>(predicted)]);
      for (Eigen::Index l = 0; l < predictions.probabilities.cols(); ++l) {
        if (predicted < 0)
          table.columns[c++].append_missing();
        else
          table.columns[c++].append(predictions.probabilities(static_cast<long>(row), l));
      }
    }
  }
  return table;
}

/// "roc_soft_vote_groups.svg"
std::string figure_file(const std::string& figure, std::string level, const std::string& of) {
  std::replace(level.begin(), level.end(), ' ', '_');
  return figure + "_" + level + "_" + of + ".svg";
}

void write_text(const std::string& path, const std::string& text) {
  io::OutputFile file(path, io::Overwrite::no);
  file.write(text);
  file.commit();
}

}  // namespace

std::vector<std::string> validation_files() {
  std::vector<std::string> files = {"validation.json", "metrics.csv", "predictions.csv"};
  for (const char* level : validation_levels)
    for (const char* of : {"classes", "groups"})
      for (const char* figure : {"confusion", "reliability", "roc", "precision_recall"})
        if (level != validation_levels.back() || figure == std::string_view("confusion"))
          files.push_back(figure_file(figure, level, of));
  return files;
}

void write_validation(const ValidateOptions& options, const recipe::Recipe& recipe,
                      const ValidateSummary& summary, const Table& table,
                      const std::vector<FoldPredictions>& repeats, const ValidationInputs& inputs,
                      const io::OutputFolder& folder) {
  write_text(folder.file("validation.json"),
             readable_json(validation_json(options, recipe, summary, inputs)));
  io::write_table(folder.file("metrics.csv"), metrics_table(summary.evaluations));
  io::write_table(folder.file("predictions.csv"), predictions_table(recipe, table, repeats));
  for (const Evaluation& evaluation : summary.evaluations)
    for (const Figure& figure : evaluation_figures(evaluation))
      write_text(folder.file(figure_file(figure.name, evaluation.level, evaluation.of)),
                 figure.svg);
}

}  // namespace uhuru::study
