// Learning of a BayesClassifier.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/method/classify/bayes.hpp"
#include "uhuru/method/classify/shrunk_gaussians.hpp"

namespace uhuru::method {
namespace {

/// Rows that a tree, and the calibration, are learned from: more change little and take time.
constexpr size_t most_tree_rows = 10'000;
constexpr size_t most_held_out_rows = 20'000;
/// Leaves of trees hold at least this part of their rows, which bounds their number.
constexpr double least_leaf_part = 1.0 / 1000;

/// The training sample with classes numbered from 0 among the learned ones.
struct Sample {
  const LabelledRows& from;
  std::vector<int> classes;
  std::vector<size_t> source_sizes;
  size_t class_count;

  size_t rows() const { return classes.size(); }
  double per_source(size_t row) const {
    return 1 / static_cast<double>(source_sizes[from.sources[row]]);
  }
};

/// Row weights that keep a source with many rows from dominating its class: n^-exponent each,
/// normalized so that the total of a class is its number of rows.
std::vector<double> row_weights(const Sample& sample, double exponent) {
  std::vector<double> weights, sums(sample.class_count, 0.0), counts(sample.class_count, 0.0);
  for (size_t row = 0; row < sample.rows(); ++row) {
    const auto c = static_cast<size_t>(sample.classes[row]);
    weights.push_back(std::pow(sample.per_source(row), exponent));
    sums[c] += weights.back();
    counts[c] += 1;
  }
  for (size_t row = 0; row < sample.rows(); ++row) {
    const auto c = static_cast<size_t>(sample.classes[row]);
    weights[row] *= counts[c] / sums[c];
  }
  return weights;
}

/// Shares of the classes; one is added to each count, so that none is 0.
Vector shares(std::span<const int> classes, std::span<const double> weights, size_t class_count) {
  Vector result = Vector::Ones(static_cast<long>(class_count));
  for (size_t i = 0; i < classes.size(); ++i) result[classes[i]] += weights[i];
  return result / result.sum();
}

/// Rows × K; equal for a row without any feature, which is of no use.
Matrix responsibilities(const Matrix& data, const std::vector<Pattern>& patterns,
                        const GaussianMixture& clusters, const Threads& threads) {
  Matrix result = Matrix::Constant(data.rows(), clusters.components(),
                                   1 / static_cast<double>(clusters.components()));
  threads.run(patterns.size(), [&](size_t p) {
    const Pattern& pattern = patterns[p];
    const Matrix joint =
        MixtureDensity(marginal(clusters, pattern.present)).log_joint(pattern.values(data));
    for (size_t i = 0; i < pattern.rows.size(); ++i) {
      const auto of_row = joint.row(static_cast<long>(i)).array();
      auto to = result.row(static_cast<long>(pattern.rows[i]));
      to = (of_row - of_row.maxCoeff()).exp();
      to /= to.sum();
    }
  });
  return result;
}

/// The rows of randomly chosen sources, as many as fit.
std::vector<size_t> rows_to_hold_out(const Sample& sample, uint32_t seed) {
  std::vector<size_t> rows(sample.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  if (rows.size() <= most_held_out_rows) return rows;
  RandomState random(std::array<uint32_t, 2>{seed, 0xffffffff});
  std::vector<size_t> sources(sample.source_sizes.size());
  std::iota(sources.begin(), sources.end(), size_t{0});
  random.shuffle(std::span(sources));
  std::vector<bool> chosen(sources.size(), false);
  size_t count = 0;
  for (const size_t source : sources) {
    // One of them is taken whatever its size.
    if (count > 0 && count + sample.source_sizes[source] > most_held_out_rows) continue;
    count += sample.source_sizes[source];
    chosen[source] = true;
  }
  rows.clear();
  for (size_t row = 0; row < sample.rows(); ++row)
    if (chosen[sample.from.sources[row]]) rows.push_back(row);
  return rows;
}

/// The predictions of a replicate for rows of sources that it has not seen.
struct LeftOut {
  std::vector<size_t> places;  // of these rows among those to hold out
  BasePredictions predictions;
};

/// What the replicates together say of the sources that they have not seen; one entry per row.
struct HeldOut {
  BasePredictions predictions;
  std::vector<int> classes;
  std::vector<size_t> sources;
  std::vector<double> per_source;  // 1 / detections of the source
  std::vector<size_t> features;    // that are not missing
};

HeldOut held_out(const Sample& sample, std::span<const size_t> rows,
                 const std::vector<LeftOut>& left_out, size_t groups) {
  BasePredictions sums = BasePredictions::zero(rows.size(), sample.class_count, groups);
  std::vector<double> times(rows.size(), 0.0);
  for (const LeftOut& out : left_out)
    for (size_t i = 0; i < out.places.size(); ++i) {
      const auto to = static_cast<Eigen::Index>(out.places[i]);
      const auto from = static_cast<Eigen::Index>(i);
      sums.trees.row(to) += out.predictions.trees.row(from);
      sums.gaussians.row(to) += out.predictions.gaussians.row(from);
      sums.distances.row(to) += out.predictions.distances.row(from);
      times[out.places[i]] += 1;
    }
  HeldOut result;
  Eigen::Index seen = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (times[i] == 0) continue;
    const auto from = static_cast<Eigen::Index>(i);
    sums.trees.row(seen) = sums.trees.row(from) / times[i];
    sums.gaussians.row(seen) = sums.gaussians.row(from) / times[i];
    sums.distances.row(seen++) = sums.distances.row(from) / times[i];
    result.classes.push_back(sample.classes[rows[i]]);
    result.sources.push_back(sample.from.sources[rows[i]]);
    result.per_source.push_back(sample.per_source(rows[i]));
    size_t features = 0;
    for (const double value : sample.from.data.row(static_cast<long>(rows[i])))
      features += !std::isnan(value);
    result.features.push_back(features);
  }
  result.predictions = {sums.trees.topRows(seen), sums.gaussians.topRows(seen),
                        sums.distances.topRows(seen)};
  return result;
}

/// Learns from held-out rows how to answer a question.
Answer learn_answer(const HeldOut& held, const Sample& sample, const std::vector<size_t>& group_of,
                    size_t groups, Drawn drawn) {
  std::vector<double> all_weights;
  for (size_t row = 0; row < sample.rows(); ++row)
    all_weights.push_back(drawn == Drawn::sources ? sample.per_source(row) : 1.0);
  const Vector prior = shares(sample.classes, all_weights, sample.class_count);
  const std::vector<double> weights =
      drawn == Drawn::sources ? held.per_source : std::vector<double>(held.classes.size(), 1.0);
  Answer answer;
  // The replicates learn with the shares of the rows, whose weights sum to their number.
  const std::vector<double> ones(sample.rows(), 1.0);
  const Vector learned_with = shares(sample.classes, ones, sample.class_count);
  // Within groups each source counts once in any case: the offsets of classes with few sources
  // would otherwise follow one of them.
  answer.calibration =
      fit_calibration(held.predictions.trees, held.predictions.gaussians, held.classes, weights,
                      held.per_source, prior, prior.cwiseQuotient(learned_with), group_of);
  Matrix calibrated(held.predictions.trees.rows(), held.predictions.trees.cols());
  for (Eigen::Index row = 0; row < calibrated.rows(); ++row)
    answer.calibration.apply(held.predictions.trees.row(row).data(),
                             held.predictions.gaussians.row(row).data(),
                             calibrated.row(row).data());
  answer.evidence = fit_evidence(calibrated, held.classes, held.sources, weights, prior, group_of);
  std::vector<std::vector<size_t>> rows_of(sample.source_sizes.size());
  for (size_t row = 0; row < held.sources.size(); ++row) rows_of[held.sources[row]].push_back(row);
  std::vector<std::vector<double>> ratios(groups);
  std::vector<double> of_source(sample.class_count);
  for (const auto& rows : rows_of) {
    if (rows.empty()) continue;
    answer.evidence.combine(calibrated, rows, of_source.data());
    const auto truth = static_cast<size_t>(held.classes[rows[0]]);
    ratios[group_of[truth]].push_back(ratio_of(of_source, truth));
  }
  for (auto& of_group : ratios) answer.ratios.emplace_back(std::move(of_group));
  return answer;
}

/// How typical the held-out sources are, the mean over their detections; by group.
std::vector<HeldOutScores> learn_typicality(const HeldOut& held, const Sample& sample,
                                            const BayesClassifier& classifier, size_t groups) {
  std::vector<double> sums(sample.source_sizes.size(), 0.0), counts(sums.size(), 0.0);
  std::vector<size_t> group_of(sums.size(), 0);  // of each source
  for (size_t row = 0; row < held.classes.size(); ++row) {
    const size_t source = held.sources[row];
    group_of[source] = classifier.group_of[static_cast<size_t>(held.classes[row])];
    sums[source] += classifier.typicality_of(
        std::span<const double>(held.predictions.distances.row(static_cast<long>(row)).data(),
                                groups),
        held.features[row]);
    counts[source] += 1;
  }
  std::vector<std::vector<double>> scores(groups);
  for (size_t source = 0; source < sums.size(); ++source)
    if (counts[source] > 0) scores[group_of[source]].push_back(sums[source] / counts[source]);
  std::vector<HeldOutScores> result;
  result.reserve(groups);
  for (auto& of_group : scores) result.emplace_back(std::move(of_group));
  return result;
}

/// Features that some row lacks.
std::vector<Eigen::Index> features_with_gaps(const Matrix& data) {
  std::vector<Eigen::Index> result;
  for (Eigen::Index f = 0; f < data.cols(); ++f)
    if (data.col(f).hasNaN()) result.push_back(f);
  return result;
}

/// The rows with positive weight, at most most_tree_rows of them, drawn at random.
std::vector<size_t> rows_for_tree(std::span<const double> weights, RandomState& random) {
  std::vector<size_t> rows;
  for (size_t row = 0; row < weights.size(); ++row)
    if (weights[row] > 0) rows.push_back(row);
  if (rows.size() <= most_tree_rows) return rows;
  for (size_t i = 0; i < most_tree_rows; ++i)
    std::swap(rows[i], rows[i + random.integer(rows.size() - i)]);
  rows.resize(most_tree_rows);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

BayesClassifier train_bayes(const LabelledRows& rows, const GaussianMixture& clusters,
                            const std::vector<size_t>& group_of, const BayesSettings& settings,
                            bool missing_informs, uint32_t seed, const Threads& threads) {
  if (rows.classes.empty()) throw input_error("no class can be learned", "", "labelled detections");
  BayesClassifier classifier;
  classifier.typical_variance = Vector::Zero(rows.data.cols());
  // From here on classes are indices into the learned classes.
  std::vector<int> place(group_of.size(), -1);
  for (const ClassId id : rows.classes) place[number_of(id)] = 0;
  for (size_t c = 0; c < place.size(); ++c) {
    if (place[c] < 0) continue;
    place[c] = static_cast<int>(classifier.learned.size());
    classifier.learned.push_back(ClassId(c));
    classifier.group_of.push_back(group_of[c]);
  }
  const size_t groups = *std::max_element(group_of.begin(), group_of.end()) + 1;
  Sample sample{rows, {}, {}, classifier.learned.size()};
  for (const ClassId id : rows.classes) sample.classes.push_back(place[number_of(id)]);
  sample.source_sizes.assign(*std::max_element(rows.sources.begin(), rows.sources.end()) + 1, 0);
  for (const size_t source : rows.sources) ++sample.source_sizes[source];
  if (missing_informs) classifier.informing = features_with_gaps(rows.data);

  const std::vector<double> weights = row_weights(sample, settings.source_exponent);
  const std::vector<Pattern> patterns = patterns_of(rows.data);
  const Matrix responsible = responsibilities(rows.data, patterns, clusters, threads);
  const Matrix seen_by_trees = tree_data(rows.data, classifier.informing);
  const std::vector<size_t> to_hold_out = rows_to_hold_out(sample, seed);
  classifier.replicates.resize(static_cast<size_t>(settings.replicates));
  std::vector<LeftOut> left_out(classifier.replicates.size());
  std::vector<std::vector<Collapsed>> collapsed(classifier.replicates.size());
  threads.run(classifier.replicates.size(), [&](size_t b) {
    RandomState random(std::array<uint32_t, 2>{seed, static_cast<uint32_t>(b)});
    std::vector<double> drawn(sample.source_sizes.size(), 0.0);
    for (size_t i = 0; i < drawn.size(); ++i) ++drawn[random.integer(drawn.size())];
    std::vector<double> of_rows(weights);
    for (size_t row = 0; row < of_rows.size(); ++row) of_rows[row] *= drawn[rows.sources[row]];
    BayesReplicate& replicate = classifier.replicates[b];
    replicate.prior = shares(sample.classes, of_rows, sample.class_count);
    replicate.gaussians = fit_class_gaussians(
        rows.data, patterns, responsible, sample.classes, of_rows, sample.class_count, clusters,
        {settings.mean_members, settings.covariance_members, settings.cluster_members},
        &collapsed[b]);
    for (int t = 0; t < settings.trees; ++t) {
      const std::vector<size_t> of_tree = rows_for_tree(of_rows, random);
      const auto least =
          std::max(settings.tree_rows,
                   static_cast<size_t>(least_leaf_part * static_cast<double>(of_tree.size())));
      replicate.trees.push_back(grow_tree(seen_by_trees, sample.classes, of_rows, of_tree,
                                          sample.class_count, {least, settings.tree_features},
                                          random));
    }
    LeftOut& out = left_out[b];
    std::vector<size_t> left;
    for (size_t i = 0; i < to_hold_out.size(); ++i)
      if (of_rows[to_hold_out[i]] == 0) {
        out.places.push_back(i);
        left.push_back(to_hold_out[i]);
      }
    const Matrix data = take_rows(rows.data, left);
    const Matrix of_trees = take_rows(seen_by_trees, left);
    out.predictions = BasePredictions::zero(left.size(), sample.class_count, groups);
    std::iota(left.begin(), left.end(), size_t{0});
    for (const AlikeRows& alike : alike_rows(data, Matrix(), left, left.size() + 1))
      add_predictions(replicate, data, of_trees, alike, classifier.group_of, out.predictions);
  });

  for (const auto& of_replicate : collapsed)
    for (const Collapsed& found : of_replicate) {
      const std::pair key(classifier.learned[found.class_number], found.cluster);
      auto& list = classifier.collapsed;
      if (std::find(list.begin(), list.end(), key) == list.end()) list.push_back(key);
    }
  std::sort(classifier.collapsed.begin(), classifier.collapsed.end());
  const HeldOut held = held_out(sample, to_hold_out, left_out, groups);
  classifier.of_sources = learn_answer(held, sample, classifier.group_of, groups, Drawn::sources);
  classifier.of_detections =
      learn_answer(held, sample, classifier.group_of, groups, Drawn::detections);
  for (Answer* answer : {&classifier.of_sources, &classifier.of_detections})
    answer->evidence.learned = classifier.learned;
  classifier.typicality = learn_typicality(held, sample, classifier, groups);
  return classifier;
}

}  // namespace uhuru::method
