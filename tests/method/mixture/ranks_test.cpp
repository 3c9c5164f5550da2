// The mixture of rows that several ranks have. Ranks are threads here; the slow twin of each result
// is that of one rank.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>

#include "base/thread_transport.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/mixture/chunk_sums.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/kmeans.hpp"
#include "uhuru/method/mixture/missing_mixture.hpp"
#include "uhuru/method/mixture/placement.hpp"
#include "uhuru/method/scaling.hpp"

namespace uhuru::method {
namespace {

using testing::as_ranks;

constexpr int rank_counts[] = {1, 2, 3, 8};

Matrix blobs(Eigen::Index rows, Eigen::Index features, uint32_t seed = 3) {
  RandomState random(seed);
  Matrix data(rows, features);
  for (Eigen::Index row = 0; row < rows; ++row)
    for (Eigen::Index f = 0; f < features; ++f)
      data(row, f) = 3 * static_cast<double>(row % 3 == f % 3) + random.normal();
  return data;
}

/// Appends the rows of `data` so that ranks have very different numbers of them, some none.
void append_unevenly(const Matrix& data, RowBlocks& rows) {
  const auto n = static_cast<size_t>(data.rows());
  const auto rank = static_cast<size_t>(rows.ranks().rank());
  const auto count = static_cast<size_t>(rows.ranks().count());
  // The first and every third rank after it have none, if there are more.
  std::vector<size_t> ends;
  size_t end = 0;
  for (size_t r = 0; r < count; ++r) {
    if (r % 3 != 0) end += (n - end) * 2 / 3;
    ends.push_back(r + 1 == count ? n : end);
  }
  for (size_t row = rank ? ends[rank - 1] : 0; row < ends[rank]; ++row)
    rows.append(data.row(static_cast<Eigen::Index>(row)).data());
  rows.deal();
}

/// The values of own rows of all ranks together.
template <class T>
std::vector<T> together(const RowBlocks& rows, const std::vector<T>& own) {
  return rows.ranks().all_values(std::span<const T>(own));
}

TEST(Ranks, HaveWholeChunksOfTheRows) {
  for (const Eigen::Index n : {0, 1, 127, 1024, 1025, 9000})
    for (const int count : rank_counts) {
      const Matrix data = blobs(n, 3);
      as_ranks(count, [&](const Communicator& ranks) {
        RowBlocks rows(3, RowBlocks::default_memory_bytes, ranks);
        append_unevenly(data, rows);
        const RowBlocks alone(data);
        EXPECT_EQ(rows.rows(), alone.rows());
        EXPECT_EQ(block_chunks(rows), block_chunks(alone));
        for (size_t f = 0; f < 3; ++f) EXPECT_EQ(together(rows, rows.column(f)), alone.column(f));
        const Range own = rows.own_rows();
        EXPECT_EQ(own.begin % block_rows, 0u);
        std::vector<size_t> numbers(own.size());
        std::iota(numbers.begin(), numbers.end(), own.begin);
        std::vector<size_t> all(static_cast<size_t>(n));
        std::iota(all.begin(), all.end(), size_t{0});
        EXPECT_EQ(together(rows, numbers), all);
        for (const size_t row : {size_t{0}, static_cast<size_t>(n) / 2, static_cast<size_t>(n)})
          if (row < rows.rows()) {
            EXPECT_EQ(rows.row(row), alone.row(row));
          }
      });
    }
}

TEST(Ranks, BringValuesBackToWhereRowsWereAppended) {
  const Matrix data = blobs(5000, 2);
  as_ranks(5, [&](const Communicator& ranks) {
    RowBlocks rows(2, RowBlocks::default_memory_bytes, ranks);
    const auto rank = static_cast<size_t>(ranks.rank());
    const size_t begin = rank * 300, end = rank == 4 ? 5000 : begin + 300;
    for (size_t row = begin; row < end; ++row)
      rows.append(data.row(static_cast<Eigen::Index>(row)).data());
    rows.deal();
    const Range own = rows.own_rows();
    std::vector<int> numbers(own.size());
    std::iota(numbers.begin(), numbers.end(), static_cast<int>(own.begin));
    std::vector<int> expected(end - begin);
    std::iota(expected.begin(), expected.end(), static_cast<int>(begin));
    EXPECT_EQ(rows.where_appended(std::span<const int>(numbers)), expected);
  });
}

TEST(Ranks, DecideOnSinglePrecisionTogether) {
  const Matrix data = blobs(20000, 2);
  constexpr size_t memory = 200'000;  // all rows take 320,000 bytes, those of three ranks less
  RowBlocks alone(2, memory);
  for (Eigen::Index row = 0; row < data.rows(); ++row) alone.append(data.row(row).data());
  EXPECT_TRUE(alone.is_single());
  EXPECT_EQ(alone.column(0)[7], static_cast<double>(static_cast<float>(data(7, 0))));
  EXPECT_EQ(alone.column(0).back(), static_cast<double>(static_cast<float>(data(19999, 0))));
  const auto change = [](size_t, double value) { return value / 3; };
  alone.transform(change, Threads(2));
  as_ranks(3, [&](const Communicator& ranks) {
    RowBlocks rows(2, memory, ranks);
    append_unevenly(data, rows);
    EXPECT_TRUE(rows.is_single());
    rows.transform(change, Threads(1));
    for (size_t f = 0; f < 2; ++f) EXPECT_EQ(together(rows, rows.column(f)), alone.column(f));
  });
}

TEST(Ranks, AddTheSumsOfChunksInTheirOrder) {
  const Matrix data = blobs(70000, 1);
  const RowBlocks alone(data);
  const auto fill = [](const RowBlocks& rows, ChunkSums& sums) {
    for_blocks(rows, Threads(2), [&](size_t, size_t, size_t chunk) {
      for (size_t i = 0; i < 5; ++i)
        sums[chunk][i] = std::sin(static_cast<double>(7 * chunk + i)) * 1e10;
    });
  };
  std::vector<double> slow(5);
  for (size_t chunk = 0; chunk < block_chunks(alone); ++chunk)
    for (size_t i = 0; i < 5; ++i) slow[i] += std::sin(static_cast<double>(7 * chunk + i)) * 1e10;
  for (const int count : rank_counts)
    as_ranks(count, [&](const Communicator& ranks) {
      const RowBlocks rows(data, ranks);
      ChunkSums sums(rows, 5);
      fill(rows, sums);
      EXPECT_EQ(sums.total(), slow);
      EXPECT_EQ(sums.all().size(), 5 * block_chunks(alone));
    });
}

TEST(Ranks, HaveTheSameStatistics) {
  const Matrix data = blobs(66000, 2);  // more than a sample
  const RowBlocks alone(data);
  const auto ranges = feature_ranges(alone, Threads(1));
  std::vector<FeatureRange> slow(2);
  for (Eigen::Index row = 0; row < data.rows(); ++row)
    for (size_t f = 0; f < 2; ++f) slow[f].add(data(row, static_cast<Eigen::Index>(f)));
  for (const int count : rank_counts)
    as_ranks(count, [&](const Communicator& ranks) {
      RowBlocks rows(2, RowBlocks::default_memory_bytes, ranks);
      append_unevenly(data, rows);
      EXPECT_EQ(medians(rows, Threads(1)), medians(alone, Threads(2)));
      const auto found = feature_ranges(rows, Threads(1));
      for (size_t f = 0; f < 2; ++f) {
        EXPECT_EQ(found[f].sample, slow[f].sample);
        EXPECT_EQ(found[f].least, slow[f].least);
        EXPECT_EQ(found[f].greatest, slow[f].greatest);
        EXPECT_EQ(found[f].least_positive, slow[f].least_positive);
        EXPECT_EQ(found[f].count, slow[f].count);
      }
    });
}

TEST(Ranks, FindTheSameMixture) {
  const Matrix data = blobs(9000, 4);
  MixtureSettings settings;
  settings.components = 4;
  settings.starts = 2;
  settings.seed = 5;
  const MixtureFit alone = fit_mixture(data, settings, Threads(1));
  const auto quantiles = density_quantiles(RowBlocks(data), MixtureDensity(alone.mixture));
  for (const int count : rank_counts)
    as_ranks(count, [&](const Communicator& ranks) {
      RowBlocks rows(4, RowBlocks::default_memory_bytes, ranks);
      append_unevenly(data, rows);
      const MixtureFit fit = fit_mixture(rows, settings, Threads(1));
      EXPECT_EQ(fit.mixture.means, alone.mixture.means);
      EXPECT_EQ(fit.mixture.covariances, alone.mixture.covariances);
      EXPECT_EQ(fit.mixture.weights, alone.mixture.weights);
      EXPECT_EQ(fit.log_likelihood, alone.log_likelihood);
      EXPECT_EQ(together(rows, fit.clusters), alone.clusters);
      EXPECT_EQ(density_quantiles(rows, MixtureDensity(fit.mixture)), quantiles);
      // All ranks have the same matrix.
      const MixtureFit shared = fit_mixture(data, settings, Threads(1).across(ranks));
      EXPECT_EQ(shared.mixture.means, alone.mixture.means);
      EXPECT_EQ(shared.clusters, alone.clusters);
    });
}

TEST(Ranks, FillEmptyClustersWithTheSameRows) {
  // Fewer distinct rows than clusters: some become empty.
  Matrix data(1500, 2);
  for (Eigen::Index row = 0; row < data.rows(); ++row)
    data.row(row).setConstant(static_cast<double>(row % 4) + (row == 1400 ? 0.5 : 0));
  RandomState random(2);
  const auto alone = kmeans(RowBlocks(data), 7, random, Threads(1));
  for (const int count : rank_counts)
    as_ranks(count, [&](const Communicator& ranks) {
      RowBlocks rows(2, RowBlocks::default_memory_bytes, ranks);
      append_unevenly(data, rows);
      RandomState same(2);
      EXPECT_EQ(together(rows, kmeans(rows, 7, same, Threads(1))), alone);
    });
}

TEST(Ranks, FindTheSameMixtureOfRowsWithGaps) {
  Matrix data = blobs(3000, 3);
  for (Eigen::Index row = 0; row < data.rows(); row += 3)
    data(row, row / 3 % 3) = std::numeric_limits<double>::quiet_NaN();
  MixtureSettings settings;
  settings.components = 3;
  const MixtureFit alone = fit_missing_mixture(data, settings, Threads(1));
  for (const int count : rank_counts)
    as_ranks(count, [&](const Communicator& ranks) {
      const MixtureFit fit = fit_missing_mixture(data, settings, Threads(1).across(ranks));
      EXPECT_EQ(fit.mixture.means, alone.mixture.means);
      EXPECT_EQ(fit.mixture.covariances, alone.mixture.covariances);
      EXPECT_EQ(fit.clusters, alone.clusters);
    });
}

/// Fits in memory, as they were after so many iterations of all.
class FitsUntil : public KeptFits {
 public:
  explicit FitsUntil(int most) : most_(most) {}
  std::optional<MixtureFit> read(int components, int start) override {
    const auto found = fits_.find({components, start});
    return found == fits_.end() ? std::nullopt : std::optional(found->second);
  }
  void write(int components, int start, const MixtureFit& fit, bool is_last) override {
    if (count_++ < most_) fits_[{components, start}] = fit;
    ends_ += is_last;
  }
  int written() const { return count_; }
  int ends() const { return ends_; }

