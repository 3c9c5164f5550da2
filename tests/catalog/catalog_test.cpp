// The catalog file: what is in it, cones beside a slow twin, odd names, files that are none.
#include "uhuru/catalog/catalog.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <random>

#include "support/support.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/classify/vote.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// A recipe of two classes and these features.
Recipe make_recipe(std::vector<std::string> features, std::vector<std::string> classes) {
  Recipe recipe;
  recipe.name = "test";
  recipe.name_column = "name";
  recipe.observation_column = "obsid";
  recipe.ra_column = "ra";
  recipe.dec_column = "dec";
  recipe.labels.type_column = "type";
  for (std::string& feature : features) {
    recipe.features.emplace_back();
    recipe.features.back().name = std::move(feature);
  }
  recipe.classes = std::move(classes);
  for (size_t c = 0; c < recipe.classes.size(); ++c)
    recipe.groups.push_back(c == 0 ? "first" : "other");
  return recipe;
}

/// Tables of a run, by hand.
class CatalogFile : public ::testing::Test {
 protected:
  explicit CatalogFile(Recipe recipe = make_recipe({"f1", "f2"}, {"QSO", "YSO"}))
      : recipe_(std::move(recipe)) {
    make_tables();
  }

  void make_tables() {
    detections_ = classified_ = sources_ = Table();
    for (const char* name : {"name", "type"}) detections_.add(make_field(name, Type::text, ""));
    detections_.add(make_field("obsid", Type::int64, ""));
    for (const char* name : {"ra", "dec"}) detections_.add(make_field(name, Type::float64, ""));
    detections_.add(make_field("cluster", Type::int64, ""));
    for (const Feature& f : recipe_.features)
      detections_.add(make_field(f.name, Type::float64, ""));
    for (const char* name : {"log_density", "density_percentile", "tail_probability"})
      detections_.add(make_field(name, Type::float64, ""));
    classified_.add(make_field("main_type", Type::text, ""));
    for (const std::string& c : recipe_.classes) classified_.add(make_field(c, Type::float64, ""));
    sources_.add(make_field("name", Type::text, ""));
    for (const char* name : {"class", "group", "hard_class"})
      sources_.add(make_field(name, Type::text, ""));
    sources_.add(make_field("probability", Type::float64, ""));
    for (const std::string& c : recipe_.classes) sources_.add(make_field(c, Type::float64, ""));
  }

  /// `label_class` as label_classes gives it. `p`: the probability of the first class; NaN: not
  /// classified.
  void add_detection(const std::string& name, int64_t obsid, double ra, double dec,
                     const std::string& label, int label_class, double p, double tail = 0.5) {
    size_t c = 0;
    detections_.columns[c++].append_text(name);
    detections_.columns[c++].append_text(label);
    detections_.columns[c++].append(obsid);
    detections_.columns[c++].append(ra);
    detections_.columns[c++].append(dec);
    detections_.columns[c++].append(int64_t{3});
    for (size_t f = 0; f < recipe_.features.size(); ++f)
      detections_.columns[c++].append(static_cast<double>(obsid) + 0.5 * static_cast<double>(f));
    detections_.columns[c++].append(-1.0 * static_cast<double>(obsid));
    detections_.columns[c++].append(50.0);
    detections_.columns[c++].append(tail);
    label_classes_.push_back(label_class);
    if (label_class != -1) return;
    classified_rows_.push_back(detections_.rows() - 1);
    classified_.columns[0].append_text(std::isnan(p) ? ""
                                       : p >= 0.5    ? recipe_.classes[0]
                                                     : recipe_.classes[1]);
    classified_.columns[1].append(p);
    classified_.columns[2].append(1 - p);
    for (size_t k = 3; k < classified_.columns.size(); ++k) classified_.columns[k].append(0.0);
  }
  void add_source(const std::string& name, const std::string& soft, const std::string& hard,
                  double p) {
    sources_.columns[0].append_text(name);
    sources_.columns[1].append_text(soft);
    sources_.columns[2].append_text("the group");
    sources_.columns[3].append_text(hard);
    sources_.columns[4].append(std::max(p, 1 - p));
    sources_.columns[5].append(p);
    sources_.columns[6].append(1 - p);
    for (size_t k = 7; k < sources_.columns.size(); ++k) sources_.columns[k].append(0.0);
  }
  std::string write(const std::string& name = "c.sqlite") {
    std::string path = scratch_ / name;
    std::filesystem::remove(path);
    write_catalog_file(path, {recipe_, detections_, label_classes_, classified_, classified_rows_,
                              sources_, rows_by_name(detections_, recipe_)});
    write_catalog_meta(path, {{"recipe", "test"}, {"run", "{}"}});
    return path;
  }
  /// Rows by name, cells as text.
  std::map<std::string, std::map<std::string, std::string>> rows(const std::string& path) {
    std::map<std::string, std::map<std::string, std::string>> result;
    const Table table = read_table(*open_sources(path));
    for (size_t row = 0; row < table.rows(); ++row)
      for (const Column& column : table.columns)
        result[cell_text(table.columns[0], row)][column.field.name] = cell_text(column, row);
    return result;
  }

