#include "uhuru/recipe/source_columns.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace uhuru {
namespace {

TEST(ObservationOrder, PutsTheMissingLast) {
  const auto order = [](const Column& column) {
    std::vector<size_t> rows(column.size());
    for (size_t row = 0; row < rows.size(); ++row) rows[row] = row;
    std::stable_sort(rows.begin(), rows.end(), recipe::ObservationOrder(&column));
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
  EXPECT_FALSE(recipe::ObservationOrder(nullptr)(0, 1));
}

}  // namespace
}  // namespace uhuru
