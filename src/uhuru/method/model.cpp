#include "uhuru/method/model.hpp"

#include <algorithm>

namespace uhuru::method {

bool Model::has_learned(ClassId id) const {
  if (bayes)
    return std::find(bayes->learned.begin(), bayes->learned.end(), id) != bayes->learned.end();
  return std::any_of(scores.begin(), scores.end(),
                     [&](const auto& cluster) { return cluster[number_of(id)].has_value(); });
}

}  // namespace uhuru::method
