#include "uhuru/method/mixture/silhouette.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

/// Rows in blocks of which each contains a single cluster.
struct ClusterBlocks {
  size_t features;
  std::vector<size_t> sizes;       // of each cluster
  std::vector<size_t> cluster_of;  // of each block
  std::vector<size_t> valid;       // rows in each block
  std::vector<size_t> place;       // of each row: block × block_rows + place in it
  AlignedDoubles values;

  size_t blocks() const { return valid.size(); }
  const double* block(size_t b) const { return values.data() + b * features * block_rows; }

  ClusterBlocks(const RowBlocks& rows, std::span<const ClusterId> labels)
      : features(rows.features()), place(rows.rows()) {
    std::map<ClusterId, size_t> numbers;  // the labels that occur, numbered from 0
    for (const ClusterId label : labels) numbers.try_emplace(label, 0);
    for (size_t next = 0; auto& [label, number] : numbers) number = next++;
    sizes.resize(numbers.size());
    std::vector<size_t> open(numbers.size(), 0);  // block that each cluster is filling
    for (size_t row = 0; row < rows.rows(); ++row) {
      const size_t cluster = numbers[labels[row]];
      if (sizes[cluster]++ % block_rows == 0) {
        open[cluster] = blocks();
        cluster_of.push_back(cluster);
        valid.push_back(0);
      }
      place[row] = open[cluster] * block_rows + valid[open[cluster]]++;
    }
    values = AlignedDoubles(blocks() * features * block_rows);
    BlockReader reader(rows);
    for (size_t row = 0; row < rows.rows(); ++row) {
      const double* from = reader(row / block_rows) + row % block_rows;
      double* to =
          values.data() + place[row] / block_rows * features * block_rows + place[row] % block_rows;
      for (size_t f = 0; f < features; ++f) to[f * block_rows] = from[f * block_rows];
    }
  }
};

/// Sums of the distances of each row to the rows of each cluster: clusters × places.
class DistanceSums {
 public:
  explicit DistanceSums(const ClusterBlocks& rows)
      : rows_(rows), sums_(rows.sizes.size() * rows.blocks() * block_rows) {}

  /// Processes every pair of blocks once. In each round every group of blocks is paired with one
  /// other, as in a round-robin tournament, so the pairs of a round can be added in parallel,
  /// always in the same order.
  void add_all(const Threads& threads) {
    const size_t groups = std::clamp<size_t>(rows_.blocks() / 8, 1, 64) / 2 * 2;
    if (groups == 0) return add(0, rows_.blocks(), 0, rows_.blocks());
    const auto begin = [&](size_t group) { return group * rows_.blocks() / groups; };
    const auto play = [&](size_t p, size_t q) {
      add(begin(p), begin(p + 1), begin(q), begin(q + 1));
    };
    threads.run(groups, [&](size_t group) { play(group, group); });
    const size_t others = groups - 1;  // the last group is fixed, the others rotate
    for (size_t round = 0; round < others; ++round)
      threads.run(groups / 2, [&](size_t table) {
        if (table == 0) return play(round, others);
        const size_t p = (round + table) % others;
        const size_t q = (round + others - table) % others;
        play(std::min(p, q), std::max(p, q));
      });
  }
  double operator()(size_t cluster, size_t place) const {
    return sums_[cluster * rows_.blocks() * block_rows + place];
  }

 private:
  /// The blocks [begin_a, end_a) against [begin_b, end_b); if the ranges are the same, each pair
  /// once.
  void add(size_t begin_a, size_t end_a, size_t begin_b, size_t end_b) {
    for (size_t a = begin_a; a < end_a; ++a)
      for (size_t b = begin_a == begin_b ? a : begin_b; b < end_b; ++b)
        add_distances_block(rows_.block(a), rows_.valid[a], rows_.block(b), rows_.valid[b],
                            rows_.features, sum(rows_.cluster_of[b], a),
                            sum(rows_.cluster_of[a], b));
  }
  double* sum(size_t cluster, size_t block) {
    return sums_.data() + (cluster * rows_.blocks() + block) * block_rows;
  }

  const ClusterBlocks& rows_;
  AlignedDoubles sums_;
};

}  // namespace

std::vector<double> silhouettes(const RowBlocks& rows, std::span<const ClusterId> labels,
                                const Threads& threads) {
  const ClusterBlocks clustered(rows, labels);
  const size_t clusters = clustered.sizes.size();
  if (clusters < 2 || clusters >= rows.rows())
    throw input_error(
        "silhouettes are undefined", "", "at least two clusters, and fewer clusters than rows",
        std::to_string(clusters) + " clusters, " + std::to_string(rows.rows()) + " rows");
  DistanceSums sums(clustered);
  sums.add_all(threads);
  std::vector<double> result(rows.rows());
  for (size_t row = 0; row < result.size(); ++row) {
    const size_t place = clustered.place[row];
    const size_t own = clustered.cluster_of[place / block_rows];
    if (clustered.sizes[own] == 1) continue;
    const double a = sums(own, place) / static_cast<double>(clustered.sizes[own] - 1);
    double b = std::numeric_limits<double>::infinity();
    for (size_t c = 0; c < clusters; ++c)
      if (c != own) b = std::min(b, sums(c, place) / static_cast<double>(clustered.sizes[c]));
    if (std::max(a, b) > 0) result[row] = (b - a) / std::max(a, b);
  }
  return result;
}

double silhouette_score(const RowBlocks& rows, std::span<const ClusterId> labels,
                        const Threads& threads) {
  return pairwise_sum(silhouettes(rows, labels, threads)) / static_cast<double>(rows.rows());
}

}  // namespace uhuru::method
