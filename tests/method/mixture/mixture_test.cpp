#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/kmeans.hpp"

namespace uhuru::method {
namespace {

using testing::error_of;

/// Rows around `k` centers.
Matrix random_data(Eigen::Index rows, Eigen::Index columns, int k, uint32_t seed) {
  RandomState random(seed);
  Matrix centers(k, columns);
  for (double& value : centers.reshaped()) value = 3 * random.normal();
  Matrix data(rows, columns);
  for (Eigen::Index row = 0; row < rows; ++row) {
    const auto center = static_cast<Eigen::Index>(random.integer(k));
    for (Eigen::Index c = 0; c < columns; ++c)
      data(row, c) = centers(center, c) + (1 + 0.3 * static_cast<double>(c)) * random.normal();
  }
  return data;
}

/// log(weight × density) from the textbook formula: inverse and determinant.
double slow_log_joint(const GaussianMixture& mixture, Eigen::Index component,
                      const Eigen::RowVectorXd& x) {
  const Eigen::RowVectorXd difference = x - mixture.means.row(component);
  const Matrix& covariance = mixture.covariances[component];
  const double distance = (difference * covariance.inverse()).dot(difference);
  return std::log(mixture.weights[component]) -
         0.5 * (distance + std::log(covariance.determinant()) +
                static_cast<double>(x.size()) * std::log(2 * std::numbers::pi));
}

/// One EM step row by row, from responsibilities to mixture, in two passes.
GaussianMixture slow_m_step(const Matrix& data, const Matrix& responsibilities, double floor) {
  GaussianMixture mixture;
  const Eigen::Index k = responsibilities.cols();
  mixture.weights = responsibilities.colwise().sum().transpose();
  mixture.means = responsibilities.transpose() * data;
  for (Eigen::Index c = 0; c < k; ++c) {
    mixture.means.row(c) /= mixture.weights[c];
    Matrix covariance = Matrix::Zero(data.cols(), data.cols());
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      const Eigen::RowVectorXd difference = data.row(row) - mixture.means.row(c);
      covariance += responsibilities(row, c) * difference.transpose() * difference;
    }
    covariance /= mixture.weights[c];
    covariance.diagonal().array() += floor;
    mixture.covariances.push_back(covariance);
  }
  mixture.weights /= static_cast<double>(data.rows());
  return mixture;
}

/// The whole fit in the simple way, from the same k-means labels.
MixtureFit slow_fit(const Matrix& data, const MixtureSettings& settings) {
  RandomState random(settings.seed);
  const auto start = kmeans(RowBlocks(data), settings.components, random, Threads(1));
  Matrix responsibilities = Matrix::Zero(data.rows(), settings.components);
  for (Eigen::Index row = 0; row < data.rows(); ++row) responsibilities(row, start[row]) = 1;
  MixtureFit fit;
  fit.mixture = slow_m_step(data, responsibilities, settings.covariance_floor);
  double previous = -std::numeric_limits<double>::infinity();
  const auto e_step = [&] {
    double likelihood = 0;
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      for (Eigen::Index c = 0; c < settings.components; ++c)
        responsibilities(row, c) = slow_log_joint(fit.mixture, c, data.row(row));
      const double largest = responsibilities.row(row).maxCoeff();
      const double density =
          largest + std::log((responsibilities.row(row).array() - largest).exp().sum());
      responsibilities.row(row) = (responsibilities.row(row).array() - density).exp();
      likelihood += density;
    }
    return likelihood / static_cast<double>(data.rows());
  };
  for (fit.iterations = 1; fit.iterations <= settings.max_iterations; ++fit.iterations) {
    fit.mean_log_likelihood = e_step();
    fit.mixture = slow_m_step(data, responsibilities, settings.covariance_floor);
    if (std::abs(fit.mean_log_likelihood - previous) < settings.tolerance) break;
    previous = fit.mean_log_likelihood;
  }
  e_step();
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    Eigen::Index label = 0;
    responsibilities.row(row).maxCoeff(&label);
    fit.clusters.push_back(ClusterId(static_cast<int>(label)));
  }
  return fit;
}

