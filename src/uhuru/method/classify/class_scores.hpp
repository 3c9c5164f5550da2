// Class probabilities by Mahalanobis distance within each cluster.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/ids.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The squared distance of a detection from a class, a quadratic form in the scaled features x:
/// constant + linear·(x - center) + (x - center)ᵀ quadratic (x - center).
struct QuadraticScore {
  double constant = 0;
  Vector center;       // D
  Vector linear;       // D
  Matrix quadratic;    // D × D, symmetric
  size_t members = 0;  // labelled detections it was learned from; 0: unknown

  /// `x`: D scaled features.
  double operator()(const double* x) const;
};

/// scores[cluster][class]; empty if the class has too few members in the cluster.
using ClassScores = std::vector<std::vector<std::optional<QuadraticScore>>>;

/// Learns the scores of each class in each cluster: mean, sample covariance (n - 1) and its
/// Moore–Penrose inverse, dropping singular values below D·ε of the largest.
///
/// `data`: rows × D, scaled. `clusters`, `classes`: one for each row. Thread-safe. Source: [PD24]
/// sec. 3.5.
ClassScores train_class_scores(const Matrix& data, std::span<const ClusterId> clusters,
                               std::span<const ClassId> classes, size_t cluster_count,
                               size_t class_count, size_t min_members);

/// Throws Error (input) if no class has a score in any cluster; for the message: the least number
/// of members, and of labelled detections that there were.
void require_class(const ClassScores& scores, size_t min_members, size_t labelled);

/// The class probabilities of one row, proportional to exp(-score) for the classes with a score in
/// the detection's cluster, 0 for the others. Returns false, with zeros, if no class has a score.
/// The smallest score is subtracted first, so that distant outliers do not give 0/0. Thread-safe.
bool class_probabilities(const ClassScores& scores, ClusterId cluster, const double* x,
                         std::span<double> probabilities);

/// Classes of many rows.
struct RowClasses {
  Matrix probabilities;                         // rows × classes
  std::vector<std::optional<ClassId>> classes;  // the most probable; nothing, with zeros, if none
};
/// The same for the rows of `data` (rows × D, scaled); one without cluster has no class. Time is
/// linear in the number of rows. The result is the same for any number of threads.
RowClasses classify_rows(const ClassScores& scores,
                         std::span<const std::optional<ClusterId>> clusters, const Matrix& data,
                         size_t class_count, const Threads& threads);

/// The class with the largest probability, the first if tied.
ClassId most_probable(std::span<const double> probabilities);

}  // namespace uhuru::method
#pragma GCC visibility pop
