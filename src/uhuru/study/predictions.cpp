#include "uhuru/study/predictions.hpp"

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"

namespace uhuru::study {
namespace {

using Eigen::Index;

void require(bool holds, const char* what) {
  if (!holds) throw Error(ErrorKind::bug, "invalid predictions", "", what);
}

template <class T>
std::vector<T> select(const std::vector<T>& values, const std::vector<size_t>& rows) {
  std::vector<T> result;
  if (!values.empty())
    for (const size_t row : rows) result.push_back(values[row]);
  return result;
}

Matrix select(const Matrix& values, const std::vector<size_t>& rows) {
  if (values.size() == 0) return {};
  Matrix result(static_cast<Index>(rows.size()), values.cols());
  for (size_t i = 0; i < rows.size(); ++i)
    result.row(static_cast<Index>(i)) = values.row(static_cast<Index>(rows[i]));
  return result;
}

template <class T>
void append(std::vector<T>& values, const std::vector<T>& more) {
  values.insert(values.end(), more.begin(), more.end());
}

void append(Matrix& values, const Matrix& more) {
  if (more.size() == 0) return;
  const Index rows = values.rows();
  values.conservativeResize(rows + more.rows(), more.cols());
  values.bottomRows(more.rows()) = more;
}

/// The columns of each group summed.
Matrix sum_columns(const Matrix& values, const std::vector<int>& group_of, size_t group_count) {
  if (values.size() == 0) return {};
  Matrix result = Matrix::Zero(values.rows(), static_cast<Index>(group_count));
  for (size_t c = 0; c < group_of.size(); ++c)
    result.col(group_of[c]) += values.col(static_cast<Index>(c));
  return result;
}

}  // namespace

void check_predictions(const Predictions& p) {
  const auto rows = static_cast<Index>(p.rows());
  const auto labels = static_cast<Index>(p.labels.size());
  const auto shape_fits = [&](const Matrix& m) { return m.rows() == rows && m.cols() == labels; };
  require(labels > 0, "at least one label");
  require(p.predicted.size() == p.rows(), "a predicted label for each row");
  require(p.sources.empty() || p.sources.size() == p.rows(), "a source for each row");
  require(p.weights.empty() || p.weights.size() == p.rows(), "a weight for each row");
  for (const int c : p.truth) require(c >= 0 && c < labels, "listed true labels");
  for (const int c : p.predicted) require(c >= -1 && c < labels, "listed predicted labels, or -1");
  for (const double w : p.weights) require(w >= 0 && std::isfinite(w), "non-negative weights");
  constexpr double most = 1 + 1e-9;  // sums of probabilities have rounding errors
  const auto usable = [](double value) { return value >= 0 && value <= most; };
  for (const Matrix* m : {&p.probabilities, &p.priors}) {
    if (m->size() == 0) continue;
    require(shape_fits(*m), "probabilities and priors for each row and label");
    require(std::all_of(m->data(), m->data() + m->size(), usable), "probabilities from 0 to 1");
  }
}

Predictions select_rows(const Predictions& predictions, const std::vector<size_t>& rows) {
  return {predictions.labels,
          select(predictions.truth, rows),
          select(predictions.predicted, rows),
          select(predictions.probabilities, rows),
          select(predictions.priors, rows),
          select(predictions.sources, rows),
          select(predictions.weights, rows)};
}

Predictions concatenated(const std::vector<Predictions>& parts) {
  Predictions result;
  for (const Predictions& part : parts) {
    result.labels = part.labels;
    append(result.truth, part.truth);
    append(result.predicted, part.predicted);
    append(result.probabilities, part.probabilities);
    append(result.priors, part.priors);
    append(result.sources, part.sources);
    append(result.weights, part.weights);
  }
  return result;
}

Predictions grouped(const Predictions& predictions, const std::vector<std::string>& groups) {
  require(groups.size() == predictions.labels.size(), "a group for each label");
  Predictions result = predictions;
  result.labels.clear();
  std::vector<int> group_of;
  for (const std::string& group : groups) {
    const auto place = std::find(result.labels.begin(), result.labels.end(), group);
    group_of.push_back(static_cast<int>(place - result.labels.begin()));
    if (place == result.labels.end()) result.labels.push_back(group);
  }
  result.probabilities = sum_columns(predictions.probabilities, group_of, result.labels.size());
  result.priors = sum_columns(predictions.priors, group_of, result.labels.size());
  for (size_t row = 0; row < result.rows(); ++row) {
    result.truth[row] = group_of[static_cast<size_t>(predictions.truth[row])];
    int& predicted = result.predicted[row];
    if (predicted < 0) continue;
    predicted = group_of[static_cast<size_t>(predicted)];
    if (!result.has_probabilities()) continue;
    Index largest = 0;
    result.probabilities.row(static_cast<Index>(row)).maxCoeff(&largest);
    predicted = static_cast<int>(largest);
  }
  return result;
}

}  // namespace uhuru::study