TEST(Kmeans, EndsWhereEveryRowHasItsNearestCenter) {
  for (const int k : {1, 2, 5, 20}) {
    const Matrix data = random_data(3000, 4, 5, 7);
    RandomState random(3);
    const auto labels = kmeans(RowBlocks(data), k, random, Threads(2));
    Matrix centers = Matrix::Zero(k, 4);
    Vector counts = Vector::Zero(k);
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      centers.row(labels[row]) += data.row(row);
      counts[labels[row]] += 1;
    }
    EXPECT_GT(counts.minCoeff(), 0);
    for (Eigen::Index c = 0; c < k; ++c) centers.row(c) /= counts[c];
    // The last centers moved by less than the tolerance: nearly all rows have the label of the
    // nearest.
    Eigen::Index elsewhere = 0;
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      Eigen::Index nearest = 0;
      (centers.rowwise() - data.row(row)).rowwise().squaredNorm().minCoeff(&nearest);
      elsewhere += nearest != labels[row];
    }
    EXPECT_LE(elsewhere, data.rows() / 50) << k;
  }
}

/// All distances in each iteration; data and centers without a common shift.
std::vector<int> slow_kmeans(const Matrix& data, Matrix centers) {
  const double variance =
      (data.rowwise() - data.colwise().mean()).array().square().colwise().mean().mean();
  std::vector<int> labels(static_cast<size_t>(data.rows()), -1);
  const auto assign = [&] {
    size_t changed = 0;
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      Eigen::Index nearest = 0;
      (centers.rowwise() - data.row(row)).rowwise().squaredNorm().minCoeff(&nearest);
      changed +=
          std::exchange(labels[static_cast<size_t>(row)], static_cast<int>(nearest)) != nearest;
    }
    return changed;
  };
  for (int iteration = 0; iteration < 300; ++iteration) {
    if (assign() == 0) return labels;
    Matrix sums = Matrix::Zero(centers.rows(), data.cols());
    Vector counts = Vector::Zero(centers.rows());
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      sums.row(labels[static_cast<size_t>(row)]) += data.row(row);
      counts[labels[static_cast<size_t>(row)]] += 1;
    }
    const Matrix moved = sums.array().colwise() / counts.array();
    const double shift = (moved - centers).squaredNorm();
    centers = moved;
    if (shift <= 1e-4 * variance) break;
  }
  assign();
  return labels;
}

