#include "uhuru/method/mixture/missing_mixture.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/kmeans.hpp"

namespace uhuru::method {
namespace {

using testing::error_of;

/// Correlated rows around three centers.
Matrix rows_of_three(Eigen::Index rows, uint32_t seed) {
  RandomState random(seed);
  Matrix data(rows, 4);
  for (Eigen::Index row = 0; row < rows; ++row) {
    const auto center = static_cast<double>(random.integer(3));
    const double common = random.normal();
    for (Eigen::Index f = 0; f < 4; ++f)
      data(row, f) = 4 * center * (f % 2 ? -1 : 1) + common + 0.8 * random.normal();
  }
  return data;
}

/// The same with gaps: values missing alone, two features missing together, and a row without any.
Matrix rows_with_gaps(Eigen::Index rows, uint32_t seed) {
  Matrix data = rows_of_three(rows, seed);
  RandomState random(seed + 1);
  for (Eigen::Index row = 0; row < rows; ++row) {
    if (random.uniform() < 0.2) data(row, 0) = std::nan("");
    if (random.uniform() < 0.3) data(row, 2) = data(row, 3) = std::nan("");
  }
  data.row(rows / 2).setConstant(std::nan(""));
  return data;
}

/// One row under one Gaussian, by the textbook.
struct OneRow {
  Vector expected;         // the row with what is expected of the missing features
  Matrix covariance;       // of these
  double log_density = 0;  // of the present features
};

OneRow naive_row(const Vector& x, const Vector& mean, const Matrix& covariance) {
  std::vector<long> present, missing;
  for (long f = 0; f < x.size(); ++f) (std::isnan(x[f]) ? missing : present).push_back(f);
  const Matrix inverse = Matrix(covariance(present, present)).inverse();
  const Vector deviation = x(present) - mean(present);
  OneRow row{x, Matrix::Zero(x.size(), x.size()), 0};
  const Matrix regression = covariance(missing, present) * inverse;
  row.expected(missing) = mean(missing) + regression * deviation;
  row.covariance(missing, missing) =
      covariance(missing, missing) - regression * covariance(present, missing);
  row.log_density = -0.5 * (deviation.dot(inverse * deviation) - std::log(inverse.determinant()) +
                            static_cast<double>(present.size()) * std::log(2 * std::numbers::pi));
  return row;
}

/// The M-step, row by row, with expectations under `at`. A row with responsibilities of 0 counts
/// nowhere.
GaussianMixture naive_step(const Matrix& data, const GaussianMixture& at,
                           const Matrix& responsibilities, double floor) {
  GaussianMixture next = at;
  for (Eigen::Index c = 0; c < at.components(); ++c) {
    const Matrix& covariance = at.covariances[static_cast<size_t>(c)];
    const double total = responsibilities.col(c).sum();
    Vector mean = Vector::Zero(data.cols());
    std::vector<OneRow> rows;
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      rows.emplace_back();
      if (responsibilities(row, c) == 0) continue;
      rows.back() = naive_row(data.row(row), at.means.row(c), covariance);
      mean += responsibilities(row, c) * rows.back().expected / total;
    }
    Matrix sum = Matrix::Zero(data.cols(), data.cols());
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      if (responsibilities(row, c) == 0) continue;
      const OneRow& of_row = rows[static_cast<size_t>(row)];
      const Vector deviation = of_row.expected - mean;
      sum += responsibilities(row, c) * (deviation * deviation.transpose() + of_row.covariance);
    }
    next.weights[c] = total / responsibilities.sum();
    next.means.row(c) = mean;
    next.covariances[static_cast<size_t>(c)] =
        sum / total + floor * Matrix::Identity(data.cols(), data.cols());
  }
  return next;
}

/// The E-step, row by row: responsibilities, and the mean log-likelihood.
double naive_responsibilities(const Matrix& data, const GaussianMixture& at, Matrix& result) {
  double sum = 0, rows = 0;
  result = Matrix::Zero(data.rows(), at.components());
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    if (data.row(row).array().isNaN().all()) continue;
    for (Eigen::Index c = 0; c < at.components(); ++c)
      result(row, c) = at.weights[c] * std::exp(naive_row(data.row(row), at.means.row(c),
                                                          at.covariances[static_cast<size_t>(c)])
                                                    .log_density);
    sum += std::log(result.row(row).sum());
    result.row(row) /= result.row(row).sum();
    rows += 1;
  }
  return sum / rows;
}

/// EM until the mean log-likelihood changes by less than the tolerance.
MixtureFit naive_em(const Matrix& data, GaussianMixture start, const MixtureSettings& settings) {
  MixtureFit fit;
  fit.mixture = std::move(start);
  double previous = -std::numeric_limits<double>::infinity();
  for (fit.iterations = 1;; ++fit.iterations) {
    Matrix responsibilities;
    fit.mean_log_likelihood = naive_responsibilities(data, fit.mixture, responsibilities);
    fit.mixture = naive_step(data, fit.mixture, responsibilities, settings.covariance_floor);
    if (std::abs(fit.mean_log_likelihood - previous) < settings.tolerance ||
        fit.iterations == settings.max_iterations)
      return fit;
    previous = fit.mean_log_likelihood;
  }
}

