// Recipes proposed from tables, and what a recipe finds in one.
#include "uhuru/recipe/propose.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"
#include "uhuru/recipe/check_table.hpp"
#include "uhuru/recipe/recipe.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using Texts = std::vector<std::string>;

/// A catalog with what the proposal has to tell apart.
std::string catalog() {
  std::string csv =
      "ID,Name,RAJ2000,DEJ2000,HR,HR_ERR,Flux,e_Flux,lum_b,lum_lolim_b,lum_hilim_b,mark,same,few,"
      "mjd,poserr,P_AGN,dup,Dup,flag,Type\n";
  for (int i = 0; i < 60; ++i) {
    const double x = i / 60.0;
    csv += std::to_string(1000 + i) + ",SRC J" + std::to_string(100 + i) + "," +
           std::to_string(10 + x) + "," + std::to_string(-20 + x) + "," + std::to_string(x - 0.5) +
           ",0.1," + std::to_string(1e-3 + x * x * x) + ",0.01," + std::to_string(100.5 + i) + "," +
           std::to_string(90 + i) + "," + std::to_string(110 + i) + "," +
           (i % 10 ? std::to_string(3 + x) : "-99") + ",7," + (i ? "" : "1.5") + ",5" +
           std::to_string(5000 + i) + ".5," + std::to_string(1 + x) + "," + std::to_string(x) +
           ",1.5,2.5," + (i % 2 ? "t" : "f") + "," +
           (i == 7  ? "odd"
            : i % 3 ? "AGN"
                    : "star") +
           "\n";
  }
  return csv;
}

std::string proposal(const std::string& csv, const std::string& label = "") {
  return recipe::propose_recipe(*io::open_table_in_memory(csv, "t.csv"), "mine", label);
}

TEST(ProposeRecipe, TellsColumnsApart) {
  const std::string text = proposal(catalog());
  const recipe::Recipe recipe = recipe::parse_recipe(text, "r.toml");
  EXPECT_EQ(recipe.name, "mine");
  EXPECT_EQ(recipe.name_column, "Name");
  EXPECT_EQ(recipe.mission.name_example, "SRC J");
  EXPECT_EQ(recipe.ra_column, "RAJ2000");
  EXPECT_EQ(recipe.dec_column, "DEJ2000");
  EXPECT_EQ(recipe.observation_column, "");
  EXPECT_EQ(recipe.feature_names(), (Texts{"HR", "Flux", "lum_b", "mark"})) << text;
  const auto& features = recipe.features;
  EXPECT_EQ(features[0].transform, method::Transform::identity);
  EXPECT_EQ(features[0].range, std::pair(-1.0, 1.0));
  EXPECT_EQ(features[0].error, "HR_ERR");
  EXPECT_EQ(features[1].error, "e_Flux");
  EXPECT_EQ(features[2].lower, "lum_lolim_b");
  EXPECT_EQ(features[2].upper, "lum_hilim_b");
  EXPECT_EQ(features[3].missing, (std::vector<double>{-99}));
  EXPECT_TRUE(recipe.integrates());
  EXPECT_EQ(recipe.labels.type_columns, (Texts{"Type"}));
  EXPECT_EQ(recipe.classes, (Texts{"AGN", "star"}));
  ASSERT_EQ(recipe.mission.carried.size(), 1u);
  EXPECT_EQ(recipe.mission.carried[0].name, "flag");
  for (const char* comment :
       {"# decide", "an identifier: ID", "almost all values are the same: same",
        "almost always missing: few", "a time: mjd", "an error without its value: poserr",
        "the result of a classification: P_AGN", "the same name but for case: dup, Dup",
        "left out: \"odd\""})
    EXPECT_NE(text.find(comment), std::string::npos) << comment << "\n" << text;
}

TEST(ProposeRecipe, SeveralRowsOfASourceAreObservations) {
  std::string csv = "source,mjd,color,kind\n";
  for (int i = 0; i < 40; ++i)
    csv += "s" + std::to_string(i % 4) + "," + std::to_string(55000 + i) + "," +
           std::to_string(i * 0.7) + "," + (i % 2 ? "a" : "b") + "\n";
  const recipe::Recipe recipe = recipe::parse_recipe(proposal(csv), "r.toml");
  EXPECT_EQ(recipe.observation_column, "mjd");
  EXPECT_FALSE(recipe.has_positions());
  EXPECT_EQ(recipe.feature_names(), (Texts{"color"}));
}

