#include "uhuru/method/classify/replicate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/partial_gaussian.hpp"

namespace uhuru::method {
namespace {

/// Three classes in two clusters and three dimensions, and in groups 0, 2 and 0.
struct RandomReplicate {
  BayesReplicate replicate;
  Matrix data{300, 3}, extra = Matrix::Zero(300, 3);
  std::vector<size_t> group_of = {0, 2, 0};
};

RandomReplicate random_replicate() {
  RandomState random(1);
  RandomReplicate result;
  GaussianMixture& gaussians = result.replicate.gaussians;
  gaussians.weights = (Vector(6) << 0.3, 0.7, 0.5, 0.5, 0.9, 0.1).finished();
  gaussians.means.resize(6, 3);
  for (double& value : gaussians.means.reshaped()) value = 2 * random.normal();
  for (int c = 0; c < 6; ++c) {
    Matrix factor(3, 3);
    for (double& value : factor.reshaped()) value = random.normal();
    gaussians.covariances.push_back(factor * factor.transpose() + 0.2 * Matrix::Identity(3, 3));
  }
  result.replicate.prior = (Vector(3) << 0.2, 0.3, 0.5).finished();
  std::vector<int> classes;
  std::vector<size_t> rows;
  for (long row = 0; row < 300; ++row) {
    classes.push_back(static_cast<int>(random.integer(3)));
    rows.push_back(static_cast<size_t>(row));
    for (long f = 0; f < 3; ++f) {
      result.data(row, f) = 2 * random.normal() + classes.back();
      if (random.uniform() < 0.2) result.data(row, f) = std::nan("");
      if (random.uniform() < 0.2) result.extra(row, f) = random.uniform() < 0.5 ? 0.5 : 2;
    }
  }
  result.data.row(77).setConstant(std::nan(""));  // and two others, by chance
  const std::vector<double> weights(300, 1.0);
  for (int t = 0; t < 3; ++t)
    result.replicate.trees.push_back(
        grow_tree(result.data, classes, weights, rows, 3, {5, 0}, random));
  return result;
}

bool is_empty(const Eigen::RowVectorXd& row) { return row.array().isNaN().all(); }

TEST(AlikeRows, ShareTheirFeaturesAndErrors) {
  const RandomReplicate of = random_replicate();
  std::vector<size_t> rows;
  for (size_t row = 0; row < 300; row += 1) rows.push_back(row);
  for (const bool with_errors : {true, false}) {
    std::vector<int> times(300, 0);
    for (const AlikeRows& alike :
         alike_rows(of.data, with_errors ? of.extra : Matrix(), rows, 20)) {
      EXPECT_LE(alike.rows.size(), 20u);
      for (const size_t row : alike.rows) {
        ++times[row];
        std::vector<Eigen::Index> present;
        std::vector<double> extra;
        for (long f = 0; f < 3; ++f)
          if (!std::isnan(of.data(static_cast<long>(row), f))) {
            present.push_back(f);
            extra.push_back(with_errors ? of.extra(static_cast<long>(row), f) : 0);
          }
        EXPECT_EQ(alike.present, present);
        if (alike.extra.empty()) {
          EXPECT_EQ(extra, std::vector<double>(extra.size(), 0.0));
        } else {
          EXPECT_EQ(alike.extra, extra);
        }
      }
    }
    for (size_t row = 0; row < 300; ++row)
      EXPECT_EQ(times[row], is_empty(of.data.row(static_cast<long>(row))) ? 0 : 1);
  }
}

TEST(Predictions, OfAlikeRowsAreThoseOfEachRow) {
  const RandomReplicate of = random_replicate();
  std::vector<size_t> rows;
  for (size_t row = 0; row < 300; ++row) rows.push_back(row);
  BasePredictions sums = BasePredictions::zero(300, 3, 3);
  for (const AlikeRows& alike : alike_rows(of.data, of.extra, rows, 50))
    add_predictions(of.replicate, of.data, of.data, alike, of.group_of, sums);
  std::vector<PartialGaussian> gaussians;
  for (long c = 0; c < 6; ++c)
    gaussians.emplace_back(of.replicate.gaussians.means.row(c).transpose(),
                           of.replicate.gaussians.covariances[static_cast<size_t>(c)]);
  for (long row = 0; row < 300; ++row) {
    if (is_empty(of.data.row(row))) {
      EXPECT_EQ(sums.trees.row(row).sum() + sums.gaussians.row(row).sum(), 0);
      continue;
    }
    Vector joint = Vector::Zero(3);
    Vector distances = Vector::Constant(3, std::numeric_limits<double>::infinity());
    for (size_t c = 0; c < 6; ++c) {
      const auto value = gaussians[c](of.data.row(row).data(), of.extra.row(row).data());
      const size_t of_class = c / 2;
      joint[static_cast<long>(of_class)] += of.replicate.prior[static_cast<long>(of_class)] *
                                            of.replicate.gaussians.weights[static_cast<long>(c)] *
                                            std::exp(value.log_density);
      double& distance = distances[static_cast<long>(of.group_of[of_class])];
      distance = std::min(distance, value.distance);
    }
    joint /= joint.sum();
    std::vector<double> votes(3, 0.0);
    for (const Tree& tree : of.replicate.trees)
      tree.add_probabilities(of.data.row(row).data(), of.extra.row(row).data(), votes);
    for (long c = 0; c < 3; ++c) {
      EXPECT_NEAR(sums.gaussians(row, c), joint[c], 1e-10);
      EXPECT_NEAR(sums.trees(row, c), votes[static_cast<size_t>(c)] / 3, 1e-12);
    }
    EXPECT_NEAR(sums.distances(row, 0), distances[0], 1e-8);
    EXPECT_NEAR(sums.distances(row, 2), distances[2], 1e-8);
    EXPECT_EQ(sums.distances(row, 1), distances[1]);  // a group without classes: infinite
  }
}

}  // namespace
}  // namespace uhuru::method
