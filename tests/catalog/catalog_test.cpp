// The catalog file: its content, cones compared with a simple search, unusual names, invalid files.
#include "uhuru/catalog/catalog.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <random>

#include "support/catalog_file.hpp"
#include "support/simulated_run.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/column_store.hpp"

namespace uhuru {
namespace {

using testing::CatalogFile;
using testing::error_of;
using testing::make_recipe;

TEST_F(CatalogFile, SaysWhatBecameOfEachSource) {
  add_detection("b", 2, 10, 20, "", -1, 0.9, 0.2);
  add_detection("b", 1, 10, 20, "", -1, 0.4, 0.1);
  add_detection("b", 3, 10, 20, "QSO", 0, nan_);
  add_detection("a", 5, 350, -89, "YSO", 1, nan_, 0.25);
  add_detection("a", 4, 350, -89, "YSO", 1, nan_, 0.5);
  add_detection("c", 6, nan_, nan_, "Star", -2, nan_);
  add_detection("d", 7, 100, 0, "X", -1, nan_);
  add_detection("", 8, 1, 1, "", -1, 0.8);
  const auto sources = rows(write());
  ASSERT_EQ(sources.size(), 4u);
  const auto expect = [&](const char* name, const std::map<std::string, std::string>& cells) {
    for (const auto& [column, value] : cells)
      EXPECT_EQ(sources.at(name).at(column), value) << name << " " << column;
  };
  expect("b", {{"standing", "classified"},
               {"class_name", "QSO"},
               {"hard_class", "YSO"},
               {"class_group", "first"},
               {"agreement", "ambiguous"},
               {"detections", "3"},
               {"votes", "2"},
               {"label", "QSO"},
               {"cluster", "3"},
               {"probability", "0.65"},
               {"p_qso", "0.65"},
               {"p_qso_mean", "0.65"},
               {"p_qso_std", "0.25"},
               {"p_yso_mean", "0.35"},
               {"ra", "10.0"},
               {"dec", "20.0"},
               {"f1", "1.0"},
               {"f2", "1.5"}});
  // The tail probability of two detections: 1 - (1 - 1/4)^2.
  expect("a", {{"standing", "learned"},
               {"class_name", "YSO"},
               {"class_group", "other"},
               {"agreement", ""},
               {"hard_class", ""},
               {"probability", ""},
               {"p_qso_mean", ""},
               {"p_qso_std", ""},
               {"detections", "2"},
               {"votes", "0"},
               {"label", "YSO"},
               {"f1", "4.0"},
               {"log_density", "-5.0"},
               {"tail_probability", "0.4375"}});
  expect("c", {{"standing", "other label"}, {"class_name", ""}, {"label", "Star"}, {"ra", ""}});
  expect("d", {{"standing", "without class"}, {"class_name", ""}, {"label", "X"}, {"votes", "0"}});
}

TEST_F(CatalogFile, IsReadAsVersion01WroteIt) {
  add_detection("b", 1, 10, 20, "", -1, 0.75);
  const std::string path = write();
  const auto now = rows(path);
  catalog::Database::create(path).execute(
      "ALTER TABLE sources RENAME COLUMN class_name TO class;"
      "ALTER TABLE sources RENAME COLUMN class_group TO \"group\";"
      "ALTER TABLE sources RENAME COLUMN p_qso TO QSO;"
      "ALTER TABLE sources RENAME COLUMN p_qso_mean TO QSO_mean;"
      "ALTER TABLE sources RENAME COLUMN p_group_first TO group_first;"
      "UPDATE columns SET name = 'class', column_name = 'class' WHERE column_name = 'class_name';"
      "UPDATE columns SET name = 'group', column_name = 'group' WHERE column_name = 'class_group';"
      "UPDATE columns SET name = 'QSO', column_name = 'QSO' WHERE column_name = 'p_qso';"
      "UPDATE columns SET name = 'YSO' WHERE column_name = 'p_yso';"
      "UPDATE columns SET name = 'QSO_mean', column_name = 'QSO_mean'"
      " WHERE column_name = 'p_qso_mean';"
      "UPDATE columns SET name = 'YSO_mean' WHERE column_name = 'p_yso_mean';"
      "UPDATE columns SET name = 'QSO_std' WHERE column_name = 'p_qso_std';"
      "UPDATE columns SET name = 'YSO_std' WHERE column_name = 'p_yso_std';"
      "UPDATE columns SET name = 'group_first', column_name = 'group_first'"
      " WHERE column_name = 'p_group_first';"
      "UPDATE columns SET name = 'group_other' WHERE column_name = 'p_group_other';"
      "ALTER TABLE columns DROP COLUMN class_or_group; PRAGMA user_version = 1");
  EXPECT_EQ(rows(path), now);
  const catalog::Catalog catalog(path);
  std::map<std::string, std::string> pages;
  for (const auto& column : catalog.columns()) pages[column.page_name] = column.of;
  EXPECT_EQ(pages.at("QSO"), "QSO");
  EXPECT_EQ(pages.at("QSO_std"), "QSO");
  EXPECT_EQ(pages.at("group_first"), "first");
  EXPECT_TRUE(pages.contains("class") && pages.contains("group"));
  const catalog::ColumnStore store(path, Threads(1));
  EXPECT_NE(store.find("p_qso"), nullptr);
  EXPECT_EQ(store.find("p_qso"), store.find("QSO"));
}

TEST_F(CatalogFile, JoinsDetectionsToTheirSources) {
  add_detection("b", 2, 10, 20, "", -1, 0.75);
  add_detection("", 9, 1, 1, "", -1, 0.8);
  add_detection("a", 1, 10, 20, "YSO", 1, nan_);
  add_detection("b", 1, 10, 20, "", -1, nan_);
  const catalog::Database file = catalog::Database::open(write());
  catalog::Statement rows(
      file,
      "SELECT d.name, d.observation, d.class_name, d.standing, d.p_qso, s.name, d.source "
      "FROM detections AS d LEFT JOIN sources AS s ON d.id >= s.first_detection AND "
      "d.id < s.first_detection + s.detections ORDER BY d.id");
  std::string text;
  while (rows.step())
    for (int c = 0; c < 7; ++c) text += std::string(rows.text(c)) + (c < 6 ? "," : "\n");
  EXPECT_EQ(text,
            ",9,QSO,classified,0.8,,\n"
            "a,1,YSO,learned,,a,1\n"
            "b,1,,without class,,b,2\n"
            "b,2,QSO,classified,0.75,b,2\n");
}

TEST_F(CatalogFile, GivesTheSameBytesAgain) {
  for (int i = 0; i < 500; ++i)
    add_detection("s" + std::to_string(i % 300), i, i % 360, i % 90, "", -1, 0.1);
  EXPECT_EQ(testing::read_file(write("1")), testing::read_file(write("2")));
  const catalog::Database file = catalog::Database::open(scratch_ / "1");
  catalog::Statement check(file, "PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

TEST_F(CatalogFile, FindsWhatALoopOverAllFinds) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> ra(0, 360);
  std::uniform_real_distribution<double> z(-1, 1);
  std::vector<sky::SkyPosition> positions;
  const auto add = [&](double ra_deg, double dec_deg) {
    const std::string name = fmt::format("{:06}", positions.size());
    add_detection(name, 1, ra_deg, dec_deg, "", -1, 0.9);
    positions.push_back({ra_deg, dec_deg});
  };
  for (int i = 0; i < 2000; ++i) add(ra(random), std::asin(z(random)) / sky::radians_per_degree);
  for (int i = 0; i < 300; ++i) add(ra(random), 90 - 0.01 * std::abs(z(random)));
  for (int i = 0; i < 300; ++i) add(ra(random), -90 + 0.01 * std::abs(z(random)));
  for (int i = 0; i < 300; ++i) add(std::fmod(360 + 0.01 * z(random), 360), 0.01 * z(random));
  add(nan_, 3);
  add(120, 95);
  for (const double dec : {90.0, -90.0}) add(17, dec);
  catalog::Catalog catalog(write());
  EXPECT_EQ(catalog.source_count(), positions.size());
  const auto expect_cone = [&](const sky::SkyPosition& center, double radius_deg, size_t most) {
    std::vector<std::pair<double, int64_t>> expected;
    for (size_t i = 0; i < positions.size(); ++i) {
      if (!sky::is_valid(positions[i])) continue;
      const double separation = sky::separation_arcsec(center, positions[i]);
      if (separation <= radius_deg * 3600)
        expected.emplace_back(separation, static_cast<int64_t>(i + 1));
    }
    std::sort(expected.begin(), expected.end());
    expected.resize(std::min(expected.size(), most));
    const auto found = catalog.cone(center, radius_deg, most);
    ASSERT_EQ(found.size(), expected.size())
        << center.ra_deg << " " << center.dec_deg << " " << radius_deg;
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].id, expected[i].second);
      EXPECT_EQ(found[i].separation_arcsec, expected[i].first);
    }
  };
  const std::vector<double> radii = {0, 1e-6, 0.001, 0.01, 0.3, 5, 45, 90, 135, 180};
  for (int i = 0; i < 40; ++i)
    for (const double radius : radii)
      expect_cone({ra(random), std::asin(z(random)) / sky::radians_per_degree}, radius, 1u << 20);
  for (const sky::SkyPosition& center : std::vector<sky::SkyPosition>{{0, 90},
                                                                      {123, 90},
                                                                      {0, -90},
                                                                      {0, 0},
                                                                      {360, 0},
                                                                      {359.999, 0.001},
                                                                      {0.001, -0.001},
                                                                      {180, 89.995},
                                                                      positions[0],
                                                                      positions[5]})
    for (const double radius : radii) {
      expect_cone(center, radius, 1u << 20);
      expect_cone(center, radius, 7);
      expect_cone(center, radius, 0);
    }
}

