#include "uhuru/method/mixture/placement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "uhuru/base/missing.hpp"

namespace uhuru::method {
namespace {

// The share of a component that says nothing of a row.
constexpr double negligible = 1e-9;

}  // namespace

MixturePlacer::MixturePlacer(const GaussianMixture& mixture, std::vector<double> quantiles)
    : density_(mixture),
      log_weights_(mixture.weights.array().log()),
      quantiles_(std::move(quantiles)) {
  for (Eigen::Index c = 0; c < mixture.components(); ++c)
    components_.emplace_back(mixture.means.row(c).transpose(),
                             mixture.covariances[static_cast<size_t>(c)]);
}

Placement MixturePlacer::operator()(const double* x) const {
  const Eigen::Map<const Matrix> row(x, 1, static_cast<Eigen::Index>(density_.features()));
  if (row.array().isNaN().any()) return place_partial(x);
  std::vector<Placement> place(1);
  const size_t first = 0;
  place_complete(row, {&first, 1}, place);
  return place.front();
}

Placement MixturePlacer::place_partial(const double* x) const {
  std::vector<PartialGaussian::Value> values;
  values.reserve(components_.size());
  Placement place{std::nullopt, -std::numeric_limits<double>::infinity(), missing_number,
                  missing_number};
  for (size_t c = 0; c < components_.size(); ++c) {
    values.push_back(components_[c](x, nullptr));
    if (values.back().dimensions == 0)
      return {std::nullopt, missing_number, missing_number, missing_number};
    values.back().log_density += log_weights_[static_cast<long>(c)];
    if (values.back().log_density <= place.log_density && place.cluster) continue;
    place.cluster = ClusterId(c);
    place.log_density = values.back().log_density;
  }
  const double most = place.log_density;
  double sum = 0;
  double tail = 0;
  for (const PartialGaussian::Value& value : values) {
    const double part = std::exp(value.log_density - most);
    sum += part;
    if (part > negligible) tail += part * chi_squared_tail(value.distance, value.dimensions);
  }
  place.log_density = most + std::log(sum);
  place.tail_probability = tail / sum;
  return place;
}

/// Rows of which no value is missing, at most a block, by the vector kernels; `to`: their numbers.
void MixturePlacer::place_complete(const MatrixView& rows, std::span<const size_t> to,
                                   std::vector<Placement>& places) const {
  const size_t k = density_.components();
  const auto degrees = static_cast<int>(density_.features());
  AlignedDoubles block(density_.features() * block_rows), joint(k * block_rows);
  alignas(64) double log_density[block_rows];
  int32_t cluster[block_rows];
  load_block(rows, 0, block.data());
  density_.log_joint(block.data(), joint.data());
  argmax_block(joint.data(), k, to.size(), cluster);
  AlignedDoubles responsibilities(k * block_rows);
  std::copy_n(joint.data(), joint.size(), responsibilities.data());
  normalize_block(responsibilities.data(), k, to.size(), log_density);
  for (size_t r = 0; r < to.size(); ++r) {
    double tail = 0;
    for (size_t c = 0; c < k; ++c) {
      const double share = responsibilities[c * block_rows + r];
      if (!(share > negligible)) continue;
      const double distance = 2 * (density_.constant(c) - joint[c * block_rows + r]);
      tail += share * chi_squared_tail(std::max(0.0, distance), degrees);
    }
    places[to[r]] = {ClusterId(cluster[r]), log_density[r], tail,
                     density_percentile(quantiles_, log_density[r])};
  }
}

std::vector<Placement> MixturePlacer::operator()(const MatrixView& scaled,
                                                 const Threads& threads) const {
  std::vector<Placement> places(static_cast<size_t>(scaled.rows()));
  threads.for_rows(places.size(), block_rows, [&](size_t begin, size_t end, size_t) {
    std::vector<size_t> complete;
    for (size_t row = begin; row < end; ++row) {
      const auto values = scaled.row(static_cast<Eigen::Index>(row));
      if (values.array().isNaN().any())
        places[row] = place_partial(values.data());
      else
        complete.push_back(row);
    }
    if (complete.size() == end - begin)
      place_complete(scaled.middleRows(static_cast<Eigen::Index>(begin),
                                       static_cast<Eigen::Index>(end - begin)),
                     complete, places);
    else if (!complete.empty())
      place_complete(take_rows(scaled, complete), complete, places);
  });
  return places;
}

double chi_squared_tail(double value, int degrees) {
  const double half = value / 2;
  // exp(-half) times the sum of half^(j) / Γ(j + 1) over integer or half-integer j below degrees /
  // 2.
  double term = degrees % 2 ? 2 * std::sqrt(half / std::numbers::pi) : 1.0;
  double sum = 0;
  for (int j = degrees % 2 ? 3 : 2; j <= degrees; j += 2) {
    sum += term;
    term *= half / (j / 2.0);
  }
  return (degrees % 2 ? std::erfc(std::sqrt(half)) : 0.0) + std::exp(-half) * sum;
}

std::vector<double> density_quantiles(const RowBlocks& rows, const MixtureDensity& density) {
  constexpr size_t most_rows = 1'000'000;
  constexpr size_t steps = 1000;
  const size_t stride = rows.blocks() / (most_rows / block_rows) + 1;
  const size_t k = density.components();
  std::vector<double> values;
  BlockReader block(rows);
  AlignedDoubles joint(k * block_rows);
  alignas(64) double log_density[block_rows];
  const Range own = rows.own_blocks();
  for (size_t b = chunk_count(own.begin, stride) * stride; b < own.end; b += stride) {
    density.log_joint(block(b), joint.data());
    normalize_block(joint.data(), k, rows.valid(b), log_density);
    values.insert(values.end(), log_density, log_density + rows.valid(b));
  }
  values = rows.ranks().all_values(std::span<const double>(values));
  std::sort(values.begin(), values.end());
  std::vector<double> quantiles;
  for (size_t i = 0; i <= steps && !values.empty(); ++i) {
    const double at = static_cast<double>(i * (values.size() - 1)) / steps;
    const auto below = static_cast<size_t>(at);
    const size_t above = std::min(below + 1, values.size() - 1);
    quantiles.push_back(values[below] +
                        (at - static_cast<double>(below)) * (values[above] - values[below]));
  }
  return quantiles;
}

double density_percentile(std::span<const double> quantiles, double log_density) {
  if (quantiles.size() < 2 || std::isnan(log_density))
    return std::numeric_limits<double>::quiet_NaN();
  const auto above = std::lower_bound(quantiles.begin(), quantiles.end(), log_density);
  if (above == quantiles.begin()) return 0;
  if (above == quantiles.end()) return 100;
  const double part = (log_density - above[-1]) / (above[0] - above[-1]);
  return 100 * (static_cast<double>(above - quantiles.begin() - 1) + part) /
         static_cast<double>(quantiles.size() - 1);
}

}  // namespace uhuru::method
