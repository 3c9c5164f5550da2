// Any folder or table with classes in the form of a run's folder.
#include "uhuru/tables/results.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using tables::ResultsKind;
using testing::error_of;
using testing::write_file;

// Rows of the published tables [PD24].
constexpr const char* published_detections =
    ",name,obsid,cluster,ra,dec,main_type,QSO,AGN,Seyfert_1,Seyfert_2,HMXB,LMXB,XB,YSO,TTau*,"
    "Orion_V*\n"
    "0,2CXO J000010.0-501526,11997,1,0.0418034754126779,-50.25740005422238,QSO,0.7109412459295301,"
    "0.19985909199816349,0.038177627368053274,0.0011982804271644918,0.020875726801708242,"
    "0.004708967652109536,0.02350090877452088,0.00017914208047512561,0.00021040742667120533,"
    "0.0003486015416036518\n"
    "2045,2CXO J013236.8+303228,6377,5,23.15349199338283,30.54121843506442,HMXB,"
    "0.0,0.0,0.0,0.0,0.97,0.0,0.03,0.0,0.0,0.0\n"
    "2046,2CXO J013236.8+303228,6385,4,23.15349199338283,30.54121843506442,XB,"
    "0.0,0.0,0.0,0.0,0.45,0.0,0.55,0.0,0.0,0.0\n";
const std::string published_classes =
    "detection_count,QSO,AGN,Seyfert_1,Seyfert_2,HMXB,LMXB,XB,YSO,TTau*,Orion_V*,ra,dec,"
    "hard_hm,bb_kt\n";
const std::string published_unique =
    "name,agg_master_class,master_class," + published_classes +
    "2CXO J004231.1+411621,XB,HMXB,97,0.056±0.152,0.156±0.209,0.079±0.151,0.04±0.106,0.241±0.215,"
    "0.213±0.228,0.142±0.222,0.024±0.066,0.004±0.016,0.044±0.164,10.629760440205644,"
    "41.27266631918941,-0.058713304184885,0.564146\n";
const std::string published_ambiguous =
    "name,hard_master_class,soft_master_class," + published_classes +
    "2CXO J004300.0+411600,LMXB,HMXB,3,0.0±0.0,0.0±0.0,0.0±0.0,0.0±0.0,0.5±0.1,0.4±0.1,0.1±0.0,"
    "0.0±0.0,0.0±0.0,0.0±0.0,10.75,41.2667,0.1,\n";

class Results : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(scratch_ / name).parent_path());
    write_file(scratch_ / name, text);
    return scratch_ / name;
  }
  tables::RunFolder read(const std::string& path, const tables::TableOptions& options = {}) {
    tables_ = {};
    return tables::read_results(tables::find_results(path), "", options, Threads(2), &tables_);
  }
  Error refused(const std::string& path, const tables::TableOptions& options = {}) {
    return error_of([&] { read(path, options); });
  }
  /// The probability of a class of the source with this place.
  double probability(long verdict, long of_class) const {
    return tables_.verdicts.probabilities(verdict, of_class);
  }
  bool is_absent(const std::string& role) const {
    return std::find(tables_.absent.begin(), tables_.absent.end(), role) != tables_.absent.end();
  }

  testing::ScratchFolder scratch_;
  tables::RunTables tables_;
};

TEST_F(Results, RecognisesWhatAPathIs) {
  const auto kind = [](const std::string& path) { return tables::find_results(path).kind; };
  EXPECT_EQ(kind(file("a.csv", published_detections)), ResultsKind::table);
  EXPECT_EQ(kind(file("b.db", std::string("SQLite format 3\0...", 19))), ResultsKind::catalog);
  file("run/run.json", "{}");
  EXPECT_EQ(kind(scratch_ / "run"), ResultsKind::run);
  file("votes/sources.csv", "name\n");
  file("votes/notes.txt", "");
  const auto votes = tables::find_results(scratch_ / "votes");
  EXPECT_EQ(votes.kind, ResultsKind::folder);
  EXPECT_EQ(votes.files, std::vector<std::string>{"sources.csv"});
  EXPECT_EQ(votes.catalog, "");
  file("votes/catalog.sqlite", "");
  EXPECT_EQ(tables::find_results(scratch_ / "votes").catalog, scratch_ / "votes/catalog.sqlite");
  file("only/catalog.sqlite", "");
  EXPECT_EQ(kind(scratch_ / "only"), ResultsKind::catalog);
}

