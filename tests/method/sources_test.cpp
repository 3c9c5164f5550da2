#include "uhuru/method/sources.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

using Classes = std::vector<std::optional<ClassId>>;

TEST(VoteOfSource, GivesTiesToTheFirstClassAndTheFirstMet) {
  Matrix probabilities(3, 3);
  probabilities << 0.5, 0.5, 0.0,  //
      0.2, 0.2, 0.6,               //
      0.3, 0.3, 0.4;
  const SourceClasses found =
      vote_of_source({{}, {ClassId(1), std::nullopt, ClassId(2)}, probabilities, {}, {0.2, 0, 0.6}},
                     std::vector<size_t>{2, 0}, nullptr);
  EXPECT_EQ(found.soft, ClassId(0));  // 0.4, 0.4, 0.2
  EXPECT_DOUBLE_EQ(found.probabilities[1], 0.4);
  EXPECT_EQ(found.hard, ClassId(2));  // row 2 is met first
  EXPECT_DOUBLE_EQ(found.p_known, 0.4);
  EXPECT_TRUE(found.set.empty());
  EXPECT_EQ(vote_of_source({{}, {ClassId(1), ClassId(2), ClassId(2)}, probabilities, {}, {}},
                           std::vector<size_t>{0, 1, 2}, nullptr)
                .hard,
            ClassId(2));
}

TEST(SourceRows, CanBeOfSomeDetections) {
  const SourceRows sources{{4, 0, 2, 1, 3, 5}, {1, 3, 4, 6}};  // row 4 is of no source
  const SourceRows some = sources.only({true, false, true, true, true, false});
  EXPECT_EQ(some.rows, (std::vector<size_t>{4, 0, 2, 3}));
  EXPECT_EQ(some.begin, (std::vector<size_t>{1, 3, 3, 4}));  // the second has none left
  EXPECT_EQ(some.count(), 3u);
  EXPECT_TRUE(some.of(1).empty());
  const SourceRows renumbered = some.renumbered();
  EXPECT_EQ(renumbered.rows, (std::vector<size_t>{0, 1, 2, 3}));
  EXPECT_EQ(renumbered.begin, some.begin);
  EXPECT_EQ(sources.only(std::vector<bool>(6, false)).begin, (std::vector<size_t>{0, 0, 0, 0}));
}

/// The vote of many sources, computed one by one with maps.
TEST(Vote, IsThatOfEachSource) {
  RandomState random(4);
  constexpr size_t count = 2000;
  Matrix probabilities(count, 4);
  Classes classes;
  std::vector<double> tails;
  SourceRows sources{{}, {}};
  for (size_t row = 0; row < count; ++row) {
    auto of_row = probabilities.row(static_cast<long>(row));
    for (double& p : of_row) p = random.uniform();
    of_row /= of_row.sum();
    classes.emplace_back();
    if (random.uniform() < 0.8) classes.back() = ClassId(static_cast<int>(random.integer(4)));
    tails.push_back(random.uniform() < 0.1 ? std::nan("") : random.uniform());
    sources.rows.push_back(count - 1 - row);
    if (row == 7 || (row > 7 && random.uniform() < 0.4)) sources.begin.push_back(row);
  }
  sources.begin.push_back(count);
  const SourceVerdicts result =
      vote({{}, classes, probabilities, {}, {}}, tails, sources, nullptr, Threads(2));
  size_t next = 0, without = 0, voters_of_all = 0;
  for (size_t s = 0; s < sources.count(); ++s) {
    std::vector<size_t> voters;
    for (const size_t row : sources.of(s))
      if (classes[row]) voters.push_back(row);
    voters_of_all += voters.size();
    without += voters.empty();
    if (voters.empty()) continue;
    const SourceVerdict& verdict = result.of_sources[next];
    const auto of_source = static_cast<Eigen::Index>(next++);
    EXPECT_EQ(verdict.source, s);
    EXPECT_EQ(verdict.first, voters[0]);
    EXPECT_EQ(verdict.detections, voters.size());
    std::map<ClassId, int> votes;
    size_t unusual = voters[0];
    for (const size_t row : voters) {
      ++votes[*classes[row]];
      if (tails[row] < tails[unusual]) unusual = row;
    }
    for (const auto& [id, times] : votes) EXPECT_LE(times, votes[verdict.hard]);
    EXPECT_EQ(verdict.most_unusual, unusual);
    const double least = tails[unusual];
    EXPECT_EQ(std::isnan(verdict.tail_probability), std::isnan(least));
    if (!std::isnan(least)) {
      EXPECT_NEAR(verdict.tail_probability,
                  1 - std::pow(1 - least, static_cast<double>(voters.size())), 1e-12);
    }
    for (Eigen::Index c = 0; c < 4; ++c) {
      double mean = 0, square = 0;
      for (const size_t row : voters) mean += probabilities(static_cast<long>(row), c);
      mean /= static_cast<double>(voters.size());
      for (const size_t row : voters)
        square += std::pow(probabilities(static_cast<long>(row), c) - mean, 2);
      EXPECT_NEAR(result.means(of_source, c), mean, 1e-12);
      EXPECT_EQ(result.probabilities(of_source, c), result.means(of_source, c));
      EXPECT_NEAR(result.deviations(of_source, c),
                  std::sqrt(square / static_cast<double>(voters.size())), 1e-12);
      EXPECT_LE(result.probabilities(of_source, c),
                result.probabilities(of_source, static_cast<long>(verdict.soft)));
    }
  }
  EXPECT_EQ(next, result.of_sources.size());
  EXPECT_EQ(result.detections, voters_of_all);
  EXPECT_EQ(result.without_class, count - voters_of_all);
  EXPECT_EQ(result.sources_without_class, without);
  EXPECT_GT(without, 0u);
}

}  // namespace
}  // namespace uhuru::method
