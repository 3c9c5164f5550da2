#include "uhuru/study/validation_tables.hpp"

#include <algorithm>

#include "uhuru/base/missing.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/tables/systems.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru::study {
namespace {

/// The columns of a prediction. `of`: "detection" or "source". `labels`: those of the recipe's
/// classes that were validated.
void add_prediction(const recipe::Recipe& recipe, const std::vector<std::string>& labels,
                    const std::string& of, Table& table) {
  table.add(make_field("repeat", Type::int64, "Number of the cross-validation, from 0", "meta.id"));
  table.add(make_field("fold", Type::int64, "Fold in which the " + of + " was tested, from 0",
                       "meta.id"));
  if (of == "source") table.add(tables::detection_count_field());
  table.add(make_field("truth", Type::text, "Class of the counterpart", "src.class"));
  table.add(make_field("predicted", Type::text, "Most probable class", "src.class;meta.main"));
  const auto names = recipe::class_columns(recipe);
  for (size_t c = 0; c < names.size(); ++c)
    if (std::find(labels.begin(), labels.end(), recipe.classes[c]) != labels.end())
      table.add(tables::class_probability_field(names[c], recipe.classes[c]));
}

}  // namespace

std::string range_text(const CountReliability& one) {
  if (one.most == 0) return std::to_string(one.least) + "+";
  if (one.least == one.most) return std::to_string(one.least);
  return std::to_string(one.least) + "-" + std::to_string(one.most);
}

Table metrics_table(const std::vector<Evaluation>& evaluations, const SourceStudy& study) {
  Table table;
  table.name = "metrics";
  // "level", "of" and "value" would be reserved words of SQL and ADQL.
  table.add(make_field("scored", Type::text, "What is scored: detections, or votes of sources",
                       "meta.code"));
  table.add(make_field("categories", Type::text, "Classes or their groups", "meta.code"));
  table.add(make_field("metric", Type::text, "Score", "meta.id"));
  table.add(
      make_field("label", Type::text, "The class or group, if the score is for one", "src.class"));
  table.add(make_field("score", Type::float64, "Value of the score; the mean over repeats",
                       "stat.value"));
  table.add(make_field("low", Type::float64, "Lower bound, 95 %, by bootstrap over sources",
                       "stat.value;stat.min"));
  table.add(make_field("high", Type::float64, "Upper bound, 95 %, by bootstrap over sources",
                       "stat.value;stat.max"));
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

Table predictions_table(const recipe::Recipe& recipe, const Table& detections,
                        const std::vector<FoldPredictions>& repeats) {
  Table table;
  table.name = "predictions";
  const auto carried = tables::add_identity(detections, recipe, table);
  tables::add_systems(detections, recipe, table);
  add_prediction(recipe, repeats[0].predictions.labels, "detection", table);
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

Table source_predictions_table(const recipe::Recipe& recipe, const Table& detections,
                               const std::vector<FoldPredictions>& repeats, double coverage) {
  Table table;
  table.name = "source_predictions";
  const Column& name = detections.at(recipe.name_column);
  table.add(tables::identity_field(name.field, recipe.name_column, recipe));
  const auto& labels = repeats[0].predictions.labels;
  add_prediction(recipe, labels, "source", table);
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

}  // namespace uhuru::study
