#include "uhuru/method/classify/combining.hpp"

namespace uhuru::method {

std::vector<bool> Combining::set(std::span<const double> probabilities) const {
  std::vector<double> learned;
  for (size_t l = 0; l < evidence.learned.size(); ++l) {
    const double p = probabilities[number_of(evidence.learned[l])];
    const double factor = shift.size() > 0 ? shift[static_cast<long>(l)] : 1.0;
    learned.push_back(factor > 0 ? p / factor : 0.0);
  }
  const std::vector<bool> found = classes_in_set(learned, group_of, ratios, coverage);
  std::vector<bool> result(probabilities.size(), false);
  for (size_t l = 0; l < found.size(); ++l) result[number_of(evidence.learned[l])] = found[l];
  return result;
}

}  // namespace uhuru::method
