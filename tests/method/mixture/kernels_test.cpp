// The vector kernels compared with simple loops, in every instruction set of the machine.

#include "uhuru/method/mixture/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/kmeans.hpp"
#include "uhuru/method/mixture/silhouette.hpp"

namespace uhuru::method {
namespace {

/// Numbers from -1 to 1.
Matrix random_matrix(Eigen::Index rows, Eigen::Index columns, uint32_t seed) {
  RandomState random(seed);
  Matrix data(rows, columns);
  for (double& value : data.reshaped()) value = 2 * random.uniform() - 1;
  return data;
}

/// One block of `valid` rows; the other rows are zeros.
AlignedDoubles block_of(const Matrix& data) {
  const RowBlocks rows(data);
  BlockReader block(rows);
  AlignedDoubles copy(rows.features() * block_rows);
  std::copy_n(block(0), copy.size(), copy.data());
  return copy;
}

class AllInstructionSets : public ::testing::Test {
 protected:
  void TearDown() override { use_instruction_set(0); }
  /// Calls `check` with each instruction set in turn.
  template <class Check>
  void in_each_instruction_set(const Check& check) {
    for (const int64_t target : instruction_sets()) {
      use_instruction_set(target);
      SCOPED_TRACE(target);
      check();
    }
  }
};
class Kernels : public AllInstructionSets, public ::testing::WithParamInterface<Eigen::Index> {};

TEST_P(Kernels, BlocksOfRowsAreTheirColumns) {
  const Eigen::Index d = GetParam();
  const Matrix wide = random_matrix(block_rows, d + 3, 1);  // rows need not be contiguous
  const Matrix shift = random_matrix(1, d, 2);
  in_each_instruction_set([&] {
    for (const size_t n : std::initializer_list<size_t>{0, 1, 3, 4, 6, 100, 128})
      for (const double* by : {static_cast<const double*>(nullptr), shift.data()}) {
        AlignedDoubles block(static_cast<size_t>(d) * block_rows);
        std::fill_n(block.data(), block.size(), 7.0);
        block_of_rows(wide.data(), static_cast<size_t>(d) + 3, n, static_cast<size_t>(d), by,
                      block.data());
        for (size_t r = 0; r < block_rows; ++r)
          for (Eigen::Index f = 0; f < d; ++f) {
            const double value = r < n ? wide(static_cast<Eigen::Index>(r), f) : 0.0;
            ASSERT_EQ(block[static_cast<size_t>(f) * block_rows + r], value - (by ? by[f] : 0.0))
                << r << ", " << f;
          }
      }
  });
}

TEST_P(Kernels, LogJointEqualsTheTriangularProduct) {
  const Eigen::Index d = GetParam();
  const Matrix data = random_matrix(100, d, 1);
  const Matrix factors = random_matrix(d, d, 2).triangularView<Eigen::Lower>();
  const Matrix mean = random_matrix(1, d, 3);
  const AlignedDoubles block = block_of(data);
  in_each_instruction_set([&] {
    AlignedDoubles out(block_rows);
    log_joint_block(block.data(), static_cast<size_t>(d), {mean.data(), factors.data(), 0.25},
                    out.data());
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
      const Vector white = factors * (data.row(row) - mean.row(0)).transpose();
      EXPECT_NEAR(out[static_cast<size_t>(row)], 0.25 - white.squaredNorm() / 2,
                  1e-13 * static_cast<double>(d + 1));
    }
  });
}

TEST_P(Kernels, MomentsEqualTheirSums) {
  const Eigen::Index d = GetParam();
  const auto features = static_cast<size_t>(d);
  const Matrix data = random_matrix(77, d, 4);
  const Matrix center = random_matrix(1, d, 5);
  const AlignedDoubles block = block_of(data);
  AlignedDoubles weights(block_rows);
  for (size_t row = 0; row < 77; ++row) weights[row] = 0.01 * static_cast<double>(row);
  in_each_instruction_set([&] {
    AlignedDoubles lanes(moment_count(features) * sum_lanes);
    for (int twice = 0; twice < 2; ++twice)
      add_moments_block(block.data(), features, center.data(), weights.data(), lanes.data());
    size_t place = 0;
    const auto next = [&] { return sum_of_lanes(lanes.data() + sum_lanes * place++); };
    const auto slow = [&](Eigen::Index i, Eigen::Index j) {  // -1: a factor of one
      double sum = 0;
      for (Eigen::Index row = 0; row < data.rows(); ++row)
        sum += 2 * weights[static_cast<size_t>(row)] * (i < 0 ? 1.0 : data(row, i) - center(0, i)) *
               (j < 0 ? 1.0 : data(row, j) - center(0, j));
      return sum;
    };
    EXPECT_NEAR(next(), slow(-1, -1), 1e-12);
    for (Eigen::Index i = 0; i < d; ++i) EXPECT_NEAR(next(), slow(i, -1), 1e-12);
    for (Eigen::Index i = 0; i < d; ++i)
      for (Eigen::Index j = 0; j <= i; ++j) EXPECT_NEAR(next(), slow(i, j), 1e-12);
  });
}

TEST_P(Kernels, DistancesEqualTheirSums) {
  const Eigen::Index d = GetParam();
  const auto features = static_cast<size_t>(d);
  Matrix a = random_matrix(37, d, 6);
  const Matrix b = random_matrix(9, d, 7);
  a.row(3) = b.row(2);  // no distance at all
  a.row(5) *= 1e25;     // beyond single precision
  a.row(6) = b.row(1) * (1 + 1e-15);
  const AlignedDoubles block_a = block_of(a), block_b = block_of(b);
  in_each_instruction_set([&] {
    AlignedDoubles to_a(block_rows), to_b(block_rows), to_self(block_rows);
    add_distances_block(block_a.data(), 37, block_b.data(), 9, features, to_a.data(), to_b.data());
    add_distances_block(block_b.data(), 9, block_b.data(), 9, features, to_self.data(), nullptr);
    for (Eigen::Index row = 0; row < 37; ++row) {
      const double slow = (b.rowwise() - a.row(row)).rowwise().norm().sum();
      EXPECT_NEAR(to_a[static_cast<size_t>(row)] / slow, 1, 1e-13);
    }
    for (Eigen::Index row = 0; row < 9; ++row) {
      const double slow = (a.rowwise() - b.row(row)).rowwise().norm().sum();
      EXPECT_NEAR(to_b[static_cast<size_t>(row)] / slow, 1, 1e-13);
      const double among = (b.rowwise() - b.row(row)).rowwise().norm().sum();
      EXPECT_NEAR(to_self[static_cast<size_t>(row)], among, 1e-13 * among);
    }
  });
}

TEST_P(Kernels, NearestCentersAreNearest) {
  const Eigen::Index d = GetParam();
  const auto features = static_cast<size_t>(d);
  const Matrix data = random_matrix(100, d, 8);
  for (const Eigen::Index k : {5, 20}) {
    const Matrix centers = random_matrix(k, d, 9);
    const Vector norms = centers.rowwise().squaredNorm();
    const AlignedDoubles block = block_of(data);
    in_each_instruction_set([&] {
      int32_t labels[block_rows];
      AlignedDoubles nearest(block_rows), second(block_rows), of_rows(block_rows);
      AlignedDoubles distances(block_rows);
      two_nearest_centers_block(block.data(), features, centers.data(), norms.data(),
                                static_cast<size_t>(k), labels, nearest.data(), second.data(),
                                of_rows.data());
      squared_distances_block(block.data(), features, centers.data(), norms[0], distances.data());
      for (Eigen::Index row = 0; row < 100; ++row) {
        const auto r = static_cast<size_t>(row);
        Vector slow = (centers.rowwise() - data.row(row)).rowwise().squaredNorm();
        Eigen::Index own = 0;
        EXPECT_NEAR(nearest[r], slow.minCoeff(&own), 1e-12);
        EXPECT_EQ(labels[row], own);
        EXPECT_NEAR(distances[r], slow[0], 1e-13);
        EXPECT_NEAR(of_rows[r], data.row(row).squaredNorm(), 1e-12);
        slow[own] = std::numeric_limits<double>::infinity();
        EXPECT_NEAR(second[r], slow.minCoeff(), 1e-12);
      }
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Features, Kernels, ::testing::Values(1, 2, 3, 4, 5, 7, 12, 17));

TEST_F(AllInstructionSets, ResponsibilitiesAreWithinTheirBounds) {
  in_each_instruction_set([&] {
    AlignedDoubles joint(3 * block_rows);
    AlignedDoubles before(3 * block_rows);
    for (size_t row = 0; row < block_rows; ++row) {
      before[row] = -1e4 + 0.1 * static_cast<double>(row);
      before[block_rows + row] = -1e4 - 5.5 * static_cast<double>(row);
      before[2 * block_rows + row] = row % 2 ? -1e300 : -1e4 + 1e-9;
    }
    std::copy_n(before.data(), before.size(), joint.data());
    double log_density[block_rows];
    AlignedDoubles log_densities(block_rows);
    normalize_block(joint.data(), 3, block_rows - 1, log_densities.data());
    std::copy_n(log_densities.data(), block_rows, log_density);
    for (size_t row = 0; row + 1 < block_rows; ++row) {
      double largest = before[row];
      for (size_t c = 1; c < 3; ++c) largest = std::max(largest, before[c * block_rows + row]);
      double sum = 0;
      for (size_t c = 0; c < 3; ++c) sum += std::exp(before[c * block_rows + row] - largest);
      EXPECT_DOUBLE_EQ(log_density[row], largest + std::log(sum));
      for (size_t c = 0; c < 3; ++c) {
        const double slow = std::exp(before[c * block_rows + row] - largest) / sum;
        const double fast = joint[c * block_rows + row];
        EXPECT_NEAR(fast, slow, 4 * 2.3e-16 * slow + 1e-217);
      }
    }
    EXPECT_EQ(log_density[block_rows - 1], 0);
    EXPECT_EQ(joint[block_rows - 1], 0);
  });
}

TEST_F(AllInstructionSets, GiveTheSameBytesInEveryInstructionSetWithFusedMultiplyAdd) {
  const Matrix data = random_matrix(3000, 5, 10);
  const RowBlocks rows(data);
  std::vector<MixtureFit> fits;
  std::vector<double> scores;
  in_each_instruction_set([&] {
    // The machine's baseline may lack it: the result must only be close.
    fits.push_back(fit_mixture(rows, {4, 1, 1e-6, 1e-4, 30}, Threads(2)));
    scores.push_back(silhouette_score(rows, fits[0].clusters, Threads(1)));
  });
  for (size_t i = 1; i < fits.size(); ++i) {
    const bool baseline = i + 1 == fits.size();
    EXPECT_EQ(fits[i].clusters, fits[0].clusters);
    if (baseline) {
      EXPECT_NEAR(fits[i].mean_log_likelihood, fits[0].mean_log_likelihood, 1e-11);
      EXPECT_NEAR(scores[i], scores[0], 1e-13);
    } else {
      EXPECT_EQ(fits[i].mixture.means, fits[0].mixture.means);
      EXPECT_EQ(fits[i].log_likelihood, fits[0].log_likelihood);
      EXPECT_EQ(scores[i], scores[0]);
    }
  }
}

}  // namespace
}  // namespace uhuru::method
