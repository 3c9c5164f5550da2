#include "uhuru/method/classify/shrunk_gaussians.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

/// Two clusters in three dimensions, and rows of three classes in them; the last has no rows.
struct ClusteredClasses {
  GaussianMixture clusters;
  Matrix data{400, 3}, responsibilities{400, 2};
  std::vector<int> classes;
  std::vector<double> weights;
};

ClusteredClasses clustered_classes(double missing_part) {
  RandomState random(4);
  ClusteredClasses result;
  result.clusters.weights = (Vector(2) << 0.4, 0.6).finished();
  result.clusters.means = (Matrix(2, 3) << 0, 0, 0, 3, 1, -1).finished();
  result.clusters.covariances = {
      (Matrix(3, 3) << 2, 0.5, 0.3, 0.5, 1, 0.2, 0.3, 0.2, 1.5).finished(),
      (Matrix(3, 3) << 1, -0.3, 0, -0.3, 2, 0.6, 0, 0.6, 1).finished()};
  for (long row = 0; row < 400; ++row) {
    const double shift = row % 2 ? 1.0 : 0.0;
    const double common = random.normal();
    for (long f = 0; f < 3; ++f)
      result.data(row, f) = shift + common + random.normal() + (row % 3 ? 3.0 : 0.0);
    for (long f = 0; f < 3; ++f)
      if (random.uniform() < missing_part) result.data(row, f) = std::nan("");
    const double part = random.uniform();
    result.responsibilities.row(row) << part, 1 - part;
    result.classes.push_back(static_cast<int>(row % 2));
    result.weights.push_back(static_cast<double>(random.integer(4)));  // some are 0
  }
  return result;
}

/// The same row by row, from what the previous round's Gaussian expects of it.
GaussianMixture naive_class_gaussians(const ClusteredClasses& of, long class_count,
                                      const Shrinkage& shrinkage, int rounds) {
  const long k_count = of.clusters.components();
  const long d = of.clusters.dimensions();
  GaussianMixture result;
  result.weights.resize(class_count * k_count);
  result.means.resize(class_count * k_count, d);
  for (long c = 0; c < class_count; ++c)
    for (long k = 0; k < k_count; ++k) {
      result.means.row(c * k_count + k) = of.clusters.means.row(k);
      result.covariances.push_back(of.clusters.covariances[static_cast<size_t>(k)]);
    }
  for (int round = 0; round < rounds; ++round) {
    const GaussianMixture at = result;
    for (long c = 0; c < class_count; ++c) {
      double total = 0;
      Vector deviations = Vector::Zero(d);
      struct Member {
        double weight;
        Vector expected;
        Matrix covariance;
      };
      std::vector<std::vector<Member>> members(static_cast<size_t>(k_count));
      for (long k = 0; k < k_count; ++k)
        for (long row = 0; row < of.data.rows(); ++row) {
          const double weight = of.weights[static_cast<size_t>(row)] * of.responsibilities(row, k);
          std::vector<long> present, missing;
          for (long f = 0; f < d; ++f)
            (std::isnan(of.data(row, f)) ? missing : present).push_back(f);
          if (of.classes[static_cast<size_t>(row)] != c || weight == 0 || present.empty()) continue;
          const Vector x = of.data.row(row);
          const Vector mean = at.means.row(c * k_count + k);
          const Matrix& covariance = at.covariances[static_cast<size_t>(c * k_count + k)];
          const Matrix regression =
              covariance(missing, present) * Matrix(covariance(present, present)).inverse();
          Member member{weight, x, Matrix::Zero(d, d)};
          member.expected(missing) =
              mean(missing) + regression * Vector(x(present) - mean(present));
          member.covariance(missing, missing) =
              covariance(missing, missing) - regression * covariance(present, missing);
          total += weight;
          deviations += weight * (member.expected - of.clusters.means.row(k).transpose());
          members[static_cast<size_t>(k)].push_back(std::move(member));
        }
      const Vector shift = deviations / (total + shrinkage.mean);
      for (long k = 0; k < k_count; ++k) {
        const Vector center = of.clusters.means.row(k);
        double count = 0;
        Vector sum = shrinkage.mean * (center + shift);
        for (const Member& member : members[static_cast<size_t>(k)]) {
          count += member.weight;
          sum += member.weight * member.expected;
        }
        const Vector mean = sum / (count + shrinkage.mean);
        Matrix scatter = shrinkage.covariance * of.clusters.covariances[static_cast<size_t>(k)];
        for (const Member& member : members[static_cast<size_t>(k)]) {
          const Vector deviation = member.expected - mean;
          scatter += member.weight * (deviation * deviation.transpose() + member.covariance);
        }
        result.weights[c * k_count + k] =
            (count + shrinkage.cluster * of.clusters.weights[k]) / (total + shrinkage.cluster);
        result.means.row(c * k_count + k) = mean;
        result.covariances[static_cast<size_t>(c * k_count + k)] =
            scatter / (count + shrinkage.covariance);
      }
    }
  }
  return result;
}

