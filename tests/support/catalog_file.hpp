// A small hand-made catalog.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/support.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/classify/vote.hpp"

namespace uhuru::testing {

/// A recipe with these features and classes.
inline Recipe make_recipe(std::vector<std::string> features, std::vector<std::string> classes) {
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

/// Hand-made tables of a run.
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

  /// `label_class`: as returned by label_classes. `p`: the probability of the first class; NaN: not
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
  ScratchFolder scratch_;
};

}  // namespace uhuru::testing