TEST_F(Results, SaysWhatItLookedForAndWhatIsThere) {
  file("other/b.txt", "");
  file("other/a.txt", "");
  const Error folder = error_of([&] { tables::find_results(scratch_ / "other"); });
  EXPECT_EQ(folder.where(), scratch_ / "other");
  EXPECT_EQ(folder.found(), "a folder with a.txt, b.txt");
  for (const char* expected : {"run.json", "uniquely_classified.csv", "sources.csv"})
    EXPECT_NE(folder.expected().find(expected), std::string::npos) << folder.what();
  std::filesystem::create_directory(scratch_ / "empty");
  EXPECT_EQ(error_of([&] { tables::find_results(scratch_ / "empty"); }).found(), "an empty folder");
  const Error nowhere = error_of([&] { tables::find_results(scratch_ / "nowhere"); });
  EXPECT_EQ(nowhere.cause(), ErrorCause::absent_file);
  EXPECT_EQ(nowhere.found(), "no such file or folder");
}

TEST_F(Results, VotesOnPublishedDetections) {
  const auto run = read(file("published_detection_level.csv", published_detections));
  EXPECT_EQ(run.kind, ResultsKind::table);
  EXPECT_FALSE(run.rows_are_sources);
  EXPECT_EQ(run.model.recipe.name, "csc2");
  EXPECT_TRUE(run.model.recipe.features.empty());  // the table has none
  EXPECT_TRUE(run.model.recipe.has_positions());
  EXPECT_EQ(run.cluster_count, 6u);
  ASSERT_EQ(run.sources.size(), 2u);
  EXPECT_EQ(run.sources[1].name, "2CXO J013236.8+303228");
  EXPECT_EQ(run.sources[1].detections, 2u);
  EXPECT_DOUBLE_EQ(probability(1, 4), 0.71);
  EXPECT_EQ(run.model.recipe.class_name(tables_.verdicts.of_sources[1].soft), "HMXB");
  EXPECT_FALSE(is_absent("agreement"));
  EXPECT_TRUE(is_absent("tail_probability"));
  EXPECT_TRUE(is_absent("label"));
  const auto record = nlohmann::json::parse(run.record);
  EXPECT_EQ(record["counts"]["classified"], 3);
  EXPECT_EQ(record["counts"]["sources_unique"], 2);
}

TEST_F(Results, ReadsOurSourcesAndThoseOf01) {
  const std::string ours =
      "name,ra,dec,detection_count,class_name,class_group,probability,hard_class,p_qso,p_agn,"
      "p_seyfert_1,p_seyfert_2,p_hmxb,p_lmxb,p_xb,p_yso,p_ttau,p_orion_v,p_group_agn\n";
  const std::string old =
      "name,ra,dec,detection_count,class,group,probability,hard_class,QSO,AGN,Seyfert_1,Seyfert_2,"
      "HMXB,LMXB,XB,YSO,TTau*,Orion_V*,group_AGN\n";
  const std::string rows =
      "a,1,2,3,TTau*,YSO,0.75,YSO,0.25,0,0,0,0,0,0,0,0.75,0,0.25\n"
      "b,1,2,1,QSO,AGN,1,QSO,1,0,0,0,0,0,0,0,0,0,1\n";
  for (const bool is_old : {false, true}) {
    const auto run = read(file("sources.csv", (is_old ? old : ours) + rows));
    EXPECT_EQ(run.model.recipe.name.substr(0, 4), "csc2");
    ASSERT_EQ(run.sources.size(), 2u);
    EXPECT_EQ(run.model.recipe.class_name(run.sources[0].class_id), "TTau*");
    EXPECT_DOUBLE_EQ(probability(0, 8), 0.75);
    for (const recipe::CarriedColumn& carried : run.model.recipe.mission.carried)
      EXPECT_EQ(carried.name.find("group"), std::string::npos) << carried.name;
    const auto said = [&](const char* text) {
      return std::any_of(run.notes.begin(), run.notes.end(),
                         [&](const std::string& note) { return note.find(text) != note.npos; });
    };
    EXPECT_EQ(said("deprecated"), is_old);
    EXPECT_EQ(said("TTau* (now p_ttau)"), is_old);
  }
}

TEST_F(Results, FindsTheClassesOfOurNamesWithoutARecipe) {
  const auto run = read(file("s.csv",
                             "name,class_name,p_type_1,p_b_e,p_group_x,p_known\n"
                             "a,Type 1,0.75,0.25,1,0.5\nb,B[e],0.125,0.875,1,0.75\n"));
  EXPECT_EQ(run.model.recipe.classes, (std::vector<std::string>{"Type 1", "B[e]"}));
  EXPECT_DOUBLE_EQ(probability(1, 1), 0.875);
}

