// Splits of detections into training and test sets.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace uhuru::study {

/// Assigns rows to folds so that the rows of a group stay together and each fold has about the same
/// share of every class.
///
/// `classes` (non-negative) and `groups` have one entry per row. The class of a group is the most
/// frequent class of its rows, the lowest if tied. The groups, in order of their number, are
/// assigned as by scikit-learn's `StratifiedKFold(folds, shuffle=True, random_state=seed)`. Returns
/// the fold (0 … folds - 1) of each row. Throws Error (usage) for fewer than two folds, (input) for
/// more folds than groups, (bug) for a negative class or lists of different length. A class with
/// fewer groups than folds is not in all folds; scikit-learn fails if that is so for all classes,
/// this function does not. Thread-safe.
std::vector<int> stratified_folds(std::span<const int> classes, std::span<const size_t> groups,
                                  int folds, uint32_t seed);

}  // namespace uhuru::study
