#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/scaling.hpp"
#include "uhuru/recipe/expression.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/recipe/recipe.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(Expression, ComputesFromItsVariables) {
  recipe::Expression expression("((b + a) / 2) / c");
  EXPECT_EQ(expression.columns(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(expression(std::vector<double>{1, 3, 4}), 0.5);
  EXPECT_TRUE(std::isnan(expression(std::vector<double>{std::nan(""), 3, 4})));
  EXPECT_TRUE(std::isinf(expression(std::vector<double>{1, 3, 0})));
  recipe::Expression condition("a > 5 && b < 2");
  EXPECT_EQ(condition(std::vector<double>{6, 1}), 1);
  EXPECT_EQ(condition(std::vector<double>{5, 1}), 0);
}

TEST(Expression, RefusesWhatIsNone) {
  for (const char* text : {"", "a +", "foo(a)", "a b", "(a", "1e", "a = ", "sin()", "\x01"})
    EXPECT_EQ(error_of([&] { recipe::Expression{text}; }).kind(), ErrorKind::input) << text;
  EXPECT_EQ(error_of([] { recipe::Expression{std::string(4001, ' ') + "1"}; }).message(),
            "expression too long");
  EXPECT_EQ(recipe::Expression("1" + std::string(3999, ' '))({}), 1);
}

std::string csc2_text() { return recipe::load_recipe("csc2").text; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Recipe, HoldsThePublishedMethod) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  EXPECT_EQ(recipe.feature_names(),
            (std::vector<std::string>{"hard_hm", "hard_hs", "hard_ms", "powlaw_gamma", "bb_kt",
                                      "var_prob_b", "var_ratio_b", "var_prob_h", "var_ratio_h",
                                      "var_prob_s", "var_ratio_s", "var_newq_b"}));
  EXPECT_EQ(recipe.classes,
            (std::vector<std::string>{"QSO", "AGN", "Seyfert_1", "Seyfert_2", "HMXB", "LMXB", "XB",
                                      "YSO", "TTau*", "Orion_V*"}));
  EXPECT_EQ(recipe.groups[5], "XB");
  EXPECT_EQ(recipe.mixture.components, 6);
  EXPECT_EQ(recipe.mixture.seed, 42u);
  EXPECT_EQ(recipe.min_members, 12u);
  EXPECT_EQ(recipe.selection, (std::vector<std::string>{"flux_significance_b > 5"}));
  EXPECT_TRUE(recipe.is_optional("flux_significance_b > 5"));
  EXPECT_EQ(recipe.labels.type_column, "main_type");
  EXPECT_EQ(recipe.label("HXB"), "HMXB");
  EXPECT_EQ(recipe.label("HighMassXBin"), "HMXB");
  EXPECT_EQ(recipe.label("TT*"), "TTau*");
  EXPECT_EQ(recipe.label("**"), "**");
  EXPECT_EQ(recipe.label("*"), "Star");
  EXPECT_TRUE(recipe.is_ambiguous("PartofG"));
  EXPECT_FALSE(recipe.is_ambiguous("Galaxy"));
  for (const std::string& label : recipe.labels.ambiguous) EXPECT_EQ(recipe.label(label), label);
  for (const std::string& label : recipe.classes) EXPECT_EQ(recipe.label(label), label);
}

/// A recipe with every setting, none of them at its default.
const std::string every_setting = R"toml(name = "every"
description = "all settings"
selection = ["sig > 5"]
[columns]
name = "id"
observation = "obs"
ra = "lon"
dec = "lat"
[[features]]
name = "f"
transform = "log-minmax"
kind = "ratio"
expression = "a / b"
range = [0, 10]
lower = "f_lo"
upper = "f_hi"
unit = "keV"
ucd = "phys"
description = "a ratio"
[[features]]
name = "g"
transform = "identity"
[mixture]
components = 3
seed = 7
covariance_floor = 0.01
tolerance = 0.02
max_iterations = 30
[classes]
names = ["A", "B", "C"]
min_members = 5
method = "bayes"
[classes.groups]
A = "x"
B = "y"
C = "x"
[bayes]
replicates = 11
trees = 4
tree_rows = 6
tree_features = 2
source_exponent = 0.75
mean_members = 31
covariance_members = 51
cluster_members = 21
[labels]
name = "main"
ra = "lra"
dec = "ldec"
type = "otype"
separation = "sep"
radius_arcsec = 2.5
ambiguous = ["odd", "other"]
aliases = {a = "A"}
[simulate]
labelled = 0.6
name_prefix = "Z"
detections = [0.4, 0.3, 0.2, 0.1]
columns = [{name = "e", unit = "s", expression = "2 * normal()"}]
missing = [{columns = ["e", "f"], fraction = 0.125}]
fields = [{name = "LMC", ra = 80, dec = -69, radius_deg = 4, weight = 3, classes = ["A", "C"]}]
)toml";

