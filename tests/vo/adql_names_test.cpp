#include "uhuru/vo/adql_names.hpp"

#include <gtest/gtest.h>

#include <set>

namespace uhuru {
namespace {

TEST(AdqlName, NeedsNoQuotes) {
  for (const auto& [name, expected] : {std::pair("p_ttau", "p_ttau"),
                                       {"TTau*", "ttau"},
                                       {"CSCv2_S/N", "cscv2_s_n"},
                                       {"__a  (b)__", "a_b"},
                                       {"2nd", "c_2nd"},
                                       {"", "column_"},
                                       {"*", "column_"},
                                       {"\xc3\xa9t\xc3\xa9", "t"},
                                       {"class", "class"},
                                       {"set_90", "set_90"}})
    EXPECT_EQ(vo::adql_name(name), expected) << name;
}

TEST(AdqlName, IsNoReservedWord) {
  // Of ADQL's functions, of SQL-92, of PostgreSQL, of its system columns.
  for (const char* word : {"group", "GROUP", "Order", "abs", "zone", "distance", "limit", "window",
                           "xmin", "tableoid", "user", "offset", "point"})
    EXPECT_TRUE(vo::adql_name(word).ends_with("_")) << word;
  for (const char* word : {"groups", "ab", "name", "label", "cluster", "ra", "dec"})
    EXPECT_EQ(vo::adql_name(word), word);
}

TEST(AdqlName, IsNotTooLongForPostgresql) {
  const std::string name = vo::adql_name(std::string(47, 'a') + "  " + std::string(50, 'b'));
  EXPECT_EQ(name, std::string(47, 'a'));
  EXPECT_EQ(vo::adql_name(std::string(100, 'A')).size(), 48u);
}

TEST(AdqlNames, AreDistinct) {
  const std::vector<std::string> names = {"a", "A", "a_2", "a*", "Group", "GROUP", "b"};
  const std::vector<std::string> expected = {"a", "a_2", "a_2_2", "a_3", "group_", "group__2", "b"};
  EXPECT_EQ(vo::adql_names(names), expected);
  const auto found = vo::adql_names(std::vector<std::string>(50, std::string(60, 'x')));
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 50u);
}

}  // namespace
}  // namespace uhuru
