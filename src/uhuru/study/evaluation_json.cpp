#include <cmath>
#include <nlohmann/json.hpp>

#include "uhuru/study/evaluation.hpp"

namespace uhuru::study {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// A count without a decimal point, a sum of other weights with one.
Json count(double value) {
  constexpr double most = 1e15;  // beyond it, not all whole numbers are doubles
  if (std::abs(value) <= most && value == std::floor(value)) return static_cast<int64_t>(value);
  return number(value);
}

Json interval(const Interval& score) {
  if (std::isnan(score.value)) return nullptr;
  return {{"value", score.value}, {"low", number(score.low)}, {"high", number(score.high)}};
}

Json thinned(const std::vector<double>& values) {
  constexpr size_t most = 400;
  if (values.size() <= most) return values;
  Json result = Json::array();
  for (size_t i = 0; i < most; ++i) result.push_back(values[i * (values.size() - 1) / (most - 1)]);
  return result;
}

Json curves(const std::vector<Curve>& curves, const std::vector<std::string>& labels, const char* x,
            const char* y) {
  Json result = Json::object();
  for (size_t c = 0; c < labels.size(); ++c)
    if (!curves[c].x.empty())
      result[labels[c]] = {{x, thinned(curves[c].x)}, {y, thinned(curves[c].y)}};
  return result;
}

}  // namespace

Json evaluation_json(const Evaluation& evaluation) {
  Json result = {{"level", evaluation.level},     {"of", evaluation.of},
                 {"labels", evaluation.labels},   {"rows", count(evaluation.rows)},
                 {"sources", evaluation.sources}, {"left_out", evaluation.left_out}};
  Json confusion = Json::array();
  Json normalized = Json::array();
  for (const auto& row : evaluation.confusion.rowwise()) {
    Json counts = Json::array();
    Json parts = Json::array();
    for (const double value : row) {
      counts.push_back(count(value));
      parts.push_back(number(value / row.sum()));
    }
    confusion.push_back(std::move(counts));
    normalized.push_back(std::move(parts));
  }
  result["confusion"] = std::move(confusion);
  result["confusion_normalized"] = std::move(normalized);
  visit_scores(evaluation.scores,
               [&](const char* name, const Interval& score) { result[name] = interval(score); });
  Json per_label = Json::array();
  for (size_t c = 0; c < evaluation.labels.size(); ++c) {
    const double support = evaluation.confusion.row(static_cast<Eigen::Index>(c)).sum();
    Json entry = {{"label", evaluation.labels[c]}, {"support", count(support)}};
    visit_label_scores(evaluation.scores.labels[c], [&](const char* name, const Interval& score) {
      entry[name] = interval(score);
    });
    per_label.push_back(std::move(entry));
  }
  result["per_label"] = std::move(per_label);
  if (evaluation.reliability.empty()) return result;
  Json bins = Json::array();
  for (const ReliabilityBin& bin : evaluation.reliability)
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"count", count(bin.count)},
                    {"mean_probability", number(bin.mean_probability)},
                    {"accuracy", number(bin.accuracy)}});
  result["reliability"] = std::move(bins);
  result["roc"] =
      curves(evaluation.roc, evaluation.labels, "false_positive_rate", "true_positive_rate");
  result["precision_recall"] =
      curves(evaluation.precision_recall, evaluation.labels, "recall", "precision");
  return result;
}

}  // namespace uhuru::study