TEST(Recipe, NamesTheLineOfWhatIsWrong) {
  struct Case {
    std::string from, to, message;
  };
  const Case cases[] = {
      {"covariance_floor", "covariance_flor", "unknown key in the recipe"},
      {"transform = \"minmax\"", "transform = \"max\"", "unknown transform"},
      {"\"var_sigma_b / var_mean_b\"", "\"foo(var_sigma_b)\"", "unknown function"},
      {"components = 6", "components = \"six\"", "a value of the wrong type in the recipe"},
      {"components = 6", "components = 0", "number out of range in the recipe"},
      {"components = 6", "components = ", "the recipe is not valid TOML"},
      {"name = \"name\"\nname_example", "name_example", "missing key in the recipe"},
      {"QSO = \"AGN\"", "QSOO = \"AGN\"", "unknown key in the recipe"},
      {"classes = [\"YSO\", \"TTau*\", \"Orion_V*\"]", "classes = [\"YSOO\"]",
       "unknown class in the recipe"},
      {"name = \"hard_hs\"", "name = \"hard_hm\"", "duplicate feature in the recipe"},
      {"ambiguous = [\"Star\"", "ambiguous = [\"QSO\"", "a class is also an ambiguous label"},
      {"range = [-1, 1]", "range = [1, -1]", "invalid range"},
      {"detections = [0.78", "detections = [0.9", "invalid fractions"},
      {"expression = \"var_sigma_b / var_mean_b\"", "expression = \"var_ratio_b / 100\"",
       "an expression uses its feature's own name"},
      {"limits_optional = true", "limits_optional = 1", "a value of the wrong type in the recipe"},
      {"missing = [-99,", "missing = [\"-99\",", "a value of the wrong type in the recipe"},
      {"range = [0, inf]", "range = [0, inf]\nprefer = \"both\"", "unknown preference"},
      {"optional = true}", "optinal = true}", "a value of the wrong type in the recipe"},
      {"{condition = \"flux_significance_b > 5\"", "{condition = \"foo(1)\"", "unknown function"},
      {"type = [\"main_type\", \"otype\"]", "type = []", "no label column in the recipe"},
  };
  for (const Case& wrong : cases) {
    const Error error = error_of(
        [&] { recipe::parse_recipe(replaced(csc2_text(), wrong.from, wrong.to), "mine.toml"); });
    EXPECT_EQ(error.message(), wrong.message) << wrong.to;
    EXPECT_TRUE(error.where().starts_with("mine.toml, line ")) << error.where();
  }
  const std::string text = replaced(csc2_text(), "covariance_floor", "covariance_flor");
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find("covariance_flor")),
                     '\n');
  const Error error = error_of([&] { recipe::parse_recipe(text, "mine.toml"); });
  EXPECT_EQ(error.where(), "mine.toml, line " + std::to_string(line));
  EXPECT_NE(error.expected().find("(did you mean covariance_floor"), std::string::npos);
  for (const auto& [from, to, message] : {
           Case{"range = [0, 10]", "range = [10, 10]", "invalid range"},
           Case{"range = [0, 10]", "range = [0, 1, 2]", "invalid range"},
           Case{"lower = \"f_lo\"\n", "", "a feature has only one confidence limit"},
           Case{"upper = \"f_hi\"\n", "", "a feature has only one confidence limit"},
           Case{"\"A\", \"B\", \"C\"]\nmin", "\"A\", \"\"]\nmin",
                "duplicate or unnamed class in the recipe"},
           Case{"\"A\", \"B\", \"C\"]\nmin", "\"A\", \"B\", \"A\"]\nmin",
                "duplicate or unnamed class in the recipe"},
           Case{"\"A\", \"B\", \"C\"]\nmin", "\"A\"]\nmin", "too few classes in the recipe"},
           Case{"method = \"bayes\"", "method = \"bayesian\"", "unknown method"},
           Case{"[0.4, 0.3, 0.2, 0.1]", "[0.5, 0.3, 0.2]", "invalid fractions"},
           Case{"[0.4, 0.3, 0.2, 0.1]", "[1.4, 0.3, 0.2, -0.9]", "invalid fractions"},
           Case{"selection = [\"sig > 5\"]", "selection = [\"sig >\"]", "invalid expression"},
           Case{"2 * normal()", "2 * norm()", "unknown function"},
       }) {
    const std::string changed = replaced(every_setting, from, to);
    // One mistake may cause others: a class that is not there is used elsewhere.
    const std::string what = error_of([&] { recipe::parse_recipe(changed, "mine.toml"); }).what();
    EXPECT_NE(what.find(message), std::string::npos) << to << ": " << what;
  }
  std::string many = every_setting;
  const auto feature = [](int i) {
    return "[[features]]\nname = \"f" + std::to_string(i) + "\"\ntransform = \"minmax\"\n";
  };
  for (int i = 0; i < 62; ++i) many = replaced(many, "[mixture]", feature(i) + "[mixture]");
  EXPECT_EQ(recipe::parse_recipe(many, "many").features.size(), 64u);
  many = replaced(many, "[mixture]", feature(62) + "[mixture]");
  EXPECT_EQ(error_of([&] { recipe::parse_recipe(many, "many"); }).message(),
            "wrong number of features in the recipe");
  EXPECT_EQ(error_of([] { recipe::load_recipe("no-such-recipe"); }).message(), "no such recipe");
  EXPECT_EQ(error_of([] { recipe::load_recipe("/"); }).message(), "no such recipe");
}

