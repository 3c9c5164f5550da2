#include "uhuru/method/mixture/missing_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/method/mixture/em_sums.hpp"
#include "uhuru/method/mixture/kmeans.hpp"
#include "uhuru/method/mixture/patterns.hpp"

namespace uhuru::method {
namespace {

/// The rows of a pattern with their present features, in blocks.
struct Part {
  Part(Pattern of, const MatrixView& data, const Communicator& ranks)
      : pattern(std::move(of)), values(pattern.values(data)), blocks(values, ranks) {}
  Pattern pattern;
  Matrix values;
  RowBlocks blocks;  // of the values
};

/// Parts cannot be moved, since their blocks cannot.
using Parts = std::vector<std::unique_ptr<Part>>;

/// Adds the sums of a component over the rows of a pattern (packed, of the present features) to
/// those of all features, with what is expected of the missing ones.
void add_expected(const double* of_pattern, const Expectation& expected, double* sums) {
  const Eigen::Index d = expected.a.rows();
  const Eigen::Index size = expected.a.cols();
  const Eigen::Map<const Vector> first(of_pattern + 1, size);
  Matrix second(size, size);
  const double* packed = of_pattern + 1 + size;
  for (Eigen::Index i = 0; i < size; ++i)
    for (Eigen::Index j = 0; j <= i; ++j) second(i, j) = second(j, i) = *packed++;
  const Vector all_first = expected.a * first;
  const Matrix all_second =
      expected.a * second * expected.a.transpose() + of_pattern[0] * expected.c;
  sums[0] += of_pattern[0];
  for (Eigen::Index i = 0; i < d; ++i) sums[1 + i] += all_first[i];
  double* to = sums + 1 + d;
  for (Eigen::Index i = 0; i < d; ++i)
    for (Eigen::Index j = 0; j <= i; ++j) *to++ += all_second(i, j);
}

/// The sums over all rows relative to the means of `at`. `responsible(part, marginal density,
/// block, values, out)` writes the responsibilities of a block and returns its log-likelihood.
template <class Responsible>
Sums expected_sums(const Parts& parts, const GaussianMixture& at, const Threads& threads,
                   const Responsible& responsible) {
  const auto d = static_cast<size_t>(at.dimensions());
  Sums total{0, Matrix::Zero(at.components(), static_cast<long>(moment_count(d)))};
  for (const auto& part : parts) {
    const auto& present = part->pattern.present;
    const GaussianMixture marginals = marginal(at, present);
    const MixtureDensity density(marginals);
    const Sums sums = sum_rows(part->blocks, marginals.means, threads,
                               [&](size_t b, const double* values, double* out) {
                                 return responsible(*part, density, b, values, out);
                               });
    total.log_likelihood += sums.log_likelihood;
    for (Eigen::Index c = 0; c < at.components(); ++c)
      add_expected(sums.moments.row(c).data(),
                   expectation(at.covariances[static_cast<size_t>(c)], present),
                   total.moments.row(c).data());
  }
  return total;
}

/// The responsibilities of the components, and the log-likelihood of the block's rows.
double by_density(const Part& part, const MixtureDensity& density, size_t b, const double* values,
                  double* joint) {
  alignas(64) double log_density[block_rows];
  density.log_joint(values, joint);
  normalize_block(joint, density.components(), part.blocks.valid(b), log_density);
  double sum = 0;
  for (size_t r = 0; r < part.blocks.valid(b); ++r) sum += log_density[r];
  return sum;
}

MixtureFit fit_of(GaussianMixture mixture) {
  MixtureFit fit;
  fit.mixture = std::move(mixture);
  fit.mean_log_likelihood = -std::numeric_limits<double>::infinity();
  return fit;
}

/// Goes on with EM; `rows`: how many count.
MixtureFit iterate(const Parts& parts, size_t rows, MixtureFit fit, const MixtureSettings& settings,
                   const Threads& threads, const Progress& progress, const AfterIteration& after) {
  while (fit.iterations < settings.max_iterations && !fit.converged) {
    ++fit.iterations;
    if (progress) progress("mixture", static_cast<uint64_t>(fit.iterations), 0);
    const Matrix centers = fit.mixture.means;
    const Sums sums = expected_sums(parts, fit.mixture, threads, by_density);
    fit.mixture = mixture_from_sums(sums, centers, settings.covariance_floor);
    const double previous = fit.mean_log_likelihood;
    fit.mean_log_likelihood = sums.log_likelihood / static_cast<double>(rows);
    fit.converged = std::abs(fit.mean_log_likelihood - previous) < settings.tolerance;
    if (after) after(fit, fit.converged || fit.iterations == settings.max_iterations);
  }
  return fit;
}

/// Means and variances of the present values, as a first guess of one Gaussian.
GaussianMixture independent(const MatrixView& data, double floor) {
  GaussianMixture guess;
  guess.weights = Vector::Ones(1);
  guess.means = Matrix::Zero(1, data.cols());
  Matrix covariance = Matrix::Zero(data.cols(), data.cols());
  for (Eigen::Index f = 0; f < data.cols(); ++f) {
    double count = 0, sum = 0, squares = 0;
    for (Eigen::Index row = 0; row < data.rows(); ++row)
      if (const double value = data(row, f); !std::isnan(value)) {
        ++count;
        sum += value;
      }
    if (count == 0)
      throw input_error("a feature is missing in all detections", "", "a value in some of them");
    guess.means(0, f) = sum / count;
    for (Eigen::Index row = 0; row < data.rows(); ++row)
      if (const double value = data(row, f); !std::isnan(value))
        squares += (value - guess.means(0, f)) * (value - guess.means(0, f));
    covariance(f, f) = squares / count + floor;
  }
  guess.covariances.push_back(std::move(covariance));
  return guess;
}

/// The rows with what one Gaussian expects of their missing features.
Matrix completed(const MatrixView& data, const Parts& parts, const GaussianMixture& one) {
  Matrix result = data;
  for (const auto& part : parts) {
    const Expectation expected = expectation(one.covariances[0], part->pattern.present);
    const Matrix& values = part->values;
    const GaussianMixture marginals = marginal(one, part->pattern.present);
    for (size_t i = 0; i < part->pattern.rows.size(); ++i) {
      const Vector deviation =
          (values.row(static_cast<long>(i)) - marginals.means.row(0)).transpose();
      result.row(static_cast<long>(part->pattern.rows[i])) =
          one.means.row(0) + (expected.a * deviation).transpose();
    }
  }
  return result;
}

}  // namespace

MixtureFit fit_missing_mixture(const MatrixView& data, const MixtureSettings& settings,
                               const Threads& threads, const Progress& progress, KeptFits* kept) {
  if (!data.hasNaN()) return fit_mixture(data, settings, threads, progress, kept);
  Parts parts;
  std::vector<size_t> rows;  // those with a feature
  for (Pattern& pattern : patterns_of(data)) {
    rows.insert(rows.end(), pattern.rows.begin(), pattern.rows.end());
    parts.push_back(std::make_unique<Part>(std::move(pattern), data, threads.ranks()));
  }
  std::sort(rows.begin(), rows.end());
  if (rows.size() < std::max<size_t>(2, static_cast<size_t>(settings.components)))
    throw input_error("fewer detections than components", "",
                      "at least " + std::to_string(std::max(2, settings.components)) +
                          " detections with a feature",
                      std::to_string(rows.size()));
  const MixtureFit one =
      iterate(parts, rows.size(), fit_of(independent(data, settings.covariance_floor)), settings,
              threads, {}, {});
  const Matrix of_rows_with_features = take_rows(completed(data, parts, one.mixture), rows);
  const RowBlocks whole(of_rows_with_features, threads.ranks());
  GaussianMixture alike;  // the Gaussian of all rows for each component
  alike.weights = Vector::Constant(settings.components, 1.0 / settings.components);
  alike.means = one.mixture.means.replicate(settings.components, 1);
  alike.covariances.assign(static_cast<size_t>(settings.components), one.mixture.covariances[0]);

  RandomState random(settings.seed);
  const auto fit_of_random_labels = [&] {
    const auto labels = threads.ranks().all_values(
        std::span<const int>(kmeans(whole, settings.components, random, threads)));
    std::vector<int> of_rows(static_cast<size_t>(data.rows()), 0);
    for (size_t i = 0; i < rows.size(); ++i) of_rows[rows[i]] = labels[i];
    const Sums sums = expected_sums(
        parts, alike, threads,
        [&](const Part& part, const MixtureDensity& density, size_t b, const double*, double* out) {
          for (size_t c = 0; c < density.components(); ++c)
            for (size_t r = 0; r < block_rows; ++r)
              out[c * block_rows + r] =
                  r < part.blocks.valid(b) &&
                  of_rows[part.pattern.rows[b * block_rows + r]] == static_cast<int>(c);
          return 0.0;
        });
    return fit_of(mixture_from_sums(sums, alike.means, settings.covariance_floor));
  };
  MixtureFit best;
  Stopwatch stopwatch;
  double kmeans_seconds = 0, em_seconds = 0;
  for (int start = 0; start < settings.starts; ++start) {
    std::optional<MixtureFit> fit = kept_fit(kept, settings.components, start, threads.ranks());
    if (fit)
      skip_kmeans(whole.rows(), settings.components, random);
    else
      fit = fit_of_random_labels();
    kmeans_seconds += stopwatch.since_last();
    *fit = iterate(parts, rows.size(), std::move(*fit), settings, threads, progress,
                   keep_fit(kept, settings.components, start, threads.ranks()));
    em_seconds += stopwatch.since_last();
    if (start == 0 || fit->mean_log_likelihood > best.mean_log_likelihood) best = std::move(*fit);
  }
  best.clusters.assign(static_cast<size_t>(data.rows()), ClusterId{0});
  best.log_likelihood = 0;
  for (const auto& part : parts) {
    const Matrix joint =
        MixtureDensity(marginal(best.mixture, part->pattern.present)).log_joint(part->values);
    for (Eigen::Index row = 0; row < joint.rows(); ++row) {
      Eigen::Index most = 0;
      const double largest = joint.row(row).maxCoeff(&most);
      best.clusters[part->pattern.rows[static_cast<size_t>(row)]] = ClusterId(most);
      best.log_likelihood += largest + std::log((joint.row(row).array() - largest).exp().sum());
    }
  }
  best.kmeans_seconds = kmeans_seconds;
  best.em_seconds = em_seconds;
  return best;
}

Matrix log_joint(const GaussianMixture& mixture, const MatrixView& data, const Threads& threads) {
  constexpr size_t rows_at_a_time = 8192;
  const MixtureDensity whole(mixture);
  Matrix result(data.rows(), mixture.components());
  threads.for_rows(
      static_cast<size_t>(data.rows()), rows_at_a_time, [&](size_t begin, size_t end, size_t) {
        const auto first = static_cast<Eigen::Index>(begin);
        const auto count = static_cast<Eigen::Index>(end - begin);
        const MatrixView some = data.middleRows(first, count);
        if (!some.hasNaN()) {
          result.middleRows(first, count) = whole.log_joint(some);
          return;
        }
        result.middleRows(first, count).rowwise() =
            mixture.weights.array().log().matrix().transpose();
        for (const Pattern& pattern : patterns_of(some)) {
          const Matrix joint =
              MixtureDensity(marginal(mixture, pattern.present)).log_joint(pattern.values(some));
          for (size_t i = 0; i < pattern.rows.size(); ++i)
            result.row(first + static_cast<long>(pattern.rows[i])) =
                joint.row(static_cast<long>(i));
        }
      });
  return result;
}

}  // namespace uhuru::method