TEST_F(Results, ReadsPublishedSources) {
  file("published/uniquely_classified.csv", published_unique);
  file("published/ambiguous_classification.csv", published_ambiguous);
  auto run = read(scratch_ / "published");
  EXPECT_EQ(run.kind, ResultsKind::folder);
  EXPECT_TRUE(run.rows_are_sources);
  ASSERT_EQ(run.sources.size(), 2u);
  EXPECT_EQ(run.sources[0].detections, 97u);
  EXPECT_DOUBLE_EQ(probability(0, 4), 0.241);
  EXPECT_DOUBLE_EQ(tables_.verdicts.deviations(0, 4), 0.215);
  EXPECT_TRUE(tables_.verdicts.of_sources[0].is_unique());
  EXPECT_FALSE(tables_.verdicts.of_sources[1].is_unique());
  EXPECT_EQ(run.model.recipe.class_name(tables_.verdicts.of_sources[1].hard), "LMXB");
  EXPECT_EQ(run.model.recipe.feature_names(), (std::vector<std::string>{"hard_hm", "bb_kt"}));
  EXPECT_TRUE(std::isnan(run.features(1, 1)));
  EXPECT_TRUE(run.notes.empty());

  // One of them alone is a table of sources, too; in a folder, a note says what is not there.
  run = read(scratch_ / "published/ambiguous_classification.csv");
  EXPECT_TRUE(run.rows_are_sources);
  EXPECT_EQ(run.sources[0].detections, 3u);
  std::filesystem::remove(scratch_ / "published/ambiguous_classification.csv");
  run = read(scratch_ / "published");
  ASSERT_EQ(run.notes.size(), 1u);
  EXPECT_NE(run.notes[0].find("no table ambiguous_classification"), std::string::npos);
}

TEST_F(Results, RefusesASourceThatOccursTwice) {
  file("twice/uniquely_classified.csv", published_unique);
  std::string again = published_ambiguous;
  again.replace(again.find("2CXO J004300.0+411600"), 21, "2CXO J004231.1+411621");
  file("twice/ambiguous_classification.csv", again);
  const Error error = refused(scratch_ / "twice");
  EXPECT_EQ(error.message(), "a source occurs twice");
  EXPECT_EQ(error.found(), "'2CXO J004231.1+411621'");
}

TEST_F(Results, MakesARecipeForAnyTable) {
  const auto run = read(
      file("any.csv",
           "IAUNAME,RAJ2000,DEJ2000,Class,True_Class,P_AGN,P_CV,P_STAR,e_P_AGN,P_inter,flux,flag\n"
           "A,10.5,-20,AGN,AGN,0.9,0.04,0.06,0.1,0.5,1e-14,x\n"
           "B,,,STAR,,0.1,0.2,0.7,0.1,0.4,3e-12,y\n"
           "C,11,-21,,,,,,,,2e-13,x\n"));
  const recipe::Recipe& recipe = run.model.recipe;
  EXPECT_EQ(recipe.classes, (std::vector<std::string>{"AGN", "CV", "STAR"}));
  EXPECT_TRUE(run.rows_are_sources);
  EXPECT_EQ(recipe.name_column, "IAUNAME");
  EXPECT_EQ(recipe.ra_column, "RAJ2000");
  ASSERT_EQ(run.sources.size(), 2u);
  EXPECT_DOUBLE_EQ(probability(1, 2), 0.7);
  EXPECT_EQ(run.sources[0].detections, 0u);  // nothing tells how many there are
  EXPECT_TRUE(is_absent("votes"));
  EXPECT_TRUE(is_absent("agreement"));
  EXPECT_EQ(run.standings[2], tables::Standing::without_class);
  const auto features = recipe.feature_names();
  EXPECT_NE(std::find(features.begin(), features.end(), "flux"), features.end());
  EXPECT_EQ(std::find(features.begin(), features.end(), "P_AGN"), features.end());
  EXPECT_EQ(tables_.clusters.at("label").text(0), "AGN");
  const auto& carried = recipe.mission.carried;
  EXPECT_TRUE(std::any_of(carried.begin(), carried.end(),
                          [](const auto& column) { return column.name == "flag"; }));
}

