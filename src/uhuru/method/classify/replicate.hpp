// What Gaussians and trees, learned from one bootstrap of the sources, say of a detection.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/classify/forest.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/patterns.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// What was learned from one bootstrap of the sources.
struct BayesReplicate {
  GaussianMixture
      gaussians;  // class l in cluster k is component l * K + k; see fit_class_gaussians
  Vector prior;   // of the learned classes
  std::vector<Tree> trees;
};

/// Predictions of replicates before calibration, for rows; L learned classes in G groups.
struct BasePredictions {
  Matrix trees, gaussians;  // rows × L
  Matrix distances;         // rows × G: the least squared distance from a Gaussian of the group

  static BasePredictions zero(size_t rows, size_t classes, size_t groups);
};

/// Detections that share their features, and their measurement errors: what a replicate can
/// evaluate at once.
struct AlikeRows {
  std::vector<size_t> rows;
  std::vector<Eigen::Index> present;
  std::vector<double> extra;  // for each of `present`, an extra variance; empty if none
};

/// Groups rows of `data` (rows × D, NaN if missing) that are alike, at most `most` at a time.
/// `extra`: extra variances, rows × D, or no rows; those of a missing feature are ignored.
std::vector<AlikeRows> alike_rows(const MatrixView& data, const MatrixView& extra,
                                  std::span<const size_t> rows, size_t most);

/// Adds a replicate's predictions for rows to `sums`, row by row; their features are marginalized
/// if missing, and widened by the extra variances. `tree_data`: what the trees see of each row of
/// `data`. `group_of`: of each learned class. Thread-safe for different rows.
void add_predictions(const BayesReplicate& replicate, const Matrix& data, const Matrix& tree_data,
                     const AlikeRows& alike, std::span<const size_t> group_of,
                     BasePredictions& sums);

}  // namespace uhuru::method
#pragma GCC visibility pop
