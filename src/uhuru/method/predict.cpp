#include "uhuru/method/predict.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "uhuru/base/error.hpp"

namespace uhuru::method {
namespace {

constexpr size_t rows_at_a_time = 1024;
constexpr Eigen::Index rows_per_part = 1 << 16;

void refuse_infinite(const MatrixView& features, Eigen::Index first_row) {
  if (!features.array().isInf().any()) return;
  for (Eigen::Index row = 0; row < features.rows(); ++row)
    for (Eigen::Index f = 0; f < features.cols(); ++f)
      if (std::isinf(features(row, f)))
        throw input_error(
            "an infinite value",
            "row " + std::to_string(first_row + row + 1) + ", feature " + std::to_string(f + 1),
            "a finite number, or NaN if it is missing");
}

}  // namespace

PlacedRows PlacedRows::take(std::span<const size_t> rows) const {
  PlacedRows result{take_rows(scaled, rows), {}};
  result.places.reserve(rows.size());
  for (const size_t row : rows) result.places.push_back(places[row]);
  return result;
}

void Posteriors::append_lists(const Posteriors& other) {
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(clusters, other.clusters);
  append(classes, other.classes);
  append(features_missing, other.features_missing);
  append(p_known, other.p_known);
}

Predictor::Predictor(const Model& model)
    : model_(model), placer_(model.mixture, model.density_quantiles) {
  if (model.bayes) bayes_.emplace(*model.bayes, model.prior);
}

PlacedRows Predictor::place(const MatrixView& features, const Threads& threads) const {
  Matrix values(features.rows(), features.cols());
  threads.for_rows(
      static_cast<size_t>(features.rows()), rows_at_a_time, [&](size_t begin, size_t end, size_t) {
        const auto first = static_cast<Eigen::Index>(begin);
        const auto count = static_cast<Eigen::Index>(end - begin);
        values.middleRows(first, count) = scaled(model_.scaling, features.middleRows(first, count));
      });
  return place_scaled(std::move(values), threads);
}

PlacedRows Predictor::place_scaled(Matrix values, const Threads& threads) const {
  std::vector<Placement> places = placer_(values, threads);
  return {std::move(values), std::move(places)};
}

Posteriors Predictor::classify(const PlacedRows& rows, const MatrixView& lower,
                               const MatrixView& upper, const Threads& threads) const {
  const auto count = rows.places.size();
  Posteriors result;
  result.features_missing.assign(count, 0);
  for (size_t row = 0; row < count; ++row)
    for (const double value : rows.scaled.row(static_cast<long>(row)))
      result.features_missing[row] += std::isnan(value);
  result.clusters.resize(count);
  if (bayes_)
    classify_bayes(rows, lower, upper, threads, result);
  else
    classify_by_distance(rows, threads, result);
  return result;
}

void Predictor::classify_by_distance(const PlacedRows& rows, const Threads& threads,
                                     Posteriors& result) const {
  Matrix filled = rows.scaled;
  const Eigen::Index features = filled.cols();
  threads.for_rows(rows.places.size(), rows_at_a_time, [&](size_t begin, size_t end, size_t) {
    std::vector<size_t> incomplete;
    for (size_t row = begin; row < end; ++row) {
      if (result.features_missing[row] == 0) result.clusters[row] = rows.places[row].cluster;
      if (result.features_missing[row] == 0 || result.features_missing[row] == features) continue;
      incomplete.push_back(row);
      for (Eigen::Index f = 0; f < features; ++f)
        if (double& value = filled(static_cast<long>(row), f); std::isnan(value))
          value =
              model_.scaling[static_cast<size_t>(f)].apply(model_.medians[static_cast<size_t>(f)]);
    }
    if (incomplete.empty()) return;
    const Matrix joint = placer_.density().log_joint(take_rows(filled, incomplete));
    for (size_t i = 0; i < incomplete.size(); ++i) {
      const double* of_row = joint.row(static_cast<long>(i)).data();
      result.clusters[incomplete[i]] =
          ClusterId(std::max_element(of_row, of_row + joint.cols()) - of_row);
    }
  });
  RowClasses found =
      classify_rows(model_.scores, result.clusters, filled, model_.class_count, threads);
  result.classes = std::move(found.classes);
  result.probabilities = std::move(found.probabilities);
}

void Predictor::classify_bayes(const PlacedRows& rows, const MatrixView& lower,
                               const MatrixView& upper, const Threads& threads,
                               Posteriors& result) const {
  const auto count = rows.places.size();
  BayesDensity::Classes found =
      (*bayes_)(rows.scaled, scaled_variance(model_.scaling, lower, upper), threads);
  result.p_known = std::move(found.p_known);
  result.probabilities =
      Matrix::Zero(static_cast<long>(count), static_cast<long>(model_.class_count));
  result.classes.resize(count);
  for (size_t row = 0; row < count; ++row) {
    result.clusters[row] = rows.places[row].cluster;
    if (!result.clusters[row]) continue;
    const auto r = static_cast<Eigen::Index>(row);
    for (size_t l = 0; l < model_.bayes->learned.size(); ++l)
      result.probabilities(r, static_cast<long>(model_.bayes->learned[l])) =
          found.probabilities(r, static_cast<long>(l));
    result.classes[row] = most_probable(
        std::span<const double>(result.probabilities.row(r).data(), model_.class_count));
  }
}

Posteriors predict(const Model& model, const DetectionRows& rows, const Threads& threads,
                   const Progress& progress) {
  if (!model.has_classes())
    throw input_error("the model has no classes", "", "a model trained with labels");
  if (rows.features.cols() != static_cast<Eigen::Index>(model.scaling.size()))
    throw input_error("the rows have another number of features than the model", "",
                      std::to_string(model.scaling.size()), std::to_string(rows.features.cols()));
  const Predictor predictor(model);
  const Eigen::Index count = rows.features.rows();
  Posteriors result;
  result.probabilities = Matrix(count, static_cast<long>(model.class_count));
  const auto part = [](const MatrixView& all, Eigen::Index begin, Eigen::Index size) -> MatrixView {
    if (all.rows() == 0) return all;
    return all.middleRows(begin, size);
  };
  // A part at a time, since placed rows take as much memory as the features.
  for (Eigen::Index begin = 0; begin < count; begin += rows_per_part) {
    const Eigen::Index size = std::min(rows_per_part, count - begin);
    const auto features = rows.features.middleRows(begin, size);
    refuse_infinite(features, begin);
    const Posteriors some =
        predictor.classify(predictor.place(features, threads), part(rows.lower, begin, size),
                           part(rows.upper, begin, size), threads);
    result.probabilities.middleRows(begin, size) = some.probabilities;
    result.append_lists(some);
    if (progress)
      progress("predict", static_cast<uint64_t>(begin + size), static_cast<uint64_t>(count));
  }
  return result;
}

}  // namespace uhuru::method
