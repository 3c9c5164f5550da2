#include "uhuru/method/mixture/row_blocks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/silhouette.hpp"

namespace uhuru::method {
namespace {

Matrix clustered_rows(Eigen::Index rows, uint32_t seed) {
  RandomState random(seed);
  Matrix data(rows, 3);
  for (Eigen::Index row = 0; row < rows; ++row)
    for (Eigen::Index f = 0; f < 3; ++f)
      data(row, f) = static_cast<double>(row % 4 == f) + 0.15 * random.normal();
  return data;
}

TEST(RowBlocks, GivesBackItsRows) {
  for (const Eigen::Index n : {0, 1, 127, 128, 129, 4096, 5000}) {
    const Matrix data = clustered_rows(n, 1);
    const RowBlocks rows(data);
    EXPECT_EQ(rows.rows(), static_cast<size_t>(n));
    EXPECT_EQ(rows.blocks(), static_cast<size_t>((n + 127) / 128));
    for (size_t f = 0; f < 3; ++f) {
      const auto column = rows.column(f);
      ASSERT_EQ(column.size(), static_cast<size_t>(n));
      for (Eigen::Index row = 0; row < n; ++row)
        EXPECT_EQ(column[static_cast<size_t>(row)], data(row, static_cast<long>(f)));
    }
  }
}

TEST(RowBlocks, CopiesSingleRowsAsInTheirBlocks) {
  const Eigen::Index n = 5000;
  const Matrix data = clustered_rows(n, 4);
  const RowBlocks of_matrix(data);
  RowBlocks in_memory(3), in_file(3, 100);
  for (Eigen::Index row = 0; row < n; ++row) {
    in_memory.append(data.row(row).data());
    in_file.append(data.row(row).data());
  }
  const double shift[] = {0.5, -1, 2};
  for (const RowBlocks* rows :
       std::initializer_list<const RowBlocks*>{&of_matrix, &in_memory, &in_file})
    for (const double* by : {static_cast<const double*>(nullptr), shift}) {
      BlockReader read(*rows, by), read_row(*rows, by);
      for (const size_t row : {0, 1, 127, 128, 3000, 4095, 4096, 4999, 5}) {
        double copied[2 * block_rows + 1];
        read_row.copy_row(row, copied);
        const double* block = read(row / block_rows);
        for (size_t f = 0; f < 3; ++f)
          EXPECT_EQ(copied[f * block_rows], block[f * block_rows + row % block_rows]) << row;
      }
    }
}

TEST(RowBlocks, HasTheMediansOfSortedValues) {
  for (const Eigen::Index n : {1, 2, 3, 500, 4097}) {
    Matrix data = clustered_rows(n, 6);
    for (Eigen::Index row = 0; row < n; ++row) {
      data(row, 1) = std::exp(30 * data(row, 1));        // nearly all in the lowest bin
      data(row, 2) = row % 3 == 0 ? data(row, 2) : 0.5;  // mostly the same value
    }
    const auto found = medians(RowBlocks(data), Threads(2));
    for (Eigen::Index f = 0; f < 3; ++f) {
      std::vector<double> sorted(data.col(f).begin(), data.col(f).end());
      std::sort(sorted.begin(), sorted.end());
      const auto middle = static_cast<size_t>(n) / 2;
      EXPECT_EQ(found[static_cast<size_t>(f)],
                n % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }
  }
  EXPECT_TRUE(std::isnan(medians(RowBlocks(2), Threads(1))[0]));
}

TEST(RowBlocks, FindsMediansBesideOutliersWithFewValuesInMemory) {
  constexpr double huge = std::numeric_limits<double>::max();
  constexpr double tiny = std::numeric_limits<double>::denorm_min();
  for (const Eigen::Index n : {Eigen::Index{2}, Eigen::Index{501}, Eigen::Index{5000}}) {
    Matrix data = clustered_rows(n, 6);
    data.conservativeResize(n, 7);
    for (Eigen::Index row = 0; row < n; ++row) {
      data(row, 1) = std::exp(300 * data(row, 1));
      data(row, 2) = row % 2 == 0 ? -huge : huge;                   // the middle is between them
      data(row, 3) = 0.25;                                          // all the same
      data(row, 4) = static_cast<double>(row % 7) * tiny;           // bins cannot divide them
      data(row, 5) = static_cast<double>((row * 7919) % n);         // all different
      data(row, 6) = row % 3 == 0 ? 1 : row % 3 == 1 ? 1.5 : 1e-9;  // few different
    }
    for (Eigen::Index f : {0, 1, 4, 5, 6}) data(n / 2, f) = f == 0 ? -huge : huge;
    for (const size_t most_kept : {size_t{0}, size_t{1}, size_t{40}, size_t{1} << 20}) {
      const auto found = medians(RowBlocks(data), Threads(2), most_kept);
      for (Eigen::Index f = 0; f < data.cols(); ++f) {
        std::vector<double> sorted(data.col(f).begin(), data.col(f).end());
        std::sort(sorted.begin(), sorted.end());
        const auto middle = static_cast<size_t>(n) / 2;
        EXPECT_EQ(found[static_cast<size_t>(f)],
                  n % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
            << n << " " << f << " " << most_kept;
      }
    }
  }
}

TEST(RowBlocks, KeepsSinglePrecisionInAFile) {
  for (const Eigen::Index n : {4095, 4096, 9000}) {
    const Matrix data = clustered_rows(n, 2);
    RowBlocks rows(3, 100);  // bytes: already the first piece goes to the file
    for (Eigen::Index row = 0; row < n; ++row) rows.append(data.row(row).data());
    rows.transform([](size_t f, double value) { return f == 1 ? 2 * value : value; }, Threads(2));
    for (size_t f = 0; f < 3; ++f) {
      const auto column = rows.column(f);
      ASSERT_EQ(column.size(), static_cast<size_t>(n));
      for (Eigen::Index row = 0; row < n; ++row)
        EXPECT_NEAR(column[static_cast<size_t>(row)],
                    (f == 1 ? 2 : 1) * data(row, static_cast<long>(f)), 3e-7);
    }
  }
}

TEST(RowBlocks, InAFileEndAtTheSameLabels) {
  const Matrix data = clustered_rows(20000, 3);
  RowBlocks in_file(3, 1 << 16);
  for (Eigen::Index row = 0; row < data.rows(); ++row) in_file.append(data.row(row).data());
  const MixtureSettings settings{4, 42, 1e-6, 1e-3, 100};
  const MixtureFit memory = fit_mixture(data, settings, Threads(2));
  const MixtureFit file = fit_mixture(in_file, settings, Threads(2));
  EXPECT_EQ(memory.clusters, file.clusters);
  EXPECT_EQ(memory.iterations, file.iterations);
  EXPECT_NEAR(memory.mean_log_likelihood, file.mean_log_likelihood, 1e-6);
}

/// By the definition, pair by pair.
std::vector<double> slow_silhouettes(const Matrix& data, const std::vector<ClusterId>& labels,
                                     int k) {
  std::vector<double> result;
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    std::vector<double> sums(static_cast<size_t>(k)), counts(static_cast<size_t>(k));
    for (Eigen::Index other = 0; other < data.rows(); ++other) {
      const auto label = number_of(labels[static_cast<size_t>(other)]);
      if (other == row) continue;
      sums[label] += (data.row(row) - data.row(other)).norm();
      counts[label] += 1;
    }
    const auto own = number_of(labels[static_cast<size_t>(row)]);
    if (counts[own] == 0) {
      result.push_back(0);
      continue;
    }
    const double a = sums[own] / counts[own];
    double b = 1e300;
    for (size_t c = 0; c < sums.size(); ++c)
      if (c != own && counts[c] > 0) b = std::min(b, sums[c] / counts[c]);
    result.push_back((b - a) / std::max(a, b));
  }
  return result;
}

TEST(Silhouettes, EqualTheirDefinitionAtAnyNumberOfThreads) {
  for (const Eigen::Index n : {5, 130, 3000}) {
    Matrix data = clustered_rows(n, 4);
    data.bottomRows(2).setZero();  // the same place twice
    std::vector<ClusterId> labels;
    for (Eigen::Index row = 0; row < n; ++row)
      labels.push_back(ClusterId(row == 1 ? 5 : row % 4));  // a single row; none has label 4
    const RowBlocks rows(data);
    const auto slow = slow_silhouettes(data, labels, 6);
    const auto fast = silhouettes(rows, labels, Threads(1));
    for (size_t row = 0; row < slow.size(); ++row) EXPECT_NEAR(fast[row], slow[row], 1e-12);
    EXPECT_EQ(fast, silhouettes(rows, labels, Threads(2)));
    EXPECT_EQ(fast, silhouettes(rows, labels, Threads(7)));
  }
}

TEST(Silhouettes, NeedTwoClustersAndMoreRows) {
  const Matrix data = clustered_rows(3, 5);
  const RowBlocks rows(data);
  EXPECT_EQ(testing::error_of([&] {
              silhouettes(rows, std::vector(3, ClusterId(1)), Threads(1));
            }).found(),
            "1 clusters, 3 rows");
  EXPECT_EQ(testing::error_of([&] {
              silhouettes(rows, std::vector{ClusterId(1), ClusterId(2), ClusterId(3)}, Threads(1));
            }).found(),
            "3 clusters, 3 rows");
}

}  // namespace
}  // namespace uhuru::method
