// Calibrated class posteriors: Gaussians and trees, averaged over bootstraps of the sources and
// calibrated on the sources that each bootstrap left out.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/classify/calibration.hpp"
#include "uhuru/method/classify/conformal.hpp"
#include "uhuru/method/classify/evidence.hpp"
#include "uhuru/method/classify/prior.hpp"
#include "uhuru/method/classify/replicate.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// From the predictions of the replicates to probabilities, for one question (Drawn).
struct Answer {
  Calibration calibration;            // first prediction: trees, second: Gaussians
  Evidence evidence;                  // how those of a source's detections are combined
  std::vector<HeldOutScores> ratios;  // of held-out sources, by group; see classes_in_set
};

/// A classifier that computes posteriors. L of the C classes have been learned.
struct BayesClassifier {
  std::vector<ClassId> learned;  // L of the classes, ascending
  std::vector<size_t> group_of;  // of the L learned classes
  Vector typical_variance;       // D: of usual measurement errors, scaled; 0 if none
  /// Features of which the trees also see whether they are missing, as columns after the features:
  /// 1 if missing, otherwise 0.
  std::vector<Eigen::Index> informing;
  std::vector<BayesReplicate> replicates;
  Answer of_sources, of_detections;
  /// How typical held-out sources of each group are, see typicality_of.
  std::vector<HeldOutScores> typicality;
  /// Classes in clusters that got the pooled covariance in some replicate.
  std::vector<std::pair<ClassId, ClusterId>> collapsed;

  size_t group_count() const { return typicality.size(); }
  /// How typical a detection is of what was learned: the chi-squared probability of a larger
  /// distance than its own from the nearest Gaussian. `distances`: of the groups, squared, averaged
  /// over the replicates; `features`: that it has.
  double typicality_of(std::span<const double> distances, size_t features) const;
  const Answer& answer(Drawn drawn) const {
    return drawn == Drawn::sources ? of_sources : of_detections;
  }
  /// The prior of the L classes, sum 1. Throws Error (input) if it excludes all learned classes.
  Vector prior(const Prior& prior) const;
  /// How the detections of a source are combined if their probabilities have this prior.
  Evidence evidence(const Prior& prior) const;
};

/// Labelled detections to learn from.
struct LabelledRows {
  Matrix data;                   // rows × D, scaled, NaN if missing
  std::vector<ClassId> classes;  // for each row
  std::vector<size_t> sources;   // for each row, numbered from 0
};

/// Trains a classifier. `clusters` defines the soft clusters; `group_of` is the group of each of
/// the C classes. A class is learned if it has a row. That a value is missing tells
/// nothing, unless `missing_informs`. The result is the same for the same seed and any number of
/// threads; time is linear in the rows. Throws Error (input) if there are no rows.
BayesClassifier train_bayes(const LabelledRows& rows, const GaussianMixture& clusters,
                            const std::vector<size_t>& group_of, const BayesSettings& settings,
                            bool missing_informs, uint32_t seed, const Threads& threads);

/// The median of the known errors of each feature; 0 if none is known. `variance`: rows × D, 0 if
/// unknown, or no rows.
Vector typical_variance(const Matrix& variance, Eigen::Index features);

/// A classifier prepared for evaluation with a prior. Thread-safe.
class BayesDensity {
 public:
  /// `classifier` must outlive it. Throws Error (input) as BayesClassifier::prior.
  BayesDensity(const BayesClassifier& classifier, const Prior& prior);

  /// What rows of data are classified by: D features, scaled, NaN if missing (marginalized), and
  /// their errors.
  struct Classes {
    Matrix probabilities;  // rows × L; those of a row without any feature are the prior
    /// Rows: the p-value that the detection belongs to a learned class, the largest of those of the
    /// groups; NaN without any feature.
    std::vector<double> p_known;
  };
  /// `variance`: of the measurement errors, scaled, 0 if unknown, rows × D or no rows; the excess
  /// over typical errors, rounded to a power of two, widens the classes.
  /// `hidden`: for each row a feature that is to be ignored although it is known, and NaN in
  /// `data`, or -1; or none.
  Classes operator()(const Matrix& data, const Matrix& variance, const Threads& threads,
                     std::span<const Eigen::Index> hidden = {}) const;

 private:
  const BayesClassifier& classifier_;
  const Answer& answer_;
  Vector shift_;  // L: the factor from the answer's prior to the user's; empty for none
};

/// What the trees see: the features, and for each of `informing` whether it is missing, NaN if it
/// is hidden.
Matrix tree_data(const Matrix& data, std::span<const Eigen::Index> informing,
                 std::span<const Eigen::Index> hidden = {});

}  // namespace uhuru::method
#pragma GCC visibility pop
