// Catalogs of other shapes: without observations, positions or groups, with labels of their own,
// errors, texts and flags, columns of other names.
#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/detections.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/source_columns.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using Texts = std::vector<std::string>;

constexpr const char* small = R"toml(name = "small"
missing = "integrate"
[columns]
name = "id"
[[features]]
name = "a"
transform = "identity"
[classes]
names = ["X", "Y"]
method = "bayes"
[labels]
type = ["best", "other"]
several = "none"
)toml";

std::string with(std::string text, const std::string& after, const std::string& added) {
  const size_t at = text.find(after);
  EXPECT_NE(at, std::string::npos) << after;
  return text.insert(at + after.size(), added);
}

recipe::Recipe recipe_of(const std::string& text) { return recipe::parse_recipe(text, "r.toml"); }

std::unique_ptr<io::TableReader> reader_of(const std::string& csv) {
  return io::open_table_in_memory(csv, "t.csv");
}

recipe::Detections read(const std::string& csv, const recipe::Recipe& recipe) {
  return recipe::read_detections(*reader_of(csv), recipe, {}, recipe::Keep::any_feature);
}

std::vector<double> column(const Matrix& matrix, Eigen::Index c) {
  return {matrix.col(c).begin(), matrix.col(c).end()};
}

TEST(Shapes, ARecipeNeedsNoObservationsPositionsAndGroups) {
  const recipe::Recipe recipe = recipe_of(small);
  EXPECT_FALSE(recipe.has_positions());
  EXPECT_EQ(recipe.group_names(), (Texts{"X", "Y"}));
  const recipe::Detections detections = read("id,a\ns,1\nt,2\ns,3\n", recipe);
  EXPECT_EQ(detections.table.column_names(), (Texts{"id"}));
  const method::SourceRows sources = recipe::source_rows(detections.table, recipe);
  EXPECT_EQ(sources.rows, (std::vector<size_t>{0, 2, 1}));  // the rows of a source keep their order
  EXPECT_EQ(error_of([&] {
              recipe::find_labels(detections, read("id,a\ns,1\n", recipe).table,
                                  recipe::LabelJoin::position, 1, recipe, Threads(1));
            }).message(),
            "the recipe does not say how to join labels by position");
  EXPECT_EQ(error_of([&] { recipe_of(with(small, "name = \"id\"\n", "ra = \"ra\"\n")); }).message(),
            "the recipe has only one coordinate of positions");
}

TEST(Shapes, LabelsMayBeInTheTableInOrderOfTrust) {
  const recipe::Recipe recipe = recipe_of(small);
  const auto labelled = [&](const std::string& csv) {
    const recipe::Detections detections = read(csv, recipe);
    const io::Input none("-");
    recipe::LabelledInput input;
    input.join = recipe::LabelJoin::own;
    return recipe::label_detections(detections, none, input, recipe, Threads(1));
  };
  const auto found = labelled("id,a,other,best\ns,1,Y,X\nt,2,Y,\nu,3,,NaN\nv,4,Z,\n");
  EXPECT_EQ(found.labels, (Texts{"X", "Y", "", "Z"}));
  EXPECT_EQ(found.classes.counts.with_class, 2U);
  EXPECT_EQ(found.classes.counts.other_label, 1U);
  const auto settled = labelled("id,a,best\ns,1,X\ns,2,Y\nt,2,Y\nu,1,X\n");
  EXPECT_EQ(settled.labels, (Texts{"", "", "Y", "X"}));
  EXPECT_EQ(settled.matches.notes,
            (Texts{"1 source has detections labelled with different classes and is used without "
                   "label (first: s: X, Y)"}));
  EXPECT_EQ(error_of([&] { labelled("id,a\ns,1\n"); }).message(), "the table has no labels");
  // Another column, by its name.
  recipe::LabelledInput input;
  input.join = recipe::LabelJoin::own;
  input.label_column = "kind";
  const recipe::Detections detections =
      read("id,a,best,kind\ns,1,X,Y\nt,2,X,\n", recipe::with_label_column(recipe, input));
  EXPECT_EQ(recipe::label_detections(detections, io::Input("-"), input, recipe, Threads(1)).labels,
            (Texts{"Y", ""}));
  EXPECT_NE(std::string(error_of([&] {
                          read("id,a,best\ns,1,X\n", recipe::with_label_column(recipe, input));
                        }).what())
                .find("kind"),
            std::string::npos);
}

