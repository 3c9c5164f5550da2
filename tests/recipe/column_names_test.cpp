// Names of columns from those of classes and groups.
#include "uhuru/recipe/column_names.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using Names = std::vector<std::string>;

TEST(ColumnNames, NeedNoQuotes) {
  const Names classes = {"QSO",           "Seyfert_1", "TTau*", "Orion_V*",
                         "HII (ionized)", " B[e] ",    "β Cep", "4U"};
  EXPECT_EQ(recipe::column_names(classes, "p_"),
            (Names{"p_qso", "p_seyfert_1", "p_ttau", "p_orion_v", "p_hii_ionized", "p_b_e", "p_cep",
                   "p_4u"}));
  EXPECT_EQ(recipe::column_names(Names{"XB"}, "p_group_"), Names{"p_group_xb"});
}

TEST(ColumnNames, AreDistinct) {
  EXPECT_EQ(recipe::column_names(Names{"A+", "a", "A-", "A_2", "**", "βγ"}, "p_"),
            (Names{"p_a", "p_a_2", "p_a_3", "p_a_2_2", "p_unnamed", "p_unnamed_2"}));
  // p_known is a column of its own.
  EXPECT_EQ(recipe::column_names(Names{"known"}, "p_"), Names{"p_known_2"});
  EXPECT_EQ(recipe::column_names(Names{"known"}, "p_group_"), Names{"p_group_known"});
}

TEST(ColumnNames, OfARecipeHaveOldOnes) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  EXPECT_EQ(recipe::class_columns(recipe)[8], "p_ttau");
  EXPECT_EQ(recipe::group_columns(recipe),
            (Names{"p_group_agn", "p_group_seyfert", "p_group_xb", "p_group_yso"}));
  const auto old = recipe::old_column_names(recipe);
  EXPECT_EQ(old.size(), 2 + 10 + 4u);
  const auto has = [&](const char* name, const char* old_name) {
    return std::find(old.begin(), old.end(), std::pair<std::string, std::string>(name, old_name)) !=
           old.end();
  };
  EXPECT_TRUE(has("class_name", "class") && has("class_group", "group"));
  EXPECT_TRUE(has("p_orion_v", "Orion_V*") && has("p_group_xb", "group_XB"));
}

TEST(ColumnNames, MayNotBeThoseOfOtherColumns) {
  const std::string start =
      "name = \"x\"\ndescription = \"x\"\n[columns]\nname = \"id\"\n[[features]]\nname = \"";
  const std::string rest =
      "\"\ntransform = \"identity\"\nkind = \"k\"\n[mixture]\ncomponents = 2\n[classes]\n"
      "names = [\"QSO\", \"YSO\"]\n[labels]\ntype = \"l\"\n";
  EXPECT_EQ(recipe::parse_recipe(start + "qs" + rest, "x").classes.size(), 2u);
  for (const char* name : {"p_qso", "P_group_YSO", "class_name", "class_group"})
    EXPECT_NE(testing::error_of([&] { recipe::parse_recipe(start + name + rest, "x"); })
                  .message()
                  .find("same name"),
              std::string::npos)
        << name;
}

}  // namespace
}  // namespace uhuru
