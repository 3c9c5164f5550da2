// What is exported of catalogs: the resource's tables row by row, the coverage map.
#include "uhuru/jobs/export.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/simulated_run.hpp"
#include "support/support.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::read_file;
using testing::write_file;

jobs::DachsOptions to_dachs(const std::string& results, const std::string& out) {
  jobs::DachsOptions options;
  options.results = results;
  options.out = out;
  options.now = 1767225600;  // 2026-01-01
  return options;
}

/// The rows of both are the same, column by column.
void expect_same_rows(const Table& found, io::TableReader& reader) {
  const Table expected = io::read_table(reader);
  ASSERT_EQ(found.rows(), expected.rows());
  ASSERT_EQ(found.columns.size(), expected.columns.size());
  for (size_t c = 0; c < found.columns.size(); ++c)
    for (size_t row = 0; row < found.rows(); ++row)
      ASSERT_EQ(cell_text(found.columns[c], row), cell_text(expected.columns[c], row))
          << found.columns[c].field.name << " row " << row;
}

TEST(ExportDachs, HasTheRowsOfTheCatalog) {
  const testing::ScratchFolder scratch;
  const std::string run = testing::simulated_run(scratch, 1500);
  auto options = to_dachs(run, scratch / "resource");
  options.title = "A <title>";
  options.creator = "Last, F.";
  options.schema = "xray";
  const auto summary = jobs::export_dachs(options, Threads(2));
  const catalog::DatabaseFile file(run + "/catalog.sqlite");
  EXPECT_EQ(summary.detections, catalog::Catalog(file).detection_count());
  EXPECT_GT(summary.detections, summary.sources);
  EXPECT_EQ(summary.notes, std::vector<std::string>{});
  expect_same_rows(io::read_table(scratch / "resource/sources.fits"), *catalog::open_sources(file));
  expect_same_rows(io::read_table(scratch / "resource/detections.fits"),
                   *catalog::open_detections(file));
  const std::string descriptor = read_file(scratch / "resource/q.rd");
  for (const char* part :
       {"schema=\"xray\"", "A &lt;title&gt;", "Last, F.", "2026-01-01T00:00:00Z", "d.csv (SHA-256 ",
        "recipe csc2", "<spatial>", "ucd=\"pos.eq.ra;meta.main\"", "unit=\"keV\"", "please cite",
        "id=\"cone\""})
    EXPECT_NE(descriptor.find(part), std::string::npos) << part;
  EXPECT_EQ(descriptor.find(scratch / ""), std::string::npos) << "a path of this machine";
}

TEST(ExportDachs, IsTheSameForAnyThreadsAndFolder) {
  const testing::ScratchFolder scratch;
  const std::string run = testing::simulated_run(scratch, 400);
  jobs::export_dachs(to_dachs(run, scratch / "a"), Threads(1));
  std::filesystem::remove(run + "/catalog.sqlite");  // is made again
  jobs::export_dachs(to_dachs(run, scratch / "b"), Threads(4));
  for (const char* name : {"q.rd", "README.md", "sources.fits", "detections.fits"})
    EXPECT_EQ(read_file(scratch / "a/" + name), read_file(scratch / "b/" + name)) << name;
}

TEST(ExportDachs, NamesColumnsForAdql) {
  const testing::ScratchFolder scratch;
  write_file(scratch / "t.csv",
             "name,ra,dec,class,S/N,Order,order*\na,10,20,AGN,5,1,2\nb,,,CV,6,,3\n");
  const auto summary = jobs::export_dachs(to_dachs(scratch / "t.csv", scratch / "r"), Threads(1));
  EXPECT_EQ(summary.schema, "t_csv");
  EXPECT_EQ(summary.detections, 0u);
  EXPECT_FALSE(std::filesystem::exists(scratch / "r/detections.fits"));
  const Table table = io::read_table(scratch / "r/sources.fits");
  EXPECT_EQ(table.at("s_n").number(1), 6);
  EXPECT_EQ(table.at("order_").number(0), 1);
  EXPECT_TRUE(table.at("order_").missing(1));
  EXPECT_TRUE(table.at("ra").missing(1));
  EXPECT_NE(read_file(scratch / "r/q.rd").find("2 X-ray sources, and the class of each: AGN, CV."),
            std::string::npos);
  EXPECT_NE(table.at("s_n").field.description.find("(elsewhere called S/N)"), std::string::npos);
  for (const Column& column : table.columns)
    EXPECT_EQ(column.field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string::npos)
        << column.field.name;
}

