#include "uhuru/method/mixture/gaussian_mixture.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/method/mixture/em_sums.hpp"
#include "uhuru/method/mixture/kmeans.hpp"

namespace uhuru::method {
namespace {

Vector mean_of_first_block(const RowBlocks& rows) {
  std::vector<double> mean;
  const Range own = rows.own_blocks();
  if (own.begin == 0 && own.end > 0) {
    BlockReader block(rows);
    for (size_t f = 0; f < rows.features(); ++f) {
      const double* values = block(0) + f * block_rows;
      double sum = 0;
      for (size_t r = 0; r < rows.valid(0); ++r) sum += values[r];
      mean.push_back(sum / static_cast<double>(rows.valid(0)));
    }
  }
  mean = rows.ranks().all_values(std::span<const double>(mean));
  return Eigen::Map<const Vector>(mean.data(), static_cast<long>(mean.size()));
}

/// The mixture of an initial label per own row.
MixtureFit first_step(const RowBlocks& rows, const std::vector<int>& start,
                      const MixtureSettings& settings, const Threads& threads) {
  const auto k = static_cast<size_t>(settings.components);
  // Any center will do for the first sums: the mean of the first rows is near all of them.
  const size_t first_row = rows.own_rows().begin;
  const Vector near = mean_of_first_block(rows);
  const Matrix centers = near.transpose().replicate(static_cast<long>(k), 1);
  const Sums sums =
      sum_rows(rows, centers, threads, [&](size_t b, const double*, double* responsible) {
        for (size_t c = 0; c < k; ++c)
          for (size_t r = 0; r < block_rows; ++r)
            responsible[c * block_rows + r] =
                r < rows.valid(b) && start[b * block_rows + r - first_row] == static_cast<int>(c);
        return 0.0;
      });
  MixtureFit fit;
  fit.mixture = mixture_from_sums(sums, centers, settings.covariance_floor);
  fit.mean_log_likelihood = -std::numeric_limits<double>::infinity();
  return fit;
}

/// Runs EM until convergence.
MixtureFit run_em(const RowBlocks& rows, MixtureFit fit, const MixtureSettings& settings,
                  const Threads& threads, const Progress& progress, const AfterIteration& after) {
  const auto k = static_cast<size_t>(settings.components);
  while (fit.iterations < settings.max_iterations && !fit.converged) {
    ++fit.iterations;
    if (progress) progress("mixture", static_cast<uint64_t>(fit.iterations), 0);
    const MixtureDensity density(fit.mixture);
    const Matrix centers = fit.mixture.means;
    const Sums sums =
        sum_rows(rows, centers, threads, [&](size_t b, const double* values, double* joint) {
          alignas(64) double log_density[block_rows];
          density.log_joint(values, joint);
          normalize_block(joint, k, rows.valid(b), log_density);
          double sum = 0;
          for (size_t r = 0; r < rows.valid(b); ++r) sum += log_density[r];
          return sum;
        });
    fit.mixture = mixture_from_sums(sums, centers, settings.covariance_floor);
    const double previous = fit.mean_log_likelihood;
    fit.mean_log_likelihood = sums.log_likelihood / static_cast<double>(rows.rows());
    fit.converged = std::abs(fit.mean_log_likelihood - previous) < settings.tolerance;
    if (after) after(fit, fit.converged || fit.iterations == settings.max_iterations);
  }
  return fit;
}

void check_rows(const RowBlocks& rows, const MixtureSettings& settings) {
  if (rows.rows() < static_cast<size_t>(settings.components))
    throw input_error("fewer detections than components", "",
                      "at least " + std::to_string(settings.components) + " complete detections",
                      std::to_string(rows.rows()));
  if (rows.rows() < 2) throw input_error("too few detections", "", "at least 2");
}

}  // namespace

GaussianMixture mixture_from_sums(const Sums& sums, const Matrix& centers,
                                  double covariance_floor) {
  GaussianMixture mixture;
  const Eigen::Index k = centers.rows();
  const Eigen::Index d = centers.cols();
  mixture.weights.resize(k);
  mixture.means.resize(k, d);
  for (Eigen::Index c = 0; c < k; ++c) {
    const double* moments = sums.moments.row(c).data();
    const double total = moments[0];
    const Eigen::Map<const Eigen::RowVectorXd> first(moments + 1, d);
    // A tiny weight keeps an empty component from dividing by zero.
    const double weight = total + 10 * std::numeric_limits<double>::epsilon();
    const Eigen::RowVectorXd mean = (first + total * centers.row(c)) / weight;
    const Eigen::RowVectorXd shift = mean - centers.row(c);
    Matrix covariance(d, d);
    const double* second = moments + 1 + d;
    for (Eigen::Index i = 0; i < d; ++i)
      for (Eigen::Index j = 0; j <= i; ++j)
        covariance(i, j) = covariance(j, i) =
            (*second++ - first[i] * shift[j] - shift[i] * first[j] + total * shift[i] * shift[j]) /
            weight;
    covariance.diagonal().array() += covariance_floor;
    mixture.weights[c] = weight;
    mixture.means.row(c) = mean;
    mixture.covariances.push_back(std::move(covariance));
  }
  mixture.weights /= mixture.weights.sum();
  return mixture;
}

MixtureDensity::MixtureDensity(const GaussianMixture& mixture) : means_(mixture.means) {
  const Eigen::Index d = mixture.dimensions();
  constants_.resize(mixture.components());
  for (Eigen::Index c = 0; c < mixture.components(); ++c) {
    const Matrix& covariance = mixture.covariances[static_cast<size_t>(c)];
    const Eigen::LLT<Matrix> cholesky(covariance);
    const bool definite = cholesky.info() == Eigen::Success && covariance.allFinite() &&
                          mixture.means.row(c).allFinite();
    if (!definite)
      throw input_error(
          "a mixture component has collapsed", "component " + std::to_string(c),
          "a positive definite covariance; try fewer components or a larger covariance "
          "floor");
    inverse_cholesky_.emplace_back(cholesky.matrixL().solve(Matrix::Identity(d, d)));
    constants_[c] = std::log(mixture.weights[c]) +
                    inverse_cholesky_.back().diagonal().array().log().sum() -
                    0.5 * static_cast<double>(d) * std::log(2 * std::numbers::pi);
  }
}

void MixtureDensity::log_joint(const double* block, double* joint) const {
  for (size_t c = 0; c < components(); ++c)
    log_joint_block(block, features(),
                    {means_.row(static_cast<long>(c)).data(), inverse_cholesky_[c].data(),
                     constants_[static_cast<long>(c)]},
                    joint + c * block_rows);
}

Matrix MixtureDensity::log_joint(const MatrixView& data) const {
  const auto rows = static_cast<size_t>(data.rows());
  Matrix result(data.rows(), constants_.size());
  AlignedDoubles block(features() * block_rows), joint(components() * block_rows);
  for (size_t begin = 0; begin < rows; begin += block_rows) {
    load_block(data, begin, block.data());
    log_joint(block.data(), joint.data());
    for (size_t r = 0; r < std::min(block_rows, rows - begin); ++r)
      for (size_t c = 0; c < components(); ++c)
        result(static_cast<long>(begin + r), static_cast<long>(c)) = joint[c * block_rows + r];
  }
  return result;
}

void evaluate(const RowBlocks& rows, const Threads& threads, MixtureFit& fit) {
  const MixtureDensity density(fit.mixture);
  const size_t k = density.components();
  const Range own = rows.own_rows();
  fit.clusters.resize(own.size());
  ChunkSums parts(rows, 1);
  for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    BlockReader block(rows);
    AlignedDoubles joint(k * block_rows);
    alignas(64) double log_density[block_rows];
    int32_t most[block_rows];
    for (size_t b = first; b < last; ++b) {
      density.log_joint(block(b), joint.data());
      argmax_block(joint.data(), k, rows.valid(b), most);
      for (size_t r = 0; r < rows.valid(b); ++r)
        fit.clusters[b * block_rows + r - own.begin] = ClusterId{most[r]};
      normalize_block(joint.data(), k, rows.valid(b), log_density);
      for (size_t r = 0; r < rows.valid(b); ++r) *parts[chunk] += log_density[r];
    }
  });
  fit.log_likelihood = parts.total()[0];
}

