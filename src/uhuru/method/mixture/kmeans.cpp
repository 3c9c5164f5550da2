#include "uhuru/method/mixture/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "uhuru/method/mixture/chunk_sums.hpp"

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

  Vector mean() const {
    return Eigen::Map<const Vector>(mean_.data(), static_cast<long>(mean_.size()));
  }
  BlockReader reader() const { return BlockReader(rows, mean_.data()); }
  /// Of any rank.
  Vector row(size_t number) const {
    const std::vector<double> values = rows.row(number);
    return Eigen::Map<const Vector>(values.data(), static_cast<long>(values.size())) - mean();
  }

  const RowBlocks& rows;
  const Threads& threads;
  double mean_variance = 0;  // over the features

 private:
  /// The sum of each feature, or of its square.
  std::vector<double> sums(const double* shift, bool squared) const {
    ChunkSums parts(rows, rows.features());
    for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
      double* part = parts[chunk];
      BlockReader block(rows, shift);
      for (size_t b = first; b < last; ++b) {
        const double* values = block(b);
        for (size_t f = 0; f < rows.features(); ++f)
          for (size_t r = 0; r < rows.valid(b); ++r) {
            const double x = values[f * block_rows + r];
            part[f] += squared ? x * x : x;
          }
      }
    });
    return parts.total();
  }

  std::vector<double> mean_;
};

/// Squared distances of the own rows to the nearest center so far.
class NearestSoFar {
 public:
  NearestSoFar(const CenteredRows& data, size_t first_center)
      : data_(data),
        own_(data.rows.own_rows()),
        closest_(own_.size(), std::numeric_limits<double>::infinity()) {
    take(first_center);
  }

  /// Makes a row a center.
  void take(size_t center) {
    const std::vector<Center> centers = {{center, data_.row(center)}};
    ChunkSums sums(data_.rows, 1);
    for_blocks(data_.rows, data_.threads, [&](size_t first, size_t last, size_t chunk) {
      double* values = closest_.data() + (first * block_rows - own_.begin);
      nearest(centers, first, last, {&values, 1});
      *sums[chunk] = pairwise_sum({values, rows_in(first, last)});
    });
    double sum = 0;
    sums_up_to_.clear();
    for (const double of_chunk : sums.all()) sums_up_to_.push_back(sum += of_chunk);
  }

  /// The sum of the distances with each of these rows as an additional center.
  std::vector<double> potentials(const std::vector<size_t>& rows) const {
    std::vector<Center> centers;
    for (const size_t row : rows) centers.push_back({row, data_.row(row)});
    ChunkSums sums(data_.rows, centers.size());
    for_blocks(data_.rows, data_.threads, [&](size_t first, size_t last, size_t chunk) {
      const size_t count = rows_in(first, last);
      std::vector<std::vector<double>> values(centers.size(), std::vector<double>(count));
      std::vector<double*> out;
      for (auto& of_center : values) out.push_back(of_center.data());
      nearest(centers, first, last, out);
      for (size_t c = 0; c < centers.size(); ++c) sums[chunk][c] = pairwise_sum(values[c]);
    });
    return sums.total();
  }
  double potential() const { return sums_up_to_.back(); }

  /// For each draw, the first row at which the cumulative distance reaches it. Each is found by the
  /// rank that has its chunk.
  std::vector<size_t> rows_at(const std::vector<double>& draws) const {
    struct Found {
      size_t draw, row;
    };
    std::vector<Found> found;
    const Range chunks = data_.rows.own_chunks();
    const size_t chunk_rows = chunk_blocks(data_.rows) * block_rows;
    for (size_t draw = 0; draw < draws.size(); ++draw) {
      const auto reached =
          std::lower_bound(sums_up_to_.begin(), std::prev(sums_up_to_.end()), draws[draw]);
      const auto chunk = static_cast<size_t>(reached - sums_up_to_.begin());
      if (chunk < chunks.begin || chunk >= chunks.end) continue;
      const size_t last = std::min(data_.rows.rows(), (chunk + 1) * chunk_rows) - 1;
      double sum = chunk ? sums_up_to_[chunk - 1] : 0;
      size_t row = chunk * chunk_rows;
      while ((sum += closest_[row - own_.begin]) < draws[draw] && row < last) ++row;
      found.push_back({draw, row});
    }
    std::vector<size_t> result(draws.size());
    for (const Found& one : data_.rows.ranks().all_values(std::span<const Found>(found)))
      result[one.draw] = one.row;
    return result;
  }

 private:
  struct Center {
    size_t row;
    Vector values;
  };

  size_t rows_in(size_t first, size_t last) const {
    return std::min(data_.rows.rows(), last * block_rows) - first * block_rows;
  }