TEST(Recipe, ReadsEverySetting) {
  const recipe::Recipe recipe = recipe::parse_recipe(every_setting, "every");
  EXPECT_EQ(recipe.text, every_setting);
  using Texts = std::vector<std::string>;
  EXPECT_EQ((Texts{recipe.name, recipe.description, recipe.name_column, recipe.observation_column,
                   recipe.ra_column, recipe.dec_column}),
            (Texts{"every", "all settings", "id", "obs", "lon", "lat"}));
  EXPECT_EQ(recipe.selection, (Texts{"sig > 5"}));
  const recipe::Feature& f = recipe.features.at(0);
  EXPECT_EQ((Texts{f.name, f.kind, f.expression, f.lower, f.upper, f.unit, f.ucd, f.description}),
            (Texts{"f", "ratio", "a / b", "f_lo", "f_hi", "keV", "phys", "a ratio"}));
  EXPECT_EQ(f.transform, method::Transform::log_minmax);
  EXPECT_EQ(f.range, std::pair(0.0, 10.0));
  EXPECT_EQ(f.field().description, "a ratio, a / b");
  EXPECT_EQ(f.field().unit + f.field().ucd, "keVphys");
  EXPECT_EQ(recipe.features.at(1).kind, "g");
  EXPECT_EQ(recipe.features.at(1).range, std::nullopt);
  EXPECT_EQ(recipe.features.at(1).field().description, "Feature");
  EXPECT_EQ(recipe.mixture.components, 3);
  EXPECT_EQ(recipe.mixture.seed, 7u);
  EXPECT_EQ(recipe.mixture.covariance_floor, 0.01);
  EXPECT_EQ(recipe.mixture.tolerance, 0.02);
  EXPECT_EQ(recipe.mixture.max_iterations, 30);
  EXPECT_EQ(recipe.classes, (Texts{"A", "B", "C"}));
  EXPECT_EQ(recipe.groups, (Texts{"x", "y", "x"}));
  EXPECT_EQ(recipe.group_names(), (Texts{"x", "y"}));
  EXPECT_EQ(recipe.group_places(), (std::vector<size_t>{0, 1, 0}));
  EXPECT_EQ(recipe.find_class("C"), method::ClassId(2));
  EXPECT_EQ(recipe.find_class("D"), std::nullopt);
  EXPECT_EQ(recipe.min_members, 5u);
  EXPECT_EQ(recipe.method, method::Method::bayes);
  const method::BayesSettings& bayes = recipe.bayes;
  EXPECT_EQ(
      (std::vector<double>{static_cast<double>(bayes.replicates), static_cast<double>(bayes.trees),
                           static_cast<double>(bayes.tree_rows),
                           static_cast<double>(bayes.tree_features), bayes.source_exponent,
                           bayes.mean_members, bayes.covariance_members, bayes.cluster_members}),
      (std::vector<double>{11, 4, 6, 2, 0.75, 31, 51, 21}));
  const recipe::LabelSettings& labels = recipe.labels;
  EXPECT_EQ((Texts{labels.name_column, labels.ra_column, labels.dec_column, labels.type_column,
                   labels.separation_column}),
            (Texts{"main", "lra", "ldec", "otype", "sep"}));
  EXPECT_EQ(labels.radius_arcsec, 2.5);
  EXPECT_TRUE(recipe.is_ambiguous("odd") && recipe.is_ambiguous("other"));
  EXPECT_FALSE(recipe.is_ambiguous("A"));
  EXPECT_EQ(recipe.label("a"), "A");
  const recipe::SimulationSettings& simulation = recipe.simulation;
  EXPECT_EQ(simulation.labelled, 0.6);
  EXPECT_EQ(simulation.name_prefix, "Z");
  EXPECT_EQ(simulation.detections, (std::vector<double>{0.4, 0.3, 0.2, 0.1}));
  const recipe::SimulatedColumn& column = simulation.columns.at(0);
  EXPECT_EQ((Texts{column.name, column.unit, column.expression}),
            (Texts{"e", "s", "2 * normal()"}));
  EXPECT_EQ(simulation.missing.at(0).columns, (Texts{"e", "f"}));
  EXPECT_EQ(simulation.missing.at(0).fraction, 0.125);
  const recipe::SimulatedField& field = simulation.fields.at(0);
  EXPECT_EQ(field.name, "LMC");
  EXPECT_EQ((std::vector<double>{field.ra_deg, field.dec_deg, field.radius_deg, field.weight}),
            (std::vector<double>{80, -69, 4, 3}));
  EXPECT_EQ(field.classes, (Texts{"A", "C"}));
}

