// Which detections a classifier is tested on, and which it learns from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace uhuru {

/// Deals rows to folds so that rows of a group stay together and each fold has about the same part
/// of every class.
///
/// `classes` (0 or more) and `groups` have one entry a row. A group has the class that most of its
/// rows have, of equals the lowest. The groups, in order of their number, are dealt as
/// scikit-learn's `StratifiedKFold(folds, shuffle=True, random_state=seed)` deals rows. Result: the
/// fold (0 … folds - 1) of each row. Throws Error (usage) for fewer than two folds, (input) for
/// more folds than groups, (bug) for a class below 0 or lists of different length. A class with
/// fewer groups than folds is not in all folds; scikit-learn refuses where that is so for all
/// classes, we don't. Thread-safe.
std::vector<int> stratified_folds(std::span<const int> classes, std::span<const size_t> groups,
                                  int folds, uint32_t seed);

}  // namespace uhuru
