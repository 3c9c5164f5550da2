// Sets and probabilities of sources, studied.
#include "uhuru/study/source_study.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace uhuru {
namespace {

/// Three labels in two groups, five sources.
study::Predictions five_sources() {
  study::Predictions soft;
  soft.labels = {"QSO", "AGN", "XB"};
  soft.truth = {0, 1, 2, 2, 0};
  soft.predicted = {0, 0, 2, 0, 0};
  soft.probabilities.resize(5, 3);
  soft.probabilities << 0.7, 0.2, 0.1, 0.5, 0.3, 0.2, 0.1, 0.1, 0.8, 0.6, 0.1, 0.3, 0.9, 0.1, 0;
  return soft;
}

TEST(StudySources, CountsSetsByTrueGroup) {
  const study::Predictions soft = five_sources();
  const std::vector<study::SourcePrediction> sources = {
      {0, 1, {0}, 1}, {0, 1, {0, 1}, 1}, {0, 2, {2}, 1}, {0, 12, {0}, 1}, {0, 1, {1}, 1}};
  const auto found = study::study_sources({{soft, sources}}, {"active", "active", "binary"});
  ASSERT_EQ(found.sets.size(), 3u);
  EXPECT_EQ(found.sets[0].group, "active");
  EXPECT_EQ(found.sets[0].sources, 3u);
  EXPECT_NEAR(found.sets[0].coverage.value, 2.0 / 3, 1e-12);
  EXPECT_NEAR(found.sets[0].mean_size, 4.0 / 3, 1e-12);
  EXPECT_NEAR(found.sets[1].coverage.value, 0.5, 1e-12);
  EXPECT_EQ(found.sets[2].group, "");
  EXPECT_NEAR(found.sets[2].coverage.value, 0.6, 1e-12);
  // Wilson's interval for 3 of 5, from R's binom::binom.confint(3, 5, method = "wilson").
  EXPECT_NEAR(found.sets[2].coverage.low, 0.2307, 1e-4);
  EXPECT_NEAR(found.sets[2].coverage.high, 0.8824, 1e-4);
}

TEST(StudySources, ComparesWhatWasSaidByNumberOfDetections) {
  const study::Predictions soft = five_sources();
  const std::vector<study::SourcePrediction> sources = {
      {0, 1, {}, 1}, {0, 1, {}, 1}, {0, 2, {}, 1}, {0, 12, {}, 1}, {0, 1, {}, 1}};
  // Two repeats of the same: rates stay, sources are counted once.
  const auto found =
      study::study_sources({{soft, sources}, {soft, sources}}, {"active", "active", "binary"});
  EXPECT_TRUE(found.sets.empty());
  ASSERT_EQ(found.by_detections.size(), 6u);
  const study::CountReliability& one = found.by_detections[3];
  EXPECT_EQ(one.group, "binary");
  EXPECT_EQ(one.most, 1u);
  EXPECT_EQ(one.sources, 3u);
  EXPECT_NEAR(one.said, 0.1, 1e-12);
  EXPECT_EQ(one.truth.value, 0);
  const study::CountReliability& many = found.by_detections[5];
  EXPECT_EQ(many.least, 11u);
  EXPECT_EQ(many.most, 0u);
  EXPECT_NEAR(many.said, 0.3, 1e-12);
  EXPECT_EQ(many.truth.value, 1);
}

}  // namespace
}  // namespace uhuru
