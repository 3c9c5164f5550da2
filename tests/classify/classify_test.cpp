#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <map>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/classify/class_scores.hpp"
#include "uhuru/classify/vote.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(ClassScores, AreSquaredMahalanobisDistances) {
  RandomState random(1);
  Matrix data(400, 3);
  for (double& value : data.reshaped()) value = random.normal();
  std::vector<int> clusters, classes;
  for (int row = 0; row < 400; ++row) {
    clusters.push_back(row % 2);
    classes.push_back(row % 8 < 6 ? static_cast<int>(random.integer(3)) : -1);
  }
  classes[0] = 3;  // one member only
  const ClassScores scores = train_class_scores(data, clusters, classes, 2, 4, 12);
  for (int cluster = 0; cluster < 2; ++cluster) {
    EXPECT_FALSE(scores[cluster][3]);
    std::vector<double> distances(3);
    const Vector x = data.row(7).transpose();
    for (int c = 0; c < 3; ++c) {
      std::vector<int> rows;
      for (int row = 0; row < 400; ++row)
        if (clusters[row] == cluster && classes[row] == c) rows.push_back(row);
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
    EXPECT_TRUE(class_probabilities(scores, cluster, x.data(), probabilities));
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
  const std::vector<int> zeros(50, 0);
  const ClassScores scores = train_class_scores(data, zeros, zeros, 1, 1, 12);
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
  EXPECT_TRUE(class_probabilities(scores, 0, Vector::Ones(1).eval().data(), probabilities));
  EXPECT_NEAR(probabilities[0], 1 / (1 + std::exp(-1.0)), 1e-12);
  EXPECT_FALSE(class_probabilities(scores, 1, Vector::Ones(1).eval().data(), probabilities));
  EXPECT_EQ(probabilities, std::vector<double>(3, 0.0));
  EXPECT_EQ(most_probable(std::vector<double>{0.2, 0.4, 0.4}), 1);
}

/// Detections with two classes.
std::string detections_csv() {
  return "name,obsid,main_type,QSO,YSO,ra\n"
         "b,2,YSO,0.4,0.6,20.5\n"
         "b,1,QSO,0.9,0.1,20\n"  // first in order of name and observation: the tie goes to QSO
         "a,10,YSO,0.1,0.9,10\n"
         "a,9,YSO,0.2,0.8,11\n"
         "a,9,QSO,0.7,0.3,12\n"
         "c,1,,,,30\n"  // no class: no vote
         "d,1,YSO,0.0,1.0,40\n"
         "d,2,,,,41\n"
         "e,1,QSO,0.55,0.45,50\n"
         "e,2,YSO,0.0,1.0,50\n"
         "e,3,QSO,0.55,0.45,50\n";
}

Recipe two_classes() {
  Recipe recipe;
  recipe.name_column = "name";
  recipe.observation_column = "obsid";
  recipe.ra_column = "ra";
  recipe.dec_column = "dec";
  recipe.classes = {"QSO", "YSO"};
  recipe.groups = {"AGN", "YSO"};
  return recipe;
}

TEST(Vote, CombinesTheDetectionsOfASource) {
  const Table table = read_table(*open_table_in_memory(detections_csv(), "d.csv"));
  const Vote result = vote(table, two_classes());
  EXPECT_EQ(result.detections, 9u);
  EXPECT_EQ(result.without_class, 2u);
  EXPECT_EQ(result.sources_without_class, 1u);
  ASSERT_EQ(result.unique.rows(), 3u);
  EXPECT_EQ(result.unique.column_names(),
            (std::vector<std::string>{"name", "agg_master_class", "master_class", "detection_count",
                                      "QSO", "YSO", "ra"}));
  const std::vector<std::string> a = {"a", "YSO", "YSO", "3", "0.333±0.262", "0.667±0.262", "11.0"};
  for (size_t c = 0; c < a.size(); ++c) EXPECT_EQ(cell_text(result.unique.columns[c], 0), a[c]);
  EXPECT_EQ(result.unique.at("name").text(1), "b");
  EXPECT_EQ(result.unique.at("master_class").text(1), "QSO");
  EXPECT_EQ(result.unique.at("agg_master_class").text(1), "AGN");
  EXPECT_EQ(result.unique.at("ra").number(1), 20);
  EXPECT_EQ(result.unique.at("QSO").text(2), "0.0±0.0");
  ASSERT_EQ(result.ambiguous.rows(), 1u);
  EXPECT_EQ(result.ambiguous.at("hard_master_class").text(0), "QSO");
  EXPECT_EQ(result.ambiguous.at("soft_master_class").text(0), "YSO");
}

TEST(Vote, TakesTheMostUnusualDetection) {
  const Table table = read_table(*open_table_in_memory(
      "name,obsid,main_type,QSO,YSO,log_density,density_percentile,tail_probability\n"
      "a,1,QSO,0.9,0.1,-3,40,0.5\n"
      "a,2,QSO,0.9,0.1,-9,2,0.01\n"
      "a,3,QSO,0.9,0.1,-5,30,0.3\n",
      "d.csv"));
  const Table sources = vote(table, two_classes()).sources;
  ASSERT_EQ(sources.rows(), 1u);
  EXPECT_EQ(sources.at("log_density").number(0), -9);
  EXPECT_EQ(sources.at("density_percentile").number(0), 2);
  EXPECT_NEAR(sources.at("tail_probability").number(0), 1 - std::pow(0.99, 3), 1e-12);
}

TEST(Vote, GoesInOrderOfNameAndObservation) {
  const auto order = [](const std::string& csv) {
    return rows_by_name(read_table(*open_table_in_memory(csv, "d.csv")), two_classes());
  };
  // Numbers as numbers; what is missing comes last, ties as they are.
  EXPECT_EQ(order("name,obsid\na,\na,10\na,9\nA,\na,\na,9\na,-1\n"),
            (std::vector<size_t>{3, 6, 2, 5, 1, 0, 4}));
  EXPECT_EQ(order("name,obsid\na,x10\na,x9\nb,x1\n"), (std::vector<size_t>{0, 1, 2}));
  EXPECT_EQ(error_of([&] { order("name,obsid\n1,1\n"); }).where(), "column name");
}

TEST(Vote, RefusesUnknownClassesAndMissingProbabilities) {
  const auto vote_of = [](const std::string& csv) {
    return vote(read_table(*open_table_in_memory(csv, "d.csv")), two_classes());
  };
  EXPECT_EQ(error_of([&] { vote_of("name,obsid,main_type,QSO,YSO\na,1,AGN,0.5,0.5\n"); }).where(),
            "row 1, column main_type");
  EXPECT_EQ(error_of([&] { vote_of("name,obsid,main_type,QSO,YSO\na,1,QSO,0.5,\n"); }).where(),
            "row 1, column YSO");
  EXPECT_EQ(error_of([&] { vote_of("name,obsid,main_typ,QSO,YSO\na,1,QSO,0.5,0\n"); }).expected(),
            "a column with this name (did you mean main_typ?)");
}

}  // namespace
}  // namespace uhuru
