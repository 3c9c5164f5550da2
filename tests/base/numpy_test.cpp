#include "uhuru/base/numpy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace uhuru {
namespace {

// The expected numbers were printed by numpy 1.24 for the same seeds.
TEST(RandomState, GivesNumpysUniformNumbers) {
  RandomState random(42);
  EXPECT_EQ(random.uniform(), 0.3745401188473625);
  EXPECT_EQ(random.uniform(), 0.9507143064099162);
  EXPECT_EQ(random.uniform(), 0.7319939418114051);
  RandomState later(5);
  for (int i = 0; i < 2000; ++i) later.uniform();
  EXPECT_EQ(later.uniform(), 0.7839603852815328);
}

TEST(RandomState, GivesNumpysWholeNumbers) {
  RandomState random(42);
  for (const uint64_t expected : {51, 92, 14, 71, 60}) EXPECT_EQ(random.integer(100), expected);
  RandomState large(42);
  EXPECT_EQ(large.integer(29655), 23654u);
  EXPECT_EQ(large.integer(29655), 15795u);
  EXPECT_EQ(large.integer(1000000000000), 395924837646u);
  EXPECT_EQ(large.integer(1000000000000), 458615280711u);
  EXPECT_EQ(large.integer(1), 0u);
}

TEST(RandomState, GivesNumpysNormalNumbers) {
  RandomState random(42);
  EXPECT_EQ(random.normal(), 0.4967141530112327);
  EXPECT_EQ(random.normal(), -0.13826430117118466);
  EXPECT_EQ(random.normal(), 0.6476885381006925);
}

TEST(RandomState, TakesAKeyAsNumpyDoes) {
  const std::array<uint32_t, 3> key = {1, 2, 3};
  RandomState random(key);
  EXPECT_EQ(random.uniform(), 0.6098612722867289);
  EXPECT_EQ(random.uniform(), 0.8866970434146851);
  std::vector<uint32_t> longer(700);
  for (uint32_t i = 0; i < 700; ++i) longer[i] = i;
  RandomState other(longer);
  EXPECT_EQ(other.uniform(), 0.867898393018711);
  EXPECT_EQ(other.uniform(), 0.9148838731573538);
}

TEST(RandomState, ShufflesAsNumpyDoes) {
  RandomState random(42);
  std::vector<int> values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  random.shuffle(std::span(values));
  EXPECT_EQ(values, (std::vector<int>{8, 1, 5, 0, 7, 2, 9, 4, 3, 6}));
  std::vector<int> one = {3};
  random.shuffle(std::span(one));
  random.shuffle(std::span<int>());
  EXPECT_EQ(one, std::vector<int>{3});
  EXPECT_EQ(random.uniform(), 0.15599452033620265);
}

TEST(PairwiseSum, AddsInNumpysOrder) {
  RandomState random(0);
  std::vector<double> values(100000);
  for (double& value : values) value = random.uniform();
  EXPECT_EQ(pairwise_sum(values), 49950.003301149365);
  EXPECT_EQ(pairwise_sum(std::span(values).first(1000)), 495.92153437178274);
  EXPECT_EQ(pairwise_sum(std::span(values).first(127)), 63.50311680382343);
  EXPECT_EQ(pairwise_sum(std::span(values).first(9)), 5.7742213143196475);
  EXPECT_EQ(pairwise_sum({}), 0);
}

TEST(NumpyRound, RoundsAsNumpyDoes) {
  EXPECT_EQ(python_repr(numpy_round(0.0005, 3)), "0.0");
  EXPECT_EQ(python_repr(numpy_round(0.0015, 3)), "0.002");
  EXPECT_EQ(python_repr(numpy_round(0.0025, 3)), "0.002");
  EXPECT_EQ(python_repr(numpy_round(2.6755, 3)), "2.676");
  EXPECT_EQ(python_repr(numpy_round(-0.0004, 3)), "-0.0");
  EXPECT_EQ(numpy_round(1250, -2), 1200);
}

TEST(PythonRepr, PrintsAsPythonDoes) {
  EXPECT_EQ(python_repr(1), "1.0");
  EXPECT_EQ(python_repr(-0.0), "-0.0");
  EXPECT_EQ(python_repr(0.1), "0.1");
  EXPECT_EQ(python_repr(1e-5), "1e-05");
  EXPECT_EQ(python_repr(1e16), "1e+16");
  EXPECT_EQ(python_repr(123456789012345680.0), "1.2345678901234568e+17");
  EXPECT_EQ(python_repr(5e-324), "5e-324");
  EXPECT_EQ(python_repr(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(python_repr(-std::numeric_limits<double>::infinity()), "-inf");
}

}  // namespace
}  // namespace uhuru
