#include "uhuru/mixture/gaussian_mixture.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>
#include <numbers>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/mixture/chunks.hpp"
#include "uhuru/mixture/kmeans.hpp"

namespace uhuru {
namespace {

/// Sums over rows, weighted with the responsibilities, about a center of each component.
struct Sums {
  double log_likelihood = 0;
  Vector weights;              // K
  Matrix first;                // K × D
  std::vector<Matrix> second;  // K of D × D

  Sums(Eigen::Index k, Eigen::Index d)
      : weights(Vector::Zero(k)), first(Matrix::Zero(k, d)), second(k, Matrix::Zero(d, d)) {}

  void add(const Sums& other) {
    log_likelihood += other.log_likelihood;
    weights += other.weights;
    first += other.first;
    for (size_t c = 0; c < second.size(); ++c) second[c] += other.second[c];
  }
  /// Adds the rows of a block. `responsibilities`: a RowBlock with components for features.
  void add_rows(const RowBlock& rows, const RowBlock& responsibilities, const Matrix& centers,
                RowBlock& difference, RowBlock& weighted) {
    const size_t n = rows.rows();
    const size_t d = rows.features();
    for (size_t c = 0; c < responsibilities.features(); ++c) {
      const double* responsible = responsibilities.feature(c);
      for (size_t i = 0; i < d; ++i) {
        const double center = centers(c, i);
        const double* x = rows.feature(i);
        double* from_center = difference.feature(i);
        double* times = weighted.feature(i);
        for (size_t row = 0; row < n; ++row) {
          from_center[row] = x[row] - center;
          times[row] = responsible[row] * from_center[row];
        }
      }
      for (size_t i = 0; i < d; ++i) {
        first(c, i) += dot(responsible, difference.feature(i), n);
        for (size_t j = 0; j <= i; ++j)
          second[c](i, j) += dot(weighted.feature(i), difference.feature(j), n);
      }
      for (size_t row = 0; row < n; ++row) weights[c] += responsible[row];
    }
  }
};

/// The sums over all rows; `responsibilities(begin, rows, out)` fills in those of a block's rows
/// and returns their log-likelihood.
template <class Responsibilities>
Sums sum_rows(const Matrix& data, const Matrix& centers, const Threads& threads,
              const Responsibilities& responsibilities) {
  const Eigen::Index k = centers.rows();
  const size_t chunk_rows = sum_chunk_rows(data.rows());
  std::vector<Sums> parts(chunk_count(data.rows(), chunk_rows), Sums(0, 0));
  threads.for_rows(data.rows(), chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
    Sums part(k, data.cols());
    RowBlock rows(data.cols()), difference(data.cols()), weighted(data.cols()), responsible(k);
    for (size_t at = begin; at < end; at += RowBlock::capacity) {
      rows.load(data, at, std::min(end, at + RowBlock::capacity));
      part.log_likelihood += responsibilities(at, rows, responsible);
      part.add_rows(rows, responsible, centers, difference, weighted);
    }
    parts[chunk] = std::move(part);
  });
  Sums total(k, data.cols());
  for (const Sums& part : parts) total.add(part);
  for (Matrix& second : total.second)  // only the lower half was summed
    for (Eigen::Index i = 0; i < second.rows(); ++i)
      for (Eigen::Index j = 0; j < i; ++j) second(j, i) = second(i, j);
  return total;
}

/// The M-step: the mixture that the sums about `centers` stand for.
GaussianMixture mixture_from(const Sums& sums, const Matrix& centers, double covariance_floor) {
  GaussianMixture mixture;
  const Eigen::Index k = centers.rows();
  const Eigen::Index d = centers.cols();
  mixture.weights.resize(k);
  mixture.means.resize(k, d);
  for (Eigen::Index c = 0; c < k; ++c) {
    // A trace of weight keeps an empty component from dividing by zero.
    const double weight = sums.weights[c] + 10 * std::numeric_limits<double>::epsilon();
    mixture.weights[c] = weight;
    const Eigen::RowVectorXd mean = (sums.first.row(c) + sums.weights[c] * centers.row(c)) / weight;
    const Eigen::RowVectorXd shift = mean - centers.row(c);
    const Matrix cross = sums.first.row(c).transpose() * shift;
    Matrix covariance =
        (sums.second[c] - cross - cross.transpose() + sums.weights[c] * shift.transpose() * shift) /
        weight;
    covariance.diagonal().array() += covariance_floor;
    mixture.means.row(c) = mean;
    mixture.covariances.push_back(std::move(covariance));
  }
  mixture.weights /= mixture.weights.sum();
  return mixture;
}

}  // namespace

MixtureDensity::MixtureDensity(const GaussianMixture& mixture) : means_(mixture.means) {
  const Eigen::Index d = mixture.dimensions();
  constants_.resize(mixture.components());
  for (Eigen::Index c = 0; c < mixture.components(); ++c) {
    const Eigen::LLT<Matrix> cholesky(mixture.covariances[c]);
    const bool definite = cholesky.info() == Eigen::Success && mixture.covariances[c].allFinite() &&
                          mixture.means.row(c).allFinite();
    if (!definite)
      throw input_error("a component of the mixture has collapsed", fmt::format("component {}", c),
                        "a positive definite covariance; fewer components, or a larger covariance "
                        "floor, may help");
    const Matrix inverse = cholesky.matrixL().solve(Matrix::Identity(d, d));
    whitening_.push_back(inverse.transpose());
    constants_[c] = std::log(mixture.weights[c]) + inverse.diagonal().array().log().sum() -
                    0.5 * static_cast<double>(d) * std::log(2 * std::numbers::pi);
  }
}

