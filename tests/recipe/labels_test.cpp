// Labels that contradict each other, that are too few, and in other columns.
#include <gtest/gtest.h>

#include "support/support.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/source_columns.hpp"

namespace uhuru {
namespace {

using testing::error_of;

Table table_of(const std::string& csv) {
  return io::read_table(*io::open_table_in_memory(csv, "t.csv"));
}

recipe::Detections detections_of(const std::string& csv) {
  recipe::Detections detections;
  detections.table = table_of(csv);
  return detections;
}

using Texts = std::vector<std::string>;

TEST(FindLabels, UsesNoneOfEquallyGoodLabelsThatContradictEachOther) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  const recipe::Detections detections =
      detections_of("name,obsid,ra,dec\na,1,10,20\nb,1,30,40\nc,1,50,60\n");
  // Star is ambiguous; AGN and an empty label do not contradict each other.
  const Table by_position = table_of(
      "ra,dec,main_type\n10,20,HXB\n10,20,QSO\n30,40,Star\n30,40,AGN\n50,60,\n50,60,Sy1\n"
      "50,60,Seyfert_1\n");
  recipe::LabelMatches matches;
  EXPECT_EQ(recipe::find_labels(detections, by_position, recipe::LabelJoin::position, 1, recipe,
                                Threads(1), &matches),
            (Texts{"", "AGN", "Seyfert_1"}));
  EXPECT_EQ(matches.matched, 3U);
  EXPECT_EQ(matches.contradictory, 1U);
  ASSERT_EQ(matches.notes.size(), 1U);
  EXPECT_NE(matches.notes[0].find("a: HMXB, QSO"), std::string::npos) << matches.notes[0];

  const Table by_name = table_of("name,main_type\na,HXB\nb,AGN\na,QSO\nb,AGN\nc,Star\nc,YSO\n");
  matches = {};
  EXPECT_EQ(recipe::find_labels(detections, by_name, recipe::LabelJoin::name, 1, recipe, Threads(1),
                                &matches),
            (Texts{"", "AGN", "YSO"}));
  EXPECT_EQ(matches.contradictory, 1U);
  // The nearest decides.
  const Table nearest = table_of(
      "name,main_type,separation_arcsec\na,HXB,0.5\na,QSO,0.4\nb,AGN,0.1\nb,YSO,0.1\nc,YSO,2\n");
  matches = {};
  EXPECT_EQ(recipe::find_labels(detections, nearest, recipe::LabelJoin::name, 1, recipe, Threads(1),
                                &matches),
            (Texts{"QSO", "", ""}));
  EXPECT_EQ(matches.matched, 2U);
}

TEST(FindLabels, ReadsTheColumnsOfSimbadsServices) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  const recipe::Detections detections = detections_of("NAME,obsid,RA,DEC\na,1,10,20\n");
  const Table labels = table_of("main_id,ra,dec,otype\nx,10,20,LXB\n");
  EXPECT_EQ(
      recipe::find_labels(detections, labels, recipe::LabelJoin::position, 1, recipe, Threads(1)),
      (Texts{"LMXB"}));
  recipe::Recipe other = recipe;
  other.labels.type_columns = {"kind"};
  EXPECT_EQ(recipe::find_labels(detections, table_of("ra,dec,otype,KIND\n10,20,QSO,Y*O\n"),
                                recipe::LabelJoin::position, 1, other, Threads(1)),
            (Texts{"YSO"}));
  const Error error = error_of([&] {
    recipe::find_labels(detections, table_of("ra,dec,type\n10,20,QSO\n"),
                        recipe::LabelJoin::position, 1, recipe, Threads(1));
  });
  EXPECT_EQ(error.message(), "no column of labels");
  EXPECT_NE(error.expected().find("main_type or otype"), std::string::npos);
}

TEST(FindLabels, JoinsNamesThatAreNumbersOrSaysWhyNot) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  const recipe::Detections detections = detections_of("name,obsid\n\"007\",1\nx8,1\n");
  EXPECT_EQ(recipe::find_labels(detections, table_of("name,main_type\n7,QSO\n"),
                                recipe::LabelJoin::name, 1, recipe, Threads(1)),
            (Texts{"QSO", ""}));
  recipe::LabelMatches matches;
  recipe::find_labels(detections, table_of("name,main_type\n9,QSO\n"), recipe::LabelJoin::name, 1,
                      recipe, Threads(1), &matches);
  EXPECT_EQ(matches.notes, (Texts{"no detection has the name of a counterpart: name is text (such "
                                  "as '007'), name is long (such as '9')"}));
}

