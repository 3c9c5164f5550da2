#include "uhuru/study/curves.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "uhuru/base/missing.hpp"

namespace uhuru::study {

RankedRows::RankedRows(const Predictions& predictions, size_t label) {
  const auto column = predictions.probabilities.col(static_cast<Eigen::Index>(label));
  std::vector<uint32_t> order(predictions.rows());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return column[a] > column[b]; });
  for (size_t i = 0; i < order.size(); ++i) {
    const bool ends_tie = i + 1 == order.size() || column[order[i + 1]] < column[order[i]];
    entries_.push_back(
        {order[i], predictions.truth[order[i]] == static_cast<int>(label), ends_tie});
  }
}

template <class Visit>
void RankedRows::for_ties(std::span<const double> weights, const Visit& visit) const {
  double positives = 0;
  double all = 0;
  for (const Entry& entry : entries_) {
    const double weight = weights[entry.row];
    all += weight;
    positives += entry.has_label ? weight : 0.0;
    if (!entry.ends_tie) continue;
    visit(positives, all - positives);
    positives = all = 0;
  }
}

CurveAreas RankedRows::areas(std::span<const double> weights) const {
  double positives = 0;
  double negatives = 0;
  double area = 0;
  double precisions = 0;
  for_ties(weights, [&](double more_positives, double more_negatives) {
    area += more_negatives * (positives + more_positives / 2);
    positives += more_positives;
    negatives += more_negatives;
    if (more_positives > 0) precisions += more_positives * (positives / (positives + negatives));
  });
  if (!(positives > 0 && negatives > 0)) return {missing_number, missing_number};
  return {area / (positives * negatives), precisions / positives};
}

Curve RankedRows::roc(std::span<const double> weights) const {
  Curve curve;
  curve.x.assign(1, 0.0);
  curve.y.assign(1, 0.0);
  for_ties(weights, [&](double positives, double negatives) {
    if (!(positives + negatives > 0)) return;
    curve.x.push_back(curve.x.back() + negatives);
    curve.y.push_back(curve.y.back() + positives);
  });
  const double negatives = curve.x.back();
  const double positives = curve.y.back();
  if (!(positives > 0 && negatives > 0)) return {};
  for (double& x : curve.x) x /= negatives;
  for (double& y : curve.y) y /= positives;
  return curve;
}

Curve RankedRows::precision_recall(std::span<const double> weights) const {
  Curve curve;
  curve.x.assign(1, 0.0);
  curve.y.assign(1, 1.0);
  double positives = 0;
  double all = 0;
  for_ties(weights, [&](double more_positives, double more_negatives) {
    if (!(more_positives + more_negatives > 0)) return;
    positives += more_positives;
    all += more_positives + more_negatives;
    curve.x.push_back(positives);
    curve.y.push_back(positives / all);
  });
  if (!(positives > 0 && positives < all)) return {};
  for (double& x : curve.x) x /= positives;
  std::reverse(curve.x.begin(), curve.x.end());
  std::reverse(curve.y.begin(), curve.y.end());
  return curve;
}

}  // namespace uhuru::study
