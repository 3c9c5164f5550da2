#include "uhuru/method/mixture/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace uhuru::method {
namespace {

constexpr int max_iterations = 300;
constexpr double relative_tolerance = 1e-4;

/// Rows relative to their mean, so that distances lose fewer digits.
class CenteredRows {
 public:
  CenteredRows(const RowBlocks& blocks, const Threads& pool)
      : rows(blocks), threads(pool), mean_(blocks.features()) {
    const auto n = static_cast<double>(rows.rows());
    mean_ = sums(nullptr, false);
    for (double& value : mean_) value /= n;
    double squares = 0;
    for (const double value : sums(mean_.data(), true)) squares += value / n;
    mean_variance = squares / static_cast<double>(rows.features());
  }

  BlockReader reader() const { return BlockReader(rows, mean_.data()); }
  Vector row(size_t number) const {
    BlockReader read = reader();
    const double* block = read(number / block_rows);
    Vector result(static_cast<long>(rows.features()));
    for (size_t f = 0; f < rows.features(); ++f)
      result[static_cast<long>(f)] = block[f * block_rows + number % block_rows];
    return result;
  }

  const RowBlocks& rows;
  const Threads& threads;
  double mean_variance = 0;  // over the features

 private:
  /// The sum of each feature, or of its square.
  std::vector<double> sums(const double* shift, bool squared) const {
    std::vector<std::vector<double>> parts(block_chunks(rows));
    for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
      std::vector<double> part(rows.features());
      BlockReader block(rows, shift);
      for (size_t b = first; b < last; ++b) {
        const double* values = block(b);
        for (size_t f = 0; f < rows.features(); ++f)
          for (size_t r = 0; r < rows.valid(b); ++r) {
            const double x = values[f * block_rows + r];
            part[f] += squared ? x * x : x;
          }
      }
      parts[chunk] = std::move(part);
    });
    std::vector<double> total(rows.features());
    for (const auto& part : parts)
      for (size_t f = 0; f < total.size(); ++f) total[f] += part[f];
    return total;
  }

  std::vector<double> mean_;
};

/// The boundaries at which numpy's pairwise sum of `n` numbers splits them into pieces of at most
/// `most`, and the combination of the sums of the pieces, in order.
struct Piece {
  size_t begin, end;
};
constexpr size_t most_in_piece = 8192;
void cut(size_t begin, size_t n, std::vector<Piece>& pieces) {
  if (n <= most_in_piece) return pieces.push_back({begin, begin + n});
  const size_t half = n / 2 - (n / 2) % 8;
  cut(begin, half, pieces);
  cut(begin + half, n - half, pieces);
}
double add_up(size_t n, const double*& sums) {
  if (n <= most_in_piece) return *sums++;
  const size_t half = n / 2 - (n / 2) % 8;
  const double left = add_up(half, sums);
  return left + add_up(n - half, sums);
}

/// Squared distances of the rows to the nearest center so far.
class NearestSoFar {
 public:
  NearestSoFar(const CenteredRows& data, size_t first_center)
      : data_(data), closest_(data.rows.rows(), std::numeric_limits<double>::infinity()) {
    cut(0, closest_.size(), pieces_);
    take(first_center);
  }

  /// Makes a row a center.
  void take(size_t center) {
    const Vector row = data_.row(center);
    data_.threads.run(pieces_.size(), [&](size_t p) {
      BlockReader block = data_.reader();
      nearest(block, center, row, pieces_[p], closest_.data() + pieces_[p].begin);
    });
  }

  /// The sum of the distances with each of these rows as an additional center.
  std::vector<double> potentials(const std::vector<size_t>& centers) const {
    std::vector<Vector> rows;
    rows.reserve(centers.size());
    for (const size_t center : centers) rows.push_back(data_.row(center));
    std::vector<std::vector<double>> sums(centers.size(), std::vector<double>(pieces_.size()));
    data_.threads.run(pieces_.size(), [&](size_t p) {
      BlockReader block = data_.reader();
      std::vector<double> values(pieces_[p].end - pieces_[p].begin);
      for (size_t c = 0; c < centers.size(); ++c) {
        nearest(block, centers[c], rows[c], pieces_[p], values.data());
        sums[c][p] = pairwise_sum(values);
      }
    });
    std::vector<double> result;
    for (const auto& sum : sums) {
      const double* next = sum.data();
      result.push_back(add_up(closest_.size(), next));
    }
    return result;
  }
  double potential() const { return pairwise_sum(closest_); }

  /// For each draw, the first row at which the cumulative distance reaches it.
  std::vector<size_t> rows_at(const std::vector<double>& draws) const {
    std::vector<size_t> result(draws.size(), closest_.size() - 1);
    std::vector<bool> found(draws.size(), false);
    double sum = 0;
    for (size_t row = 0; row < closest_.size(); ++row) {
      sum += closest_[row];
      for (size_t i = 0; i < draws.size(); ++i)
        if (!found[i] && sum >= draws[i]) {
          found[i] = true;
          result[i] = row;
        }
    }
    return result;
  }

 private:
  /// The distances of a piece's rows with an additional center.
  void nearest(BlockReader& block, size_t center, const Vector& row, const Piece& piece,
               double* out) const {
    alignas(64) double distances[block_rows];
    for (size_t b = piece.begin / block_rows; b * block_rows < piece.end; ++b) {
      squared_distances_block(block(b), data_.rows.features(), row.data(), row.squaredNorm(),
                              distances);
      const size_t begin = std::max(piece.begin, b * block_rows);
      const size_t end = std::min(piece.end, (b + 1) * block_rows);
      for (size_t r = begin; r < end; ++r)
        out[r - piece.begin] =
            std::min(closest_[r], r == center ? 0.0 : distances[r - b * block_rows]);
    }
  }

