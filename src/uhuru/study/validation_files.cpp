#include "uhuru/study/validation_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "uhuru/base/json.hpp"
#include "uhuru/base/missing.hpp"
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

/// "1", "2-3", "11+"
std::string range_text(const CountReliability& one) {
  if (one.most == 0) return std::to_string(one.least) + "+";
  if (one.least == one.most) return std::to_string(one.least);
  return std::to_string(one.least) + "-" + std::to_string(one.most);
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

/// All scores, one per row.
Table metrics_table(const std::vector<Evaluation>& evaluations, const SourceStudy& study) {
  Table table;
  table.name = "metrics";
  table.add(make_field("level", Type::text, "Level of the classification"));
  table.add(make_field("of", Type::text, "Classes or their groups"));
  table.add(make_field("metric", Type::text, "Score"));
  table.add(make_field("label", Type::text, "The class or group, if the score is for one"));
  table.add(make_field("value", Type::float64, "Value of the score; the mean over repeats"));
  table.add(make_field("low", Type::float64, "Lower bound, by bootstrap over sources"));
  table.add(make_field("high", Type::float64, "Upper bound"));
  const auto append = [&](const std::string& level, const std::string& of,
                          const std::string& metric, const std::string& label,
                          const Interval& score) {
    table.columns[0].append_text(level);
    table.columns[1].append_text(of);
    table.columns[2].append_text(metric);
    table.columns[3].append_text(label);
    table.columns[4].append_number(score.value);
    table.columns[5].append_number(score.low);
    table.columns[6].append_number(score.high);
  };
  for (const Evaluation& evaluation : evaluations) {
    const auto add = [&](const char* metric, const std::string& label, const Interval& score) {
      append(evaluation.level, evaluation.of, metric, label, score);
    };
    visit_scores(evaluation.scores,
                 [&](const char* metric, const Interval& score) { add(metric, "", score); });
    for (size_t l = 0; l < evaluation.labels.size(); ++l)
      visit_label_scores(evaluation.scores.labels[l],
                         [&](const char* metric, const Interval& score) {
                           add(metric, evaluation.labels[l], score);
                         });
  }
  const auto number = [](double value) { return Interval{value, missing_number, missing_number}; };
  for (const SetScores& of : study.sets) {
    append("soft vote", "groups", "set_coverage", of.group, of.coverage);
    append("soft vote", "groups", "set_size", of.group, number(of.mean_size));
  }
  for (const CountReliability& of : study.by_detections) {
    const std::string level = "soft vote, detections " + range_text(of);
    append(level, "groups", "mean_probability", of.group, number(of.said));
    append(level, "groups", "frequency", of.group, of.truth);
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

/// The predictions of sources, by source within each repeat.
Table source_predictions_table(const recipe::Recipe& recipe, const Table& detections,
                               const std::vector<FoldPredictions>& repeats, double coverage) {
  Table table;
  table.name = "source_predictions";
  const Column& name = detections.at(recipe.name_column);
  table.add(name.field);
  table.add(make_field("repeat", Type::int64, "Number of the cross-validation, from 0"));
  table.add(make_field("fold", Type::int64, "Fold in which the source was tested, from 0"));
  table.add(make_field("detection_count", Type::int64, "Detections of the source with a class"));
  table.add(make_field("truth", Type::text, "Class of the counterpart"));
  table.add(make_field("predicted", Type::text, "Most probable class"));
  const auto& labels = repeats[0].predictions.labels;
  for (const std::string& label : labels)
    table.add(make_field(label, Type::float64, "Probability of class " + label));
  table.add(tables::set_field(coverage));
  table.add(tables::p_known_field());
  for (size_t r = 0; r < repeats.size(); ++r) {
    const FoldPredictions& repeat = repeats[r];
    for (size_t i = 0; i < repeat.sources.size(); ++i) {
      const SourcePrediction& source = repeat.sources[i];
      size_t c = 0;
      const auto next = [&]() -> Column& { return table.columns[c++]; };
      next().append_from(name, source.first);
      next().append(static_cast<int64_t>(r));
      next().append(int64_t{repeat.folds[source.first]});
      next().append(static_cast<int64_t>(source.detections));
      next().append_text(labels[static_cast<size_t>(repeat.soft.truth[i])]);
      next().append_text(labels[static_cast<size_t>(repeat.soft.predicted[i])]);
      for (size_t l = 0; l < labels.size(); ++l)
        next().append(repeat.soft.probabilities(static_cast<long>(i), static_cast<long>(l)));
      std::string set;
      for (const size_t label : source.set) set += (set.empty() ? "" : "|") + labels[label];
      next().append_text(set);
      next().append_number(source.p_known);
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
  std::vector<std::string> files = {"validation.json", "metrics.csv", "predictions.csv",
                                    "source_predictions.csv"};
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
  io::write_table(folder.file("metrics.csv"),
                  metrics_table(summary.evaluations, summary.of_sources));
  io::write_table(folder.file("predictions.csv"), predictions_table(recipe, table, repeats));
  io::write_table(folder.file("source_predictions.csv"),
                  source_predictions_table(recipe, table, repeats, options.coverage));
  for (const Evaluation& evaluation : summary.evaluations)
    for (const Figure& figure : evaluation_figures(evaluation))
      write_text(folder.file(figure_file(figure.name, evaluation.level, evaluation.of)),
                 figure.svg);
}

}  // namespace uhuru::study