/// Names that are difficult in SQL, as features, classes and values.
TEST(PlainCatalog, HasNoPositionsAndCarriesColumns) {
  const testing::ScratchFolder scratch;
  const std::string path = testing::labelled_run(scratch) + "/catalog.sqlite";
  catalog::Catalog catalog(path);
  EXPECT_TRUE(catalog.cone({10, 20}, 180, 1000).empty());
  for (const char* table : {"sources", "detections"}) {
    std::map<std::string, std::string> roles;
    for (const catalog::CatalogColumn& column : catalog.columns_of(table))
      roles[column.role] += column.field.name + " " + column.field.unit + ";";
    EXPECT_EQ(roles["carried"], "exposure ks;number ;remark ;") << table;
    for (const char* role : {"ra", "dec", "observation"}) EXPECT_EQ(roles.count(role), 0u) << role;
  }
  const Table sources = io::read_table(*catalog::open_sources(path));
  ASSERT_EQ(sources.rows(), 200u);
  EXPECT_EQ(sources.find("ra"), nullptr);
  for (size_t row = 0; row < sources.rows(); ++row) {
    const double number = sources.at("number").number(row);
    EXPECT_EQ(sources.at("name").text(row), fmt::format("S{}", number - 69000));
    EXPECT_EQ(sources.at("exposure").number(row), 0.5 * (number - 70000));
    EXPECT_EQ(sources.at("remark").missing(row), row % 2 == 1);
    EXPECT_EQ(sources.at("standing").text(row), "learned");
  }
}