/// The whole fit: one Gaussian, whose expectations complete the rows for k-means.
MixtureFit naive_missing_fit(const Matrix& data, const MixtureSettings& settings) {
  GaussianMixture one{
      Vector::Ones(1), Matrix(1, data.cols()), {Matrix::Zero(data.cols(), data.cols())}};
  for (Eigen::Index f = 0; f < data.cols(); ++f) {
    std::vector<double> known;
    for (const double value : data.col(f))
      if (!std::isnan(value)) known.push_back(value);
    const Eigen::Map<const Vector> values(known.data(), static_cast<long>(known.size()));
    one.means(0, f) = values.mean();
    one.covariances[0](f, f) =
        (values.array() - values.mean()).square().mean() + settings.covariance_floor;
  }
  one = naive_em(data, one, settings).mixture;
  std::vector<size_t> rows;
  Matrix completed = data;
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    if (data.row(row).array().isNaN().all()) continue;
    rows.push_back(static_cast<size_t>(row));
    completed.row(row) =
        naive_row(data.row(row), one.means.row(0), one.covariances[0]).expected.transpose();
  }
  RandomState random(settings.seed);
  const Matrix of_rows = take_rows(completed, rows);
  const auto labels = kmeans(RowBlocks(of_rows), settings.components, random, Threads(1));
  Matrix start = Matrix::Zero(data.rows(), settings.components);
  for (size_t i = 0; i < rows.size(); ++i) start(static_cast<long>(rows[i]), labels[i]) = 1;
  GaussianMixture alike = one;
  alike.weights = Vector::Constant(settings.components, 1.0 / settings.components);
  alike.means = one.means.replicate(settings.components, 1);
  alike.covariances.assign(static_cast<size_t>(settings.components), one.covariances[0]);
  MixtureFit fit =
      naive_em(data, naive_step(data, alike, start, settings.covariance_floor), settings);
  Matrix responsibilities;
  fit.log_likelihood = naive_responsibilities(data, fit.mixture, responsibilities) *
                       static_cast<double>(rows.size());
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    Eigen::Index most = 0;
    responsibilities.row(row).maxCoeff(&most);
    fit.clusters.push_back(ClusterId(most));
  }
  return fit;
}

