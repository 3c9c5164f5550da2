#include "uhuru/catalog/catalog_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/numpy.hpp"
#include "uhuru/catalog/position_tree.hpp"
#include "uhuru/catalog/run_data.hpp"
#include "uhuru/catalog/schema.hpp"
#include "uhuru/catalog/sqlite.hpp"

namespace uhuru {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

void create_table(Database& file, const std::string& name, const std::string& keys,
                  const std::vector<CatalogColumn>& columns) {
  std::string sql = "CREATE TABLE " + name + " (" + keys;
  for (const CatalogColumn& column : columns) {
    const Type type = column.field.type;
    sql += fmt::format(", {} {}", sql_name(column.sql),
                       type == Type::text      ? "TEXT"
                       : type == Type::float64 ? "REAL"
                                               : "INTEGER");
  }
  file.execute(sql + ") STRICT");
}

/// Adds rows to a table, cell by cell.
class RowWriter {
 public:
  RowWriter(const Database& file, const std::string& table, size_t columns)
      : insert_(file, "INSERT INTO " + table + " VALUES (?" + repeated(columns - 1) + ")") {}

  /// NaN and empty text are missing; text must live until finish().
  void add(double value) { insert_.bind(++at_, value); }
  void add(int64_t value) { insert_.bind(++at_, value); }
  void add(std::string_view text) {
    if (text.empty())
      insert_.bind_null(++at_);
    else
      insert_.bind(++at_, text);
  }
  void finish() {
    insert_.run();
    at_ = 0;
  }

 private:
  static std::string repeated(size_t count) {
    std::string result;
    while (count-- > 0) result += ", ?";
    return result;
  }

  Statement insert_;
  int at_ = 0;
};

class CatalogWriter {
 public:
  CatalogWriter(const std::string& path, const CatalogContent& content)
      : file_(Database::create(path)), data_(content), recipe_(content.recipe) {}

