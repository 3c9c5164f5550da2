#include "uhuru/method/classify/class_scores.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "uhuru/base/error.hpp"

namespace uhuru::method {

namespace {

/// The Moore–Penrose inverse of a symmetric positive semidefinite matrix.
Matrix pseudo_inverse(const Matrix& covariance) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
  const Vector& values = solver.eigenvalues();
  const double cutoff = static_cast<double>(covariance.rows()) *
                        std::numeric_limits<double>::epsilon() * values.cwiseAbs().maxCoeff();
  Vector inverted = Vector::Zero(values.size());
  for (Eigen::Index i = 0; i < values.size(); ++i)
    if (std::abs(values[i]) > cutoff) inverted[i] = 1 / values[i];
  return solver.eigenvectors() * inverted.asDiagonal() * solver.eigenvectors().transpose();
}

QuadraticScore score_of(const Matrix& members) {
  QuadraticScore score;
  const auto n = static_cast<double>(members.rows());
  score.members = static_cast<size_t>(members.rows());
  score.center = members.colwise().mean();
  const Matrix difference = members.rowwise() - score.center.transpose();
  score.quadratic = pseudo_inverse(difference.transpose() * difference / (n - 1));
  score.linear = Vector::Zero(score.center.size());
  return score;
}

}  // namespace

double QuadraticScore::operator()(const double* x) const {
  const Eigen::Index d = center.size();
  double sum = constant;
  for (Eigen::Index i = 0; i < d; ++i) {
    const double* row = quadratic.data() + i * d;
    double product = linear[i];
    for (Eigen::Index j = 0; j < d; ++j) product += row[j] * (x[j] - center[j]);
    sum += (x[i] - center[i]) * product;
  }
  return sum;
}

ClassScores train_class_scores(const Matrix& data, std::span<const ClusterId> clusters,
                               std::span<const ClassId> classes, size_t cluster_count,
                               size_t class_count, size_t min_members) {
  std::vector<std::vector<std::vector<Eigen::Index>>> members(
      cluster_count, std::vector<std::vector<Eigen::Index>>(class_count));
  for (size_t row = 0; row < clusters.size(); ++row)
    members[number_of(clusters[row])][number_of(classes[row])].push_back(
        static_cast<Eigen::Index>(row));
  ClassScores scores(cluster_count, std::vector<std::optional<QuadraticScore>>(class_count));
  for (size_t cluster = 0; cluster < cluster_count; ++cluster)
    for (size_t c = 0; c < class_count; ++c) {
      const auto& rows = members[cluster][c];
      if (rows.size() >= std::max<size_t>(2, min_members))
        scores[cluster][c] = score_of(data(rows, Eigen::all));
    }
  return scores;
}

void require_class(const ClassScores& scores, size_t min_members, size_t labelled) {
  for (const auto& cluster : scores)
    for (const auto& score : cluster)
      if (score) return;
  throw input_error("no class can be learned", "",
                    "a class with at least " + std::to_string(min_members) +
                        " labelled detections in one cluster",
                    std::to_string(labelled) + " detections labelled with a class");
}

bool class_probabilities(const ClassScores& scores, ClusterId cluster, const double* x,
                         std::span<double> probabilities) {
  const auto& classes = scores[number_of(cluster)];
  double smallest = std::numeric_limits<double>::infinity();
  for (size_t c = 0; c < classes.size(); ++c) {
    probabilities[c] = classes[c] ? (*classes[c])(x) : std::numeric_limits<double>::infinity();
    smallest = std::min(smallest, probabilities[c]);
  }
  double sum = 0;
  for (double& p : probabilities) {
    p = std::isfinite(smallest) ? std::exp(smallest - p) : 0;
    sum += p;
  }
  for (double& p : probabilities)
    if (sum > 0) p /= sum;
  return sum > 0;
}

RowClasses classify_rows(const ClassScores& scores,
                         std::span<const std::optional<ClusterId>> clusters, const Matrix& data,
                         size_t class_count, const Threads& threads) {
  RowClasses result;
  result.probabilities.setZero(data.rows(), static_cast<Eigen::Index>(class_count));
  result.classes.resize(clusters.size());
  threads.for_rows(clusters.size(), 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row) {
      const auto r = static_cast<Eigen::Index>(row);
      const std::span<double> probabilities(result.probabilities.row(r).data(), class_count);
      if (clusters[row] &&
          class_probabilities(scores, *clusters[row], data.row(r).data(), probabilities))
        result.classes[row] = most_probable(probabilities);
    }
  });
  return result;
}

ClassId most_probable(std::span<const double> probabilities) {
  return ClassId(std::max_element(probabilities.begin(), probabilities.end()) -
                 probabilities.begin());
}

}  // namespace uhuru::method
