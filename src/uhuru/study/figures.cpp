#include "uhuru/study/figures.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/figure/chart.hpp"
#include "uhuru/figure/labels.hpp"

namespace uhuru::study {
namespace {

std::string score_text(const Interval& score) {
  return std::isfinite(score.value) ? fmt::format("{:.3f}", score.value) : "–";
}

/// A chart with the parts common to all.
figure::Chart chart_of(const Evaluation& evaluation, const std::string& what) {
  figure::Chart chart;
  chart.title = fmt::format("{} · {} · {}", what, evaluation.of, evaluation.level);
  chart.description = fmt::format(
      "{} predictions for {} sources, {} left out; accuracy {}, balanced accuracy {}",
      figure::short_number(evaluation.rows), evaluation.sources, evaluation.left_out,
      score_text(evaluation.scores.accuracy), score_text(evaluation.scores.balanced_accuracy));
  return chart;
}

void need_probabilities(const Evaluation& evaluation) {
  if (evaluation.reliability.empty())
    throw Error(ErrorKind::bug, "this figure requires probabilities");
}

figure::Axis unit_axis(const std::string& title) {
  figure::Axis axis;
  axis.title = title;
  axis.low = 0;
  axis.high = 1;
  return axis;
}

/// The curves of all labels, with the areas under them.
figure::SeriesPanel curves_panel(const Evaluation& evaluation, const std::vector<Curve>& curves,
                                 figure::Mark mark, Interval LabelScores<Interval>::*area) {
  figure::SeriesPanel panel;
  panel.height = panel.width;
  for (size_t label = 0; label < evaluation.labels.size(); ++label) {
    figure::Series series;
    series.name = evaluation.labels[label];
    series.value = score_text(evaluation.scores.labels[label].*area);
    series.mark = mark;
    series.color = label;
    series.x = curves[label].x;
    series.y = curves[label].y;
    panel.series.push_back(std::move(series));
  }
  return panel;
}

}  // namespace

std::string confusion_figure(const Evaluation& evaluation) {
  figure::Chart chart = chart_of(evaluation, "Confusion matrix");
  figure::MatrixPanel panel;
  panel.note = "percentages per row";
  panel.row_title = "truth";
  panel.column_title = "predicted";
  panel.rows = panel.columns = evaluation.labels;
  panel.counts = evaluation.confusion;
  chart.panels.emplace_back(std::move(panel));
  return figure::to_svg(chart);
}

std::string reliability_figure(const Evaluation& evaluation) {
  need_probabilities(evaluation);
  figure::Chart chart = chart_of(evaluation, "Reliability");
  figure::Series line;
  figure::Series bars;
  bars.mark = figure::Mark::bars;
  for (const ReliabilityBin& bin : evaluation.reliability) {
    line.x.push_back(bin.mean_probability);
    line.y.push_back(bin.accuracy);
    bars.x.push_back((bin.low + bin.high) / 2);
    bars.y.push_back(bin.count);
  }
  figure::Series points = line;
  points.mark = figure::Mark::points;

  figure::SeriesPanel accuracy;
  accuracy.note = "calibration error " + score_text(evaluation.scores.calibration_error);
  accuracy.x = unit_axis("");
  accuracy.x.labelled = false;
  accuracy.y = unit_axis("accuracy");
  accuracy.diagonal = true;
  accuracy.height = accuracy.width;
  accuracy.series = {std::move(line), std::move(points)};
  figure::SeriesPanel counts;
  counts.x = unit_axis("largest probability, mean per bin");
  counts.y.title = "count";
  counts.height = 80;
  counts.series = {std::move(bars)};
  chart.panels = {std::move(accuracy), std::move(counts)};
  return figure::to_svg(chart);
}

std::string roc_figure(const Evaluation& evaluation) {
  need_probabilities(evaluation);
  figure::Chart chart = chart_of(evaluation, "ROC curves");
  figure::SeriesPanel panel =
      curves_panel(evaluation, evaluation.roc, figure::Mark::line, &LabelScores<Interval>::roc_auc);
  panel.x = unit_axis("false positive rate");
  panel.y = unit_axis("true positive rate");
  panel.diagonal = true;
  panel.legend_title = "area";
  chart.panels.emplace_back(std::move(panel));
  return figure::to_svg(chart);
}

std::string precision_recall_figure(const Evaluation& evaluation) {
  need_probabilities(evaluation);
  figure::Chart chart = chart_of(evaluation, "Precision and recall");
  figure::SeriesPanel panel =
      curves_panel(evaluation, evaluation.precision_recall, figure::Mark::steps,
                   &LabelScores<Interval>::average_precision);
  panel.x = unit_axis("recall");
  panel.y = unit_axis("precision");
  panel.legend_title = "average precision";
  chart.panels.emplace_back(std::move(panel));
  return figure::to_svg(chart);
}

std::vector<Figure> evaluation_figures(const Evaluation& evaluation) {
  std::vector<Figure> figures = {{"confusion", confusion_figure(evaluation)}};
  if (evaluation.reliability.empty()) return figures;
  figures.push_back({"reliability", reliability_figure(evaluation)});
  figures.push_back({"roc", roc_figure(evaluation)});
  figures.push_back({"precision_recall", precision_recall_figure(evaluation)});
  return figures;
}

}  // namespace uhuru::study