class OddNames : public CatalogFile {
 protected:
  OddNames()
      : CatalogFile(make_recipe({"a b",
                                 "A B",
                                 "\"; DROP TABLE sources; --",
                                 "select",
                                 "'x'",
                                 "id",
                                 "ID",
                                 "first_detection",
                                 "",
                                 "é",
                                 "[x]",
                                 "`y`",
                                 "x\ty",
                                 "table",
                                 "rowid",
                                 "name_2",
                                 "NAME",
                                 "?1",
                                 ":p",
                                 "a\"b"},
                                {"QSO", "qso", "order by", "a\"\"b", "source"})) {}
};

TEST_F(OddNames, AreColumnsLikeOthers) {
  const std::string name = "Robert'); DROP TABLE sources; -- \" <b> \xF0\x9F\x94\xAD";
  add_detection(name, 1, 10, 20, "'; DELETE FROM sources; --", -1, 0.9);
  const std::string path = write();
  const Table table = io::read_table(*catalog::open_sources(path));
  ASSERT_EQ(table.rows(), 1u);
  EXPECT_EQ(table.columns[0].text(0), name);
  size_t found = 0;
  for (const Column& column : table.columns)
    for (size_t f = 0; f < recipe_.features.size(); ++f)
      if (column.field.description == "Feature, for the first detection" &&
          column.field.name == recipe_.features[f].name) {
        EXPECT_EQ(column.number(0), 1 + 0.5 * static_cast<double>(f)) << column.field.name;
        ++found;
      }
  EXPECT_EQ(found, recipe_.features.size());
  EXPECT_EQ(table.at("label").text(0), "'; DELETE FROM sources; --");
  EXPECT_EQ(catalog::Catalog(path).cone({10, 20}, 1, 9).size(), 1u);
}