TEST(ProposeRecipe, KnowsManyValuesAndExtremes) {
  std::string csv = "name,obsid,counts,gauss,flux,class\n";
  for (int i = 0; i < 12000; ++i)
    csv += "s" + std::to_string(i % 6000) + "," + std::to_string(i) + "," +
           std::to_string((i * 7919) % 3001) + "," + std::to_string(((i * 31) % 200 - 100) / 40.0) +
           "," + (i == 9001 ? "0" : std::to_string(1e-3 + i % 4000)) + "," + (i % 2 ? "a" : "b") +
           "\n";
  const recipe::Recipe recipe = recipe::parse_recipe(proposal(csv), "r.toml");
  EXPECT_EQ(recipe.observation_column, "obsid");
  EXPECT_EQ(recipe.feature_names(), (Texts{"counts", "gauss", "flux"}));
  EXPECT_EQ(recipe.features[1].transform, method::Transform::standard);
  EXPECT_EQ(recipe.features[2].transform, method::Transform::log_minmax);  // one value is 0
}

TEST(ProposeRecipe, NamesEveryColumn) {
  const std::string csv =
      "id,x,inf,blank,note,class,Class\na,1.5,inf,,p,u,v\nb,2.5,1,,q,u,v\nc,9,2,,r,u,v\n";
  const std::string text = proposal(csv);
  for (const char* name : {"id", "x", "inf", "blank", "note", "class", "Class"})
    EXPECT_NE(text.find(name), std::string::npos) << name << text;
  EXPECT_NE(text.find("type = \"class\"\n"), std::string::npos);  // a default: both are taken
  EXPECT_NE(text.find("no column of labels was found"), std::string::npos) << text;
}

TEST(ProposeRecipe, SaysWhatIsMissing) {
  const std::string text = proposal("x\n1\n2\n3\n4\n");
  EXPECT_NE(text.find("none was found"), std::string::npos);
  EXPECT_NE(text.find("no column of labels was found"), std::string::npos);
  EXPECT_EQ(error_of([&] { recipe::parse_recipe(text, "r.toml"); }).kind(), ErrorKind::input);
  EXPECT_EQ(error_of([] { proposal("name,x\na,1\n", "klass"); }).kind(), ErrorKind::input);
  const recipe::Recipe labelled =
      recipe::parse_recipe(proposal("name,x,k\na,1,u\nb,2.5,v\nc,3,u\nd,4,v\n", "K"), "r.toml");
  EXPECT_EQ(labelled.classes, (Texts{"u", "v"}));
}

TEST(ProposeRecipe, HostileNamesAndValuesStayText) {
  const std::string csv =
      "\"na\"\"me\",\"x\\\",\"[[features]]\n\",class\na,1.5,2.5,\"]\"\nb,2,3,\"#\"\nc,4,5,\"]\"\n"
      "d,8,1,\"#\"\n";
  const recipe::Recipe recipe = recipe::parse_recipe(proposal(csv), "r.toml");
  EXPECT_EQ(recipe.name_column, "na\"me");
  EXPECT_EQ(recipe.classes, (Texts{"#", "]"}));
  EXPECT_EQ(recipe.feature_names()[0], "x\\");
}

recipe::TableCheck check(const std::string& recipe, const std::string& csv) {
  return recipe::check_table(*io::open_table_in_memory(csv, "t.csv"),
                             recipe::parse_recipe(recipe, "r.toml"));
}

const std::string small = R"toml(name = "small"
missing = "integrate"
selection = ["s > 1", {condition = "q == 1", optional = true}]
[columns]
name = "id"
ra = "ra"
dec = "dec"
[columns.other_names]
id = "iau"
[[features]]
name = "a"
transform = "identity"
missing = [-9]
range = [0, 10]
[[features]]
name = "b"
transform = "identity"
expression = "x / y"
error = "e"
[classes]
names = ["X", "Y"]
[labels]
type = "kind"
ambiguous = ["star"]
several = "none"
aliases = {x = "X"}
)toml";