namespace {

/// The fit from a start.
MixtureFit fit_one(const RowBlocks& rows, const MixtureSettings& settings, int start,
                   const Threads& threads, const Progress& progress, KeptFits* kept) {
  Stopwatch stopwatch;
  std::optional<MixtureFit> fit = kept_fit(kept, settings.components, start, rows.ranks());
  if (!fit) {
    RandomState random(settings.seed);
    for (int earlier = 0; earlier < start; ++earlier)
      skip_kmeans(rows.rows(), settings.components, random);
    fit = first_step(rows, kmeans(rows, settings.components, random, threads), settings, threads);
  }
  fit->kmeans_seconds = stopwatch.since_last();
  *fit = run_em(rows, std::move(*fit), settings, threads, progress,
                keep_fit(kept, settings.components, start, rows.ranks()));
  fit->em_seconds = stopwatch.since_last();
  return std::move(*fit);
}

}  // namespace

std::optional<MixtureFit> kept_fit(KeptFits* kept, int components, int start,
                                   const Communicator& ranks) {
  std::optional<MixtureFit> fit;
  if (!kept) return fit;
  if (ranks.is_first()) fit = kept->read(components, start);
  for (const std::string& bytes : ranks.all_gather(fit ? packed(*fit) : ""))
    if (!bytes.empty()) unpack(bytes, fit.emplace());
  return fit;
}

AfterIteration keep_fit(KeptFits* kept, int components, int start, const Communicator& ranks) {
  if (!kept || !ranks.is_first()) return {};
  return [=](const MixtureFit& fit, bool is_last) { kept->write(components, start, fit, is_last); };
}

MixtureFit fit_start(const RowBlocks& rows, const MixtureSettings& settings, int start,
                     const Threads& threads, const Progress& progress, KeptFits* kept) {
  check_rows(rows, settings);
  return fit_one(rows, settings, start, threads, progress, kept);
}

MixtureFit fit_mixture(const RowBlocks& rows, const MixtureSettings& settings,
                       const Threads& threads, const Progress& progress, KeptFits* kept) {
  check_rows(rows, settings);
  std::optional<MixtureFit> best;
  double kmeans_seconds = 0;
  double em_seconds = 0;
  for (int start = 0; start < settings.starts; ++start) {
    MixtureFit fit = fit_one(rows, settings, start, threads, progress, kept);
    kmeans_seconds += fit.kmeans_seconds;
    em_seconds += fit.em_seconds;
    if (!best || fit.mean_log_likelihood > best->mean_log_likelihood) best = std::move(fit);
  }
  evaluate(rows, threads, *best);
  best->kmeans_seconds = kmeans_seconds;
  best->em_seconds = em_seconds;
  return std::move(*best);
}

MixtureFit fit_mixture(const MatrixView& data, const MixtureSettings& settings,
                       const Threads& threads, const Progress& progress, KeptFits* kept) {
  const RowBlocks rows(data, threads.ranks());
  MixtureFit fit = fit_mixture(rows, settings, threads, progress, kept);
  fit.clusters = rows.ranks().all_values(std::span<const ClusterId>(fit.clusters));
  return fit;
}

}  // namespace uhuru::method