  const CenteredRows& data_;
  std::vector<double> closest_;
  std::vector<Piece> pieces_;
};

/// The initial centers: each drawn with probability proportional to the squared distance to the
/// nearest so far, the best of several draws.
Matrix plus_plus_centers(const CenteredRows& data, int k, RandomState& random) {
  const int trials = 2 + static_cast<int>(std::log(k));
  Matrix centers(k, static_cast<long>(data.rows.features()));
  size_t center = random.integer(data.rows.rows());
  centers.row(0) = data.row(center);
  if (k == 1) return centers;
  NearestSoFar nearest(data, center);
  double potential = nearest.potential();
  for (int c = 1; c < k; ++c) {
    std::vector<double> draws;
    draws.reserve(static_cast<size_t>(trials));
    for (int trial = 0; trial < trials; ++trial) draws.push_back(random.uniform() * potential);
    const std::vector<size_t> candidates = nearest.rows_at(draws);
    const std::vector<double> potentials = nearest.potentials(candidates);
    const auto best = std::min_element(potentials.begin(), potentials.end());
    potential = *best;
    center = candidates[static_cast<size_t>(best - potentials.begin())];
    centers.row(c) = data.row(center);
    if (c + 1 < k) nearest.take(center);
  }
  return centers;
}

/// The sums and numbers of the rows of each cluster; how many rows changed cluster.
struct Assignment {
  Matrix sums;  // K × (D + 1), the last column holds the numbers
  size_t changed = 0;
};
Assignment assign(const CenteredRows& data, const Matrix& centers, std::vector<int>& labels) {
  const Vector norms = centers.rowwise().squaredNorm();
  const auto k = static_cast<size_t>(centers.rows());
  const size_t features = data.rows.features();
  std::vector<Assignment> parts(block_chunks(data.rows));
  for_blocks(data.rows, data.threads, [&](size_t first, size_t last, size_t chunk) {
    BlockReader block = data.reader();
    AlignedDoubles lanes(k * (features + 1) * sum_lanes);
    Assignment part;
    int32_t nearest[block_rows];
    for (size_t b = first; b < last; ++b) {
      const size_t valid = data.rows.valid(b);
      nearest_center_block(block(b), features, centers.data(), norms.data(), k, valid, nearest,
                           lanes.data());
      int* old = labels.data() + b * block_rows;
      for (size_t r = 0; r < valid; ++r) part.changed += nearest[r] != old[r];
      std::copy_n(nearest, valid, old);
    }
    part.sums.resize(centers.rows(), centers.cols() + 1);
    for (size_t i = 0; i < k * (features + 1); ++i)
      part.sums.data()[i] = sum_of_lanes(lanes.data() + i * sum_lanes);
    parts[chunk] = std::move(part);
  });
  Assignment total = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    total.sums += parts[i].sums;
    total.changed += parts[i].changed;
  }
  return total;
}

/// Assigns to each empty cluster one of the rows farthest from their centers.
void fill_empty(const CenteredRows& data, const Matrix& centers, const std::vector<int>& labels,
                Matrix& sums) {
  const Eigen::Index d = centers.cols();
  std::vector<Eigen::Index> empty;
  for (Eigen::Index c = 0; c < sums.rows(); ++c)
    if (sums(c, d) == 0) empty.push_back(c);
  if (empty.empty()) return;
  std::vector<std::pair<double, size_t>> farthest;  // as many as needed, the farthest first
  BlockReader block = data.reader();
  for (size_t row = 0; row < data.rows.rows(); ++row) {
    const double* values = block(row / block_rows) + row % block_rows;
    double distance = 0;
    for (Eigen::Index f = 0; f < d; ++f) {
      const double difference =
          values[static_cast<size_t>(f) * block_rows] - centers(labels[row], f);
      distance += difference * difference;
    }
    if (farthest.size() == empty.size() && distance <= farthest.back().first) continue;
    if (farthest.size() == empty.size()) farthest.pop_back();
    const auto place = std::find_if(farthest.begin(), farthest.end(),
                                    [&](const auto& entry) { return entry.first < distance; });
    farthest.insert(place, {distance, row});
  }
  for (size_t i = 0; i < empty.size(); ++i) {
    Eigen::RowVectorXd row(d + 1);
    row << data.row(farthest[i].second).transpose(), 1.0;
    sums.row(labels[farthest[i].second]) -= row;
    sums.row(empty[i]) = row;
  }
}

}  // namespace

std::vector<int> kmeans(const RowBlocks& rows, int k, RandomState& random, const Threads& threads) {
  const CenteredRows data(rows, threads);
  Matrix centers = plus_plus_centers(data, k, random);
  std::vector<int> labels(rows.rows(), -1);
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    Assignment assignment = assign(data, centers, labels);
    fill_empty(data, centers, labels, assignment.sums);
    double shift = 0;
    for (Eigen::Index c = 0; c < k; ++c) {
      const double count = assignment.sums(c, centers.cols());
      if (!(count > 0)) continue;
      const Eigen::RowVectorXd center = assignment.sums.row(c).head(centers.cols()) / count;
      shift += (center - centers.row(c)).squaredNorm();
      centers.row(c) = center;
    }
    if (assignment.changed == 0) return labels;
    if (shift <= relative_tolerance * data.mean_variance) break;
  }
  assign(data, centers, labels);
  return labels;
}

}  // namespace uhuru::method
