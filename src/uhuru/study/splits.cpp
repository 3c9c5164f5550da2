#include "uhuru/study/splits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::study {
namespace {

/// The most frequent class, the lowest if tied.
int most_frequent(const std::map<int, size_t>& counts) {
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

/// The fold of each item, as assigned by StratifiedKFold.
std::vector<int> deal(const std::vector<int>& classes, int folds, RandomState& random) {
  // Classes are numbered by their first item.
  std::map<int, size_t> numbers;
  std::vector<std::vector<size_t>> items;
  for (size_t i = 0; i < classes.size(); ++i) {
    const auto [entry, fresh] = numbers.try_emplace(classes[i], items.size());
    if (fresh) items.emplace_back();
    items[entry->second].push_back(i);
  }
  // All items in order of class are dealt to the folds in turn, which gives the number of items of
  // each class per fold.
  std::vector<int> result(classes.size());
  size_t dealt = 0;
  for (const auto& of_class : items) {
    std::vector<int> hand;
    for (size_t i = 0; i < of_class.size(); ++i, ++dealt)
      hand.push_back(static_cast<int>(dealt % static_cast<size_t>(folds)));
    std::sort(hand.begin(), hand.end());
    random.shuffle(std::span(hand));
    for (size_t i = 0; i < hand.size(); ++i) result[of_class[i]] = hand[i];
  }
  return result;
}

}  // namespace

std::vector<int> stratified_folds(std::span<const int> classes, std::span<const size_t> groups,
                                  int folds, uint32_t seed) {
  if (folds < 2)
    throw Error(ErrorKind::usage, "too few folds", "", "two or more", fmt::format("{}", folds));
  if (classes.size() != groups.size())
    throw Error(ErrorKind::bug, "folds need a class and a group for each row");
  std::map<size_t, std::map<int, size_t>> counts;  // of each group's classes
  for (size_t row = 0; row < classes.size(); ++row) {
    if (classes[row] < 0) throw Error(ErrorKind::bug, "folds need a class for each row");
    ++counts[groups[row]][classes[row]];
  }
  if (counts.size() < static_cast<size_t>(folds))
    throw input_error("fewer groups than folds", "", fmt::format("at least {} groups", folds),
                      fmt::format("{}", counts.size()));
  std::vector<int> group_classes;
  group_classes.reserve(counts.size());
  for (const auto& [group, of_group] : counts) group_classes.push_back(most_frequent(of_group));
  RandomState random(seed);
  const auto group_folds = deal(group_classes, folds, random);
  std::map<size_t, int> fold_of;
  for (const auto& [group, of_group] : counts) {
    const size_t place = fold_of.size();
    fold_of.emplace_hint(fold_of.end(), group, group_folds[place]);
  }
  std::vector<int> result;
  for (const size_t group : groups) result.push_back(fold_of.at(group));
  return result;
}

}  // namespace uhuru::study