TEST(Shapes, ColumnsMayHaveOtherNames) {
  const recipe::Recipe recipe = recipe_of(
      with(with(small, "name = \"id\"\n",
                "ra = \"ra\"\ndec = \"dec\"\n[columns.other_names]\na = [\"A1\", \"a_2\"]\n"
                "id = \"iauname\"\nra = \"sc_ra\"\ndec = \"sc_dec\"\n"),
           "transform = \"identity\"\n", "error = \"a / 10\"\n"));
  const recipe::Detections detections =
      read("IAUNAME,sc_ra,sc_dec,A_2\ns,01:00:00,-01:00:00,4\n", recipe);
  EXPECT_EQ(detections.table.column_names(), (Texts{"id", "ra", "dec"}));
  EXPECT_EQ(detections.table.at("ra").number(0), 15);
  EXPECT_EQ(detections.features(0, 0), 4);
  EXPECT_NEAR(detections.limits.upper(0, 0), 4.4, 1e-12);
  // The recipe's own name comes first.
  EXPECT_EQ(read("id,a_2,a\ns,4,5\n", recipe).features(0, 0), 5);
  const Error missing = error_of([&] { read("name,a\ns,1\n", recipe); });
  EXPECT_NE(missing.expected().find("id or iauname"), std::string::npos) << missing.expected();
}

TEST(Shapes, ErrorsAreLimitsOnBothSides) {
  recipe::Recipe recipe = recipe_of(with(small, "transform = \"identity\"\n",
                                         "error = \"e_a\"\nmissing = [-99]\nrange = [0, 9]\n"));
  const std::string csv = "id,a,e_a\ns,4,1\nt,5,-99\nu,6,0\nv,,1\nw,0.5,2\n";
  const recipe::Limits limits = read(csv + "x,10,1\n", recipe).limits;
  const auto expect = [](const std::vector<double>& found, const std::vector<double>& expected) {
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i])))
          << i << ": " << found[i];
  };
  const double none = std::nan("");
  expect(column(limits.lower, 0), {3, none, none, -1.5});  // v and x have no value
  expect(column(limits.upper, 0), {5, none, none, 2.5});
  const recipe::Detections without = read("id,a\ns,1\n", recipe);
  EXPECT_EQ(without.notes, (Texts{"a is taken without measurement errors: the table lacks e_a"}));
  recipe.features[0].limits_optional = true;
  recipe.method = method::Method::mahalanobis;
  EXPECT_TRUE(read("id,a\ns,1\n", recipe).notes.empty());
}

TEST(Shapes, FeaturesUseEarlierOnes) {
  const recipe::Recipe recipe = recipe_of(with(
      small, "transform = \"identity\"\n",
      "range = [0, 5]\n[[features]]\nname = \"b\"\ntransform = \"identity\"\nexpression = \"2 * "
      "a\"\n[[features]]\nname = \"c\"\ntransform = \"identity\"\nexpression = \"missing(a) ? -1 : "
      "b + raw\"\n"));
  const Matrix features = read("id,a,raw\ns,1,10\nt,9,10\n", recipe).features;
  EXPECT_EQ(features(0, 1), 2);
  EXPECT_EQ(features(0, 2), 12);
  EXPECT_TRUE(std::isnan(features(1, 1)));  // 9 is out of a's range
  EXPECT_EQ(features(1, 2), -1);
  // A later feature is none yet.
  const recipe::Recipe turned = recipe_of(
      with(small, "transform = \"identity\"\n",
           "[[features]]\nname = \"z\"\ntransform = \"identity\"\nexpression = \"v + 1\"\n"
           "[[features]]\nname = \"v\"\ntransform = \"identity\"\nexpression = \"a + 1\"\n"));
  EXPECT_NE(error_of([&] { read("id,a\ns,1\n", turned); }).expected().find("z (needs v)"),
            std::string::npos);
}

