#include "uhuru/classify/source_vote.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "uhuru/table/table.hpp"

namespace uhuru {
namespace {

TEST(SourceVote, GivesTiesToTheFirstClassAndTheFirstMet) {
  Matrix probabilities(3, 3);
  probabilities << 0.5, 0.5, 0.0,  //
      0.2, 0.2, 0.6,               //
      0.3, 0.3, 0.4;
  const std::vector<size_t> rows = {2, 0};
  const SourceClasses classes =
      vote_of_source(probabilities, rows, std::vector<int>{2, 1}, nullptr);
  EXPECT_EQ(classes.soft, 0);  // 0.4, 0.4, 0.2
  EXPECT_DOUBLE_EQ(classes.probabilities[1], 0.4);
  EXPECT_EQ(classes.hard, 2);  // row 2 is met first
  const std::vector<size_t> all = {0, 1, 2};
  EXPECT_EQ(vote_of_source(probabilities, all, std::vector<int>{1, 2, 2}, nullptr).hard, 2);
}

TEST(SourceVote, OrdersObservationsWithTheMissingLast) {
  const auto order = [](const Column& column) {
    std::vector<size_t> rows(column.size());
    for (size_t row = 0; row < rows.size(); ++row) rows[row] = row;
    std::stable_sort(rows.begin(), rows.end(), ObservationOrder(column));
    return rows;
  };
  Column numbers(make_field("obsid", Type::int64, ""));
  numbers.append(int64_t{10});
  numbers.append_missing();
  numbers.append(int64_t{9});
  EXPECT_EQ(order(numbers), (std::vector<size_t>{2, 0, 1}));
  Column texts(make_field("obsid", Type::text, ""));
  for (const char* text : {"b", "", "a", "10"}) texts.append_text(text);
  EXPECT_EQ(order(texts), (std::vector<size_t>{3, 2, 0, 1}));
}

}  // namespace
}  // namespace uhuru