  const double nan_ = std::nan("");
  Recipe recipe_;
  Table detections_, classified_, sources_;
  std::vector<int> label_classes_;
  std::vector<size_t> classified_rows_;
  testing::ScratchFolder scratch_;
};

TEST_F(CatalogFile, SaysWhatBecameOfEachSource) {
  add_detection("b", 2, 10, 20, "", -1, 0.9, 0.2);
  add_detection("b", 1, 10, 20, "", -1, 0.4, 0.1);
  add_detection("b", 3, 10, 20, "QSO", 0, nan_);
  add_detection("a", 5, 350, -89, "YSO", 1, nan_, 0.25);
  add_detection("a", 4, 350, -89, "YSO", 1, nan_, 0.5);
  add_detection("c", 6, nan_, nan_, "Star", -2, nan_);
  add_detection("d", 7, 100, 0, "X", -1, nan_);
  add_detection("", 8, 1, 1, "", -1, 0.8);
  add_source("b", "QSO", "YSO", 0.7);
  const auto sources = rows(write());
  ASSERT_EQ(sources.size(), 4u);
  const auto expect = [&](const char* name, const std::map<std::string, std::string>& cells) {
    for (const auto& [column, value] : cells)
      EXPECT_EQ(sources.at(name).at(column), value) << name << " " << column;
  };
  expect("b", {{"standing", "classified"},
               {"class", "QSO"},
               {"hard_class", "YSO"},
               {"group", "the group"},
               {"agreement", "ambiguous"},
               {"detections", "3"},
               {"votes", "2"},
               {"label", "QSO"},
               {"cluster", "3"},
               {"probability", "0.7"},
               {"QSO", "0.7"},
               {"QSO_mean", "0.65"},
               {"QSO_std", "0.25"},
               {"YSO_mean", "0.35"},
               {"ra", "10.0"},
               {"dec", "20.0"},
               {"f1", "1.0"},
               {"f2", "1.5"}});
  // The tail probability of two detections: 1 - (1 - 1/4)^2.
  expect("a", {{"standing", "learned"},
               {"class", "YSO"},
               {"group", "other"},
               {"agreement", ""},
               {"hard_class", ""},
               {"probability", ""},
               {"QSO_mean", ""},
               {"QSO_std", ""},
               {"detections", "2"},
               {"votes", "0"},
               {"label", "YSO"},
               {"f1", "4.0"},
               {"log_density", "-5.0"},
               {"tail_probability", "0.4375"}});
  expect("c", {{"standing", "other label"}, {"class", ""}, {"label", "Star"}, {"ra", ""}});
  expect("d", {{"standing", "without class"}, {"class", ""}, {"label", "X"}, {"votes", "0"}});
}

