#include "uhuru/method/mixture/placement.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Matrix random_covariance(Eigen::Index d, RandomState& random) {
  Matrix root(d, d);
  for (double& value : root.reshaped()) value = random.normal();
  return root * root.transpose() + 0.1 * Matrix::Identity(d, d);
}

Vector random_vector(Eigen::Index d, RandomState& random) {
  Vector result(d);
  for (double& value : result) value = random.normal();
  return result;
}

/// The slow reference: reduces the covariance to the non-missing features, with their extra
/// variances on its diagonal.
PartialGaussian::Value by_cutting(const Vector& mean, const Matrix& covariance, const Vector& x,
                                  const Vector& extra) {
  std::vector<Eigen::Index> there;
  for (Eigen::Index i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i])) there.push_back(i);
  const auto n = static_cast<Eigen::Index>(there.size());
  Matrix cut(n, n);
  Vector difference(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    difference[i] = x[there[i]] - mean[there[i]];
    for (Eigen::Index j = 0; j < n; ++j)
      cut(i, j) = covariance(there[i], there[j]) + (i == j ? extra[there[i]] : 0.0);
  }
  const double distance = difference.dot(cut.inverse() * difference);
  const double norm =
      static_cast<double>(n) * std::log(2 * std::numbers::pi) + std::log(cut.determinant());
  return {-0.5 * (norm + distance), distance, static_cast<int>(n)};
}

TEST(PartialGaussian, IsTheGaussianOfTheFeaturesThatAreThere) {
  RandomState random(3);
  for (int round = 0; round < 200; ++round) {
    const Eigen::Index d = 1 + static_cast<Eigen::Index>(random.integer(12));
    const Matrix covariance = random_covariance(d, random);
    const Vector mean = random_vector(d, random);
    Vector x = random_vector(d, random);
    Vector extra = Vector::Zero(d);
    for (Eigen::Index i = 0; i < d; ++i) {
      if (random.uniform() < 0.3) extra[i] = std::exp(3 * random.normal());
      if (random.uniform() < 0.3) x[i] = nan;
    }
    if (x.array().isNaN().all()) x[0] = 1;
    const PartialGaussian gaussian(mean, covariance);
    const auto expected = by_cutting(mean, covariance, x, extra);
    const auto found = gaussian(x.data(), extra.data());
    EXPECT_EQ(found.dimensions, expected.dimensions);
    EXPECT_NEAR(found.log_density, expected.log_density,
                1e-8 * (1 + std::abs(expected.log_density)));
    EXPECT_NEAR(found.distance, expected.distance, 1e-8 * (1 + expected.distance));
    const auto without = gaussian(x.data(), nullptr);
    EXPECT_NEAR(without.log_density, by_cutting(mean, covariance, x, Vector::Zero(d)).log_density,
                1e-7);
  }
}

TEST(PartialGaussian, SaysNothingWithoutFeatures) {
  const PartialGaussian gaussian(Vector::Zero(2), Matrix::Identity(2, 2));
  const double x[] = {nan, nan};
  const auto value = gaussian(x, nullptr);
  EXPECT_EQ(value.dimensions, 0);
  EXPECT_EQ(value.log_density, 0);
  EXPECT_EQ(testing::error_of([] {
              PartialGaussian(Vector::Zero(2), Matrix::Constant(2, 2, 1.0));
            }).message(),
            "a covariance is not positive definite");
}

TEST(ChiSquaredTail, IsTheIntegralOfItsDensity) {
  for (int degrees = 1; degrees <= 13; ++degrees)
    for (const double value : {0.01, 0.5, 3.0, 12.0, 40.0}) {
      // Simpson's rule over t = s² from sqrt(value) on, where the integrand is smooth.
      const double n = degrees;
      const auto density = [&](double s) {
        return 2 * std::exp((n - 1) * std::log(s) - s * s / 2 - n / 2 * std::log(2.0) -
                            std::lgamma(n / 2));
      };
      const double from = std::sqrt(value);
      const int steps = 4000;
      const double h = 20.0 / steps;
      double sum = density(from) + density(from + 20);
      for (int i = 1; i < steps; ++i) sum += (i % 2 ? 4 : 2) * density(from + i * h);
      EXPECT_NEAR(chi_squared_tail(value, degrees), sum * h / 3,
                  1e-9 * (1e-3 + chi_squared_tail(value, degrees)));
    }
  EXPECT_EQ(chi_squared_tail(0, 4), 1);
}