  /// The distances of the rows of some blocks with each of these as an additional center.
  void nearest(const std::vector<Center>& centers, size_t first, size_t last,
               std::span<double* const> out) const {
    BlockReader read = data_.reader();
    alignas(64) double distances[block_rows];
    for (size_t b = first; b < last; ++b) {
      const double* block = read(b);
      const double* closest = closest_.data() + (b * block_rows - own_.begin);
      for (size_t c = 0; c < centers.size(); ++c) {
        const Vector& center = centers[c].values;
        squared_distances_block(block, data_.rows.features(), center.data(), center.squaredNorm(),
                                distances);
        if (centers[c].row / block_rows == b) distances[centers[c].row % block_rows] = 0;
        double* to = out[c] + (b - first) * block_rows;
        for (size_t r = 0; r < data_.rows.valid(b); ++r) to[r] = std::min(closest[r], distances[r]);
      }
    }
  }

  const CenteredRows& data_;
  Range own_;
  std::vector<double> closest_;
  std::vector<double> sums_up_to_;  // of the distances, up to the end of each chunk
};

/// Of the draws for a center, the best one is taken.
int trials(int k) { return 2 + static_cast<int>(std::log(k)); }

/// The initial centers: each drawn with probability proportional to the squared distance to the
/// nearest so far, the best of several draws.
Matrix plus_plus_centers(const CenteredRows& data, int k, RandomState& random) {
  Matrix centers(k, static_cast<long>(data.rows.features()));
  size_t center = random.integer(data.rows.rows());
  centers.row(0) = data.row(center);
  if (k == 1) return centers;
  NearestSoFar nearest(data, center);
  double potential = nearest.potential();
  for (int c = 1; c < k; ++c) {
    std::vector<double> draws;
    for (int trial = 0; trial < trials(k); ++trial) draws.push_back(random.uniform() * potential);
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

/// The nearest center of each row, and the sums of the rows of each. Between two iterations most
/// rows keep their center, and bounds of their distances say so without computing any (Hamerly
/// 2010, SIAM Int. Conf. on Data Mining): a row whose own center is certainly nearer than any
/// other, or than half the way to the next one, is not even read.
class Assignment {
 public:
  explicit Assignment(const CenteredRows& data)
      : data_(data),
        first_row_(data.rows.own_rows().begin),
        labels_(data.rows.own_rows().size(), -1),
        upper_(labels_.size(), std::numeric_limits<float>::infinity()),
        lower_(labels_.size(), 0.0F) {}

  /// Assigns the rows to these centers; returns how many rows changed.
  size_t assign(const Matrix& centers);
  std::vector<int>& labels() { return labels_; }
  /// K × (D + 1): sums of the rows, and in the last column their numbers.
  const Matrix& sums() const { return sums_; }

 private:
  /// How far the centers have moved, and half the distance of each to the next; with the slack that
  /// roundings need.
  struct Moves {
    std::vector<float> of_center, of_others, half_gap;  // of_others: the greatest of another center
    float doubt = 0;
  };
  struct Part {
    AlignedDoubles sums;
    size_t changed = 0;
    double greatest_norm = 0;  // squared
  };
  /// Rows whose distances must be computed, as a block.
  struct Doubtful {
    AlignedDoubles values;
    std::vector<size_t> rows;
  };

  // Bounds are kept in single precision; each step widens them by more than its rounding.
  static constexpr float slack = 1e-6F;
  static constexpr float most = std::numeric_limits<float>::max() / 2;
  static float above(double distance) {
    return distance < most ? static_cast<float>(distance) * (1 + slack)
                           : std::numeric_limits<float>::infinity();
  }
  static float below(double distance) {
    return distance < most ? static_cast<float>(distance) * (1 - slack) : most;
  }
  // So many rows of a block, and all of them are read at once.
  static constexpr size_t many = 16;

  Moves moves_to(const Matrix& centers) const;
  void list_rows(size_t block, std::vector<size_t>& rows) const;
  void find_doubtful(const Moves& moves, size_t block, std::vector<size_t>& rows);
  void find_nearest(const double* values, std::span<const size_t> rows, Part& part);

  const CenteredRows& data_;
  size_t first_row_;  // of the own rows, to which all that follows belongs
  std::vector<int> labels_;
  std::vector<float> upper_, lower_;  // of the distance to the own center, and to the next
  Matrix centers_, sums_;
  Vector norms_;
  double greatest_norm_ = 0;  // squared, of the rows
};

Assignment::Moves Assignment::moves_to(const Matrix& centers) const {
  Moves moves;
  const double scale =
      std::sqrt(greatest_norm_) + std::sqrt(centers.rowwise().squaredNorm().maxCoeff());
  moves.doubt = above(1e-6 * scale);
  for (Eigen::Index c = 0; c < centers.rows(); ++c) {
    moves.of_center.push_back(above((centers.row(c) - centers_.row(c)).norm()));
    double gap = std::numeric_limits<double>::infinity();
    for (Eigen::Index other = 0; other < centers.rows(); ++other)
      if (other != c) gap = std::min(gap, (centers.row(c) - centers.row(other)).norm());
    moves.half_gap.push_back(below(gap / 2));
  }
  for (size_t c = 0; c < moves.of_center.size(); ++c) {
    float farthest = 0;
    for (size_t other = 0; other < moves.of_center.size(); ++other)
      if (other != c) farthest = std::max(farthest, moves.of_center[other]);
    moves.of_others.push_back(farthest);
  }
  return moves;
}

void Assignment::list_rows(size_t block, std::vector<size_t>& rows) const {
  rows.resize(data_.rows.valid(block));
  std::iota(rows.begin(), rows.end(), block * block_rows);
}

/// Widens the bounds of a block's rows, and lists those that may have another center now.
void Assignment::find_doubtful(const Moves& moves, size_t block, std::vector<size_t>& rows) {
  if (moves.of_center.empty()) return list_rows(block, rows);
  rows.resize(block_rows);
  size_t count = 0;
  const size_t begin = block * block_rows;
  for (size_t row = begin; row < begin + data_.rows.valid(block); ++row) {
    const size_t i = row - first_row_;
    const auto own = static_cast<size_t>(labels_[i]);
    const float upper = (upper_[i] + moves.of_center[own]) * (1 + slack);
    const float lower = std::max(0.0F, lower_[i] * (1 - slack) - moves.of_others[own]);
    upper_[i] = upper;
    lower_[i] = lower;
    rows[count] = row;  // without a branch, which nobody could foresee
    count += !(upper + moves.doubt < std::max(lower, moves.half_gap[own]));
  }
  rows.resize(count);
}

/// `values`: a block of these rows.
void Assignment::find_nearest(const double* values, std::span<const size_t> rows, Part& part) {
  const auto k = static_cast<size_t>(centers_.rows());
  const size_t features = data_.rows.features();
  int32_t label[block_rows];
  alignas(64) double nearest[block_rows], second[block_rows], norm[block_rows];
  two_nearest_centers_block(values, features, centers_.data(), norms_.data(), k, label, nearest,
                            second, norm);
  for (size_t r = 0; r < rows.size(); ++r) {
    const size_t i = rows[r] - first_row_;
    part.greatest_norm = std::max(part.greatest_norm, norm[r]);
    upper_[i] = above(std::sqrt(nearest[r]));
    lower_[i] = below(std::sqrt(second[r]));
    int& own = labels_[i];
    if (own == label[r]) continue;
    const auto add = [&](int cluster, double sign) {
      double* sums = part.sums.data() + static_cast<size_t>(cluster) * (features + 1) * sum_lanes +
                     r % sum_lanes;
      for (size_t f = 0; f < features; ++f)
        sums[f * sum_lanes] += sign * values[f * block_rows + r];
      sums[features * sum_lanes] += sign;
    };
    if (own >= 0) add(own, -1);
    add(label[r], 1);
    own = label[r];
    ++part.changed;
  }
}

size_t Assignment::assign(const Matrix& centers) {
  const bool is_first = centers_.size() == 0;
  const Moves moves = is_first ? Moves() : moves_to(centers);
  centers_ = centers;
  norms_ = centers.rowwise().squaredNorm();
  const size_t features = data_.rows.features();
  const size_t sums = static_cast<size_t>(centers.rows()) * (features + 1);
  ChunkSums parts(data_.rows, sums + 1);
  std::vector<double> norms(data_.rows.own_chunks().size());
  const size_t first_chunk = data_.rows.own_chunks().begin;
  for_blocks(data_.rows, data_.threads, [&](size_t first, size_t last, size_t chunk) {
    BlockReader read = data_.reader();
    Part part;
    part.sums = AlignedDoubles(sums * sum_lanes);
    Doubtful gathered{AlignedDoubles(features * block_rows), {}};
    const auto find_gathered = [&] {
      find_nearest(gathered.values.data(), gathered.rows, part);
      gathered.rows.clear();
    };
    std::vector<size_t> doubtful;
    for (size_t b = first; b < last; ++b) {
      find_doubtful(moves, b, doubtful);
      if (doubtful.size() >= many) {
        list_rows(b, doubtful);
        find_nearest(read(b), doubtful, part);
        continue;
      }
      for (const size_t row : doubtful) {
        read.copy_row(row, gathered.values.data() + gathered.rows.size());
        gathered.rows.push_back(row);
        if (gathered.rows.size() == block_rows) find_gathered();
      }
    }
    if (!gathered.rows.empty()) find_gathered();
    for (size_t i = 0; i < sums; ++i)
      parts[chunk][i] = sum_of_lanes(part.sums.data() + i * sum_lanes);
    parts[chunk][sums] = static_cast<double>(part.changed);
    norms[chunk - first_chunk] = part.greatest_norm;
  });
  if (is_first) {  // all rows were looked at
    // Of all ranks: which rows are looked at together must not depend on the number of ranks.
    for (const double norm : data_.rows.ranks().all_values(std::span<const double>(norms)))
      greatest_norm_ = std::max(greatest_norm_, norm);
    sums_ = Matrix::Zero(centers.rows(), centers.cols() + 1);
  }
  const std::vector<double> total = parts.total();
  for (size_t i = 0; i < sums; ++i) sums_.data()[i] += total[i];
  return static_cast<size_t>(total[sums]);
}

/// Rows that are far from their centers, the farthest first; of those that are equally far, the one
/// with the smaller number.
class Farthest {
 public:
  struct Row {
    double distance;
    size_t number;
    int label;
  };
  explicit Farthest(size_t most) : most_(most) {}
  /// Rows come in their order.
  void add(const Row& row) {
    if (rows_.size() == most_ && row.distance <= rows_.back().distance) return;
    if (rows_.size() == most_) rows_.pop_back();
    const auto place = std::find_if(rows_.begin(), rows_.end(), [&](const Row& other) {
      return other.distance < row.distance;
    });
    rows_.insert(place, row);
  }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  size_t most_;
  std::vector<Row> rows_;
};

/// Assigns to each empty cluster one of the rows farthest from their centers.
void fill_empty(const CenteredRows& data, const Matrix& centers, const std::vector<int>& labels,
                Matrix& sums) {
  const Eigen::Index d = centers.cols();
  std::vector<Eigen::Index> empty;
  for (Eigen::Index c = 0; c < sums.rows(); ++c)
    if (sums(c, d) == 0) empty.push_back(c);
  if (empty.empty()) return;
  Farthest of_rank(empty.size()), farthest(empty.size());
  BlockReader block = data.reader();
  const Range own = data.rows.own_rows();
  const double* of_block = nullptr;
  for (size_t row = own.begin; row < own.end; ++row) {
    if (!of_block || row % block_rows == 0) of_block = block(row / block_rows);
    const double* values = of_block + row % block_rows;
    const int label = labels[row - own.begin];
    double distance = 0;
    for (Eigen::Index f = 0; f < d; ++f) {
      const double difference = values[static_cast<size_t>(f) * block_rows] - centers(label, f);
      distance += difference * difference;
    }
    of_rank.add({distance, row, label});
  }
  for (const auto& row :
       data.rows.ranks().all_values(std::span<const Farthest::Row>(of_rank.rows())))
    farthest.add(row);
  for (size_t i = 0; i < empty.size(); ++i) {
    const Farthest::Row& far = farthest.rows()[i];
    Eigen::RowVectorXd row(d + 1);
    row << data.row(far.number).transpose(), 1.0;
    sums.row(far.label) -= row;
    sums.row(empty[i]) = row;
  }
}

std::vector<int> iterate(const CenteredRows& data, Matrix centers) {
  Assignment assignment(data);
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    const size_t changed = assignment.assign(centers);
    Matrix sums = assignment.sums();
    fill_empty(data, centers, assignment.labels(), sums);
    double shift = 0;
    for (Eigen::Index c = 0; c < centers.rows(); ++c) {
      const double count = sums(c, centers.cols());
      if (!(count > 0)) continue;
      const Eigen::RowVectorXd center = sums.row(c).head(centers.cols()) / count;
      shift += (center - centers.row(c)).squaredNorm();
      centers.row(c) = center;
    }
    if (changed == 0) return std::move(assignment.labels());
    if (shift <= relative_tolerance * data.mean_variance) break;
  }
  assignment.assign(centers);
  return std::move(assignment.labels());
}

}  // namespace

std::vector<int> kmeans(const RowBlocks& rows, int k, RandomState& random, const Threads& threads) {
  const CenteredRows data(rows, threads);
  return iterate(data, plus_plus_centers(data, k, random));
}

void skip_kmeans(size_t rows, int k, RandomState& random) {
  random.integer(rows);
  for (int draw = 0; draw < (k - 1) * trials(k); ++draw) random.uniform();
}

std::vector<int> kmeans_from(const RowBlocks& rows, const Matrix& centers, const Threads& threads) {
  const CenteredRows data(rows, threads);
  return iterate(data, centers.rowwise() - data.mean().transpose());
}

}  // namespace uhuru::method