TEST(ShrunkGaussians, AreThoseOfTheObviousSums) {
  const Shrinkage shrinkage{10, 25, 5};
  for (const double missing_part : {0.0, 0.3}) {
    const ClusteredClasses of = clustered_classes(missing_part);
    std::vector<Collapsed> collapsed;
    const GaussianMixture fast =
        fit_class_gaussians(of.data, patterns_of(of.data), of.responsibilities, of.classes,
                            of.weights, 3, of.clusters, shrinkage, &collapsed);
    // Without gaps, one round says it all.
    const GaussianMixture slow = naive_class_gaussians(of, 3, shrinkage, missing_part > 0 ? 4 : 1);
    EXPECT_LT((fast.weights - slow.weights).norm(), 1e-12);
    EXPECT_LT((fast.means - slow.means).norm(), 1e-10);
    for (size_t c = 0; c < 6; ++c) {
      EXPECT_LT((fast.covariances[c] - slow.covariances[c]).norm(), 1e-9);
      EXPECT_EQ(fast.covariances[c], Matrix(fast.covariances[c].transpose()));
    }
    EXPECT_TRUE(collapsed.empty());
    // A class without members has the clusters' own Gaussians.
    EXPECT_LT((fast.means.bottomRows(2) - of.clusters.means).norm(), 1e-12);
    EXPECT_LT((fast.weights.tail(2) - of.clusters.weights).norm(), 1e-12);
  }
}

TEST(ShrunkGaussians, AreTheClassesOrTheClustersAsTheShrinkageSays) {
  const ClusteredClasses of = clustered_classes(0);
  GaussianMixture one_cluster = of.clusters;
  one_cluster.weights = Vector::Ones(1);
  one_cluster.means = of.clusters.means.topRows(1).eval();
  one_cluster.covariances.pop_back();
  const auto fit = [&](double members) {
    return fit_class_gaussians(of.data, patterns_of(of.data), Matrix::Ones(400, 1), of.classes,
                               std::vector<double>(400, 1.0), 3, one_cluster,
                               {members, members, members});
  };
  const GaussianMixture little = fit(1e-9);
  std::vector<size_t> first;
  for (size_t row = 0; row < 400; ++row)
    if (of.classes[row] == 0) first.push_back(row);
  const Matrix x = take_rows(of.data, first);
  const Vector mean = x.colwise().mean();
  const Matrix centered = x.rowwise() - mean.transpose();
  EXPECT_LT((little.means.row(0).transpose() - mean).norm(), 1e-8);
  EXPECT_LT(
      (little.covariances[0] - centered.transpose() * centered / static_cast<double>(first.size()))
          .norm(),
      1e-8);
  const GaussianMixture much = fit(1e12);
  for (long c = 0; c < 3; ++c) {
    EXPECT_LT((much.means.row(c) - one_cluster.means.row(0)).norm(), 1e-6);
    EXPECT_LT((much.covariances[static_cast<size_t>(c)] - one_cluster.covariances[0]).norm(), 1e-6);
  }
  // A class without members has the cluster's own Gaussian.
  EXPECT_EQ(little.means.row(2), one_cluster.means.row(0));
  EXPECT_NEAR(little.weights[2], 1, 1e-12);
}

TEST(ShrunkGaussians, OfACollapsedClassAreThoseOfAllClusters) {
  // The first cluster is a line. Class 0 has only members on it, class 1 has others, class 2 none;
  // all sums are exact.
  GaussianMixture clusters{Vector::Constant(2, 0.5),
                           (Matrix(2, 2) << 0, 0, 4, 0).finished(),
                           {Matrix::Ones(2, 2), Matrix::Identity(2, 2)}};
  Matrix data(4, 2);
  data << 1, 1, -1, -1, 1, -1, -1, 1;
  const Matrix responsible = (Matrix(4, 2) << 1, 0, 1, 0, 1, 0, 1, 0).finished();
  const std::vector<int> classes = {0, 0, 1, 1};
  const std::vector<double> weights(4, 1.0);
  std::vector<Collapsed> collapsed;
  const GaussianMixture found = fit_class_gaussians(data, patterns_of(data), responsible, classes,
                                                    weights, 3, clusters, {30, 2, 20}, &collapsed);
  ASSERT_EQ(collapsed.size(), 2u);
  EXPECT_EQ(collapsed[0].class_number, 0u);
  EXPECT_EQ(collapsed[0].cluster, ClusterId(0));
  EXPECT_EQ(collapsed[1].class_number, 2u);
  EXPECT_EQ(collapsed[1].cluster, ClusterId(0));
  // The mean of the two covariances, and the distance of their centers.
  const Matrix pooled = (Matrix(2, 2) << 1 + 4, 0.5, 0.5, 1).finished();
  EXPECT_EQ(found.covariances[0], pooled);
  EXPECT_EQ(found.covariances[4], pooled);
  EXPECT_EQ(found.covariances[2], Matrix::Identity(2, 2));  // (2 (1, -1; -1, 1) + 2 (1, 1; 1, 1))/4
  EXPECT_EQ(found.covariances[5], Matrix::Identity(2, 2));
}

}  // namespace
}  // namespace uhuru::method
