#include "uhuru/study/class_map.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

const recipe::Recipe& csc2() {
  static const recipe::Recipe recipe = recipe::load_recipe("csc2");
  return recipe;
}

std::string small_map(const std::string& more, const std::string& classes) {
  return "name = \"small\"\n" + more + "[columns]\nclass = \"type\"\n[classes]\n" + classes;
}

TEST(ClassMap, HoldsMuwclass) {
  const study::ClassMap map = study::load_class_map("muwclass", csc2());
  EXPECT_EQ(map.name, "MUWCLASS");
  EXPECT_EQ(map.level, study::MapLevel::groups);
  EXPECT_EQ(map.name_column, "CSCv2_name");
  EXPECT_EQ(map.ra_column, "CSCv2_RA");
  EXPECT_EQ(map.dec_column, "CSCv2_DEC");
  EXPECT_EQ(map.class_column, "True_Class");
  EXPECT_EQ(map.labels, (std::map<std::string, std::string>{
                            {"AGN", "AGN"}, {"HMXB", "XB"}, {"LMXB", "XB"}, {"YSO", "YSO"}}));
}

TEST(ClassMap, MakesGroupsOne) {
  const std::string together = "[together]\nSeyfert = \"AGN\"\n";
  const study::ClassMap map =
      study::parse_class_map(small_map("", "Sy = \"Seyfert_1\"\n" + together), "m.toml", csc2());
  EXPECT_EQ(map.labels.at("Sy"), "AGN");
  EXPECT_EQ(map.groups, (std::vector<std::string>{"AGN", "AGN", "AGN", "AGN", "XB", "XB", "XB",
                                                  "YSO", "YSO", "YSO"}));
  const Error unknown = error_of([&] {
    study::parse_class_map(small_map("", "Sy = \"Seyfert_1\"\n[together]\nSeyferts = \"AGN\"\n"),
                           "m.toml", csc2());
  });
  EXPECT_EQ(unknown.message(), "unknown group in the map");
  EXPECT_EQ(unknown.found(), "'Seyferts'");
}

TEST(ClassMap, TakesClassesForTheirGroupsWhereTheLevelIsGroups) {
  const std::string classes = "Sy = \"Seyfert_1\"\nSeyferts = \"Seyfert\"\n\"T Tau\" = \"TTau*\"\n";
  const study::ClassMap groups = study::parse_class_map(small_map("", classes), "m.toml", csc2());
  EXPECT_EQ(groups.labels.at("Sy"), "Seyfert");
  EXPECT_EQ(groups.labels.at("Seyferts"), "Seyfert");
  EXPECT_EQ(groups.labels.at("T Tau"), "YSO");
  EXPECT_EQ(groups.name_column, "");
  const study::ClassMap found = study::parse_class_map(
      small_map("level = \"classes\"\n", "Sy = \"Seyfert_1\"\n"), "m.toml", csc2());
  EXPECT_EQ(found.labels.at("Sy"), "Seyfert_1");
  const Error group = error_of([&] {
    study::parse_class_map(small_map("level = \"classes\"\n", classes), "m.toml", csc2());
  });
  EXPECT_EQ(group.message(), "unknown class in the map");
  EXPECT_EQ(group.where(), "m.toml, line 7");
  EXPECT_EQ(group.found(), "'Seyfert'");
  EXPECT_NE(group.expected().find("(did you mean Seyfert_1, Seyfert_2"), std::string::npos);
}

TEST(ClassMap, NamesTheLineOfWhatIsWrong) {
  struct Case {
    std::string text, message, where;
  };
  const std::string good = "A = \"QSO\"\n";
  const Case cases[] = {
      {small_map("level = \"source\"\n", good), "unknown level in the map", "line 2"},
      {small_map("level = \"\"\n", good), "unknown level in the map", "line 2"},
      {small_map("levl = \"groups\"\n", good), "unknown key in the map", "line 2"},
      {small_map("", "A = \"QS0\"\n"), "unknown class in the map", "line 5"},
      {small_map("", "A = \"\"\n"), "unknown class in the map", "line 5"},
      {small_map("", "A = 1\n"), "a value of the wrong type in the map", "line 5"},
      {small_map("", ""), "the map has no classes", "line 4"},
      {"name = \"x\"\n[columns]\n[classes]\nA = \"QSO\"\n", "missing key in the map", "line 2"},
      {"name = \n", "the map is not valid TOML", "line 1"},
  };
  for (const Case& wrong : cases) {
    const Error error = error_of([&] { study::parse_class_map(wrong.text, "m.toml", csc2()); });
    EXPECT_EQ(error.message(), wrong.message) << wrong.text;
    EXPECT_EQ(error.where(), "m.toml, " + wrong.where) << wrong.text;
  }
  const Error none = error_of([] { study::load_class_map("no-such-map", csc2()); });
  EXPECT_EQ(none.message(), "no such map");
  EXPECT_EQ(none.expected(), "the built-in map muwclass, or a TOML file");
}

}  // namespace
}  // namespace uhuru