TEST_F(CatalogFile, RefusesOtherFiles) {
  const auto expect_refused = [&](const std::string& path, const std::string& found) {
    const Error error = error_of([&] {
      catalog::Catalog catalog(path);
      (void)io::read_table(*catalog::open_sources(path));
    });
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_NE(std::string(error.what()).find(found), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
  };
  expect_refused(scratch_ / "none", "cannot open the file");
  testing::write_file(scratch_ / "empty", "");
  expect_refused(scratch_ / "empty", "not a uhuru catalog");
  testing::write_file(scratch_ / "text", std::string(10000, 'x'));
  expect_refused(scratch_ / "text", "not a uhuru catalog");
  expect_refused(scratch_ / ".", "not a uhuru catalog");
  catalog::Database::create(scratch_ / "other").execute("CREATE TABLE sources (id)");
  expect_refused(scratch_ / "other", "another SQLite database");
  const auto changed = [&](const char* sql) {
    std::string path = write("changed");
    catalog::Database::create(path).execute(sql);
    return path;
  };
  expect_refused(changed("PRAGMA user_version = 7"), "format 7");
  expect_refused(changed("DROP TABLE sources"), "other tables");
  expect_refused(changed("DROP TABLE sources; CREATE VIEW sources AS WITH RECURSIVE n(id) AS "
                         "(SELECT 1 UNION ALL SELECT id FROM n) SELECT id FROM n"),
                 "other tables");
  expect_refused(changed("UPDATE columns SET column_name = 'nobody'"), "nobody");
  expect_refused(changed("UPDATE columns SET type = 'blob'"), "'blob'");
  expect_refused(changed("DROP TABLE source_positions"), "source_positions");
}

TEST_F(CatalogFile, DamageIsAnError) {
  for (int i = 0; i < 3000; ++i)
    add_detection(fmt::format("s{:05}", i), i, i % 360, i % 90, "", -1, 0.1);
  const std::string bytes = testing::read_file(write());
  std::mt19937 random(11);
  const auto use = [](const std::string& path) {
    catalog::Catalog catalog(path);
    catalog::CatalogRows rows(catalog, {0, 1, 2});
    Table batch = rows.header();
    for (const double radius : {1.0, 180.0})
      for (const catalog::ConeMatch& match : catalog.cone({10, 20}, radius, 10000))
        rows.append(match.id, batch);
    (void)io::read_table(*catalog::open_sources(path));
  };
  use(scratch_ / "c.sqlite");
  for (int part = 1; part < 20; ++part) {
    const std::string path = scratch_ / "truncated";
    testing::write_file(path, bytes.substr(0, bytes.size() * static_cast<size_t>(part) / 20));
    (void)error_of([&] { use(path); });
  }
  for (int i = 0; i < 300; ++i) {
    std::string damaged = bytes;
    for (int k = 0; k < 1 + i % 50; ++k)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    testing::write_file(scratch_ / "damaged", damaged);
    try {
      use(scratch_ / "damaged");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input);
    }
  }
}

}  // namespace
}  // namespace uhuru
