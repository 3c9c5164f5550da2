#include "uhuru/method/classify/bayes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/method/classify/shrunk_gaussians.hpp"
#include "uhuru/method/mixture/partial_gaussian.hpp"

namespace uhuru::method {

/// The predictions of one replicate.
class BayesDensity::Replicate {
 public:
  explicit Replicate(const BayesReplicate& replicate)
      : replicate_(&replicate), whole_(replicate.gaussians) {
    for (Eigen::Index c = 0; c < replicate.gaussians.components(); ++c)
      partial_.emplace_back(replicate.gaussians.means.row(c).transpose(),
                            replicate.gaussians.covariances[static_cast<size_t>(c)]);
    log_weights_ = replicate.gaussians.weights.array().log();
    log_prior_ = replicate.prior.array().log();
  }

  size_t classes() const { return static_cast<size_t>(log_prior_.size()); }

  /// Adds the predictions for rows of `data` to those of `trees` and `gaussians` (the same rows ×
  /// L). `extra`: variance of each feature of each row beyond the typical variance, or no rows.
  void add(const Matrix& data, const Matrix& extra, std::span<const size_t> rows, Matrix& trees,
           Matrix& gaussians) const {
    std::vector<size_t> whole;  // nothing missing, nothing uncertain
    Vector joint(log_weights_.size());
    for (const size_t row : rows) {
      const auto r = static_cast<Eigen::Index>(row);
      const double* x = data.row(r).data();
      const bool uncertain = extra.rows() > 0 && (extra.row(r).array() > 0).any();
      const double* of_row = uncertain ? extra.row(r).data() : nullptr;
      Vector votes = Vector::Zero(log_prior_.size());
      for (const Tree& tree : replicate_->trees) tree.add_probabilities(x, of_row, votes.data());
      trees.row(r) += votes.transpose() / static_cast<double>(replicate_->trees.size());
      if (!uncertain && !data.row(r).hasNaN()) {
        whole.push_back(row);
        continue;
      }
      for (Eigen::Index c = 0; c < joint.size(); ++c)
        joint[c] = log_weights_[c] + partial_[static_cast<size_t>(c)](x, of_row).log_density;
      add_posterior(joint.data(), gaussians.row(r).data());
    }
    const Matrix joints = whole_.log_joint(take_rows(data, whole));
    for (size_t i = 0; i < whole.size(); ++i)
      add_posterior(joints.row(static_cast<long>(i)).data(),
                    gaussians.row(static_cast<long>(whole[i])).data());
  }

 private:
  /// From the joint densities of the classes' components to the class posterior.
  void add_posterior(const double* joint, double* sum) const {
    const auto count = static_cast<Eigen::Index>(classes());
    const Eigen::Index clusters = log_weights_.size() / count;
    Vector posterior(count);
    for (Eigen::Index c = 0; c < count; ++c) {
      const Eigen::Map<const Vector> of_class(joint + c * clusters, clusters);
      const double most = of_class.maxCoeff();
      posterior[c] = most + std::log((of_class.array() - most).exp().sum()) + log_prior_[c];
    }
    posterior = (posterior.array() - posterior.maxCoeff()).exp();
    posterior /= posterior.sum();
    for (Eigen::Index c = 0; c < count; ++c) sum[c] += posterior[c];
  }