TEST(Shapes, ConditionsKnowTextsFlagsAndGaps) {
  const auto selected = [](const std::string& condition, const std::string& csv) {
    const recipe::Recipe recipe = recipe_of(
        with(small, "missing = \"integrate\"\n", "selection = ['''" + condition + "''']\n"));
    const auto reader = reader_of(csv);
    const Table table = io::read_table(*reader);
    recipe::FeatureExtractor extractor(recipe, table, recipe::AbsentColumns::refused);
    std::string rows;
    const auto keep = extractor.selected(table, extractor.features(table));
    for (const bool one : keep) rows += one ? '1' : '0';
    return rows;
  };
  const std::string csv =
      "id,a,var,flags,S/N,kind,whole,ok\ns,1,t,5,9,a b,7,True\nt,2,f,2,1,c,8,False\n"
      "u,3,,,3,NaN,,\n";
  EXPECT_EQ(selected("var == 'f'", csv), "010");
  EXPECT_EQ(selected("var != 'f'", csv), "100");     // a missing flag is neither
  EXPECT_EQ(selected("!(var == 'T')", csv), "010");  // truths, however they are written
  EXPECT_EQ(selected("ok == 'f'", csv), "010");
  EXPECT_EQ(selected("ok", csv), "100");
  EXPECT_EQ(selected("kind == 'a b' || missing(kind)", csv), "101");
  EXPECT_EQ(selected("whole == '7.0'", csv), "100");  // numbers are compared by value
  EXPECT_EQ(selected("bit(flags, 2) == 1", csv), "100");
  EXPECT_EQ(selected("missing(flags) || bit(flags, 1) == 1", csv), "011");
  EXPECT_EQ(selected("\"S/N\" > 2", csv), "101");
  EXPECT_EQ(selected("a > 1 && \"s/n\" < 2", csv), "010");
  EXPECT_EQ(selected("a > 5 || var == 't'", csv), "100");
  const auto refused = [&](const std::string& condition) {
    return error_of([&] { selected(condition, csv); });
  };
  EXPECT_EQ(refused("ok == 'x'").message(),
            "a column of true and false is compared with another text");
  EXPECT_EQ(refused("kind > 1").kind(), ErrorKind::input);
  // All 64 bits of a flag; single precision as it is written.
  Table bits;
  bits.add(make_field("id", Type::text, ""));
  bits.add(make_field("a", Type::float32, ""));
  bits.add(make_field("f", Type::int64, ""));
  for (const float a : {0.7F, 0.3F}) {
    bits.columns[0].append_text("s");
    bits.columns[1].append(a);
    bits.columns[2].append((int64_t{1} << 60) + 1);
  }
  const auto count = [&](const std::string& condition) {
    const recipe::Recipe chosen =
        recipe_of(with(small, "missing = \"integrate\"\n", "selection = ['" + condition + "']\n"));
    recipe::FeatureExtractor extractor(chosen, bits, recipe::AbsentColumns::refused);
    const auto keep = extractor.selected(bits, extractor.features(bits));
    return std::count(keep.begin(), keep.end(), true);
  };
  EXPECT_EQ(count("bit(f, 0) == 1 && bit(f, 60) == 1 && bit(f, 1) == 0"), 2);
  EXPECT_EQ(count("a >= 0.7"), 1);
  // A slash in a name is a division without quotes: it says so.
  const recipe::Recipe recipe =
      recipe_of(with(small, "missing = \"integrate\"\n", "selection = [\"S/N > 2\"]\n"));
  EXPECT_NE(error_of([&] { read(csv, recipe); })
                .expected()
                .find("the column \"S/N\" of the table stands in double quotes"),
            std::string::npos);
}

TEST(Shapes, MarksAreMissingEverywhere) {
  const recipe::Recipe recipe = recipe_of(
      with(with(small, "transform = \"identity\"\n",
                "missing = [-99]\n[[features]]\nname = \"b\"\ntransform = \"identity\"\nmissing = "
                "[-99]\nexpression = \"missing(w) ? 7 : w\"\n"),
           "missing = \"integrate\"\n", "selection = [\"a < 5\"]\n"));
  const recipe::Detections detections = read("id,A,w\ns,1,-99\nt,-99,2\nu,3,2\n", recipe);
  EXPECT_EQ(detections.counts.not_selected, 1U);  // -99 is not below 5, but missing
  EXPECT_EQ(detections.features(0, 1), 7);
  EXPECT_EQ(detections.features(1, 1), 2);
}

TEST(Shapes, NumbersMayBeNames) {
  const recipe::Recipe recipe = recipe_of(small);
  const recipe::Detections detections = read("id,a\n10,1\n9,2\n10,3\n", recipe);
  EXPECT_EQ(detections.table.at("id").field.type, Type::text);
  EXPECT_EQ(detections.table.at("id").text(1), "9");
  EXPECT_EQ(recipe::source_rows(detections.table, recipe).rows, (std::vector<size_t>{0, 2, 1}));
}

