// Catalogs of runs and of other tables with classes.
#include "uhuru/jobs/catalog_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/simulated_run.hpp"
#include "support/support.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/serve/catalog_api.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::read_file;
using testing::write_file;

/// All sources of a catalog.
Table sources_of(const std::string& path) {
  const catalog::Catalog catalog(path);
  catalog::CatalogRows rows(catalog, catalog.all_columns());
  Table table = rows.header();
  for (uint64_t id = 1; id <= catalog.source_count(); ++id)
    rows.append(static_cast<int64_t>(id), table);
  return table;
}

class CatalogOfResults : public ::testing::Test {
 protected:
  std::string make(const std::string& results, const std::string& name,
                   const tables::TableOptions& table = {}) {
    summary_ = jobs::make_catalog({.results = results, .out = scratch_ / name, .table = table},
                                  Threads(2));
    return scratch_ / name;
  }
  /// What predict writes for simulated detections: classes.csv, and the folder of the vote.
  void predict() {
    jobs::SimulateOptions simulation;
    simulation.rows = 800;
    simulation.out = scratch_ / "d.csv";
    const auto model = model::load_model("csc2-published");
    jobs::simulate(simulation, model);
    jobs::PredictOptions options;
    options.detections = simulation.out;
    options.out = scratch_ / "classes.vot";
    options.vote_folder = scratch_ / "sources";
    jobs::predict_table(options, model, Threads(2));
  }

  testing::ScratchFolder scratch_;
  jobs::CatalogSummary summary_;
};

TEST_F(CatalogOfResults, OfPredictIsWhatItsVoteSays) {
  predict();
  const Table expected = io::read_table(scratch_ / "sources/sources.csv");
  const Table of_detections = sources_of(make(scratch_ / "classes.vot", "a.sqlite"));
  EXPECT_EQ(summary_.detections, 800u);
  const Table of_sources = sources_of(make(scratch_ / "sources", "b.sqlite"));
  EXPECT_EQ(summary_.detections, 0u);
  EXPECT_EQ(summary_.sources, expected.rows());
  ASSERT_EQ(of_detections.rows(), expected.rows());
  ASSERT_EQ(of_sources.rows(), expected.rows());
  size_t found = 0;
  for (size_t row = 0; row < expected.rows(); ++row) {
    const std::string name = cell_text(expected.at("name"), row);
    for (const Table* table : {&of_detections, &of_sources})
      for (size_t r = 0; r < table->rows(); ++r) {
        if (cell_text(table->at("name"), r) != name) continue;
        ++found;
        for (const char* column : {"class_name", "hard_class", "standing"})
          EXPECT_EQ(cell_text(table->at(column), r), cell_text(expected.at(column), row)) << name;
        EXPECT_EQ(cell_text(table->at("votes"), r), cell_text(expected.at("detection_count"), row));
        for (const char* column :
             {"probability", "p_qso", "p_yso", "p_group_xb", "tail_probability"}) {
          const double is = table->at(column).number(r), should = expected.at(column).number(row);
          EXPECT_TRUE(is == should || (std::isnan(is) && std::isnan(should)) ||
                      std::abs(is - should) < 1e-12)
              << name << " " << column << " " << is << " " << should;
        }
      }
  }
  EXPECT_EQ(found, 2 * expected.rows());
  // The vote's tables round means and deviations to three digits, and have the features.
  EXPECT_NEAR(of_sources.at("p_qso_std").number(0), of_detections.at("p_qso_std").number(0), 6e-4);
  EXPECT_EQ(of_sources.at("hard_hm").number(0), of_detections.at("hard_hm").number(0));
  // Read again, a whole catalog as a table says the same.
  io::write_table(scratch_ / "whole.fits", of_detections);
  const Table again = sources_of(make(scratch_ / "whole.fits", "c.sqlite"));
  for (const char* column :
       {"name", "class_name", "probability", "p_qso_std", "votes", "agreement"})
    for (size_t row = 0; row < again.rows(); ++row)
      ASSERT_EQ(cell_text(again.at(column), row), cell_text(of_detections.at(column), row))
          << column;
}

