#include "uhuru/method/classify/calibration.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

namespace uhuru::method {
namespace {

constexpr double least_probability = 2e-3;  // for a learned class, before calibration
constexpr double least_sharpness = 0.05;    // an uninformative prediction is not inverted
constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

/// Mixes the two predictions; learned classes get more than 0, sum 1.
void mix(const Calibration& calibration, const double* first, const double* second,
         double* result) {
  double first_sum = 0, second_sum = 0, sum = 0;
  for (size_t c = 0; c < calibration.group_of.size(); ++c) {
    first_sum += calibration.shift[static_cast<long>(c)] * first[c];
    second_sum += calibration.shift[static_cast<long>(c)] * second[c];
  }
  const double first_factor = first_sum > 0 ? calibration.first_part / first_sum : 0;
  const double second_factor = second_sum > 0 ? (1 - calibration.first_part) / second_sum : 0;
  for (size_t c = 0; c < calibration.group_of.size(); ++c) {
    const double mixed = calibration.shift[static_cast<long>(c)] *
                         (first_factor * first[c] + second_factor * second[c]);
    result[c] =
        calibration.prior[static_cast<long>(c)] > 0 ? std::max(mixed, least_probability) : 0;
    sum += result[c];
  }
  for (size_t c = 0; c < calibration.group_of.size(); ++c) result[c] /= sum;
}

/// softmax(sharpness × logarithms + offset) over the finite ones.
struct Sharpening {
  double sharpness = 1;
  Vector offset;
  double loss = 0;

  Vector operator()(const Vector& logarithms) const {
    Vector result(logarithms.size());
    double most = minus_infinity;
    for (Eigen::Index j = 0; j < result.size(); ++j) {
      result[j] =
          logarithms[j] == minus_infinity ? minus_infinity : sharpness * logarithms[j] + offset[j];
      most = std::max(most, result[j]);
    }
    // Not Eigen's exp, which never returns 0.
    for (double& value : result) value = std::exp(value - most);
    return result / result.sum();
  }
};

/// The penalized log loss of a Sharpening on some rows, in units of one row's, for all rows
/// together.
class SharpeningLoss {
 public:
  /// `logarithms`: of probabilities, rows × M, -infinity for impossible outcomes. `truths`: the
  /// outcome of each row. Weights need not sum to 1.
  SharpeningLoss(const Matrix& logarithms, std::span<const int> truths,
                 std::span<const double> weights)
      : logarithms_(logarithms), truths_(truths), weights_(weights) {
    for (const double weight : weights) total_ += weight;
  }
  double total_weight() const { return total_; }

  double operator()(const Sharpening& at) const {
    double sum = 0;
    for (size_t row = 0; row < truths_.size(); ++row)
      if (weights_[row] > 0)
        sum -= weights_[row] / total_ *
               std::log(std::max(
                   1e-300, at(logarithms_.row(static_cast<long>(row)).transpose())[truths_[row]]));
    return sum + offset_penalty * at.offset.squaredNorm() +
           sharpness_penalty * (at.sharpness - 1) * (at.sharpness - 1);
  }

  /// The step of Newton's method, against which to go: sharpness, then offsets.
  Vector direction(const Sharpening& at) const {
    const Eigen::Index m = logarithms_.cols();
    Vector gradient = Vector::Zero(m + 1);
    Matrix hessian = Matrix::Zero(m + 1, m + 1);
    for (size_t row = 0; row < truths_.size(); ++row) {
      const double weight = weights_[row] / total_;
      if (weight == 0) continue;
      const Vector of_row = logarithms_.row(static_cast<long>(row)).transpose();
      const Vector p = at(of_row);
      const Vector l = (of_row.array() == minus_infinity).select(0.0, of_row);
      const double mean = p.dot(l);
      gradient[0] += weight * (mean - l[truths_[row]]);
      gradient.tail(m) += weight * p;
      gradient[1 + truths_[row]] -= weight;
      hessian(0, 0) += weight * (p.dot(l.cwiseProduct(l)) - mean * mean);
      const Vector cross = weight * p.cwiseProduct((l.array() - mean).matrix());
      hessian.row(0).tail(m) += cross.transpose();
      hessian.col(0).tail(m) += cross;
      hessian.bottomRightCorner(m, m) -= weight * p * p.transpose();
      hessian.bottomRightCorner(m, m).diagonal() += weight * p;
    }
    gradient[0] += 2 * sharpness_penalty * (at.sharpness - 1);
    gradient.tail(m) += 2 * offset_penalty * at.offset;
    hessian(0, 0) += 2 * sharpness_penalty;
    hessian.bottomRightCorner(m, m).diagonal().array() += 2 * offset_penalty;
    return hessian.ldlt().solve(gradient);
  }

 private:
  static constexpr double offset_penalty = 0.006;
  static constexpr double sharpness_penalty = 0.002;