TEST(Recipe, RefusesNamesThatOutputsWouldShare) {
  const auto message = [](const std::string& text) {
    const Error error = error_of([&] { recipe_of(text); });
    return error.message() + "; " + error.found();
  };
  const std::string shared = "two columns of an output table would have the same name; ";
  const auto named = [](const std::string& feature) {
    std::string text = small;
    return text.replace(text.find("name = \"a\""), 10, "name = \"" + feature + "\"");
  };
  EXPECT_EQ(message(named("cluster")),
            "2 mistakes in the recipe; line 1: " + shared.substr(0, shared.size() - 2) +
                "; expected another name for a feature; found 'cluster', a "
                "column of uhuru's and a feature\nline 1: " +
                shared.substr(0, shared.size() - 2) +
                "; expected another name for a feature; found 'cluster', a "
                "column of uhuru's and a feature");
  EXPECT_EQ(message(named("ID")), "2 mistakes in the recipe; " + message(named("ID")).substr(26));
  EXPECT_NE(message(named("x")).find("'X', a feature and a class"), std::string::npos);
  EXPECT_EQ(message(std::string(small) + "[[carry]]\nname = \"log_density\"\n"),
            shared + "'log_density', a column of uhuru's and a carried column");
  EXPECT_EQ(message(with(small, "name = \"id\"\n", "[columns.other_names]\nzzz = \"q\"\n")),
            "other names for a column that the recipe does not use; 'zzz'");
  EXPECT_EQ(recipe_of(std::string(small) + "[[carry]]\nname = \"ID\"\n").mission.carried.size(),
            1u);
}

TEST(Shapes, CarriedColumnsKeepTheirTypeAndGetAUnit) {
  const recipe::Recipe recipe = recipe_of(
      std::string(small) +
      "[[carry]]\nname = \"flux\"\nunit = \"W\"\ndescription = \"Flux\"\n[[carry]]\nname = "
      "\"flag\"\n[[carry]]\nname = \"absent\"\n[[carry]]\nname = \"a\"\n");
  const Table table = read("id,a,flag,flux\ns,1,x,2.5\n", recipe).table;
  EXPECT_EQ(table.column_names(), (Texts{"id", "flux", "flag", "a"}));
  EXPECT_EQ(table.at("flux").field.unit, "W");
  EXPECT_EQ(table.at("flux").field.description, "Flux");
  EXPECT_EQ(table.at("flag").text(0), "x");
}

TEST(Recipe, TheBuiltInOnesAreValid) {
  const auto names = recipe::built_in_recipes();
  EXPECT_EQ(names, (Texts{"4xmm", "4xmm-optical", "csc2", "csc2-bayes", "csc2-compact", "maxi",
                          "muwclass"}));
  for (const std::string& name : names) {
    const recipe::Recipe recipe = recipe::load_recipe(name);
    EXPECT_EQ(recipe.name, name);
    EXPECT_FALSE(recipe.description.empty()) << name;
    EXPECT_FALSE(recipe.mission.citations.empty()) << name;
    for (const recipe::Feature& feature : recipe.features)
      EXPECT_FALSE(feature.description.empty()) << name << ": " << feature.name;
  }
}

TEST(Recipe, EveryKeyIsDocumented) {
  const std::string docs = testing::read_file(UHURU_SOURCE_DIR "/docs/recipes.md");
  const std::string all =
      std::string(small) +
      "[mixture]\n[bayes]\n[services]\n[simulate]\n[[simulate.columns]]\nname = \"q\"\nexpression "
      "= "
      "\"1\"\n[[simulate.missing]]\ncolumns = []\n[[simulate.fields]]\nname = \"f\"\nclasses = "
      "[]\n[[carry]]\nname = \"c\"\n[[links]]\ntitle = \"t\"\nurl = "
      "\"https://a/\"\n[[fields]]\nname "
      "= \"f\"\n[[citations]]\ntext = \"t\"\n";
  recipe_of(all);
  size_t sections = 0;
  for (const char* header :
       {"", "[columns]\n", "[[features]]\n", "[mixture]\n", "[classes]\n", "[bayes]\n",
        "[labels]\n", "[services]\n", "[simulate]\n", "[[simulate.columns]]\n",
        "[[simulate.missing]]\n", "[[simulate.fields]]\n", "[[carry]]\n", "[[links]]\n",
        "[[fields]]\n", "[[citations]]\n"}) {
    const Error unknown = error_of([&] { recipe_of(with(all, header, "zzz = 1\n")); });
    ASSERT_EQ(unknown.message(), "unknown key in the recipe") << header;
    std::string keys = unknown.expected().substr(std::string("one of ").size());
    keys = keys.substr(0, keys.find(" (did you mean")) + ", ";
    for (size_t begin = 0, end; (end = keys.find(", ", begin)) != keys.npos; begin = end + 2) {
      const std::string key = keys.substr(begin, end - begin);
      EXPECT_TRUE(docs.find("`" + key + "`") != docs.npos ||
                  docs.find("[" + key + "]") != docs.npos)
          << header << key;
    }
    ++sections;
  }
  EXPECT_EQ(sections, 16U);
}

}  // namespace
}  // namespace uhuru