TEST(ExportDachs, WithoutPositionsHasTheTables) {
  const testing::ScratchFolder scratch;
  jobs::export_dachs(to_dachs(testing::labelled_run(scratch), scratch / "r"), Threads(1));
  EXPECT_EQ(read_file(scratch / "r/q.rd").find("scsCore"), std::string::npos);
  EXPECT_GT(io::read_table(scratch / "r/sources.fits").rows(), 0u);
}

TEST(ExportDachs, RefusesWhatItCannotPublish) {
  const testing::ScratchFolder scratch;
  write_file(scratch / "t.csv", "name,ra,dec,class\na,10,20,AGN\n");
  auto options = to_dachs(scratch / "t.csv", scratch / "r");
  for (const char* schema : {"a b", "X", "public", "pg_x", "tap_schema", "dc", "1"}) {
    options.schema = schema;
    const Error error = error_of([&] { jobs::export_dachs(options, Threads(1)); });
    EXPECT_EQ(error.kind(), ErrorKind::usage) << schema;
    EXPECT_NE(error.found().find(schema), std::string::npos);
  }
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"t.csv"});
  options.schema.clear();
  jobs::export_dachs(options, Threads(1));
  const std::string before = read_file(scratch / "r/q.rd");
  options.title = "Other";
  EXPECT_EQ(error_of([&] { jobs::export_dachs(options, Threads(1)); }).kind(), ErrorKind::usage);
  EXPECT_EQ(read_file(scratch / "r/q.rd"), before);
  options.overwrite = io::Overwrite::yes;
  jobs::export_dachs(options, Threads(1));
  EXPECT_NE(read_file(scratch / "r/q.rd"), before);
}

class ExportMoc : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(scratch_ / "t.csv",
               "name,ra,dec,class\na,83.822,-5.391,AGN\nb,266.41683,-29.00781,CV\nc,,,CV\n");
  }
  jobs::MocOptions to(const std::string& name) {
    jobs::MocOptions options;
    options.results = scratch_ / "t.csv";
    options.out = scratch_ / name;
    options.order = 3;
    return options;
  }

  testing::ScratchFolder scratch_;
};

TEST_F(ExportMoc, IsTheSameMapInEachFormat) {
  const auto summary = jobs::export_moc(to("m.fits"), Threads(1));
  EXPECT_EQ(summary.sources, 2u);
  EXPECT_DOUBLE_EQ(summary.sky_fraction, 2.0 / 768);
  jobs::export_moc(to("m.txt"), Threads(1));
  jobs::export_moc(to("m.json"), Threads(1));
  EXPECT_EQ(read_file(scratch_ / "m.txt"), "3/334,450\n");
  EXPECT_EQ(read_file(scratch_ / "m.json"), "{\"3\":[334,450]}\n");
  const Table table = io::read_table(scratch_ / "m.fits");
  EXPECT_EQ(table.at("UNIQ").number(0), 256 + 334);
  EXPECT_EQ(table.at("UNIQ").number(1), 256 + 450);
  const std::string whole = read_file(scratch_ / "m.fits");
  for (const char* key : {"ORDERING= 'NUNIQ", "MOCORD_S=                    3", "COORDSYS= 'C"})
    EXPECT_NE(whole.find(key), std::string::npos) << key;
}

TEST_F(ExportMoc, RefusesOtherNamesAndOrders) {
  EXPECT_EQ(error_of([&] { jobs::export_moc(to("m.moc"), Threads(1)); }).kind(), ErrorKind::usage);
  auto options = to("m.txt");
  options.order = 30;
  EXPECT_EQ(error_of([&] { jobs::export_moc(options, Threads(1)); }).expected(), "0 to 29");
  jobs::export_moc(to("m.txt"), Threads(1));
  EXPECT_EQ(error_of([&] { jobs::export_moc(to("m.txt"), Threads(1)); }).kind(), ErrorKind::usage);
  write_file(scratch_ / "t.csv", "name,class\na,AGN\n");
  EXPECT_EQ(error_of([&] { jobs::export_moc(to("n.txt"), Threads(1)); }).message(),
            "the catalog has no positions");
  EXPECT_EQ(scratch_.files(), (std::vector<std::string>{"m.txt", "t.csv"}));
}

}  // namespace
}  // namespace uhuru
