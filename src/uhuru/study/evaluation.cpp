#include "uhuru/study/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::study {
namespace {

/// Calls `visit(score)` for all scores in a fixed order.
template <class AnyScores, class Visit>
void visit_all(AnyScores& scores, const Visit& visit) {
  const auto unnamed = [&](const char*, auto& score) { visit(score); };
  visit_scores(scores, unnamed);
  for (auto& label : scores.labels) visit_label_scores(label, unnamed);
}

/// A repeat, prepared for repeated scoring.
struct PreparedRepeat {
  Scorer scorer;
  std::vector<double> weights;
  std::vector<size_t> sources;  // of each row, numbered from 0
};

enum class ZeroByZero { undefined, zero };

void set_zeros(Scores<double>& scores) {
  for (LabelScores<double>& label : scores.labels)
    for (double* score : {&label.precision, &label.recall, &label.f1})
      if (std::isnan(*score)) *score = 0;
}

/// Mean scores over the repeats in which they are defined, in the order of visit_all. `draws`: how
/// often each source is drawn.
std::vector<double> mean_scores(const std::vector<PreparedRepeat>& repeats,
                                const std::vector<double>& draws, ZeroByZero zero_by_zero) {
  std::vector<Mean> means;
  for (const PreparedRepeat& repeat : repeats) {
    std::vector<double> weights = repeat.weights;
    for (size_t row = 0; row < weights.size(); ++row) weights[row] *= draws[repeat.sources[row]];
    Scores<double> scores = repeat.scorer.scores(weights);
    if (zero_by_zero == ZeroByZero::zero) set_zeros(scores);
    size_t i = 0;
    visit_all(scores, [&](double score) {
      if (i == means.size()) means.emplace_back();
      means[i++].add(score);
    });
  }
  std::vector<double> result(means.size());
  std::transform(means.begin(), means.end(), result.begin(),
                 [](const Mean& mean) { return mean.value(); });
  return result;
}

/// How often each source is drawn in a replicate.
std::vector<double> draw_sources(size_t sources, uint32_t seed, size_t replicate) {
  const std::array<uint32_t, 2> key = {seed, static_cast<uint32_t>(replicate)};
  RandomState random(key);
  std::vector<double> draws(sources, 0.0);
  for (size_t i = 0; i < sources; ++i) ++draws[random.integer(sources)];
  return draws;
}

/// As numpy.percentile for `sorted`, which must not be empty.
double percentile(const std::vector<double>& sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

Interval interval(double value, const std::vector<std::vector<double>>& replicates, size_t score,
                  double coverage) {
  std::vector<double> sorted;
  for (const auto& replicate : replicates)
    if (!std::isnan(replicate[score])) sorted.push_back(replicate[score]);
  if (sorted.empty() || std::isnan(value)) return {value, missing_number, missing_number};
  std::sort(sorted.begin(), sorted.end());
  const double tail = (1 - coverage) / 2;
  return {value, percentile(sorted, tail), percentile(sorted, 1 - tail)};
}

/// Fills in weights and sources if they are empty.
void complete(Predictions& predictions) {
  if (predictions.weights.empty()) predictions.weights.assign(predictions.rows(), 1.0);
  if (!predictions.sources.empty()) return;
  for (size_t row = 0; row < predictions.rows(); ++row) predictions.sources.push_back(row);
}

/// The rows that were not left out.
Predictions kept_rows(Predictions predictions) {
  complete(predictions);
  std::vector<size_t> kept;
  for (size_t row = 0; row < predictions.rows(); ++row)
    if (predictions.predicted[row] >= 0) kept.push_back(row);
  return kept.size() == predictions.rows() ? predictions : select_rows(predictions, kept);
}

/// The repeats with their sources renumbered consecutively.
std::vector<PreparedRepeat> make_repeats(const std::vector<Predictions>& kept,
                                         const std::vector<size_t>& sources) {
  std::vector<PreparedRepeat> repeats;
  for (const Predictions& predictions : kept) {
    PreparedRepeat repeat{Scorer(predictions), predictions.weights, {}};
    for (const size_t source : predictions.sources)
      repeat.sources.push_back(static_cast<size_t>(
          std::lower_bound(sources.begin(), sources.end(), source) - sources.begin()));
    repeats.push_back(std::move(repeat));
  }
  return repeats;
}

}  // namespace

Evaluation evaluate(const std::vector<Predictions>& repeats, const EvaluateOptions& options,
                    const Threads& threads) {
  if (repeats.empty()) throw Error(ErrorKind::bug, "no predictions to evaluate");
  Evaluation result;
  result.level = options.level;
  result.of = options.of;
  result.labels = repeats.front().labels;
  std::vector<Predictions> kept;
  for (const Predictions& repeat : repeats) {
    check_predictions(repeat);
    if (repeat.labels != result.labels ||
        repeat.has_probabilities() != repeats.front().has_probabilities() ||
        repeat.has_priors() != repeats.front().has_priors())
      throw Error(ErrorKind::bug, "the repeats differ in labels or kind");
    kept.push_back(kept_rows(repeat));
    result.left_out += repeat.rows() - kept.back().rows();
  }
  const Predictions all = concatenated(kept);
  std::vector<size_t> sources = all.sources;
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  result.sources = sources.size();

  const Scorer together(all);
  result.confusion = together.confusion(all.weights);
  result.rows = result.confusion.sum();
  result.reliability = together.reliability(all.weights);
  for (const RankedRows& ranked : together.ranked()) {
    result.roc.push_back(ranked.roc(all.weights));
    result.precision_recall.push_back(ranked.precision_recall(all.weights));
  }

  const std::vector<PreparedRepeat> prepared = make_repeats(kept, sources);
  const auto values =
      mean_scores(prepared, std::vector<double>(sources.size(), 1.0), ZeroByZero::zero);
  std::vector<std::vector<double>> replicates(options.replicates);
  threads.run(options.replicates, [&](size_t replicate) {
    replicates[replicate] = mean_scores(
        prepared, draw_sources(sources.size(), options.seed, replicate), ZeroByZero::undefined);
  });
  result.scores.labels.resize(result.labels.size());
  size_t i = 0;
  visit_all(result.scores, [&](Interval& score) {
    score = interval(values[i], replicates, i, options.coverage);
    ++i;
  });
  return result;
}

}  // namespace uhuru::study