TEST(Recipe, KeepsSettingsWithinTheirLimits) {
  struct Limits {
    std::string setting, least, below, most, above;
  };
  const Limits all[] = {
      {"components = 3", "1", "0", "1000", "1001"},
      {"seed = 7", "0", "-1", "4294967295", "4294967296"},
      {"covariance_floor = 0.01", "0", "-0.1", "1", "1.1"},
      {"tolerance = 0.02", "0", "-0.1", "1e6", "1.1e6"},
      {"max_iterations = 30", "1", "0", "1000000", "1000001"},
      {"min_members = 5", "2", "1", "1000000", "1000001"},
      {"replicates = 11", "2", "1", "1000", "1001"},
      {"trees = 4", "1", "0", "1000", "1001"},
      {"tree_rows = 6", "1", "0", "1000000", "1000001"},
      {"tree_features = 2", "0", "-1", "64", "65"},
      {"source_exponent = 0.75", "0", "-0.1", "1", "1.1"},
      {"\nmean_members = 31", "1e-3", "0", "1e9", "1.1e9"},
      {"covariance_members = 51", "1e-3", "0", "1e9", "1.1e9"},
      {"cluster_members = 21", "1e-3", "0", "1e9", "1.1e9"},
      {"radius_arcsec = 2.5", "0", "-0.1", "3600", "3601"},
      {"labelled = 0.6", "0", "-0.1", "1", "1.1"},
      {"fraction = 0.125", "0", "-0.1", "1", "1.1"},
      {"ra = 80", "0", "-1", "360", "361"},
      {"dec = -69", "-90", "-91", "90", "91"},
      {"radius_deg = 4", "0", "-1", "180", "181"},
      {"weight = 3", "0", "-1", "1e9", "1.1e9"},
  };
  for (const Limits& limits : all) {
    const auto with = [&](const std::string& value) {
      const std::string key = limits.setting.substr(0, limits.setting.find('=') + 2);
      return replaced(every_setting, limits.setting, key + value);
    };
    for (const std::string& value : {limits.least, limits.most})
      EXPECT_NO_THROW(recipe::parse_recipe(with(value), "every"))
          << limits.setting << " to " << value;
    for (const std::string& value : {limits.below, limits.above})
      EXPECT_EQ(error_of([&] { recipe::parse_recipe(with(value), "every"); }).message(),
                "number out of range in the recipe")
          << limits.setting << " to " << value;
  }
}

Table detections(const std::vector<std::pair<std::string, std::vector<double>>>& columns) {
  Table table;
  for (const auto& [name, values] : columns) {
    Field field;
    field.name = name;
    Column& column = table.add(field);
    for (const double value : values) column.append_number(value);
  }
  return table;
}