TEST(Kmeans, BoundsChangeNoLabel) {
  for (const auto& [count, k, seed] : {std::tuple(20'000, 20, 1u), std::tuple(5'000, 6, 2u),
                                       std::tuple(2'000, 50, 3u), std::tuple(300, 1, 4u)}) {
    // Far from the origin, where differences lose digits.
    const Matrix data = random_data(count, 5, k, seed).array() + 1000;
    Matrix centers(k, 5);
    for (Eigen::Index c = 0; c < k; ++c) centers.row(c) = data.row(c * (count / k));
    const auto slow = slow_kmeans(data, centers);
    EXPECT_EQ(kmeans_from(RowBlocks(data), centers, Threads(2)), slow) << count << " " << k;
    // Beyond single precision, in which the bounds are kept.
    const Matrix large = data * 1e60;
    EXPECT_EQ(kmeans_from(RowBlocks(large), centers * 1e60, Threads(2)), slow) << count << " " << k;
    RowBlocks blocks(5);
    for (Eigen::Index row = 0; row < data.rows(); ++row) blocks.append(data.row(row).data());
    EXPECT_EQ(kmeans_from(blocks, centers, Threads(3)), slow) << count << " " << k;
  }
}

TEST(Kmeans, FillsClustersThatAreEmpty) {
  Matrix data(6, 1);
  data << 0, 0, 0, 0, 0, 10;  // two places, three clusters requested
  RandomState random(1);
  const auto labels = kmeans(RowBlocks(data), 3, random, Threads(1));
  EXPECT_NE(labels[0], labels[5]);
}

TEST(MixtureDensity, EqualsTheTextbook) {
  const Matrix data = random_data(50, 3, 2, 1);
  const MixtureFit fit = fit_mixture(data, {2, 1, 1e-6, 1e-3, 100}, Threads(1));
  const Matrix joint = MixtureDensity(fit.mixture).log_joint(data);
  for (Eigen::Index row = 0; row < data.rows(); ++row)
    for (Eigen::Index c = 0; c < 2; ++c)
      EXPECT_NEAR(joint(row, c), slow_log_joint(fit.mixture, c, data.row(row)), 1e-9);
}

TEST(FitMixture, EqualsTheObviousEm) {
  for (const int k : {1, 2, 6}) {
    const Matrix data = random_data(5000, 4, 4, 11);  // several chunks
    const MixtureSettings settings{k, 42, 1e-6, 1e-3, 100};
    const MixtureFit fast = fit_mixture(data, settings, Threads(2));
    const MixtureFit slow = slow_fit(data, settings);
    EXPECT_EQ(fast.clusters, slow.clusters);
    EXPECT_EQ(fast.iterations, slow.iterations);
    EXPECT_NEAR(fast.mean_log_likelihood, slow.mean_log_likelihood, 1e-10);
    EXPECT_TRUE(fast.converged);
    EXPECT_LT((fast.mixture.means - slow.mixture.means).cwiseAbs().maxCoeff(), 1e-9);
    for (int c = 0; c < k; ++c)
      EXPECT_LT((fast.mixture.covariances[c] - slow.mixture.covariances[c]).cwiseAbs().maxCoeff(),
                1e-9);
  }
}

TEST(FitMixture, GivesTheSameBitsAtAnyNumberOfThreads) {
  const Matrix data = random_data(9000, 5, 3, 5);
  const MixtureSettings settings{4, 1, 1e-6, 1e-4, 50};
  const MixtureFit one = fit_mixture(data, settings, Threads(1));
  for (const int threads : {2, 7}) {
    const MixtureFit more = fit_mixture(data, settings, Threads(threads));
    EXPECT_EQ(more.clusters, one.clusters);
    EXPECT_EQ(more.mixture.means, one.mixture.means);
    EXPECT_EQ(more.mixture.weights, one.mixture.weights);
    for (size_t c = 0; c < 4; ++c)
      EXPECT_EQ(more.mixture.covariances[c], one.mixture.covariances[c]);
    EXPECT_EQ(more.mean_log_likelihood, one.mean_log_likelihood);
  }
}

TEST(FitMixture, StopsAtTheLargestNumberOfIterations) {
  const MixtureFit fit = fit_mixture(random_data(500, 3, 4, 2), {4, 1, 1e-6, 0, 3}, Threads(1));
  EXPECT_EQ(fit.iterations, 3);
  EXPECT_FALSE(fit.converged);
}

TEST(FitMixture, RefusesWhatCannotBeFitted) {
  const Matrix data = random_data(5, 2, 1, 1);
  EXPECT_EQ(error_of([&] {
              fit_mixture(data, {6, 1, 1e-6, 1e-3, 10}, Threads(1));
            }).message(),
            "fewer detections than components");
  // Without a floor, a component on one point has no volume.
  Matrix points = Matrix::Zero(20, 2);
  points.bottomRows(10).setOnes();
  EXPECT_EQ(error_of([&] {
              fit_mixture(points, {2, 1, 0, 1e-3, 10}, Threads(1));
            }).message(),
            "a mixture component has collapsed");
}

}  // namespace
}  // namespace uhuru::method
