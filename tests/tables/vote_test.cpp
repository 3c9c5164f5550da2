// The vote of a table of detections, and the tables of sources.
#include "uhuru/tables/vote.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/tables/found_classes.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// Detections with two classes.
std::string detections_csv() {
  return "name,obsid,main_type,QSO,YSO,ra\n"
         "b,2,YSO,0.4,0.6,20.5\n"
         "b,1,QSO,0.9,0.1,20\n"  // first in order of name and observation: the tie goes to QSO
         "a,10,YSO,0.1,0.9,10\n"
         "a,9,YSO,0.2,0.8,11\n"
         "a,9,QSO,0.7,0.3,12\n"
         "c,1,,,,30\n"  // no class: no vote
         "d,1,YSO,0.0,1.0,40\n"
         "d,2,,,,41\n"
         "e,1,QSO,0.55,0.45,50\n"
         "e,2,YSO,0.0,1.0,50\n"
         "e,3,QSO,0.55,0.45,50\n";
}

recipe::Recipe two_classes() {
  recipe::Recipe recipe;
  recipe.name_column = "name";
  recipe.observation_column = "obsid";
  recipe.ra_column = "ra";
  recipe.dec_column = "dec";
  recipe.classes = {"QSO", "YSO"};
  recipe.groups = {"AGN", "YSO"};
  return recipe;
}

TEST(VoteOnTable, CombinesTheDetectionsOfASource) {
  const Table table = io::read_table(*io::open_table_in_memory(detections_csv(), "d.csv"));
  const tables::SourceTables result =
      tables::vote_on_table(table, two_classes(), Threads(2), nullptr);
  EXPECT_EQ(result.detections, 9u);
  EXPECT_EQ(result.without_class, 2u);
  EXPECT_EQ(result.sources_without_class, 1u);
  ASSERT_EQ(result.unique.rows(), 3u);
  EXPECT_EQ(result.unique.column_names(),
            (std::vector<std::string>{"name", "agg_master_class", "master_class", "detection_count",
                                      "QSO", "YSO", "ra"}));
  const std::vector<std::string> a = {"a", "YSO", "YSO", "3", "0.333±0.262", "0.667±0.262", "11.0"};
  for (size_t c = 0; c < a.size(); ++c) EXPECT_EQ(cell_text(result.unique.columns[c], 0), a[c]);
  EXPECT_EQ(result.unique.at("name").text(1), "b");
  EXPECT_EQ(result.unique.at("master_class").text(1), "QSO");
  EXPECT_EQ(result.unique.at("agg_master_class").text(1), "AGN");
  EXPECT_EQ(result.unique.at("ra").number(1), 20);
  EXPECT_EQ(result.unique.at("QSO").text(2), "0.0±0.0");
  ASSERT_EQ(result.ambiguous.rows(), 1u);
  EXPECT_EQ(result.ambiguous.at("hard_master_class").text(0), "QSO");
  EXPECT_EQ(result.ambiguous.at("soft_master_class").text(0), "YSO");
}

TEST(VoteOnTable, HasNumbersOfTheTexts) {
  const Table table = io::read_table(*io::open_table_in_memory(detections_csv(), "d.csv"));
  const tables::SourceTables result =
      tables::vote_on_table(table, two_classes(), Threads(2), nullptr);
  const Table both = tables::numbers_beside(result.unique, result.unique_numbers);
  EXPECT_EQ(both.column_names(),
            (std::vector<std::string>{"name", "agg_master_class", "master_class", "detection_count",
                                      "QSO", "YSO", "ra", "p_qso_mean", "p_yso_mean", "p_qso_std",
                                      "p_yso_std"}));
  ASSERT_EQ(both.rows(), 3u);
  for (size_t row = 0; row < both.rows(); ++row)
    for (const auto& [text, name] : {std::pair("QSO", "p_qso"), std::pair("YSO", "p_yso")}) {
      const auto said = tables::mean_and_deviation(both.at(text), row);
      EXPECT_NEAR(both.at(std::string(name) + "_mean").number(row), said->first, 6e-4);
      EXPECT_NEAR(both.at(std::string(name) + "_std").number(row), said->second, 6e-4);
    }
  EXPECT_EQ(result.ambiguous_numbers.rows(), result.ambiguous.rows());
  // As numbers of a table in FITS, they are understood again.
  const testing::ScratchFolder scratch;
  io::write_table(scratch / "u.fits", both);
  EXPECT_EQ(io::read_table(scratch / "u.fits").at("p_yso_std").field.ucd,
            "stat.stdev;stat.probability");
}