/// A recipe with two features, one of them derived.
recipe::Recipe small_recipe() {
  recipe::Recipe recipe;
  recipe.name = "small";
  recipe.features = {{"a", method::Transform::minmax, "a", "", {}, "", ""},
                     {"r", method::Transform::log_minmax, "ratio", "s / m", {}, "", ""}};
  recipe.selection = {"sig > 5"};
  return recipe;
}

TEST(FeatureExtractor, DerivesWhatIsNotThere) {
  const double nan = std::nan("");
  const Table table = detections({{"m", {2, 0, nan, 4}},
                                  {"s", {1, 1, 1, nan}},
                                  {"a", {7, 8, 9, 10}},
                                  {"sig", {6, 5, nan, 7}}});
  recipe::FeatureExtractor extractor(small_recipe(), table, recipe::AbsentColumns::refused);
  const Matrix features = extractor.features(table);
  EXPECT_EQ(features(0, 0), 7);
  EXPECT_EQ(features(0, 1), 0.5);
  for (int row = 1; row < 4; ++row) EXPECT_TRUE(std::isnan(features(row, 1)));
  EXPECT_EQ(extractor.selected(table, extractor.features(table)),
            (std::vector<bool>{true, false, false, true}));

  const Table ready = detections({{"a", {1}}, {"r", {0.25}}, {"s", {1}}, {"m", {1}}});
  recipe::FeatureExtractor taken(small_recipe(), ready, recipe::AbsentColumns::refused);
  EXPECT_EQ(taken.features(ready)(0, 1), 0.25);
  EXPECT_EQ(taken.conditions_left_out(), (std::vector<std::string>{"sig > 5"}));
  EXPECT_TRUE(taken.selected(ready, taken.features(ready))[0]);
}

TEST(FeatureExtractor, NamesWhatIsAbsent) {
  const Table table = detections({{"a", {1}}, {"ss", {1}}, {"m", {2}}});
  const Error error = error_of(
      [&] { recipe::FeatureExtractor(small_recipe(), table, recipe::AbsentColumns::refused); });
  EXPECT_EQ(error.expected(), "r (needs s)");
  recipe::FeatureExtractor lenient(small_recipe(), table, recipe::AbsentColumns::missing_values);
  EXPECT_EQ(lenient.absent(), (std::vector<std::string>{"r (needs s)"}));
  EXPECT_TRUE(std::isnan(lenient.features(table)(0, 1)));
  const Table none = detections({{"x", {1}}});
  EXPECT_EQ(error_of([&] {
              recipe::FeatureExtractor(small_recipe(), none, recipe::AbsentColumns::missing_values);
            }).kind(),
            ErrorKind::input);
}

TEST(FeatureExtractor, FindsColumnsInUpperOrLowerCase) {
  const Table table = detections({{"M", {2}}, {"S", {1}}, {"A", {7}}, {"SIG", {6}}});
  recipe::FeatureExtractor extractor(small_recipe(), table, recipe::AbsentColumns::refused);
  const Matrix features = extractor.features(table);
  EXPECT_EQ(features(0, 0), 7);
  EXPECT_EQ(features(0, 1), 0.5);
  EXPECT_TRUE(extractor.selected(table, extractor.features(table))[0]);
  const Table both = detections({{"M", {2}}, {"S", {1}}, {"a", {7}}, {"A", {8}}});
  EXPECT_EQ(error_of([&] {
              recipe::FeatureExtractor(small_recipe(), both, recipe::AbsentColumns::missing_values);
            }).message(),
            "duplicate column name");
}

