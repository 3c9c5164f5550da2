#include "uhuru/study/splits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru {
namespace {

using testing::error_of;

std::vector<size_t> own_groups(size_t n) {
  std::vector<size_t> groups(n);
  for (size_t i = 0; i < n; ++i) groups[i] = i;
  return groups;
}

// The expected folds are those of scikit-learn 1.2.
TEST(StratifiedFolds, AreThoseOfStratifiedKFold) {
  RandomState random(3);
  std::vector<int> classes(40);
  for (int& c : classes) c = static_cast<int>(random.integer(4));
  EXPECT_EQ(study::stratified_folds(classes, own_groups(40), 5, 42),
            (std::vector<int>{4, 0, 2, 0, 4, 3, 1, 1, 3, 3, 3, 4, 3, 4, 0, 2, 3, 3, 0, 2,
                              2, 4, 1, 1, 1, 0, 1, 0, 4, 1, 2, 4, 4, 0, 2, 1, 2, 3, 2, 0}));
  EXPECT_EQ(study::stratified_folds(classes, own_groups(40), 3, 7),
            (std::vector<int>{1, 0, 1, 2, 0, 0, 1, 0, 1, 1, 2, 2, 0, 2, 0, 2, 0, 1, 2, 0,
                              1, 2, 1, 0, 1, 0, 0, 2, 2, 0, 1, 0, 2, 2, 0, 2, 1, 2, 1, 1}));
}

TEST(StratifiedFolds, AllowClassesWithFewerGroupsThanFolds) {
  const std::vector<int> classes = {2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(study::stratified_folds(classes, own_groups(20), 4, 1),
            (std::vector<int>{0, 2, 1, 0, 3, 1, 0, 1, 2, 1, 0, 3, 3, 2, 0, 1, 3, 2, 2, 3}));
}

TEST(StratifiedFolds, KeepGroupsTogetherByTheirCommonestClass) {
  // Groups in an order other than that of their numbers, each with one row of another class at the
  // end.
  const std::vector<int> classes = {2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0};
  std::vector<int> row_classes;
  std::vector<size_t> groups;
  for (size_t i = 20; i-- > 0;) {
    const auto other = classes[i] == 0 ? 1 : 3;  // higher: loses a tie
    row_classes.insert(row_classes.end(), {other, classes[i]});
    groups.insert(groups.end(), {7 * i, 7 * i});
    if (i % 2) continue;
    row_classes.insert(row_classes.end(), {0, classes[i], classes[i]});
    groups.insert(groups.end(), {7 * i, 7 * i, 7 * i});
  }
  const auto expected = study::stratified_folds(classes, own_groups(20), 4, 1);
  const auto folds = study::stratified_folds(row_classes, groups, 4, 1);
  ASSERT_EQ(folds.size(), groups.size());
  for (size_t row = 0; row < folds.size(); ++row) EXPECT_EQ(folds[row], expected[groups[row] / 7]);
}

TEST(StratifiedFolds, HaveAboutTheSamePartOfEachClass) {
  RandomState random(5);
  std::vector<int> classes(1003);
  for (int& c : classes) c = static_cast<int>(random.integer(3));
  const auto folds = study::stratified_folds(classes, own_groups(classes.size()), 10, 0);
  std::map<std::pair<int, int>, long> counts;
  std::map<int, long> of_class;
  for (size_t i = 0; i < folds.size(); ++i) {
    ++counts[{classes[i], folds[i]}];
    ++of_class[classes[i]];
  }
  for (int c = 0; c < 3; ++c)
    for (int fold = 0; fold < 10; ++fold)
      EXPECT_LE(std::abs(10 * counts[{c, fold}] - of_class[c]), 10);
  EXPECT_NE(folds, study::stratified_folds(classes, own_groups(classes.size()), 10, 1));
}

TEST(StratifiedFolds, RefuseTooFewFoldsOrGroups) {
  const std::vector<int> classes = {0, 1, 0};
  const std::vector<size_t> groups = {4, 4, 9};
  EXPECT_EQ(error_of([&] { study::stratified_folds(classes, groups, 1, 0); }).kind(),
            ErrorKind::usage);
  const Error few = error_of([&] { study::stratified_folds(classes, groups, 3, 0); });
  EXPECT_EQ(few.kind(), ErrorKind::input);
  EXPECT_EQ(few.found(), "2");
  EXPECT_EQ(study::stratified_folds(classes, groups, 2, 0).size(), 3u);
  EXPECT_EQ(error_of([&] {
              study::stratified_folds(std::vector{0, -1, 0}, groups, 2, 0);
            }).kind(),
            ErrorKind::bug);
  EXPECT_EQ(error_of([&] {
              study::stratified_folds(std::vector{0, 1}, groups, 2, 0);
            }).kind(),
            ErrorKind::bug);
}

}  // namespace
}  // namespace uhuru
