#include "uhuru/method/classify/shrunk_gaussians.hpp"

#include <Eigen/Cholesky>
#include <algorithm>

namespace uhuru::method {
namespace {

/// Weighted sums over the members of a class in a cluster, of x minus the cluster's mean.
struct Moments {
  double count = 0;
  Vector first;
  Matrix second;

  explicit Moments(Eigen::Index d) : first(Vector::Zero(d)), second(Matrix::Zero(d, d)) {}
};

/// The sums over the rows of one pattern, of its features only; by component.
struct PatternMoments {
  const Pattern& pattern;
  std::vector<Moments> of_components;
};

PatternMoments sum_pattern(const Pattern& pattern, const Matrix& data,
                           const Matrix& responsibilities, std::span<const int> classes,
                           std::span<const double> weights, size_t class_count,
                           const GaussianMixture& clusters) {
  const Eigen::Index k_count = clusters.components();
  const auto size = static_cast<Eigen::Index>(pattern.present.size());
  PatternMoments sums{pattern, {class_count * static_cast<size_t>(k_count), Moments(size)}};
  Vector x(size);
  for (const size_t row : pattern.rows) {
    if (weights[row] == 0) continue;
    const auto r = static_cast<Eigen::Index>(row);
    for (Eigen::Index k = 0; k < k_count; ++k) {
      const double weight = weights[row] * responsibilities(r, k);
      if (weight == 0) continue;
      for (Eigen::Index i = 0; i < size; ++i) {
        const Eigen::Index f = pattern.present[static_cast<size_t>(i)];
        x[i] = data(r, f) - clusters.means(k, f);
      }
      Moments& sum = sums.of_components[static_cast<size_t>(classes[row] * k_count + k)];
      sum.count += weight;
      sum.first += weight * x;
      sum.second.noalias() += weight * x * x.transpose();
    }
  }
  return sums;
}

/// The sums of a component over all patterns and features, with what the Gaussian (`shift` from the
/// cluster's mean, `covariance`) expects of the missing ones.
Moments expected_moments(const std::vector<PatternMoments>& patterns, size_t component,
                         const Vector& shift, const Matrix& covariance) {
  const Eigen::Index d = shift.size();
  Moments total(d);
  for (const PatternMoments& of : patterns) {
    const Moments& sum = of.of_components[component];
    if (sum.count == 0) continue;
    total.count += sum.count;
    if (sum.first.size() == d) {
      total.first += sum.first;
      total.second += sum.second;
      continue;
    }
    const Expectation expected = expectation(covariance, of.pattern.present);
    Vector of_present(sum.first.size());
    for (Eigen::Index i = 0; i < of_present.size(); ++i)
      of_present[i] = shift[of.pattern.present[static_cast<size_t>(i)]];
    const Vector offset = shift - expected.a * of_present;
    const Vector first = expected.a * sum.first;
    total.first += first + sum.count * offset;
    total.second += expected.a * sum.second * expected.a.transpose() + first * offset.transpose() +
                    offset * first.transpose() + sum.count * offset * offset.transpose() +
                    sum.count * expected.c;
  }
  return total;
}

/// The covariance of all clusters together.
Matrix pooled_covariance(const GaussianMixture& clusters) {
  const Vector center = clusters.means.transpose() * clusters.weights;
  Matrix pooled = Matrix::Zero(center.size(), center.size());
  for (Eigen::Index k = 0; k < clusters.components(); ++k) {
    const Vector shift = clusters.means.row(k).transpose() - center;
    pooled += clusters.weights[k] *
              (clusters.covariances[static_cast<size_t>(k)] + shift * shift.transpose());
  }
  return pooled;
}

bool is_positive_definite(const Matrix& covariance) {
  return covariance.allFinite() && Eigen::LLT<Matrix>(covariance).info() == Eigen::Success;
}

}  // namespace

GaussianMixture fit_class_gaussians(const Matrix& data, const std::vector<Pattern>& patterns,
                                    const Matrix& responsibilities, std::span<const int> classes,
                                    std::span<const double> weights, size_t class_count,
                                    const GaussianMixture& clusters, const Shrinkage& shrinkage,
                                    std::vector<Collapsed>* collapsed) {
  const Eigen::Index k_count = clusters.components();
  const Eigen::Index d = clusters.dimensions();
  std::vector<PatternMoments> sums;
  bool any_missing = false;
  for (const Pattern& pattern : patterns) {
    sums.push_back(
        sum_pattern(pattern, data, responsibilities, classes, weights, class_count, clusters));
    any_missing |= static_cast<Eigen::Index>(pattern.present.size()) < d;
  }
  const auto components = static_cast<Eigen::Index>(class_count) * k_count;
  GaussianMixture result;
  result.weights.resize(components);
  result.means = clusters.means.replicate(static_cast<long>(class_count), 1);
  for (size_t c = 0; c < class_count; ++c)
    result.covariances.insert(result.covariances.end(), clusters.covariances.begin(),
                              clusters.covariances.end());
  const Matrix pooled = pooled_covariance(clusters);
  const int rounds = any_missing ? 4 : 1;
  for (int round = 0; round < rounds; ++round)
    for (size_t c = 0; c < class_count; ++c) {
      std::vector<Moments> of_class;
      double count = 0;
      Vector shift = Vector::Zero(d);  // of the class from its clusters, the same in all of them
      for (Eigen::Index k = 0; k < k_count; ++k) {
        const auto component = static_cast<size_t>(static_cast<long>(c) * k_count + k);
        of_class.push_back(expected_moments(
            sums, component,
            (result.means.row(static_cast<long>(component)) - clusters.means.row(k)).transpose(),
            result.covariances[component]));
        count += of_class.back().count;
        shift += of_class.back().first;
      }
      shift /= count + shrinkage.mean;
      for (Eigen::Index k = 0; k < k_count; ++k) {
        const Moments& sum = of_class[static_cast<size_t>(k)];
        const auto component = static_cast<Eigen::Index>(c) * k_count + k;
        const Vector mean = (sum.first + shrinkage.mean * shift) / (sum.count + shrinkage.mean);
        // The scatter about the shrunk mean.
        const Matrix scatter = sum.second - sum.first * mean.transpose() -
                               mean * sum.first.transpose() + sum.count * mean * mean.transpose();
        result.weights[component] =
            (sum.count + shrinkage.cluster * clusters.weights[k]) / (count + shrinkage.cluster);
        result.means.row(component) = clusters.means.row(k) + mean.transpose();
        Matrix& covariance = result.covariances[static_cast<size_t>(component)];
        covariance =
            (scatter + shrinkage.covariance * clusters.covariances[static_cast<size_t>(k)]) /
            (sum.count + shrinkage.covariance);
        covariance = (0.5 * (covariance + covariance.transpose())).eval();
        if (is_positive_definite(covariance)) continue;
        covariance = pooled;
        if (collapsed && round + 1 == rounds) collapsed->push_back({c, ClusterId(k)});
      }
    }
  return result;
}

}  // namespace uhuru::method
