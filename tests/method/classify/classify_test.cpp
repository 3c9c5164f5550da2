#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/classify/class_scores.hpp"

namespace uhuru::method {
namespace {

TEST(ClassScores, AreSquaredMahalanobisDistances) {
  RandomState random(1);
  Matrix data(400, 3);
  for (double& value : data.reshaped()) value = random.normal();
  std::vector<ClusterId> clusters;
  std::vector<ClassId> classes;
  for (int row = 0; row < 400; ++row) {
    clusters.push_back(ClusterId(row % 2));
    classes.push_back(ClassId(static_cast<int>(random.integer(3))));
  }
  classes[0] = ClassId(3);  // one member only
  const ClassScores scores = train_class_scores(data, clusters, classes, 2, 4, 12);
  for (int cluster = 0; cluster < 2; ++cluster) {
    EXPECT_FALSE(scores[cluster][3]);
    std::vector<double> distances(3);
    const Vector x = data.row(7).transpose();
    for (int c = 0; c < 3; ++c) {
      std::vector<int> rows;
      for (int row = 0; row < 400; ++row)
        if (clusters[row] == ClusterId(cluster) && classes[row] == ClassId(c)) rows.push_back(row);
      Vector mean = Vector::Zero(3);
      for (const int row : rows)
        mean += data.row(row).transpose() / static_cast<double>(rows.size());
      Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(3, 3);
      for (const int row : rows) {
        const Vector difference = data.row(row).transpose() - mean;
        covariance += difference * difference.transpose() / static_cast<double>(rows.size() - 1);
      }
      distances[c] = (x - mean).dot(covariance.inverse() * (x - mean));
      ASSERT_TRUE(scores[cluster][c]);
      EXPECT_EQ(scores[cluster][c]->members, rows.size());
      EXPECT_NEAR((*scores[cluster][c])(x.data()), distances[c], 1e-10);
    }
    std::vector<double> probabilities(4);
    EXPECT_TRUE(class_probabilities(scores, ClusterId(cluster), x.data(), probabilities));
    const double sum = std::exp(-distances[0]) + std::exp(-distances[1]) + std::exp(-distances[2]);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(probabilities[c], std::exp(-distances[c]) / sum, 1e-12);
    EXPECT_EQ(probabilities[3], 0);
  }
}

TEST(ClassScores, DropDirectionsWithoutSpread) {
  RandomState random(2);
  Matrix data(50, 3);
  for (Eigen::Index row = 0; row < 50; ++row)
    data.row(row) << random.normal(), random.normal(), 0.25;  // the third never varies
  const ClassScores scores =
      train_class_scores(data, std::vector<ClusterId>(50), std::vector<ClassId>(50), 1, 1, 12);
  Vector x = data.row(0).transpose();
  const double before = (*scores[0][0])(x.data());
  x[2] += 5;
  EXPECT_NEAR((*scores[0][0])(x.data()), before, 1e-9);
  EXPECT_LT(before, 20);
}

TEST(ClassProbabilities, StayDefinedFarFromEveryClass) {
  QuadraticScore near{1e6, Vector::Zero(1), Vector::Zero(1), Matrix::Identity(1, 1), 20};
  QuadraticScore far = near;
  far.constant += 1;
  const ClassScores scores = {{near, far, std::nullopt},
                              {std::nullopt, std::nullopt, std::nullopt}};
  std::vector<double> probabilities(3);
  EXPECT_TRUE(
      class_probabilities(scores, ClusterId(0), Vector::Ones(1).eval().data(), probabilities));
  EXPECT_NEAR(probabilities[0], 1 / (1 + std::exp(-1.0)), 1e-12);
  EXPECT_FALSE(
      class_probabilities(scores, ClusterId(1), Vector::Ones(1).eval().data(), probabilities));
  EXPECT_EQ(probabilities, std::vector<double>(3, 0.0));
  EXPECT_EQ(most_probable(std::vector<double>{0.2, 0.4, 0.4}), ClassId(1));
}

}  // namespace
}  // namespace uhuru::method