TEST_F(CatalogOfResults, OfTablesHasOnlyWhatIsKnown) {
  write_file(scratch_ / "t.csv", "name,ra,dec,class,hr\na,10,20,AGN,0.5\nb,11,21,STAR,-0.5\n");
  const std::string path = make(scratch_ / "t.csv", "t.sqlite");
  const catalog::Catalog catalog(path);
  EXPECT_EQ(catalog.meta("recipe"), "");
  EXPECT_EQ(catalog.meta("method"), "");
  std::vector<std::string> roles;
  for (const auto& column : catalog.columns()) roles.push_back(column.role);
  const auto has = [&](const char* role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  };
  for (const char* role : {"name", "ra", "dec", "class", "standing", "feature"})
    EXPECT_TRUE(has(role)) << role;
  for (const char* role : {"probability", "agreement", "hard_class", "votes", "cluster", "label",
                           "tail_probability", "deviation of", "detections"})
    EXPECT_FALSE(has(role)) << role;
  serve::CatalogApi api{catalog::DatabaseFile(path), Threads(1), 1};
  const auto description = api.description();
  EXPECT_TRUE(description["detections"].is_null());
  const auto source = nlohmann::json::parse(api.source({{"name", "a"}}).text);
  EXPECT_TRUE(source["detections"]["rows"].empty());
  EXPECT_EQ(source["values"]["class"], "AGN");
  EXPECT_TRUE(source["values"]["AGN"].is_null());
}

TEST_F(CatalogOfResults, GoesBesideItsTable) {
  write_file(scratch_ / "t.csv", "name,class\na,AGN\nb,STAR\n");
  EXPECT_EQ(jobs::make_catalog({.results = scratch_ / "t.csv"}, Threads(1)).out,
            scratch_ / "t.sqlite");
  EXPECT_EQ(
      error_of([&] { jobs::make_catalog({.results = scratch_ / "t.csv"}, Threads(1)); }).kind(),
      ErrorKind::usage);
  write_file(scratch_ / "n.csv", "name\na\n");
  EXPECT_EQ(
      error_of([&] { jobs::make_catalog({.results = scratch_ / "n.csv"}, Threads(1)); }).message(),
      "the table has no classes");
  EXPECT_EQ(scratch_.files(), (std::vector<std::string>{"n.csv", "t.csv", "t.sqlite"}));
}

TEST_F(CatalogOfResults, IsMadeForAServerInAnotherPlace) {
  write_file(scratch_ / "t.csv", "name,class\na,AGN\nb,STAR\n");
  std::string made;
  {
    const auto served = jobs::find_or_make_catalog(scratch_ / "t.csv", {}, Threads(1));
    made = served.catalog;
    EXPECT_EQ(served.title, "t.csv");
    EXPECT_EQ(catalog::Catalog(made).source_count(), 2u);
    EXPECT_NE(served.notes.back().find("uhuru catalog"), std::string::npos);
    EXPECT_EQ(scratch_.files(), std::vector<std::string>{"t.csv"});
  }
  EXPECT_FALSE(std::filesystem::exists(made));

  // That of a folder is taken, unless its tables have changed.
  std::filesystem::create_directory(scratch_ / "f");
  write_file(scratch_ / "f/sources.csv", "name,class\na,AGN\nb,STAR\n");
  jobs::make_catalog({.results = scratch_ / "f"}, Threads(1));
  const auto taken = jobs::find_or_make_catalog(scratch_ / "f", {}, Threads(1));
  EXPECT_EQ(taken.catalog, scratch_ / "f/catalog.sqlite");
  EXPECT_TRUE(taken.notes.empty());
  EXPECT_FALSE(taken.folder);
  write_file(scratch_ / "f/sources.csv", "name,class\na,AGN\nb,STAR\nc,STAR\n");
  const auto remade = jobs::find_or_make_catalog(scratch_ / "f", {}, Threads(1));
  EXPECT_EQ(catalog::Catalog(remade.catalog).source_count(), 3u);
  EXPECT_NE(remade.notes.at(0).find("of other tables"), std::string::npos);
  EXPECT_EQ(error_of([&] {
              jobs::find_or_make_catalog(scratch_ / "f/catalog.sqlite",
                                         {.recipe = "csc2", .model = {}, .class_column = {}},
                                         Threads(1));
            }).kind(),
            ErrorKind::usage);
}

TEST_F(CatalogOfResults, OfARunIsItsOwn) {
  const std::string run = testing::simulated_run(scratch_, 1500);
  const auto served = jobs::find_or_make_catalog(run, {}, Threads(1));
  EXPECT_EQ(served.catalog, run + "/catalog.sqlite");
  EXPECT_EQ(served.model, run + "/model.json");
  const std::string whole = read_file(served.catalog);
  std::filesystem::remove(served.catalog);
  const auto made = jobs::find_or_make_catalog(run, {}, Threads(2));
  EXPECT_EQ(read_file(made.catalog), whole);
  EXPECT_FALSE(std::filesystem::exists(served.catalog));
}

}  // namespace
}  // namespace uhuru