TEST(FeatureExtractor, CountsValuesOutsideTheRangeAsMissing) {
  recipe::Recipe recipe = small_recipe();
  recipe.features[0].range = {-1, 0.1};
  recipe.features[1].missing = {-99, -999};
  const double nan = std::nan("");
  // The marks -99 / -99 and -999 / -99 would be possible ratios.
  Table table = detections({{"a", {-1, -1.001, -999, nan, 0.1}},
                            {"s", {-99, -999, 1, 1, 1}},
                            {"m", {-99, -99, 0, 4, -999}}});
  recipe::FeatureExtractor extractor(recipe, table, recipe::AbsentColumns::refused);
  const Matrix features = extractor.features(table, 10);
  for (const int row : {1, 2, 3}) EXPECT_TRUE(std::isnan(features(row, 0))) << row;
  EXPECT_EQ(features(0, 0), -1);
  EXPECT_EQ(features(4, 0), 0.1);
  for (const int row : {0, 1, 2, 4}) EXPECT_TRUE(std::isnan(features(row, 1))) << row;
  EXPECT_EQ(features(3, 1), 0.25);
  EXPECT_EQ(extractor.out_of_range(), 2U);
  EXPECT_EQ(
      extractor.notes(true),
      (std::vector<std::string>{
          "a: 2 values outside the recipe's range -1 to 0.1 count as missing (first: -1.001 "
          "in row 12)",
          "r: 5 values that the recipe calls missing count as missing (first: -99 in row 11)"}));
  // 0.1 in single precision is larger, and -99.9 has no exact value.
  Table single;
  single.add(make_field("a", Type::float32, "")).append(0.1F);
  single.add(make_field("r", Type::float32, "")).append(-99.9F);
  recipe.features[1].missing = {-99.9};
  recipe::FeatureExtractor of_single(recipe, single, recipe::AbsentColumns::refused);
  const Matrix found = of_single.features(single);
  EXPECT_EQ(found(0, 0), static_cast<double>(0.1F));
  EXPECT_TRUE(std::isnan(found(0, 1)));
}

TEST(FeatureExtractor, TakesLimitsThatAreMarksOrOutsideForUnknown) {
  recipe::Recipe recipe = small_recipe();
  recipe.features[0].lower = "lo";
  recipe.features[0].upper = "hi";
  recipe.features[0].missing = {-9};
  recipe.features[0].range = {-1, 1};
  const Table table = detections(
      {{"a", {0, 0, 0}}, {"r", {1, 1, 1}}, {"lo", {-0.5, -9, -0.5}}, {"hi", {0.5, 0.5, 7}}});
  const recipe::Limits limits =
      recipe::FeatureExtractor(recipe, table, recipe::AbsentColumns::refused)
          .limits(table, Matrix::Zero(static_cast<long>(table.rows()),
                                      static_cast<long>(recipe.features.size())));
  EXPECT_EQ(limits.lower(0, 0), -0.5);
  EXPECT_EQ(limits.upper(0, 0), 0.5);
  EXPECT_TRUE(std::isnan(limits.lower(1, 0)));
  EXPECT_TRUE(std::isnan(limits.upper(2, 0)));
}

TEST(FeatureExtractor, SaysWhenLimitsAreAbsent) {
  recipe::Recipe recipe = small_recipe();
  recipe.features[0].lower = "lo";
  recipe.features[0].upper = "hi";
  const auto notes = [&](const std::vector<std::string>& columns, bool uses_limits) {
    std::vector<std::pair<std::string, std::vector<double>>> given = {{"a", {1}}, {"r", {1}}};
    for (const std::string& column : columns) given.emplace_back(column, std::vector<double>{1});
    return recipe::FeatureExtractor(recipe, detections(given), recipe::AbsentColumns::refused)
        .notes(uses_limits);
  };
  EXPECT_EQ(
      notes({}, false),
      (std::vector<std::string>{"a is taken without measurement errors: the table lacks lo, hi"}));
  EXPECT_TRUE(notes({"lo", "hi"}, true).empty());
  recipe.features[0].limits_optional = true;
  EXPECT_TRUE(notes({}, false).empty());
  EXPECT_EQ(notes({}, true).size(), 1U);       // the method would use them
  EXPECT_EQ(notes({"lo"}, false).size(), 1U);  // one of two is odd
}

TEST(FeatureExtractor, SaysWhetherAColumnOrItsExpressionIsUsed) {
  recipe::Recipe recipe = small_recipe();
  const Table table = detections({{"a", {1}}, {"r", {0.25}}, {"s", {1}}, {"m", {2}}});
  const auto extracted = [&] {
    recipe::FeatureExtractor extractor(recipe, table, recipe::AbsentColumns::refused);
    return std::pair(extractor.features(table)(0, 1), extractor.notes(false).size());
  };
  EXPECT_EQ(extracted(), std::pair(0.25, size_t{1}));
  recipe.features[1].prefer = recipe::FeatureSource::column;
  EXPECT_EQ(extracted(), std::pair(0.25, size_t{0}));
  recipe.features[1].prefer = recipe::FeatureSource::expression;
  EXPECT_EQ(extracted(), std::pair(0.5, size_t{0}));
}

}  // namespace
}  // namespace uhuru