  void write() {
    file_.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; BEGIN",
                              catalog_application_id, catalog_format));
    file_.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID");
    const auto of_source = source_columns(recipe_);
    const auto of_detection =
        detection_columns(recipe_, is_integer(data_.observation.field.type));
    write_columns(of_source, of_detection);
    create_table(file_, "sources", "id INTEGER PRIMARY KEY", of_source);
    write_sources(of_source.size() + 1);
    create_table(file_, "detections", "id INTEGER PRIMARY KEY, source INTEGER REFERENCES sources",
                 of_detection);
    write_detections(of_detection.size() + 2);
    std::vector<SkyPosition> positions;
    for (const SourceDetections& source : data_.sources())
      positions.push_back(data_.position(data_.first(source)));
    write_position_tree(file_, "source_positions", positions);
    file_.execute(
        "CREATE INDEX sources_by_name ON sources (name COLLATE NOCASE);"
        "CREATE INDEX sources_by_class ON sources (class, probability);"
        "CREATE INDEX sources_by_anomaly ON sources (tail_probability);"
        "CREATE INDEX detections_by_source ON detections (source);"
        "COMMIT");
  }

 private:
  void write_columns(const std::vector<CatalogColumn>& of_source,
                     const std::vector<CatalogColumn>& of_detection) {
    file_.execute(
        "CREATE TABLE columns (table_name TEXT, position INTEGER, column_name TEXT, name TEXT,"
        " type TEXT, unit TEXT, ucd TEXT, description TEXT, role TEXT, verbosity INTEGER,"
        " PRIMARY KEY (table_name, position)) STRICT, WITHOUT ROWID");
    RowWriter row(file_, "columns", 10);
    const auto write = [&](const char* table, const std::vector<CatalogColumn>& columns) {
      int64_t position = 0;
      for (const CatalogColumn& column : columns) {
        const Field& field = column.field;
        row.add(std::string_view(table));
        row.add(++position);
        for (const std::string_view text :
             {std::string_view(column.sql), std::string_view(field.name), type_name(field.type),
              std::string_view(field.unit), std::string_view(field.ucd),
              std::string_view(field.description), std::string_view(column.role)})
          row.add(text);
        row.add(int64_t{column.verbosity});
        row.finish();
      }
    };
    write("sources", of_source);
    write("detections", of_detection);
  }

  void write_sources(size_t columns) {
    RowWriter row(file_, "sources", columns);
    int64_t id = 0;
    for (const SourceDetections& source : data_.sources()) {
      row.add(++id);
      add_source(source, row);
      row.finish();
    }
  }

  /// The cells of source_columns(), in their order.
  void add_source(const SourceDetections& source, RowWriter& row) const {
    const size_t first = data_.first(source);
    const Standing standing = data_.standing(source);
    row.add(data_.name.text(first));
    add_position(first, row);
    const bool voted = source.voted != no_row;
    const auto text = [&](const Column& column) {
      return voted ? column.text(source.voted) : std::string_view();
    };
    const auto number = [&](const Column* column) {
      return voted ? number_at(column, source.voted) : missing;
    };
    if (standing == Standing::learned) {
      const auto learned =
          std::find_if(source.rows.begin(), source.rows.end(),
                       [&](size_t r) { return data_.standing(r) == Standing::learned; });
      const auto c = static_cast<size_t>(data_.class_index(*learned));
      row.add(recipe_.classes[c]);
      row.add(recipe_.groups[c]);
    } else {
      row.add(text(data_.voted_class));
      row.add(text(data_.voted_group));
    }
    row.add(number(&data_.voted_probability));
    row.add(standing_name(standing));
    const auto hard = text(data_.voted_hard);
    row.add(!voted ? std::string_view()
                   : std::string_view(hard == text(data_.voted_class) ? "unique" : "ambiguous"));
    row.add(hard);
    row.add(static_cast<int64_t>(source.rows.size()));
    row.add(static_cast<int64_t>(std::count_if(source.rows.begin(), source.rows.end(),
                                               [&](size_t r) { return data_.votes(r); })));
    const auto labelled = std::find_if(source.rows.begin(), source.rows.end(),
                                       [&](size_t r) { return !data_.label.missing(r); });
    row.add(labelled == source.rows.end() ? std::string_view() : data_.label.text(*labelled));
    row.add(static_cast<int64_t>(data_.cluster.number(first)));
    for (const Column* column : data_.voted_probabilities) row.add(number(column));
    add_means(source, row);
    for (const Column* feature : data_.features) row.add(feature->number(first));
    if (voted) {
      for (const Column* column :
           {data_.voted_log_density, data_.voted_percentile, data_.voted_tail})
        row.add(number(column));
    } else {  // in the same way as the vote has them, over all detections
      const size_t most = data_.most_unusual(source);
      row.add(number_at(data_.log_density, most));
      row.add(number_at(data_.percentile, most));
      row.add(-std::expm1(static_cast<double>(source.rows.size()) *
                          std::log1p(-number_at(data_.tail, most))));
    }
  }

  void add_position(size_t of_row, RowWriter& row) const {
    const SkyPosition position = data_.position(of_row);
    row.add(position.ra_deg);
    row.add(position.dec_deg);
  }

  /// Means, then standard deviations of the probabilities.
  void add_means(const SourceDetections& source, RowWriter& row) const {
    std::vector<double> values;
    std::vector<double> deviations;
    for (size_t c = 0; c < recipe_.classes.size(); ++c) {
      values.clear();
      for (const size_t r : source.rows)
        if (data_.votes(r)) values.push_back(data_.probability(c, r));
      const auto count = static_cast<double>(values.size());
      const double mean = values.empty() ? missing : pairwise_sum(values) / count;
      for (double& value : values) value = (value - mean) * (value - mean);
      deviations.push_back(values.empty() ? missing : std::sqrt(pairwise_sum(values) / count));
      row.add(mean);
    }
    for (const double deviation : deviations) row.add(deviation);
  }

  void write_detections(size_t columns) {
    RowWriter row(file_, "detections", columns);
    int64_t id = 0;
    const auto write = [&](size_t of_row, int64_t source) {
      row.add(++id);
      if (source > 0)
        row.add(source);
      else
        row.add(missing);
      add_detection(of_row, row);
      row.finish();
    };
    for (const size_t r : data_.rows())
      if (data_.name.missing(r)) write(r, 0);
    int64_t number = 0;
    for (const SourceDetections& source : data_.sources()) {
      ++number;
      for (const size_t r : source.rows) write(r, number);
    }
  }

  /// The cells of detection_columns(), in their order.
  void add_detection(size_t r, RowWriter& row) {
    row.add(data_.name.text(r));
    if (is_integer(data_.observation.field.type)) {
      if (data_.observation.missing(r))
        row.add(missing);
      else
        row.add(static_cast<int64_t>(data_.observation.number(r)));
    } else {
      observation_ = cell_text(data_.observation, r);
      row.add(observation_);
    }
    add_position(r, row);
    const int c = data_.class_index(r);
    row.add(c < 0 ? std::string_view() : std::string_view(recipe_.classes[static_cast<size_t>(c)]));
    row.add(standing_name(data_.standing(r)));
    row.add(data_.label.text(r));
    row.add(static_cast<int64_t>(data_.cluster.number(r)));
    for (size_t k = 0; k < recipe_.classes.size(); ++k) row.add(data_.probability(k, r));
    for (const Column* feature : data_.features) row.add(feature->number(r));
    for (const Column* column : {data_.log_density, data_.percentile, data_.tail})
      row.add(number_at(column, r));
  }

  Database file_;
  RunData data_;
  const Recipe& recipe_;
  std::string observation_;
};

}  // namespace

void write_catalog_file(const std::string& path, const CatalogContent& content) {
  CatalogWriter(path, content).write();
}

void write_catalog_meta(const std::string& path,
                        const std::vector<std::pair<std::string, std::string>>& meta) {
  Database file = Database::create(path);
  file.execute("BEGIN");
  RowWriter row(file, "meta", 2);
  for (const auto& [key, value] : meta) {
    row.add(key);
    row.add(value);
    row.finish();
  }
  file.execute("COMMIT");
}

}  // namespace uhuru