TEST(CheckTable, CountsWhatTheRecipeFinds) {
  const auto found = check(small,
                           "iau,s,a,x,y,kind,e\nA,2,1,6,3,x,1\nB,2,-9,6,0,X,1\nC,2,11,,1,star,1\n"
                           "D,0,1,1,1,Y,1\nE,3,2,1,1,other,1\nF,3,2,1,1,,1\n");
  EXPECT_EQ(found.rows, 6U);
  EXPECT_EQ(found.selected, 5U);
  EXPECT_EQ(found.complete, 3U);
  EXPECT_EQ(found.with_any_feature, 3U);  // B and C have none
  ASSERT_EQ(found.features.size(), 2u);
  EXPECT_EQ(found.features[0].rows, 3U);
  EXPECT_EQ(found.features[0].least, 1);
  EXPECT_EQ(found.features[0].greatest, 2);
  EXPECT_EQ(found.features[0].marked, 1U);
  EXPECT_EQ(found.features[0].outside, 1U);
  EXPECT_EQ(found.features[0].source, "a");
  EXPECT_EQ(found.features[1].source, "x / y");
  EXPECT_TRUE(found.features[1].has_errors);
  EXPECT_EQ(found.conditions, (recipe::TableCheck::Counts{{"s > 1", 5}}));
  EXPECT_EQ(found.columns[0], std::pair(std::string("id"), std::string("iau")));
  EXPECT_EQ(found.columns[1], std::pair(std::string("ra"), std::string()));
  EXPECT_EQ(found.classes, (recipe::TableCheck::Counts{{"X", 1}, {"Y", 0}}));
  EXPECT_EQ(found.other_labels, (recipe::TableCheck::Counts{{"other", 1}}));
  EXPECT_EQ(found.unlabelled, 1U);
  EXPECT_EQ(found.problems, (Texts{"only one class has rows"}));
  ASSERT_GE(found.notes.size(), 2u);
  EXPECT_EQ(found.notes[0], "the table has no positions");
  EXPECT_NE(found.notes[1].find("q == 1, which is optional"), std::string::npos);
}

TEST(CheckTable, SaysEverythingThatIsWrong) {
  const auto found = check(small, "name,a,x,kind\nA,1,6,X\n");
  ASSERT_EQ(found.problems.size(), 4u);
  EXPECT_NE(found.problems[0].find("id or iau"), std::string::npos) << found.problems[0];
  EXPECT_EQ(found.problems[1], "the table lacks columns of these features: b (needs y)");
  EXPECT_EQ(found.problems[2], "the table lacks a column of the condition s > 1");
  EXPECT_EQ(found.problems[3], "only one class has rows");
  EXPECT_EQ(check(small, "id,s,a,x,y\nA,0,1,1,1\n").problems,
            (Texts{"no row satisfies the selection"}));
  // A text where a number should be.
  const auto text = check(small, "id,s,a,x,y\nA,2,one,1,1\n");
  ASSERT_FALSE(text.problems.empty());
  EXPECT_NE(text.problems[0].find("column a"), std::string::npos) << text.problems[0];
}

TEST(CheckTable, FindsWhatARunWouldRefuse) {
  const auto problems = [](const std::string& change, const std::string& with_this,
                           const std::string& csv) {
    std::string text =
        "name = \"r\"\nmissing = \"integrate\"\n[columns]\nname = \"id\"\n[[features]]\nname = "
        "\"a\"\ntransform = \"log10\"\n[classes]\nnames = [\"X\", \"Y\"]\n[labels]\ntype = \"k\"\n";
    if (!change.empty()) text.replace(text.find(change), change.size(), with_this);
    return check(text, csv).problems;
  };
  EXPECT_TRUE(problems("", "", "id,a,k\ns,1,X\nt,2,Y\n").empty());
  const auto expect = [](const Texts& found, const std::string& part) {
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].find(part), std::string::npos) << found[0];
  };
  expect(problems("", "", "id,a,k\ns,0,X\nt,2,Y\n"), "without logarithm");
  expect(problems("", "", "id,a,k\ns,2,X\nt,2,Y\n"), "constant");
  expect(problems("", "", "id,a,k\ns,1,X\nt,2,X\n"), "only one class has rows");
  expect(problems("", "", "id,a,k\ns,1,X\ns,2,Y\n"), "contradict each other (s: X, Y)");
  EXPECT_TRUE(problems("type", "several = \"most\"\ntype", "id,a,k\ns,1,X\ns,2,Y\n").empty());
}

}  // namespace
}  // namespace uhuru
