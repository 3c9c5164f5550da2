#include "uhuru/mixture/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "uhuru/mixture/chunks.hpp"
#include "uhuru/mixture/row_block.hpp"

namespace uhuru {
namespace {

constexpr int max_iterations = 300;
constexpr double relative_tolerance = 1e-4;

/// Squared distances of every row to one row, as |x|² - 2 x·c + |c|², not below 0.
void distances_to(const Matrix& data, const Vector& squared_norms, Eigen::Index center,
                  const Threads& threads, std::vector<double>& distances) {
  threads.for_rows(data.rows(), sum_chunk_rows(data.rows()), [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row) {
      const double product = data.row(row).dot(data.row(center));
      distances[row] = std::max(0.0, squared_norms[center] - 2 * product + squared_norms[row]);
    }
    if (static_cast<size_t>(center) >= begin && static_cast<size_t>(center) < end)
      distances[center] = 0;
  });
}

/// The first centers: each next one drawn in proportion to the squared distance to the nearest so
/// far, the best of several draws.
Matrix plus_plus_centers(const Matrix& data, int k, RandomState& random, const Threads& threads) {
  const auto n = static_cast<size_t>(data.rows());
  const Vector squared_norms = data.rowwise().squaredNorm();
  const int trials = 2 + static_cast<int>(std::log(k));
  Matrix centers(k, data.cols());
  const auto first = static_cast<Eigen::Index>(random.integer(n));
  centers.row(0) = data.row(first);
  std::vector<double> closest(n), cumulative(n), candidate(n), best(n);
  distances_to(data, squared_norms, first, threads, closest);
  double potential = pairwise_sum(closest);
  for (int c = 1; c < k; ++c) {
    std::partial_sum(closest.begin(), closest.end(), cumulative.begin());
    std::vector<double> draws;
    for (int trial = 0; trial < trials; ++trial) draws.push_back(random.uniform() * potential);
    double best_potential = 0;
    size_t best_row = 0;
    for (int trial = 0; trial < trials; ++trial) {
      const auto found = std::lower_bound(cumulative.begin(), cumulative.end(), draws[trial]);
      const size_t row = std::min(n - 1, static_cast<size_t>(found - cumulative.begin()));
      distances_to(data, squared_norms, static_cast<Eigen::Index>(row), threads, candidate);
      for (size_t i = 0; i < n; ++i) candidate[i] = std::min(candidate[i], closest[i]);
      const double sum = pairwise_sum(candidate);
      if (trial == 0 || sum < best_potential) {
        best_potential = sum;
        best_row = row;
        std::swap(best, candidate);
      }
    }
    potential = best_potential;
    std::swap(closest, best);
    centers.row(c) = data.row(best_row);
  }
  return centers;
}

/// The nearest center of each row; sums of the rows of each cluster and their numbers.
struct Assignment {
  Matrix sums;
  Vector counts;
};
Assignment assign(const Matrix& data, const Matrix& centers, std::vector<int>& labels,
                  const Threads& threads) {
  const Eigen::Index k = centers.rows();
  const Vector center_norms = centers.rowwise().squaredNorm();
  const size_t chunk_rows = sum_chunk_rows(data.rows());
  std::vector<Assignment> parts(chunk_count(data.rows(), chunk_rows));
  threads.for_rows(data.rows(), chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
    Assignment part{Matrix::Zero(k, data.cols()), Vector::Zero(k)};
    RowBlock rows(data.cols());
    double scores[RowBlock::capacity];
    double best[RowBlock::capacity];
    for (size_t at = begin; at < end; at += RowBlock::capacity) {
      rows.load(data, at, std::min(end, at + RowBlock::capacity));
      const size_t n = rows.rows();
      for (Eigen::Index c = 0; c < k; ++c) {  // |x - c|² without |x|², which all have
        std::fill_n(scores, n, 0.0);
        for (size_t f = 0; f < rows.features(); ++f)
          add_scaled(scores, rows.feature(f), -2 * centers(c, f), n);
        for (size_t row = 0; row < n; ++row) {
          scores[row] += center_norms[c];
          if (c == 0 || scores[row] < best[row]) {
            best[row] = scores[row];
            labels[at + row] = static_cast<int>(c);
          }
        }
      }
      for (size_t row = 0; row < n; ++row) {
        part.sums.row(labels[at + row]) += data.row(at + row);
        part.counts[labels[at + row]] += 1;
      }
    }
    parts[chunk] = std::move(part);
  });
  Assignment total = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    total.sums += parts[i].sums;
    total.counts += parts[i].counts;
  }
  return total;
}

/// Gives each empty cluster one of the rows that are farthest from their centers.
void fill_empty(const Matrix& data, const Matrix& centers, const std::vector<int>& labels,
                Assignment& assignment) {
  std::vector<Eigen::Index> empty;
  for (Eigen::Index c = 0; c < assignment.counts.size(); ++c)
    if (assignment.counts[c] == 0) empty.push_back(c);
  if (empty.empty()) return;
  std::vector<std::pair<double, Eigen::Index>> far;
  for (Eigen::Index row = 0; row < data.rows(); ++row)
    far.emplace_back((data.row(row) - centers.row(labels[row])).squaredNorm(), row);
  std::partial_sort(far.begin(), far.begin() + static_cast<long>(empty.size()), far.end(),
                    [](const auto& a, const auto& b) { return a.first > b.first; });
  for (size_t i = 0; i < empty.size(); ++i) {
    const Eigen::Index row = far[i].second;
    const int old = labels[row];
    assignment.sums.row(old) -= data.row(row);
    assignment.counts[old] -= 1;
    assignment.sums.row(empty[i]) = data.row(row);
    assignment.counts[empty[i]] = 1;
  }
}

}  // namespace

std::vector<int> kmeans(const Matrix& original, int k, RandomState& random,
                        const Threads& threads) {
  // Centered data: the distances lose fewer digits.
  Matrix data = original;
  const Eigen::RowVectorXd mean = data.colwise().mean();
  data.rowwise() -= mean;
  const double variance = data.array().square().colwise().mean().mean();
  const double tolerance = relative_tolerance * variance;

  Matrix centers = plus_plus_centers(data, k, random, threads);
  std::vector<int> labels(data.rows(), -1);
  std::vector<int> previous = labels;
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    Assignment assignment = assign(data, centers, labels, threads);
    fill_empty(data, centers, labels, assignment);
    double shift = 0;
    for (Eigen::Index c = 0; c < k; ++c) {
      const Eigen::RowVectorXd center =
          assignment.counts[c] > 0
              ? Eigen::RowVectorXd(assignment.sums.row(c) / assignment.counts[c])
              : Eigen::RowVectorXd(centers.row(c));
      shift += (center - centers.row(c)).squaredNorm();
      centers.row(c) = center;
    }
    if (labels == previous) return labels;
    if (shift <= tolerance) break;
    previous = labels;
  }
  assign(data, centers, labels, threads);
  return labels;
}

}  // namespace uhuru
