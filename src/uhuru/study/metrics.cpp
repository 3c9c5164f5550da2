#include "uhuru/study/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/missing.hpp"

namespace uhuru::study {
namespace {

using Eigen::Index;

double bin_edge(size_t bin) { return static_cast<double>(bin) / reliability_bins; }

int bin_of(double probability) {
  int bin = 0;
  for (size_t next = 1; next < reliability_bins; ++next) bin += probability >= bin_edge(next);
  return bin;
}

/// As scikit-learn's log_loss since version 1.2.
double log_loss(const Eigen::Ref<const Eigen::RowVectorXd>& probabilities, int truth) {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  double sum = 0;
  for (const double p : probabilities) sum += std::clamp(p, eps, 1 - eps);
  return -std::log(std::clamp(probabilities[truth], eps, 1 - eps) / sum);
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : missing_number; }

}  // namespace

Scorer::Scorer(const Predictions& predictions)
    : labels_(predictions.labels.size()),
      has_probabilities_(predictions.has_probabilities()),
      has_priors_(has_probabilities_ && predictions.has_priors()) {
  for (size_t row = 0; row < predictions.rows(); ++row)
    rows_.push_back({predictions.truth[row], predictions.predicted[row], 0, 0, 0, 0, 0});
  if (has_probabilities_) prepare_probabilities(predictions);
  if (has_priors_) prepare_priors(predictions);
}

void Scorer::prepare_probabilities(const Predictions& predictions) {
  for (size_t r = 0; r < rows_.size(); ++r) {
    Row& row = rows_[r];
    const auto p = predictions.probabilities.row(static_cast<Index>(r));
    row.log_loss = log_loss(p, row.truth);
    for (Index c = 0; c < p.size(); ++c) {
      const double difference = p[c] - (c == row.truth ? 1 : 0);
      row.brier += difference * difference;
    }
    row.largest_probability = p.maxCoeff();
    row.bin = bin_of(row.largest_probability);
  }
  for (size_t label = 0; label < labels_; ++label) ranked_.emplace_back(predictions, label);
}

void Scorer::prepare_priors(const Predictions& predictions) {
  for (size_t r = 0; r < rows_.size(); ++r) {
    double largest = -1;
    for (Index c = 0; c < predictions.priors.cols(); ++c) {
      const double prior = predictions.priors(static_cast<Index>(r), c);
      const double scaled = predictions.probabilities(static_cast<Index>(r), c) / prior;
      if (!(prior > 0 && scaled > largest)) continue;  // a label that was not learned
      largest = scaled;
      rows_[r].with_equal_priors = static_cast<int>(c);
    }
  }
}

Matrix Scorer::confusion(std::span<const double> weights) const {
  const auto labels = static_cast<Index>(labels_);
  Matrix result = Matrix::Zero(labels, labels);
  for (size_t r = 0; r < rows_.size(); ++r)
    result(rows_[r].truth, rows_[r].predicted) += weights[r];
  return result;
}

std::vector<ReliabilityBin> Scorer::reliability(std::span<const double> weights) const {
  std::vector<ReliabilityBin> bins;
  if (!has_probabilities_) return bins;
  for (size_t bin = 0; bin < reliability_bins; ++bin)
    bins.push_back({bin_edge(bin), bin_edge(bin + 1), 0, 0, 0});
  for (size_t r = 0; r < rows_.size(); ++r) {
    const Row& row = rows_[r];
    ReliabilityBin& bin = bins[static_cast<size_t>(row.bin)];
    bin.count += weights[r];
    bin.mean_probability += weights[r] * row.largest_probability;
    bin.accuracy += row.predicted == row.truth ? weights[r] : 0;
  }
  for (ReliabilityBin& bin : bins) {
    bin.mean_probability = bin.count > 0 ? bin.mean_probability / bin.count : missing_number;
    bin.accuracy = bin.count > 0 ? bin.accuracy / bin.count : missing_number;
  }
  return bins;
}

Scores<double> Scorer::scores(std::span<const double> weights) const {
  double log_loss_sum = 0;
  double brier_sum = 0;
  std::vector<double> equal_prior_hits(labels_);
  for (size_t r = 0; r < rows_.size(); ++r) {
    const Row& row = rows_[r];
    log_loss_sum += weights[r] * row.log_loss;
    brier_sum += weights[r] * row.brier;
    if (row.with_equal_priors == row.truth)
      equal_prior_hits[static_cast<size_t>(row.truth)] += weights[r];
  }
  double calibration_sum = 0;
  for (const ReliabilityBin& bin : reliability(weights))
    if (bin.count > 0) calibration_sum += bin.count * std::abs(bin.accuracy - bin.mean_probability);

  Scores<double> result;
  const Matrix counts = confusion(weights);
  Mean recall, equal_prior_recall, f1;
  for (size_t label = 0; label < labels_; ++label) {
    const auto c = static_cast<Index>(label);
    const double predicted = counts.col(c).sum();
    const double support = counts.row(c).sum();
    const CurveAreas areas = has_probabilities_ ? ranked_[label].areas(weights)
                                                : CurveAreas{missing_number, missing_number};
    result.labels.push_back({ratio(counts(c, c), predicted), ratio(counts(c, c), support),
                             ratio(2 * counts(c, c), support + predicted), areas.roc_auc,
                             areas.average_precision});
    recall.add(result.labels.back().recall);
    equal_prior_recall.add(ratio(equal_prior_hits[label], support));
    f1.add(result.labels.back().f1);
  }
  const double total = counts.sum();
  result.accuracy = ratio(counts.trace(), total);
  result.balanced_accuracy = recall.value();
  result.balanced_accuracy_equal_priors = has_priors_ ? equal_prior_recall.value() : missing_number;
  result.macro_f1 = f1.value();
  result.log_loss = has_probabilities_ ? ratio(log_loss_sum, total) : missing_number;
  result.brier = has_probabilities_ ? ratio(brier_sum, total) : missing_number;
  result.calibration_error = has_probabilities_ ? ratio(calibration_sum, total) : missing_number;
  return result;
}

}  // namespace uhuru::study
