#include "uhuru/study/table_list.hpp"

#include <optional>

#include "uhuru/catalog/schema.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/select.hpp"
#include "uhuru/study/compare.hpp"
#include "uhuru/study/validation_tables.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru::study {
namespace {

/// What the recipe names of a table of detections, without rows.
Table detections_of(const recipe::Recipe& recipe) {
  Table table;
  const auto add = [&](const std::string& name, Type type) {
    if (!name.empty() && !table.find(name)) table.add(make_field(name, type, ""));
  };
  add(recipe.name_column, Type::text);
  add(recipe.observation_column, Type::text);
  add(recipe.ra_column, Type::float64);
  add(recipe.dec_column, Type::float64);
  for (const recipe::CarriedColumn& column : recipe.mission.carried)
    add(column.name, Type::float64);
  return table;
}

/// A catalog's columns are those of its keys and these.
Table catalog_table(const std::vector<catalog::CatalogColumn>& columns) {
  Table table;
  table.add(make_field("id", Type::int64, "Number of the row, from 1", "meta.record"));
  for (const catalog::CatalogColumn& column : columns)
    table.add(column.field).field.name = column.sql;
  return table;
}

/// Makes the tables of a recipe.
class TableLister {
 public:
  explicit TableLister(const recipe::Recipe& recipe)
      : recipe_(recipe), detections_(detections_of(recipe)) {
    columns_ = {true, true, true, nullptr, {}, false};
    if (recipe.method == method::Method::bayes) columns_.combining = &combining_;
  }

  std::vector<ListedTable> list() {
    add_run();
    add_predict();
    add_validate();
    add("select", "`select`: one row for each number of components", jobs::select_table({}));
    add("comparison", "`compare --csv`: one row for each row with a class in both catalogs",
        comparison_table());
    add_catalog();
    return std::move(list_);
  }

 private:
  void add(const char* name, const char* what, Table columns) {
    list_.push_back({name, what, std::move(columns)});
  }

  void add_run() {
    add("clusters", "`run`, `cluster`: one row for each detection that was used",
        tables::cluster_table(detections_, {}, {}, no_features(), {}, recipe_));
    tables::ClassColumns published;
    if (columns_.combining) {
      published = columns_;
      published.features_missing = published.anomalies = false;
      published.published = true;
    }
    add("detection_level_classification",
        "`run`, `classify`: one row for each classified detection; the published columns",
        tables::class_table_header(detections_, recipe_, published));
    const Table voted = tables::class_table_header(detections_, recipe_, columns_);
    const method::SourceRows no_rows;
    const std::vector<std::string> labels;
    const tables::SourceTables of_sources =
        tables::source_tables(voted, voted, {}, {detections_, voted, no_rows, {}, &labels}, recipe_,
                              columns_, Threads(1));
    add("uniquely_classified",
        "`run`, `vote`: one row for each source whose two votes agree; the published columns, and "
        "beside them the numbers of their texts, but not in CSV",
        tables::numbers_beside(of_sources.unique, of_sources.unique_numbers));
    add("ambiguous_classification", "`run`, `vote`: the same for the other sources with a class",
        tables::numbers_beside(of_sources.ambiguous, of_sources.ambiguous_numbers));
    add("sources", "`run`, `vote`, `predict --vote`: one row for each source", of_sources.sources);
  }

  void add_predict() {
    add("classes", "`predict`: one row for each row of its input",
        tables::class_table_header(detections_, recipe_, columns_));
    if (columns_.combining)
      add("explanation",
          "`predict --explain`: for each detection a row for the prior, for each feature, for what "
          "they say only together, and for the total",
          jobs::explanation_header(detections_, recipe_));
  }

  void add_validate() {
    FoldPredictions none;
    none.predictions.labels = recipe_.classes;
    add("predictions", "`validate`: one row for each labelled detection and repeat",
        predictions_table(recipe_, detections_, {none}));
    add("source_predictions", "`validate`: one row for each labelled source and repeat",
        source_predictions_table(recipe_, detections_, {none}, combining_.coverage));
    add("metrics", "`validate`: one row for each score", metrics_table({}, {}));
  }

  void add_catalog() {
    const auto coverage =
        columns_.combining ? std::optional(combining_.coverage) : std::optional<double>();
    const auto carried = tables::carried_columns(detections_, recipe_);
    add("catalog.sqlite: sources",
        "`run`, `catalog`, and what `serve` lets download: one row for each source",
        catalog_table(described(catalog::source_columns(recipe_, coverage, carried), recipe_)));
    add("catalog.sqlite: detections", "`run`, `catalog`: one row for each detection",
        catalog_table(
            described(catalog::detection_columns(recipe_, coverage, false, carried), recipe_)));
  }

  Matrix no_features() const {
    return Matrix(0, static_cast<Eigen::Index>(recipe_.features.size()));
  }

  const recipe::Recipe& recipe_;
  Table detections_;
  method::Combining combining_;
  tables::ClassColumns columns_;
  std::vector<ListedTable> list_;
};

}  // namespace

std::vector<ListedTable> tables_of_recipe(const recipe::Recipe& recipe) {
  return TableLister(recipe).list();
}

Table column_list(const recipe::Recipe& recipe) {
  Table list;
  list.name = "columns";
  list.add(make_field("table_name", Type::text, "Name of the table", "meta.id;meta.table"));
  list.add(
      make_field("written_by", Type::text, "Commands that write it, and its rows", "meta.note"));
  list.add(make_field("column_name", Type::text, "Name of the column", "meta.id"));
  list.add(make_field("datatype", Type::text, "Type of its values", "meta.code"));
  list.add(make_field("unit", Type::text, "Its unit", "meta.unit"));
  list.add(make_field("ucd", Type::text, "Its UCD, a word for its meaning", "meta.ucd"));
  list.add(make_field("description", Type::text, "Its description", "meta.note"));
  for (const ListedTable& table : tables_of_recipe(recipe))
    for (const Column& column : table.columns.columns) {
      const Field& field = column.field;
      size_t c = 0;
      for (const std::string_view text :
           {std::string_view(table.name), std::string_view(table.what),
            std::string_view(field.name), type_name(field.type), std::string_view(field.unit),
            std::string_view(field.ucd), std::string_view(field.description)})
        list.columns[c++].append_text(text);
    }
  return list;
}

}  // namespace uhuru::study
