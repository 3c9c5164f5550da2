#include "uhuru/table/input_columns.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

Table with_names(const std::vector<std::string>& names) {
  Table table;
  for (const std::string& name : names) table.add(make_field(name, Type::int64, ""));
  return table;
}

TEST(InputColumns, AreFoundInUpperAndLowerCase) {
  const Table table = with_names({"HARD_HM", "ra", "RA", "dec", "dec"});
  EXPECT_EQ(table.find("hard_hm"), &table.columns[0]);
  EXPECT_EQ(find_input_column(table, "Hard_hm"), &table.columns[0]);
  EXPECT_EQ(table.find("hard"), nullptr);
  EXPECT_EQ(find_input_column(table, "hard"), nullptr);
  // An exact name decides in our own tables, but not in those of others.
  EXPECT_EQ(table.find("RA"), &table.columns[2]);
  for (const char* name : {"Ra", "dec"})
    EXPECT_EQ(error_of([&] { table.find(name); }).message(), "duplicate column name") << name;
  const Error error = error_of([&] { input_column(table, "ra"); });
  EXPECT_EQ(error.message(), "duplicate column name");
  EXPECT_EQ(error.found(), "ra, RA");
  EXPECT_EQ(error_of([&] { input_column(table, "hard_h"); }).message(), "no column hard_h");
}

}  // namespace
}  // namespace uhuru
