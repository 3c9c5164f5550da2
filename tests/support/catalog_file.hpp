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
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru::testing {

/// A recipe with these features and classes.
inline recipe::Recipe make_recipe(std::vector<std::string> features,
                                  std::vector<std::string> classes) {
  recipe::Recipe recipe;
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
  explicit CatalogFile(recipe::Recipe recipe = make_recipe({"f1", "f2"}, {"QSO", "YSO"}))
      : recipe_(std::move(recipe)) {
    make_tables();
  }

  void make_tables() {
    detections_ = classified_ = Table();
    labels_ = {};
    for (const char* name : {"name", "type"}) detections_.add(make_field(name, Type::text, ""));
    detections_.add(make_field("obsid", Type::int64, ""));
    for (const char* name : {"ra", "dec"}) detections_.add(make_field(name, Type::float64, ""));
    detections_.add(make_field("cluster", Type::int64, ""));
    for (const recipe::Feature& f : recipe_.features)
      detections_.add(make_field(f.name, Type::float64, ""));
    for (const char* name : {"log_density", "density_percentile", "tail_probability"})
      detections_.add(make_field(name, Type::float64, ""));
    classified_.add(make_field("main_type", Type::text, ""));
    for (const std::string& c : recipe_.classes) classified_.add(make_field(c, Type::float64, ""));
  }

  /// `label_class`: the class of the label; -1: to classify; -2: another label. `p`: the
  /// probability of the first class; NaN: not classified.
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
    labels_.known.emplace_back();
    if (label_class >= 0) labels_.known.back() = method::ClassId(label_class);
    labels_.to_classify.push_back(label_class == -1);
    if (label_class != -1) return;
    classified_rows_.push_back(detections_.rows() - 1);
    classified_.columns[0].append_text(std::isnan(p) ? ""
                                       : p >= 0.5    ? recipe_.classes[0]
                                                     : recipe_.classes[1]);
    classified_.columns[1].append(p);
    classified_.columns[2].append(1 - p);
    for (size_t k = 3; k < classified_.columns.size(); ++k) classified_.columns[k].append(0.0);
  }
  std::string write(const std::string& name = "c.sqlite") {
    std::string path = scratch_ / name;
    std::filesystem::remove(path);
    const method::SourceRows sources = recipe::source_rows(detections_, recipe_);
    // The classified detections in the order of their sources, as in a run.
    const auto chosen = sources.only(labels_.to_classify);
    std::vector<size_t> places;
    std::vector<double> tails;
    for (const size_t row : chosen.rows) {
      const auto found = std::find(classified_rows_.begin(), classified_rows_.end(), row);
      places.push_back(static_cast<size_t>(found - classified_rows_.begin()));
      tails.push_back(detections_.at("tail_probability").number(row));
    }
    const Table classified = classified_.select(places);
    const tables::TableClasses classes = tables::read_classes(classified, recipe_);
    const auto verdicts = method::vote(classes, tails, chosen.renumbered(), nullptr, Threads(1));
    catalog::write_catalog_file(
        path, {recipe_, detections_, labels_, sources, classified, chosen.rows, verdicts, {}});
    catalog::write_catalog_meta(path, {{"recipe", "test"}, {"run", "{}"}});
    return path;
  }
  /// Rows by name, cells as text.
  std::map<std::string, std::map<std::string, std::string>> rows(const std::string& path) {
    std::map<std::string, std::map<std::string, std::string>> result;
    const Table table = io::read_table(*catalog::open_sources(path));
    for (size_t row = 0; row < table.rows(); ++row)
      for (const Column& column : table.columns)
        result[cell_text(table.columns[0], row)][column.field.name] = cell_text(column, row);
    return result;
  }

  const double nan_ = std::nan("");
  recipe::Recipe recipe_;
  Table detections_, classified_;
  recipe::LabelledClasses labels_;
  std::vector<size_t> classified_rows_;
  ScratchFolder scratch_;
};

}  // namespace uhuru::testing