/// -1: a detection without a known class.
std::vector<std::optional<method::ClassId>> known(const std::vector<int>& classes) {
  std::vector<std::optional<method::ClassId>> result;
  for (const int c : classes)
    result.push_back(c < 0 ? std::nullopt : std::optional(method::ClassId(c)));
  return result;
}

TEST(RequireLabelled, NamesWhatWasReadAndMatched) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  const auto refused = [&](const Texts& labels, const std::vector<int>& classes) {
    recipe::LabelMatches matches;
    matches.read = 1000;
    matches.matched = labels.size();
    return error_of([&] {
      recipe::require_labelled(labels, {known(classes), {}, {}}, matches, "l.csv", recipe);
    });
  };
  const Error none = refused({"Galaxy", "Star", "Galaxy"}, {-1, -1, -1});
  EXPECT_EQ(none.message(), "no class can be learned");
  EXPECT_EQ(none.where(), "l.csv");
  EXPECT_EQ(none.found(), "1,000 rows read, 3 detections matched, Galaxy 2, Star 1");
  EXPECT_EQ(refused({"QSO", ""}, {0, -1}).message(),
            "no class can be learned from a single labelled detection");
  EXPECT_EQ(refused({"QSO", "QSO"}, {0, 0}).message(), "only one class can be learned");
  recipe::require_labelled({"QSO", "AGN"}, {known({0, 1}), {}, {}}, {}, "l.csv", recipe);
}

TEST(ContradictorySources, AreSettledAsTheRecipeSays) {
  recipe::Recipe recipe = recipe::load_recipe("csc2");
  const Table table = table_of("name,obsid\na,1\nb,1\na,2\nb,2\nb,3\nb,4\n");
  const auto sources = recipe::source_numbers(table, recipe);
  Texts labels = {"QSO", "AGN", "QSO", "Star", "AGN", ""};
  const Texts agreeing = labels;
  EXPECT_EQ(recipe::settle_contradictions(table, sources, recipe, labels), "");
  EXPECT_EQ(labels, agreeing);
  const Texts contradictory = {"QSO", "AGN", "QSO", "Star", "HMXB", "AGN"};
  const std::string what = "1 source has detections labelled with different classes";
  const auto settled = [&](recipe::SeveralLabels rule, const std::string& then) {
    recipe.labels.several = rule;
    Texts result = contradictory;
    EXPECT_EQ(recipe::settle_contradictions(table, sources, recipe, result),
              what + then + " (first: b: AGN, HMXB)");
    return result;
  };
  EXPECT_EQ(settled(recipe::SeveralLabels::detection, ""), contradictory);
  EXPECT_EQ(settled(recipe::SeveralLabels::none, " and is used without label"),
            (Texts{"QSO", "", "QSO", "Star", "", ""}));
  EXPECT_EQ(settled(recipe::SeveralLabels::most, ", of which the most frequent one counts"),
            (Texts{"QSO", "AGN", "QSO", "Star", "AGN", "AGN"}));
  recipe.labels.several = recipe::SeveralLabels::refuse;
  const Error refused = error_of([&] {
    Texts result = contradictory;
    recipe::settle_contradictions(table, sources, recipe, result);
  });
  EXPECT_EQ(refused.message(), what);
  EXPECT_EQ(refused.found(), "b: AGN, HMXB");
  // A tie is no majority.
  recipe.labels.several = recipe::SeveralLabels::most;
  Texts tied = {"QSO", "AGN", "QSO", "", "HMXB", ""};
  EXPECT_EQ(recipe::settle_contradictions(table, sources, recipe, tied),
            what + ", equally often, and is used without label (first: b: AGN, HMXB)");
  EXPECT_EQ(tied, (Texts{"QSO", "", "QSO", "", "", ""}));
}

}  // namespace
}  // namespace uhuru
