#include "uhuru/method/model.hpp"

#include <algorithm>

namespace uhuru::method {

std::optional<Combining> Model::combining() const {
  if (!bayes) return std::nullopt;
  const Answer& answer = bayes->answer(prior.drawn);
  Combining combining{bayes->evidence(prior), bayes->group_of, answer.ratios, {}, coverage};
  if (!prior.own.empty())
    combining.shift = combining.evidence.prior.cwiseQuotient(answer.evidence.prior);
  return combining;
}

bool Model::has_learned(ClassId id) const {
  if (bayes)
    return std::find(bayes->learned.begin(), bayes->learned.end(), id) != bayes->learned.end();
  return std::any_of(scores.begin(), scores.end(),
                     [&](const auto& cluster) { return cluster[number_of(id)].has_value(); });
}

}  // namespace uhuru::method
