#include "uhuru/method/classify/shrunk_gaussians.hpp"

#include <cmath>

#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

/// Weighted sums over the members of a class in a cluster.
struct Moments {
  double count = 0;
  Vector first;   // of x minus the cluster mean
  Matrix second;  // of its products
};

/// Rounds to ten digits, which keeps a model file small.
void round_digits(Eigen::Ref<Matrix> values) {
  for (Eigen::Index i = 0; i < values.rows(); ++i)
    for (Eigen::Index j = 0; j < values.cols(); ++j)
      if (double& value = values(i, j); value != 0)
        value = numpy_round(value, 9 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
}

}  // namespace

GaussianMixture fit_class_gaussians(const Matrix& data, const Matrix& responsibilities,
                                    std::span<const int> classes, std::span<const double> weights,
                                    size_t class_count, const GaussianMixture& clusters,
                                    const Shrinkage& shrinkage) {
  const Eigen::Index k_count = clusters.components();
  const Eigen::Index d = clusters.dimensions();
  std::vector<Moments> moments(class_count * static_cast<size_t>(k_count),
                               {0, Vector::Zero(d), Matrix::Zero(d, d)});
  for (size_t row = 0; row < classes.size(); ++row) {
    const auto r = static_cast<Eigen::Index>(row);
    for (Eigen::Index k = 0; k < k_count; ++k) {
      const double weight = weights[row] * responsibilities(r, k);
      if (weight == 0) continue;
      Moments& sum = moments[static_cast<size_t>(classes[row] * k_count + k)];
      const Vector x = (data.row(r) - clusters.means.row(k)).transpose();
      sum.count += weight;
      sum.first += weight * x;
      sum.second.noalias() += weight * x * x.transpose();
    }
  }
  GaussianMixture result;
  const auto components = static_cast<Eigen::Index>(moments.size());
  result.weights.resize(components);
  result.means.resize(components, d);
  for (size_t c = 0; c < class_count; ++c) {
    const Moments* of_class = moments.data() + c * static_cast<size_t>(k_count);
    double count = 0;
    Vector shift = Vector::Zero(d);  // of the class from its clusters, the same in all of them
    for (Eigen::Index k = 0; k < k_count; ++k) {
      count += of_class[k].count;
      shift += of_class[k].first;
    }
    shift /= count + shrinkage.mean;
    for (Eigen::Index k = 0; k < k_count; ++k) {
      const Moments& sum = of_class[k];
      const auto component = static_cast<Eigen::Index>(c) * k_count + k;
      const Vector mean = (sum.first + shrinkage.mean * shift) / (sum.count + shrinkage.mean);
      // The scatter about the shrunk mean.
      const Matrix scatter = sum.second - sum.first * mean.transpose() -
                             mean * sum.first.transpose() + sum.count * mean * mean.transpose();
      result.weights[component] =
          (sum.count + shrinkage.cluster * clusters.weights[k]) / (count + shrinkage.cluster);
      result.means.row(component) = clusters.means.row(k) + mean.transpose();
      result.covariances.emplace_back((scatter + shrinkage.covariance * clusters.covariances[k]) /
                                      (sum.count + shrinkage.covariance));
      round_digits(result.covariances.back());
    }
  }
  round_digits(result.means);
  return result;
}

}  // namespace uhuru::method
