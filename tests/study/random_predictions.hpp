// Predictions for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "uhuru/base/numpy.hpp"
#include "uhuru/study/predictions.hpp"

namespace uhuru::testing {

/// Predictions that are mostly right, with priors, about three rows per source. Probabilities with
/// few decimals produce ties.
inline study::Predictions random_predictions(uint32_t seed, size_t rows, int labels,
                                             int decimals = 15) {
  RandomState random(seed);
  study::Predictions p;
  p.probabilities.resize(static_cast<long>(rows), labels);
  p.priors = Matrix::Constant(static_cast<long>(rows), labels, 1.0 / labels);
  for (int c = 0; c < labels; ++c) p.labels.push_back("label" + std::to_string(c));
  for (size_t row = 0; row < rows; ++row) {
    p.truth.push_back(static_cast<int>(random.integer(static_cast<uint64_t>(labels))));
    p.sources.push_back(random.integer(rows / 3 + 1));
    auto values = p.probabilities.row(static_cast<long>(row));
    for (double& value : values) value = random.uniform();
    values[p.truth.back()] += 0.3;
    values /= values.sum();
    for (double& value : values) value = numpy_round(value, decimals);
    Eigen::Index largest = 0;
    values.maxCoeff(&largest);
    p.predicted.push_back(static_cast<int>(largest));
  }
  return p;
}

}  // namespace uhuru::testing