TEST_F(Results, FindsProbabilitiesWithoutAColumnOfClasses) {
  const auto run = read(file("p.csv",
                             "name,score,prob_a,prob_b,prob_c\n"
                             "x,0.5,0.2,0.3,0.5\n"
                             "y,0.5,0.6,0.3,0.1\n"));
  EXPECT_EQ(run.model.recipe.classes, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(run.model.recipe.class_name(*run.classes[0]), "c");
  EXPECT_EQ(run.model.recipe.class_name(*run.classes[1]), "a");
}

TEST_F(Results, TakesOnlyNumbersOfClusters) {
  EXPECT_EQ(read(file("k.csv", "name,class,cluster\nx,a,3\ny,b,\n")).cluster_count, 4u);
  EXPECT_FALSE(is_absent("cluster"));
  for (const char* other : {"NGC 752", "1e30", "2.5", "-1", "1000"}) {
    const auto run =
        read(file("o.csv", std::string("name,class,cluster\nx,a,3\ny,b,") + other + "\n"));
    EXPECT_EQ(run.cluster_count, 0u) << other;
    EXPECT_TRUE(is_absent("cluster")) << other;
    ASSERT_EQ(run.notes.size(), 1u) << other;
    EXPECT_NE(run.notes[0].find("column cluster"), std::string::npos);
  }
}

TEST_F(Results, ReadsClassesWithoutProbabilities) {
  auto run = read(file("c.csv", "kind,x\npulsar,1\nblazar,2\npulsar,3\n"));
  EXPECT_EQ(run.model.recipe.classes, (std::vector<std::string>{"pulsar", "blazar"}));
  EXPECT_EQ(run.detections.at("name").text(1), "row 2");
  EXPECT_TRUE(std::isnan(probability(0, 0)));
  EXPECT_TRUE(is_absent("probability"));
  ASSERT_EQ(run.notes.size(), 1u);

  // Of several detections, the most frequent class is that of the source.
  run = read(file("d.csv", "name,obsid,class\na,1,s\na,2,t\na,3,t\nb,1,s\n"));
  EXPECT_FALSE(run.rows_are_sources);
  ASSERT_EQ(run.sources.size(), 2u);
  EXPECT_EQ(run.model.recipe.class_name(run.sources[0].class_id), "t");
  EXPECT_TRUE(std::isnan(run.sources[0].probabilities[0]));
}

TEST_F(Results, TakesTheColumnAndTheRecipeThatItIsTold) {
  const std::string path = file("t.csv", "name,class,mine\na,1,AGN\nb,2,HMXB\nc,3,HMXB\n");
  EXPECT_EQ(read(path).model.recipe.classes.size(), 3u);
  EXPECT_EQ(read(path, {.recipe = {}, .model = {}, .class_column = "mine"}).model.recipe.classes,
            (std::vector<std::string>{"HMXB", "AGN"}));
  const auto run = read(path, {.recipe = "csc2", .model = {}, .class_column = "mine"});
  EXPECT_EQ(run.model.recipe.classes.size(), 10u);
  EXPECT_EQ(run.model.recipe.group_name(run.sources[1].class_id), "XB");
  const Error unknown = refused(path, {.recipe = "csc2", .model = {}, .class_column = {}});
  EXPECT_EQ(unknown.where(), path + ", row 1, column class");
  EXPECT_EQ(unknown.found(), "'1'");
  EXPECT_NE(refused(path, {.recipe = {}, .model = {}, .class_column = "min"})
                .expected()
                .find("did you mean mine"),
            std::string::npos);
}

TEST_F(Results, RefusesTablesWithoutClasses) {
  const Error none = refused(file("n.csv", "name,x\na,3\nb,4\n"));
  EXPECT_EQ(none.message(), "the table has no classes");
  EXPECT_EQ(none.where(), scratch_ / "n.csv");
  EXPECT_EQ(none.found(), "columns name, x");
  EXPECT_EQ(refused(file("e.csv", "name,class\n")).message(), "the table has no rows");
  std::string many = "name,class\n";
  for (int i = 0; i < 300; ++i) many += "n" + std::to_string(i) + ",c" + std::to_string(i) + "\n";
  EXPECT_NE(refused(file("m.csv", many)).message().find("too many values for classes"),
            std::string::npos);
  EXPECT_EQ(refused(file("x.db", std::string("SQLite format 3\0", 16))).kind(), ErrorKind::usage);
  file("run/run.json", "{}");
  EXPECT_EQ(refused(scratch_ / "run").found(), "no model.json");
  EXPECT_EQ(refused(scratch_ / "run", {.recipe = "csc2", .model = {}, .class_column = {}}).kind(),
            ErrorKind::usage);
}

TEST_F(Results, OfTheWholePublishedTables) {
  UHURU_REAL_DATA(data, "published_detection_level.csv");
  const auto run = read(data);
  EXPECT_EQ(run.sources.size(), 8756u);
  const auto record = nlohmann::json::parse(run.record);
  EXPECT_EQ(record["counts"]["sources_unique"], 8271);
  EXPECT_EQ(record["counts"]["sources_ambiguous"], 485);
  const auto unique = read(testing::real_data("published_uniquely_classified.csv"));
  EXPECT_EQ(unique.sources.size(), 8271u);
  EXPECT_EQ(unique.model.recipe.features.size(), 12u);
}

}  // namespace
}  // namespace uhuru
