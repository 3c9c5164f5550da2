#include "uhuru/method/classify/conformal.hpp"

#include <algorithm>
#include <cmath>

namespace uhuru::method {

HeldOutScores::HeldOutScores(std::vector<double> scores) : count_(scores.size()) {
  constexpr size_t most = 2000;
  std::sort(scores.begin(), scores.end());
  if (scores.size() <= most) {
    sorted_ = std::move(scores);
    return;
  }
  for (size_t i = 0; i < most; ++i) sorted_.push_back(scores[i * (scores.size() - 1) / (most - 1)]);
}

double HeldOutScores::p_value(double score) const {
  if (sorted_.empty()) return 1;
  const auto up_to = std::upper_bound(sorted_.begin(), sorted_.end(), score) - sorted_.begin();
  const double part = static_cast<double>(up_to) / static_cast<double>(sorted_.size());
  const auto n = static_cast<double>(count_);
  return (part * n + 1) / (n + 1);
}

double ratio_of(std::span<const double> probabilities, size_t class_number) {
  const double most = *std::max_element(probabilities.begin(), probabilities.end());
  return most > 0 ? probabilities[class_number] / most : 0;
}

std::vector<bool> classes_in_set(std::span<const double> probabilities,
                                 std::span<const size_t> group_of,
                                 std::span<const HeldOutScores> ratios, double coverage) {
  std::vector<bool> in_set;
  for (size_t l = 0; l < probabilities.size(); ++l) {
    const double ratio = ratio_of(probabilities, l);
    in_set.push_back(probabilities[l] > 0 &&
                     (ratio >= 1 || ratios[group_of[l]].p_value(ratio) > 1 - coverage));
  }
  return in_set;
}

}  // namespace uhuru::method