void MixtureDensity::log_joint(const RowBlock& rows, RowBlock& joint) const {
  const size_t n = rows.rows();
  const size_t d = rows.features();
  double difference[RowBlock::capacity];
  double squares[RowBlock::capacity];
  RowBlock white(means_.cols());
  for (size_t c = 0; c < whitening_.size(); ++c) {
    const Matrix& whitening = whitening_[c];  // upper triangular
    for (size_t j = 0; j < d; ++j) std::fill_n(white.feature(j), n, 0.0);
    for (size_t i = 0; i < d; ++i) {
      const double mean = means_(c, i);
      const double* x = rows.feature(i);
      for (size_t row = 0; row < n; ++row) difference[row] = x[row] - mean;
      for (size_t j = i; j < d; ++j) add_scaled(white.feature(j), difference, whitening(i, j), n);
    }
    std::fill_n(squares, n, 0.0);
    for (size_t j = 0; j < d; ++j) {
      const double* y = white.feature(j);
      for (size_t row = 0; row < n; ++row) squares[row] += y[row] * y[row];
    }
    double* out = joint.feature(c);
    for (size_t row = 0; row < n; ++row) out[row] = constants_[c] - 0.5 * squares[row];
  }
}

Matrix MixtureDensity::log_joint(const Eigen::Ref<const Matrix>& data) const {
  const auto n = static_cast<size_t>(data.rows());
  Matrix result(data.rows(), constants_.size());
  RowBlock rows(data.cols()), joint(constants_.size());
  for (size_t at = 0; at < n; at += RowBlock::capacity) {
    rows.load(data, at, std::min(n, at + RowBlock::capacity));
    log_joint(rows, joint);
    for (Eigen::Index c = 0; c < result.cols(); ++c)
      for (size_t row = 0; row < rows.rows(); ++row) result(at + row, c) = joint.feature(c)[row];
  }
  return result;
}

double normalize_log_joint(RowBlock& joint, size_t n) {
  double largest[RowBlock::capacity];
  double sums[RowBlock::capacity] = {};
  std::copy_n(joint.feature(0), n, largest);
  for (size_t c = 1; c < joint.features(); ++c)
    for (size_t row = 0; row < n; ++row)
      largest[row] = std::max(largest[row], joint.feature(c)[row]);
  for (size_t c = 0; c < joint.features(); ++c) {
    double* out = joint.feature(c);
    for (size_t row = 0; row < n; ++row) {
      out[row] = std::exp(out[row] - largest[row]);
      sums[row] += out[row];
    }
  }
  double log_likelihood = 0;
  for (size_t row = 0; row < n; ++row) log_likelihood += largest[row] + std::log(sums[row]);
  for (size_t c = 0; c < joint.features(); ++c)
    for (size_t row = 0; row < n; ++row) joint.feature(c)[row] /= sums[row];
  return log_likelihood;
}

std::vector<int> assign_components(const GaussianMixture& mixture, const Matrix& data,
                                   const Threads& threads) {
  const MixtureDensity density(mixture);
  std::vector<int> labels(data.rows());
  threads.for_rows(data.rows(), 2048, [&](size_t begin, size_t end, size_t) {
    const Matrix joint = density.log_joint(data.middleRows(begin, end - begin));
    for (size_t row = begin; row < end; ++row) {
      Eigen::Index label = 0;
      joint.row(row - begin).maxCoeff(&label);
      labels[row] = static_cast<int>(label);
    }
  });
  return labels;
}

MixtureFit fit_mixture(const Matrix& data, const MixtureSettings& settings, const Threads& threads,
                       const Progress& progress) {
  const Eigen::Index k = settings.components;
  if (data.rows() < k)
    throw input_error("there are fewer detections than components", "",
                      fmt::format("at least {} complete detections", k),
                      fmt::format("{}", data.rows()));
  if (data.rows() < 2) throw input_error("there are too few detections", "", "at least 2");
  RandomState random(settings.seed);
  const std::vector<int> start = kmeans(data, settings.components, random, threads);

  Matrix centers = data.colwise().mean().replicate(k, 1);
  Sums sums =
      sum_rows(data, centers, threads, [&](size_t at, const RowBlock& rows, RowBlock& responsible) {
        for (Eigen::Index c = 0; c < k; ++c)
          for (size_t row = 0; row < rows.rows(); ++row)
            responsible.feature(c)[row] = start[at + row] == c;
        return 0.0;
      });
  MixtureFit fit;
  fit.mixture = mixture_from(sums, centers, settings.covariance_floor);
  double likelihood = -std::numeric_limits<double>::infinity();
  for (fit.iterations = 1; fit.iterations <= settings.max_iterations; ++fit.iterations) {
    if (progress) progress("mixture", static_cast<uint64_t>(fit.iterations), 0);
    const MixtureDensity density(fit.mixture);
    centers = fit.mixture.means;
    sums =
        sum_rows(data, centers, threads, [&](size_t, const RowBlock& rows, RowBlock& responsible) {
          density.log_joint(rows, responsible);
          return normalize_log_joint(responsible, rows.rows());
        });
    fit.mixture = mixture_from(sums, centers, settings.covariance_floor);
    const double previous = likelihood;
    likelihood = sums.log_likelihood / static_cast<double>(data.rows());
    if (std::abs(likelihood - previous) < settings.tolerance) {
      fit.converged = true;
      break;
    }
  }
  fit.iterations = std::min(fit.iterations, settings.max_iterations);
  fit.mean_log_likelihood = likelihood;
  fit.labels = assign_components(fit.mixture, data, threads);
  return fit;
}

}  // namespace uhuru
