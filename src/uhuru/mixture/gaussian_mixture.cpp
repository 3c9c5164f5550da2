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

constexpr size_t block_rows = 256;  // rows evaluated together, so that they stay in cache

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
  /// Adds rows with their responsibilities (rows × K).
  void add_rows(const Eigen::Ref<const Matrix>& rows, const Matrix& responsibilities,
                const Matrix& centers) {
    Matrix difference(rows.rows(), rows.cols());
    Matrix weighted(rows.rows(), rows.cols());
    for (Eigen::Index c = 0; c < centers.rows(); ++c) {
      difference = rows.rowwise() - centers.row(c);
      weighted = difference.array().colwise() * responsibilities.col(c).array();
      weights[c] += responsibilities.col(c).sum();
      first.row(c) += weighted.colwise().sum();
      second[c].noalias() += weighted.transpose() * difference;
    }
  }
};

/// The sums over all rows; `responsibilities(begin, rows, out)` returns the log-likelihood of its
/// rows.
template <class Responsibilities>
Sums sum_rows(const Matrix& data, const Matrix& centers, const Threads& threads,
              const Responsibilities& responsibilities) {
  const Eigen::Index k = centers.rows();
  const size_t chunk_rows = sum_chunk_rows(data.rows());
  std::vector<Sums> parts(chunk_count(data.rows(), chunk_rows), Sums(0, 0));
  threads.for_rows(data.rows(), chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
    Sums part(k, data.cols());
    Matrix responsible;
    for (size_t at = begin; at < end; at += block_rows) {
      const auto rows = data.middleRows(at, std::min(block_rows, end - at));
      part.log_likelihood += responsibilities(at, rows, responsible);
      part.add_rows(rows, responsible, centers);
    }
    parts[chunk] = std::move(part);
  });
  Sums total(k, data.cols());
  for (const Sums& part : parts) total.add(part);
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

Matrix MixtureDensity::log_joint(const Eigen::Ref<const Matrix>& data) const {
  Matrix result(data.rows(), constants_.size());
  Matrix white(data.rows(), data.cols());
  for (Eigen::Index c = 0; c < constants_.size(); ++c) {
    white.noalias() = (data.rowwise() - means_.row(c)) * whitening_[c];
    result.col(c) = constants_[c] - 0.5 * white.rowwise().squaredNorm().array();
  }
  return result;
}

double normalize_log_joint(Eigen::Ref<Eigen::RowVectorXd> row) {
  const double largest = row.maxCoeff();
  const double density = largest + std::log((row.array() - largest).exp().sum());
  row = (row.array() - density).exp();
  return density;
}

std::vector<int> assign_components(const GaussianMixture& mixture, const Matrix& data,
                                   const Threads& threads) {
  const MixtureDensity density(mixture);
  std::vector<int> labels(data.rows());
  threads.for_rows(data.rows(), block_rows, [&](size_t begin, size_t end, size_t) {
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
      sum_rows(data, centers, threads, [&](size_t at, const auto& rows, Matrix& responsible) {
        responsible.setZero(rows.rows(), k);
        for (Eigen::Index i = 0; i < rows.rows(); ++i) responsible(i, start[at + i]) = 1;
        return 0.0;
      });
  MixtureFit fit;
  fit.mixture = mixture_from(sums, centers, settings.covariance_floor);
  double likelihood = -std::numeric_limits<double>::infinity();
  for (fit.iterations = 1; fit.iterations <= settings.max_iterations; ++fit.iterations) {
    if (progress) progress("mixture", static_cast<uint64_t>(fit.iterations), 0);
    const MixtureDensity density(fit.mixture);
    centers = fit.mixture.means;
    sums = sum_rows(data, centers, threads, [&](size_t, const auto& rows, Matrix& responsible) {
      responsible = density.log_joint(rows);
      double log_likelihood = 0;
      for (Eigen::Index i = 0; i < rows.rows(); ++i)
        log_likelihood += normalize_log_joint(responsible.row(i));
      return log_likelihood;
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
