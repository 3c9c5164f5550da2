#include "uhuru/study/source_study.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "uhuru/base/missing.hpp"

namespace uhuru::study {
namespace {

/// A rate of `count` sources with Wilson's interval of 95 %.
Interval wilson(double rate, double count) {
  constexpr double z = 1.959963984540054;
  if (!(count > 0)) return {missing_number, missing_number, missing_number};
  const double center = rate + z * z / (2 * count);
  const double half = z * std::sqrt(rate * (1 - rate) / count + z * z / (4 * count * count));
  const double scale = 1 + z * z / count;
  return {rate, (center - half) / scale, (center + half) / scale};
}

/// Counts over all repeats together.
struct Sums {
  double rows = 0, hits = 0, sizes = 0, said = 0;
};

}  // namespace

SourceStudy study_sources(const std::vector<RepeatSources>& repeats,
                          const std::vector<std::string>& groups) {
  std::vector<std::string> names;
  std::vector<size_t> group_of;  // of each label
  for (const std::string& group : groups) {
    const auto place = std::find(names.begin(), names.end(), group);
    group_of.push_back(static_cast<size_t>(place - names.begin()));
    if (place == names.end()) names.push_back(group);
  }
  constexpr std::array<std::pair<size_t, size_t>, 4> ranges = {{{1, 1}, {2, 3}, {4, 10}, {11, 0}}};
  std::vector<Sums> sets(names.size() + 1);  // the last: of all
  std::vector<std::array<Sums, ranges.size()>> counts(names.size());
  bool any_set = false;
  for (const RepeatSources& repeat : repeats)
    for (size_t row = 0; row < repeat.soft.rows(); ++row) {
      const SourcePrediction& source = repeat.sources[row];
      const auto truth = static_cast<size_t>(repeat.soft.truth[row]);
      const bool hit = std::find(source.set.begin(), source.set.end(), truth) != source.set.end();
      any_set |= !source.set.empty();
      for (Sums* sums : {&sets[group_of[truth]], &sets.back()}) {
        sums->rows += 1;
        sums->hits += hit;
        sums->sizes += static_cast<double>(source.set.size());
      }
      size_t range = 0;
      while (ranges[range].second > 0 && source.detections > ranges[range].second) ++range;
      for (size_t g = 0; g < names.size(); ++g) {
        Sums& sums = counts[g][range];
        sums.rows += 1;
        sums.hits += group_of[truth] == g;
        for (size_t l = 0; l < groups.size(); ++l)
          if (group_of[l] == g)
            sums.said += repeat.soft.probabilities(static_cast<long>(row), static_cast<long>(l));
      }
    }
  const auto times = static_cast<double>(repeats.size());
  SourceStudy study;
  if (any_set)
    for (size_t g = 0; g <= names.size(); ++g) {
      const Sums& sums = sets[g];
      const double sources = std::round(sums.rows / times);
      study.sets.push_back({g < names.size() ? names[g] : "", static_cast<size_t>(sources),
                            wilson(sums.hits / sums.rows, sources), sums.sizes / sums.rows});
    }
  for (size_t g = 0; g < names.size(); ++g)
    for (size_t range = 0; range < ranges.size(); ++range) {
      const Sums& sums = counts[g][range];
      if (sums.rows == 0) continue;
      const double sources = std::round(sums.rows / times);
      study.by_detections.push_back({names[g], ranges[range].first, ranges[range].second,
                                     static_cast<size_t>(sources), sums.said / sums.rows,
                                     wilson(sums.hits / sums.rows, sources)});
    }
  return study;
}

}  // namespace uhuru::study