  const Matrix& logarithms_;
  std::span<const int> truths_;
  std::span<const double> weights_;
  double total_ = 0;
};

/// Fits a Sharpening; the arguments are those of SharpeningLoss.
Sharpening fit_sharpening(const Matrix& logarithms, std::span<const int> truths,
                          std::span<const double> weights) {
  const Eigen::Index m = logarithms.cols();
  Sharpening fit{1, Vector::Zero(m), 0};
  const SharpeningLoss loss(logarithms, truths, weights);
  if (!(loss.total_weight() > 0)) return fit;
  fit.loss = loss(fit);
  for (int step = 0; step < 50; ++step) {
    const Vector direction = loss.direction(fit);
    // The loss is convex; half steps handle a distant start.
    Sharpening next = fit;
    double length = 1;
    for (int halved = 0; halved < 20 && !(next.loss < fit.loss); ++halved, length /= 2) {
      next.sharpness = std::max(least_sharpness, fit.sharpness - length * direction[0]);
      next.offset = fit.offset - length * direction.tail(m);
      next.loss = loss(next);
    }
    if (!(next.loss < fit.loss)) break;
    const bool settled = fit.loss - next.loss < 1e-12;
    fit = next;
    if (settled) break;
  }
  return fit;
}

size_t group_count(const std::vector<size_t>& group_of) {
  return group_of.empty() ? 0 : *std::max_element(group_of.begin(), group_of.end()) + 1;
}

/// The logarithms of the group probabilities.
Vector group_logarithms(const double* probabilities, const std::vector<size_t>& group_of) {
  Vector sums = Vector::Zero(static_cast<long>(group_count(group_of)));
  for (size_t c = 0; c < group_of.size(); ++c)
    sums[static_cast<long>(group_of[c])] += probabilities[c];
  for (double& sum : sums) sum = std::log(sum);  // not Eigen's, whose log(0) is finite
  return sums;
}

}  // namespace

void Calibration::apply(const double* first, const double* second, double* result) const {
  mix(*this, first, second, result);
  const Vector groups =
      Sharpening{group_sharpness, group_offset}(group_logarithms(result, group_of));
  const Sharpening within{class_sharpness, class_offset};
  Vector logarithms(static_cast<long>(group_of.size()));
  Vector probabilities = Vector::Zero(static_cast<long>(group_of.size()));
  for (Eigen::Index g = 0; g < groups.size(); ++g) {
    if (!(groups[g] > 0)) continue;
    for (size_t c = 0; c < group_of.size(); ++c)
      logarithms[static_cast<long>(c)] = static_cast<long>(group_of[c]) == g && result[c] > 0
                                             ? std::log(result[c])
                                             : minus_infinity;
    probabilities += groups[g] * within(logarithms);
  }
  for (size_t c = 0; c < group_of.size(); ++c)
    result[c] = (1 - prior_part) * probabilities[static_cast<long>(c)] +
                prior_part * prior[static_cast<long>(c)];
}

Calibration fit_calibration(const Matrix& first, const Matrix& second, std::span<const int> classes,
                            std::span<const double> group_weights,
                            std::span<const double> class_weights, const Vector& prior,
                            const Vector& shift, const std::vector<size_t>& group_of) {
  const Eigen::Index rows = first.rows();
  const auto groups = static_cast<Eigen::Index>(group_count(group_of));
  std::vector<int> truth_groups;
  for (const int c : classes)
    truth_groups.push_back(static_cast<int>(group_of[static_cast<size_t>(c)]));
  Calibration best;
  double least = std::numeric_limits<double>::infinity();
  Matrix group_logs(rows, groups), class_logs(rows, first.cols());
  for (int tenths = 0; tenths <= 10; ++tenths) {
    Calibration next;
    next.first_part = tenths / 10.0;
    next.group_of = group_of;
    next.prior = prior;
    next.shift = shift;
    Vector mixed(first.cols());
    for (Eigen::Index row = 0; row < rows; ++row) {
      mix(next, first.row(row).data(), second.row(row).data(), mixed.data());
      group_logs.row(row) = group_logarithms(mixed.data(), group_of).transpose();
      for (size_t c = 0; c < group_of.size(); ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        const bool possible =
            static_cast<int>(group_of[c]) == truth_groups[static_cast<size_t>(row)];
        class_logs(row, column) =
            possible && mixed[column] > 0 ? std::log(mixed[column]) : minus_infinity;
      }
    }
    const Sharpening between = fit_sharpening(group_logs, truth_groups, group_weights);
    const Sharpening within = fit_sharpening(class_logs, classes, class_weights);
    if (between.loss + within.loss >= least) continue;
    least = between.loss + within.loss;
    next.group_sharpness = between.sharpness;
    next.group_offset = between.offset;
    next.class_sharpness = within.sharpness;
    next.class_offset = within.offset;
    best = std::move(next);
  }
  return best;
}

}  // namespace uhuru::method