TEST(VoteOnTable, ReadsOurNamesAndThoseOf01) {
  const auto vote_of = [](const std::string& csv) {
    return tables::vote_on_table(io::read_table(*io::open_table_in_memory(csv, "d.csv")),
                                 two_classes(), Threads(2), nullptr);
  };
  const std::string rows = "a,1,QSO,0.75,0.25\na,2,YSO,0.375,0.625\nb,1,YSO,0.125,0.875\n";
  const auto published = vote_of("name,obsid,main_type,QSO,YSO\n" + rows);
  EXPECT_TRUE(published.notes.empty());
  const auto ours = vote_of("name,obsid,class_name,p_qso,p_yso\n" + rows);
  EXPECT_TRUE(ours.notes.empty());
  const auto old = vote_of(
      "name,obsid,main_type,group,QSO,YSO,group_AGN,group_YSO\n"
      "a,1,QSO,AGN,0.75,0.25,0.75,0.25\na,2,YSO,YSO,0.375,0.625,0.375,0.625\n"
      "b,1,YSO,YSO,0.125,0.875,0.125,0.875\n");
  EXPECT_EQ(old.notes,
            std::vector<std::string>{
                "columns have names of version 0.1, which are deprecated: group (now class_group), "
                "group_AGN (now p_group_agn), group_YSO (now p_group_yso)"});
  // What is called as today counts.
  const auto both = vote_of(
      "name,obsid,main_type,QSO,YSO,class_name,p_qso,p_yso\na,1,YSO,0,1,QSO,0.75,0.25\n"
      "a,2,QSO,1,0,YSO,0.375,0.625\nb,1,QSO,1,0,YSO,0.125,0.875\n");
  for (const auto* votes : {&ours, &old, &both})
    for (const char* column : {"name", "class_name", "class_group", "probability", "p_yso"})
      for (size_t row = 0; row < 2; ++row)
        EXPECT_EQ(cell_text(votes->sources.at(column), row),
                  cell_text(published.sources.at(column), row))
            << column;
}

TEST(VoteOnTable, TakesTheMostUnusualDetection) {
  const Table table = io::read_table(*io::open_table_in_memory(
      "name,obsid,main_type,QSO,YSO,log_density,density_percentile,tail_probability\n"
      "a,1,QSO,0.9,0.1,-3,40,0.5\n"
      "a,2,QSO,0.9,0.1,-9,2,0.01\n"
      "a,3,QSO,0.9,0.1,-5,30,0.3\n",
      "d.csv"));
  const Table sources = tables::vote_on_table(table, two_classes(), Threads(2), nullptr).sources;
  ASSERT_EQ(sources.rows(), 1u);
  EXPECT_EQ(sources.at("log_density").number(0), -9);
  EXPECT_EQ(sources.at("density_percentile").number(0), 2);
  EXPECT_NEAR(sources.at("tail_probability").number(0), 1 - std::pow(0.99, 3), 1e-12);
}

TEST(VoteOnTable, GoesInOrderOfNameAndObservation) {
  const auto order = [](const std::string& csv) {
    return recipe::source_rows(io::read_table(*io::open_table_in_memory(csv, "d.csv")),
                               two_classes())
        .rows;
  };
  // Numbers as numbers; what is missing comes last, ties as they are.
  EXPECT_EQ(order("name,obsid\na,\na,10\na,9\nA,\na,\na,9\na,-1\n"),
            (std::vector<size_t>{3, 6, 2, 5, 1, 0, 4}));
  const auto sources = recipe::source_rows(
      io::read_table(*io::open_table_in_memory("name,obsid\nb,1\n,2\na,3\nb,4\n", "d.csv")),
      two_classes());
  EXPECT_EQ(sources.rows, (std::vector<size_t>{1, 2, 0, 3}));
  EXPECT_EQ(sources.begin, (std::vector<size_t>{1, 2, 4}));  // what has no name is of no source
  EXPECT_EQ(order("name,obsid\na,x10\na,x9\nb,x1\n"), (std::vector<size_t>{0, 1, 2}));
  EXPECT_EQ(order("name,obsid\n9,1\n10,1\n"), (std::vector<size_t>{1, 0}));  // names are texts
}

TEST(VoteOnTable, RefusesUnknownClassesAndMissingProbabilities) {
  const auto vote_of = [](const std::string& csv) {
    return tables::vote_on_table(io::read_table(*io::open_table_in_memory(csv, "d.csv")),
                                 two_classes(), Threads(2), nullptr);
  };
  EXPECT_EQ(error_of([&] { vote_of("name,obsid,main_type,QSO,YSO\na,1,AGN,0.5,0.5\n"); }).where(),
            "row 1, column main_type");
  EXPECT_EQ(error_of([&] {
              vote_of("name,obsid,main_type,QSO,YSO\na,1,QSO,0.5,0.5\na,2,QSO,0.5,\n");
            }).where(),
            "row 2, column YSO");
  // A class without any probability was not learned.
  EXPECT_EQ(vote_of("name,obsid,main_type,QSO,YSO\na,1,QSO,1,\n").sources.at("p_yso").missing(0),
            true);
  EXPECT_EQ(error_of([&] { vote_of("name,obsid,main_typ,QSO,YSO\na,1,QSO,0.5,0\n"); }).expected(),
            "a column with this name (did you mean main_typ?)");
}

}  // namespace
}  // namespace uhuru