TEST(FitMissingMixture, EqualsTheObviousEm) {
  for (const int k : {1, 3}) {
    const Matrix data = rows_with_gaps(1500, 11);
    const MixtureSettings settings{k, 42, 1e-6, 1e-3, 100};
    const MixtureFit fast = fit_missing_mixture(data, settings, Threads(2));
    const MixtureFit slow = naive_missing_fit(data, settings);
    EXPECT_EQ(fast.clusters, slow.clusters);
    EXPECT_EQ(fast.iterations, slow.iterations);
    EXPECT_TRUE(fast.converged);
    EXPECT_NEAR(fast.mean_log_likelihood, slow.mean_log_likelihood, 1e-10);
    EXPECT_NEAR(fast.log_likelihood, slow.log_likelihood, 1e-7);
    EXPECT_LT((fast.mixture.weights - slow.mixture.weights).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_LT((fast.mixture.means - slow.mixture.means).cwiseAbs().maxCoeff(), 1e-8);
    for (size_t c = 0; c < static_cast<size_t>(k); ++c)
      EXPECT_LT((fast.mixture.covariances[c] - slow.mixture.covariances[c]).cwiseAbs().maxCoeff(),
                1e-8);
    EXPECT_EQ(fast.clusters[750], ClusterId(0));  // without any feature
  }
}

TEST(FitMissingMixture, IsFitMixtureWithoutGaps) {
  const Matrix data = rows_of_three(3000, 5);
  const MixtureSettings settings{3, 1, 1e-6, 1e-4, 50, 2};
  const MixtureFit one = fit_missing_mixture(data, settings, Threads(2));
  const MixtureFit other = fit_mixture(data, settings, Threads(2));
  EXPECT_EQ(one.clusters, other.clusters);
  EXPECT_EQ(one.mixture.weights, other.mixture.weights);
  EXPECT_EQ(one.mixture.means, other.mixture.means);
  EXPECT_EQ(one.mixture.covariances, other.mixture.covariances);
  EXPECT_EQ(one.log_likelihood, other.log_likelihood);
  EXPECT_EQ(one.iterations, other.iterations);
  // A row that has nothing changes hardly anything: another first guess, the same fit.
  Matrix with_empty(3001, 4);
  with_empty << data, Eigen::RowVectorXd::Constant(4, std::nan(""));
  const MixtureFit empty = fit_missing_mixture(with_empty, {3, 1, 1e-6, 1e-9, 500}, Threads(2));
  const MixtureFit complete = fit_mixture(data, {3, 1, 1e-6, 1e-9, 500}, Threads(2));
  EXPECT_NEAR(empty.log_likelihood, complete.log_likelihood, 1e-3);
}

TEST(LogJoint, IsThatOfTheFeaturesThatARowHas) {
  const Matrix data = rows_with_gaps(20'000, 4);  // more than are evaluated at a time
  MixtureSettings settings;
  settings.components = 3;
  const GaussianMixture mixture = fit_missing_mixture(data, settings, Threads(2)).mixture;
  const Matrix joint = log_joint(mixture, data, Threads(2));
  ASSERT_EQ(joint.rows(), data.rows());
  for (Eigen::Index row = 0; row < data.rows(); row += 7)
    for (Eigen::Index c = 0; c < 3; ++c)
      EXPECT_NEAR(
          joint(row, c),
          std::log(mixture.weights[c]) + naive_row(data.row(row), mixture.means.row(c),
                                                   mixture.covariances[static_cast<size_t>(c)])
                                             .log_density,
          1e-9);
  EXPECT_TRUE(
      joint.row(10'000).transpose().isApprox(mixture.weights.array().log().matrix(), 1e-14));
  EXPECT_EQ(joint, log_joint(mixture, data, Threads(5)));
}

TEST(FitMissingMixture, NeverGetsLessLikely) {
  const Matrix data = rows_with_gaps(600, 3);
  double previous = -std::numeric_limits<double>::infinity();
  for (int iterations = 1; iterations <= 25; ++iterations) {
    const MixtureFit fit = fit_missing_mixture(data, {4, 2, 1e-12, 0, iterations}, Threads(1));
    EXPECT_EQ(fit.iterations, iterations);
    EXPECT_FALSE(fit.converged);
    EXPECT_GE(fit.mean_log_likelihood, previous - 1e-9);
    EXPECT_GE(fit.log_likelihood / 599, fit.mean_log_likelihood - 1e-9);
    previous = fit.mean_log_likelihood;
  }
}

TEST(FitMissingMixture, TakesTheBestStart) {
  const Matrix data = rows_with_gaps(600, 7);
  const auto likelihood = [&](int starts) {
    return fit_missing_mixture(data, {5, 3, 1e-6, 1e-3, 100, starts}, Threads(1))
        .mean_log_likelihood;
  };
  EXPECT_GE(likelihood(6), likelihood(1));
}

TEST(FitMissingMixture, IsNotMisledWhereWhatIsMissingDependsOnWhatIsKnown) {
  // The second feature follows the first, and is missing where that is positive.
  RandomState random(9);
  Matrix data(4000, 2);
  double sum = 0, count = 0;
  for (long row = 0; row < data.rows(); ++row) {
    data(row, 0) = random.normal();
    data(row, 1) = data(row, 0) + 0.3 * random.normal();
    if (data(row, 0) > 0) {
      data(row, 1) = std::nan("");
    } else {
      sum += data(row, 1);
      ++count;
    }
  }
  const MixtureFit fit = fit_missing_mixture(data, {1, 1, 1e-6, 1e-6, 200}, Threads(1));
  EXPECT_LT(sum / count, -0.7);
  EXPECT_NEAR(fit.mixture.means(0, 1), 0, 0.06);
  EXPECT_NEAR(fit.mixture.covariances[0](0, 1), 1, 0.1);
  EXPECT_NEAR(fit.mixture.covariances[0](1, 1), 1.09, 0.12);
}

TEST(FitMissingMixture, GivesTheSameBitsAtAnyNumberOfThreads) {
  const Matrix data = rows_with_gaps(9000, 5);
  const MixtureSettings settings{4, 1, 1e-6, 1e-4, 30, 2};
  const MixtureFit one = fit_missing_mixture(data, settings, Threads(1));
  const MixtureFit four = fit_missing_mixture(data, settings, Threads(4));
  EXPECT_EQ(four.clusters, one.clusters);
  EXPECT_EQ(four.mixture.means, one.mixture.means);
  EXPECT_EQ(four.mixture.weights, one.mixture.weights);
  EXPECT_EQ(four.mixture.covariances, one.mixture.covariances);
  EXPECT_EQ(four.mean_log_likelihood, one.mean_log_likelihood);
  EXPECT_EQ(four.log_likelihood, one.log_likelihood);
}

TEST(FitMissingMixture, RefusesWhatCannotBeFitted) {
  const auto message = [](const Matrix& data, MixtureSettings settings) {
    return error_of([&] { fit_missing_mixture(data, settings, Threads(1)); }).message();
  };
  Matrix data = rows_with_gaps(20, 1);
  EXPECT_EQ(message(data, {20, 1, 1e-6, 1e-3, 10}), "fewer detections than components");
  EXPECT_EQ(message(data.topRows(11).bottomRows(2), {1, 1, 1e-6, 1e-3, 10}),
            "fewer detections than components");  // one has no feature
  data.col(1).setConstant(std::nan(""));
  EXPECT_EQ(message(data, {2, 1, 1e-6, 1e-3, 10}), "a feature is missing in all detections");
  // Without a floor, a component on one point has no volume.
  Matrix points = Matrix::Zero(20, 2);
  points.bottomRows(10).setOnes();
  points(3, 0) = std::nan("");
  EXPECT_NE(message(points, {2, 1, 0, 1e-3, 10}).find("mixture component has collapsed"),
            std::string::npos);
}

}  // namespace
}  // namespace uhuru::method