TEST(MixturePlacer, FindsClusterDensityAndTail) {
  GaussianMixture mixture;
  mixture.weights = Vector::Constant(2, 0.5);
  mixture.means = Matrix::Zero(2, 2);
  mixture.means(1, 0) = 100;
  mixture.covariances.assign(2, Matrix::Identity(2, 2));
  const MixturePlacer placer(mixture, {});
  const double near_second[] = {99, 0};
  Placement place = placer(near_second);
  EXPECT_EQ(place.cluster, ClusterId(1));
  EXPECT_NEAR(place.log_density, std::log(0.5) - std::log(2 * std::numbers::pi) - 0.5, 1e-12);
  EXPECT_NEAR(place.tail_probability, std::exp(-0.5), 1e-12);  // two degrees of freedom
  const double half[] = {nan, 3};  // both components agree in the non-missing features
  place = placer(half);
  EXPECT_EQ(place.cluster, ClusterId(0));
  EXPECT_NEAR(place.tail_probability, std::erfc(3 / std::numbers::sqrt2), 1e-12);
  const double nothing[] = {nan, nan};
  place = placer(nothing);
  EXPECT_EQ(place.cluster, std::nullopt);
  EXPECT_TRUE(std::isnan(place.log_density));
  EXPECT_TRUE(std::isnan(place.tail_probability));
}

TEST(MixturePlacer, TailProbabilitiesOfItsOwnDrawsAreUniform) {
  GaussianMixture mixture;
  mixture.weights = Vector::Constant(1, 1.0);
  mixture.means = Matrix::Zero(1, 3);
  RandomState random(1);
  mixture.covariances.push_back(random_covariance(3, random));
  const Matrix root = Eigen::LLT<Matrix>(mixture.covariances[0]).matrixL();
  const MixturePlacer placer(mixture, {});
  int below = 0;
  for (int i = 0; i < 4000; ++i) {
    const Vector x = root * random_vector(3, random);
    below += placer(x.data()).tail_probability < 0.1;
  }
  EXPECT_NEAR(below, 400, 60);
}

TEST(DensityQuantiles, GivePercentiles) {
  RandomState random(2);
  Matrix data(5000, 2);
  for (double& value : data.reshaped()) value = random.normal();
  GaussianMixture mixture{Vector::Ones(1), Matrix::Zero(1, 2), {Matrix::Identity(2, 2)}};
  const MixtureDensity density(mixture);
  const auto quantiles = density_quantiles(RowBlocks(data), density);
  ASSERT_EQ(quantiles.size(), 1001u);
  const Matrix joint = density.log_joint(data);
  std::vector<double> all(joint.data(), joint.data() + joint.size());
  std::sort(all.begin(), all.end());
  EXPECT_NEAR(quantiles.front(), all.front(), 1e-12);
  EXPECT_NEAR(quantiles.back(), all.back(), 1e-12);
  for (const size_t rank : {100u, 2500u, 4900u})
    EXPECT_NEAR(density_percentile(quantiles, all[rank]), static_cast<double>(rank) / 50, 0.11);
  EXPECT_EQ(density_percentile(quantiles, -1e9), 0);
  EXPECT_EQ(density_percentile(quantiles, 1e9), 100);
  EXPECT_TRUE(std::isnan(density_percentile(quantiles, nan)));
  EXPECT_TRUE(std::isnan(density_percentile({}, 0)));
}

}  // namespace
}  // namespace uhuru::method