 private:
  int most_, count_ = 0, ends_ = 0;
  std::map<std::pair<int, int>, MixtureFit> fits_;
};

/// A fit of three starts is the same if it goes on from a state after any iteration.
void expect_continued(const std::function<MixtureFit(KeptFits*)>& fit) {
  const MixtureFit whole = fit(nullptr);
  FitsUntil none(0);
  fit(&none);
  EXPECT_EQ(none.ends(), 3);
  EXPECT_GT(none.written(), 10);
  for (int most = 1; most <= none.written(); ++most) {
    FitsUntil kept(most);
    fit(&kept);
    const int before = kept.written();
    const MixtureFit again = fit(&kept);
    EXPECT_EQ(kept.written() - before, none.written() - most);
    EXPECT_EQ(again.mixture.means, whole.mixture.means) << most;
    EXPECT_EQ(again.mixture.covariances, whole.mixture.covariances);
    EXPECT_EQ(again.iterations, whole.iterations);
    EXPECT_EQ(again.converged, whole.converged);
    EXPECT_EQ(again.mean_log_likelihood, whole.mean_log_likelihood);
    EXPECT_EQ(again.clusters, whole.clusters);
  }
}

TEST(Mixture, GoesOnFromAnyStateToTheSameFit) {
  const Matrix data = blobs(2000, 3);
  const RowBlocks rows(data);
  MixtureSettings settings;
  settings.components = 4;
  settings.starts = 3;
  settings.max_iterations = 12;
  settings.tolerance = 1e-9;
  expect_continued(
      [&](KeptFits* kept) { return fit_mixture(rows, settings, Threads(2), {}, kept); });
  Matrix missing = data;
  for (Eigen::Index row = 0; row < missing.rows(); row += 5) missing(row, row % 3) = std::nan("");
  expect_continued(
      [&](KeptFits* kept) { return fit_missing_mixture(missing, settings, Threads(2), {}, kept); });
}

TEST(Mixture, StartsAreIndependentOfEachOther) {
  const Matrix data = blobs(1500, 2);
  const RowBlocks rows(data);
  for (const int k : {1, 2, 5}) {
    RandomState drawn(9), skipped(9);
    kmeans(rows, k, drawn, Threads(1));
    skip_kmeans(rows.rows(), k, skipped);
    EXPECT_EQ(drawn.next_uint32(), skipped.next_uint32());
  }
}

}  // namespace
}  // namespace uhuru::method