TEST_F(CatalogFile, JoinsDetectionsToTheirSources) {
  add_detection("b", 2, 10, 20, "", -1, 0.75);
  add_detection("", 9, 1, 1, "", -1, 0.8);
  add_detection("a", 1, 10, 20, "YSO", 1, nan_);
  add_detection("b", 1, 10, 20, "", -1, nan_);
  add_source("b", "QSO", "QSO", 0.75);
  const Database file = Database::open(write());
  Statement rows(file,
                 "SELECT d.name, d.observation, d.class, d.standing, d.QSO, s.name, d.source "
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
  for (int i = 0; i < 300; ++i) add_source("s" + std::to_string(i), "YSO", "YSO", 0.1);
  EXPECT_EQ(testing::read_file(write("1")), testing::read_file(write("2")));
  const Database file = Database::open(scratch_ / "1");
  Statement check(file, "PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

TEST_F(CatalogFile, FindsWhatALoopOverAllFinds) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> ra(0, 360);
  std::uniform_real_distribution<double> z(-1, 1);
  std::vector<SkyPosition> positions;
  const auto add = [&](double ra_deg, double dec_deg) {
    const std::string name = fmt::format("{:06}", positions.size());
    add_detection(name, 1, ra_deg, dec_deg, "", -1, 0.9);
    add_source(name, "QSO", "QSO", 0.9);
    positions.push_back({ra_deg, dec_deg});
  };
  for (int i = 0; i < 2000; ++i) add(ra(random), std::asin(z(random)) / radians_per_degree);
  for (int i = 0; i < 300; ++i) add(ra(random), 90 - 0.01 * std::abs(z(random)));
  for (int i = 0; i < 300; ++i) add(ra(random), -90 + 0.01 * std::abs(z(random)));
  for (int i = 0; i < 300; ++i) add(std::fmod(360 + 0.01 * z(random), 360), 0.01 * z(random));
  add(nan_, 3);
  add(120, 95);
  for (const double dec : {90.0, -90.0}) add(17, dec);
  Catalog catalog(write());
  EXPECT_EQ(catalog.source_count(), positions.size());
  const auto expect_cone = [&](const SkyPosition& center, double radius_deg, size_t most) {
    std::vector<std::pair<double, int64_t>> expected;
    for (size_t i = 0; i < positions.size(); ++i) {
      if (!is_valid(positions[i])) continue;
      const double separation = separation_arcsec(center, positions[i]);
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
      expect_cone({ra(random), std::asin(z(random)) / radians_per_degree}, radius, 1u << 20);
  for (const SkyPosition& center : std::vector<SkyPosition>{{0, 90},
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

/// Names that SQL would stumble over, as features, classes and values.
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
  add_source(name, "QSO", "QSO", 0.9);
  const std::string path = write();
  const Table table = read_table(*open_sources(path));
  ASSERT_EQ(table.rows(), 1u);
  EXPECT_EQ(table.columns[0].text(0), name);
  size_t found = 0;
  for (const Column& column : table.columns)
    for (size_t f = 0; f < recipe_.features.size(); ++f)
      if (column.field.description == "Feature" && column.field.name == recipe_.features[f].name) {
        EXPECT_EQ(column.number(0), 1 + 0.5 * static_cast<double>(f)) << column.field.name;
        ++found;
      }
  EXPECT_EQ(found, recipe_.features.size());
  EXPECT_EQ(table.at("label").text(0), "'; DELETE FROM sources; --");
  EXPECT_EQ(Catalog(path).cone({10, 20}, 1, 9).size(), 1u);
}

TEST_F(CatalogFile, RefusesOtherFiles) {
  const auto expect_refused = [&](const std::string& path, const std::string& found) {
    const Error error = error_of([&] {
      Catalog catalog(path);
      (void)read_table(*open_sources(path));
    });
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_NE(std::string(error.what()).find(found), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
  };
  expect_refused(scratch_ / "none", "unable to open");
  testing::write_file(scratch_ / "empty", "");
  expect_refused(scratch_ / "empty", "no catalog of uhuru");
  testing::write_file(scratch_ / "text", std::string(10000, 'x'));
  expect_refused(scratch_ / "text", "no catalog of uhuru");
  expect_refused(scratch_ / ".", "no catalog of uhuru");
  Database::create(scratch_ / "other").execute("CREATE TABLE sources (id)");
  expect_refused(scratch_ / "other", "another SQLite database");
  const auto changed = [&](const char* sql) {
    std::string path = write("changed");
    Database::create(path).execute(sql);
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
    Catalog catalog(path);
    SourceRows rows(catalog, {0, 1, 2});
    Table batch = rows.header();
    for (const double radius : {1.0, 180.0})
      for (const ConeMatch& match : catalog.cone({10, 20}, radius, 10000))
        rows.append(match.id, batch);
    (void)read_table(*open_sources(path));
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