  const BayesReplicate* replicate_;
  MixtureDensity whole_;
  std::vector<PartialGaussian> partial_;
  Vector log_weights_, log_prior_;
};

namespace {

/// The excess of measurement errors over the typical ones; no rows if there is none.
Matrix excess(const Matrix& variance, const Vector& typical) {
  if (variance.rows() == 0) return {};
  Matrix result = (variance.rowwise() - typical.transpose()).cwiseMax(0.0);
  if ((result.array() > 0).any()) return result;
  return {};
}

/// The median of the known errors of each feature.
Vector typical_variance(const Matrix& variance, Eigen::Index features) {
  Vector result = Vector::Zero(features);
  for (Eigen::Index f = 0; f < variance.cols(); ++f) {
    std::vector<double> known;
    for (const double value : variance.col(f))
      if (value > 0) known.push_back(value);
    if (known.empty()) continue;
    const auto middle = known.begin() + static_cast<long>(known.size() / 2);
    std::nth_element(known.begin(), middle, known.end());
    result[f] = *middle;
  }
  return result;
}

/// Row weights that keep a source with many rows from dominating its class: n^-exponent each,
/// normalized so that the total of a class is its number of rows.
std::vector<double> row_weights(std::span<const int> classes, std::span<const size_t> sources,
                                const std::vector<size_t>& source_sizes, size_t class_count,
                                double exponent) {
  std::vector<double> weights, sums(class_count, 0.0), counts(class_count, 0.0);
  for (size_t row = 0; row < classes.size(); ++row) {
    weights.push_back(std::pow(static_cast<double>(source_sizes[sources[row]]), -exponent));
    sums[static_cast<size_t>(classes[row])] += weights.back();
    counts[static_cast<size_t>(classes[row])] += 1;
  }
  for (size_t row = 0; row < classes.size(); ++row) {
    const auto c = static_cast<size_t>(classes[row]);
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

Matrix responsibilities(const Matrix& data, const GaussianMixture& clusters) {
  Matrix result = MixtureDensity(clusters).log_joint(data);
  for (Eigen::Index row = 0; row < result.rows(); ++row) {
    result.row(row) = (result.row(row).array() - result.row(row).maxCoeff()).exp();
    result.row(row) /= result.row(row).sum();
  }
  return result;
}

/// Accumulates the predictions of replicates for the sources that they left out.
struct LeftOut {
  std::vector<size_t> rows;
  Matrix trees, gaussians;
};

/// Learns calibration and evidence from the replicates' predictions for left-out sources.
/// `classes`: for each row, an index into the learned classes.
void calibrate(const std::vector<int>& classes, const std::vector<size_t>& sources,
               const std::vector<size_t>& source_sizes, const std::vector<size_t>& group_of,
               const std::vector<LeftOut>& left_out, BayesClassifier& classifier) {
  const auto n = static_cast<Eigen::Index>(classes.size());
  const size_t class_count = group_of.size();
  // Only rows left out by some replicate tell how good the predictions are.
  Matrix trees = Matrix::Zero(n, static_cast<long>(class_count));
  Matrix gaussians = trees;
  std::vector<double> times(classes.size(), 0.0);
  for (const LeftOut& out : left_out)
    for (const size_t row : out.rows) {
      trees.row(static_cast<long>(row)) += out.trees.row(static_cast<long>(row));
      gaussians.row(static_cast<long>(row)) += out.gaussians.row(static_cast<long>(row));
      times[row] += 1;
    }
  const std::vector<double> ones(classes.size(), 1.0);
  const Vector prior = shares(classes, ones, class_count);
  std::vector<int> seen_classes;
  std::vector<size_t> seen_sources;
  std::vector<double> seen_weights;
  Eigen::Index seen = 0;
  for (Eigen::Index row = 0; row < n; ++row) {
    const auto i = static_cast<size_t>(row);
    if (times[i] == 0) continue;
    trees.row(seen) = trees.row(row) / times[i];
    gaussians.row(seen++) = gaussians.row(row) / times[i];
    seen_classes.push_back(classes[i]);
    seen_sources.push_back(sources[i]);
    seen_weights.push_back(1 / static_cast<double>(source_sizes[sources[i]]));
  }
  classifier.calibration = fit_calibration(trees.topRows(seen), gaussians.topRows(seen),
                                           seen_classes, seen_weights, prior, group_of);
  Matrix calibrated(seen, static_cast<long>(class_count));
  for (Eigen::Index row = 0; row < seen; ++row)
    classifier.calibration.apply(trees.row(row).data(), gaussians.row(row).data(),
                                 calibrated.row(row).data());
  std::vector<int> first_classes;  // one per source
  std::vector<bool> met(source_sizes.size(), false);
  for (size_t row = 0; row < classes.size(); ++row) {
    if (!met[sources[row]]) first_classes.push_back(classes[row]);
    met[sources[row]] = true;
  }
  const std::vector<double> source_ones(first_classes.size(), 1.0);
  classifier.evidence = fit_evidence(calibrated, seen_classes, seen_sources, prior,
                                     shares(first_classes, source_ones, class_count));
}

}  // namespace

BayesDensity::BayesDensity(const BayesClassifier& classifier) : classifier_(classifier) {
  for (const BayesReplicate& replicate : classifier.replicates) replicates_.emplace_back(replicate);
}
BayesDensity::~BayesDensity() = default;
BayesDensity::BayesDensity(BayesDensity&&) noexcept = default;

Matrix BayesDensity::operator()(const Matrix& data, const Matrix& variance,
                                const Threads& threads) const {
  const auto learned = static_cast<Eigen::Index>(classifier_.learned.size());
  const Matrix extra = excess(variance, classifier_.typical_variance);
  Matrix trees = Matrix::Zero(data.rows(), learned);
  Matrix gaussians = Matrix::Zero(data.rows(), learned);
  Matrix result(data.rows(), learned);
  threads.for_rows(static_cast<size_t>(data.rows()), 256, [&](size_t begin, size_t end, size_t) {
    std::vector<size_t> rows;
    for (size_t row = begin; row < end; ++row) rows.push_back(row);
    for (const Replicate& replicate : replicates_)
      replicate.add(data, extra, rows, trees, gaussians);
    const auto count = static_cast<double>(replicates_.size());
    for (size_t row = begin; row < end; ++row) {
      const auto r = static_cast<Eigen::Index>(row);
      trees.row(r) /= count;
      gaussians.row(r) /= count;
      classifier_.calibration.apply(trees.row(r).data(), gaussians.row(r).data(),
                                    result.row(r).data());
    }
  });
  return result;
}

BayesClassifier train_bayes(const LabelledRows& rows, const GaussianMixture& clusters,
                            const std::vector<size_t>& group_of, const BayesSettings& settings,
                            uint32_t seed, const Threads& threads) {
  if (rows.classes.empty()) throw input_error("no class can be learned", "", "labelled detections");
  BayesClassifier classifier;
  classifier.typical_variance = typical_variance(rows.variance, rows.data.cols());
  // From here on classes are indices into the learned classes.
  std::vector<int> place(group_of.size(), -1);
  for (const ClassId id : rows.classes) place[number_of(id)] = 0;
  std::vector<size_t> learned_groups;
  for (size_t c = 0; c < place.size(); ++c) {
    if (place[c] < 0) continue;
    place[c] = static_cast<int>(classifier.learned.size());
    classifier.learned.push_back(ClassId(c));
    learned_groups.push_back(group_of[c]);
  }
  const size_t class_count = classifier.learned.size();
  std::vector<int> classes;
  for (const ClassId id : rows.classes) classes.push_back(place[number_of(id)]);
  const size_t source_count = *std::max_element(rows.sources.begin(), rows.sources.end()) + 1;
  std::vector<size_t> source_sizes(source_count, 0);
  for (const size_t source : rows.sources) ++source_sizes[source];

  const auto weights =
      row_weights(classes, rows.sources, source_sizes, class_count, settings.source_exponent);
  const Matrix responsible = responsibilities(rows.data, clusters);
  const Matrix extra = excess(rows.variance, classifier.typical_variance);
  const auto n = static_cast<Eigen::Index>(classes.size());
  classifier.replicates.resize(static_cast<size_t>(settings.replicates));
  std::vector<LeftOut> left_out(classifier.replicates.size());
  threads.run(classifier.replicates.size(), [&](size_t b) {
    RandomState random(std::array<uint32_t, 2>{seed, static_cast<uint32_t>(b)});
    std::vector<double> drawn(source_count, 0.0);
    for (size_t i = 0; i < source_count; ++i) ++drawn[random.integer(source_count)];
    std::vector<double> of_rows(weights);
    for (size_t row = 0; row < of_rows.size(); ++row) of_rows[row] *= drawn[rows.sources[row]];
    BayesReplicate& replicate = classifier.replicates[b];
    replicate.prior = shares(classes, of_rows, class_count);
    replicate.gaussians = fit_class_gaussians(
        rows.data, responsible, classes, of_rows, class_count, clusters,
        {settings.mean_members, settings.covariance_members, settings.cluster_members});
    for (int t = 0; t < settings.trees; ++t)
      replicate.trees.push_back(grow_tree(rows.data, classes, of_rows, class_count,
                                          {settings.tree_rows, settings.tree_features}, random));
    LeftOut& out = left_out[b];
    for (size_t row = 0; row < of_rows.size(); ++row)
      if (of_rows[row] == 0) out.rows.push_back(row);
    out.trees = out.gaussians = Matrix::Zero(n, static_cast<long>(class_count));
    BayesDensity::Replicate(replicate).add(rows.data, extra, out.rows, out.trees, out.gaussians);
  });

  calibrate(classes, rows.sources, source_sizes, learned_groups, left_out, classifier);
  classifier.evidence.learned = classifier.learned;
  return classifier;
}

}  // namespace uhuru::method
