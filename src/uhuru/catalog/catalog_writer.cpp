#include "uhuru/catalog/catalog_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/position_tree.hpp"
#include "uhuru/catalog/run_data.hpp"
#include "uhuru/catalog/schema.hpp"
#include "uhuru/catalog/sqlite.hpp"
#include "uhuru/catalog/table_pages.hpp"

namespace uhuru::catalog {
namespace {

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

  /// NaN and empty text are missing; text must be valid until finish().
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
  CatalogWriter(std::string path, const CatalogContent& content)
      : path_(std::move(path)),
        data_(content),
        recipe_(content.recipe),
        verdicts_(content.verdicts),
        groups_(recipe_.group_names()),
        group_places_(recipe_.group_places()) {}

  void write() {
    const auto [sources, detections] = create_tables();
    write_sources(sources);
    if (!data_.content.rows_are_sources) write_detections(detections);
    Database file = Database::create(path_);
    file.execute("BEGIN");
    write_position_tree(file, "source_positions", positions());
    file.execute(
        "CREATE INDEX sources_by_name ON sources (name COLLATE NOCASE);"
        "CREATE INDEX sources_by_class ON sources (class_name, probability);"
        "CREATE INDEX sources_by_anomaly ON sources (tail_probability);"
        "COMMIT");
  }

 private:
  /// The file with what describes it, and the empty tables; returns their root pages.
  std::pair<uint32_t, uint32_t> create_tables() const {
    Database file = Database::create(path_);
    file.execute(
        fmt::format("PRAGMA page_size = {}; PRAGMA application_id = {}; PRAGMA user_version = {};"
                    "BEGIN",
                    page_bytes, catalog_application_id, catalog_format));
    file.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID");
    const method::Combining* combining = data_.content.columns.combining;
    const auto coverage = combining ? std::optional(combining->coverage) : std::nullopt;
    const auto of_source = source_columns(recipe_, coverage, data_.carried);
    const auto of_detection =
        detection_columns(recipe_, coverage, has_whole_observations(), data_.carried);
    write_columns(file, known(described(of_source, recipe_)),
                  known(described(of_detection, recipe_)));
    create_table(file, "sources", "id INTEGER PRIMARY KEY, first_detection INTEGER", of_source);
    create_table(file, "detections", "id INTEGER PRIMARY KEY, source INTEGER REFERENCES sources",
                 of_detection);
    Statement root(file, "SELECT rootpage FROM sqlite_schema WHERE name = ?");
    const auto root_of = [&](std::string_view table) {
      root.bind(1, table);
      root.step();
      const auto page = static_cast<uint32_t>(root.whole(0));
      root.reset();
      return page;
    };
    const std::pair roots(root_of("sources"), root_of("detections"));
    file.execute("COMMIT");
    return roots;
  }

  bool is_absent(std::string_view role) const {
    const auto& absent = data_.content.absent;
    return std::find(absent.begin(), absent.end(), role) != absent.end();
  }
  std::vector<CatalogColumn> known(std::vector<CatalogColumn> columns) const {
    std::erase_if(columns, [&](const CatalogColumn& column) { return is_absent(column.role); });
    return columns;
  }

  static void write_columns(Database& file, const std::vector<CatalogColumn>& of_source,
                            const std::vector<CatalogColumn>& of_detection) {
    file.execute(
        "CREATE TABLE columns (table_name TEXT, position INTEGER, column_name TEXT, name TEXT,"
        " type TEXT, unit TEXT, ucd TEXT, description TEXT, role TEXT, verbosity INTEGER,"
        " class_or_group TEXT,"
        " PRIMARY KEY (table_name, position)) STRICT, WITHOUT ROWID");
    RowWriter row(file, "columns", 11);
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
        row.add(std::string_view(column.of));
        row.finish();
      }
    };
    write("sources", of_source);
    write("detections", of_detection);
  }

  void write_sources(uint32_t root) {
    TableFiller table(path_, root);
    RowPages row(1);
    SourceBlock block(data_);
    for (size_t s = 0; s < data_.sources().size(); ++s) {
      if (s % SourceBlock::most == 0) {
        block.take(s);
        table.append(std::exchange(row, RowPages(static_cast<int64_t>(s + 1))));
      }
      if (data_.content.rows_are_sources)
        row.add(missing_number);
      else
        row.add(static_cast<int64_t>(data_.sources()[s].begin + 1));
      add_source(data_.sources()[s], block, s % SourceBlock::most, row);
      row.finish_row();
    }
    table.append(std::move(row));
    table.finish();
  }

  /// The numbers needed for rows of sources.
  struct SourceBlock {
    static constexpr size_t most = 256;

    explicit SourceBlock(const RunData& of)
        : data(of),
          position(of.position),
          cluster({&of.cluster}),
          features(of.features),
          anomalies(of.anomalies) {}

    void take(size_t begin) {
      const size_t end = std::min(begin + most, data.sources().size());
      firsts.clear();
      for (size_t s = begin; s < end; ++s) firsts.push_back(data.first(data.sources()[s]));
      first_detection = data.sources()[begin].begin;
      for (NumberBlock* block : {&position, &cluster, &features}) block->take(firsts);
      anomalies.take(std::span<const size_t>(data.rows())
                         .subspan(first_detection, data.sources()[end - 1].end - first_detection));
    }

    const RunData& data;
    NumberBlock position, cluster, features;  // one row per source
    NumberBlock anomalies;                    // one row per detection, from first_detection on
    size_t first_detection = 0;
    std::vector<size_t> firsts;
  };

  /// The cells of source_columns(), in order.
  void add_source(const SourceDetections& source, const SourceBlock& block, size_t i,
                  RowPages& row) {
    const auto rows = data_.rows(source);
    const auto first_of = [&](auto holds) {
      const auto found = std::find_if(rows.begin(), rows.end(), holds);
      return found == rows.end() ? no_row : *found;
    };
    const method::SourceVerdict* verdict = data_.verdict(source);
    const tables::Standing standing = data_.standing(source);
    row.add(data_.name.text(block.firsts[i]));
    add_position(block.position.row(i), row);
    std::optional<method::ClassId> id;
    if (verdict)
      id = verdict->soft;
    else if (standing == tables::Standing::learned)
      id = data_.content.labels.known[first_of([&](size_t r) { return data_.is_learned(r); })];
    row.add(id ? std::string_view(recipe_.class_name(*id)) : std::string_view());
    std::vector<double> of_groups;
    if (verdict)
      of_groups = tables::group_probabilities(
          std::span(verdicts_.probabilities.row(static_cast<long>(source.verdict)).data(),
                    recipe_.classes.size()),
          data_.content.columns.learned, group_places_);
    const double probability = verdict ? verdicts_.probabilities(static_cast<long>(source.verdict),
                                                                 static_cast<long>(verdict->soft))
                                       : missing_number;
    // Where the class has no probability, nothing says that another group has more.
    if (verdict && !std::isnan(probability))
      row.add(std::string_view(groups_[tables::most_probable_group(of_groups)]));
    else
      row.add(id ? std::string_view(recipe_.group_name(*id)) : std::string_view());
    row.add(probability);
    row.add(tables::standing_name(standing));
    add_votes(rows.size(), verdict, row);
    const size_t labelled = first_of([&](size_t r) { return !data_.label.missing(r); });
    row.add(labelled == no_row ? std::string_view() : data_.label.text(labelled));
    add_whole(block.cluster.row(i)[0], row);
    const auto of_classes = [&](const Matrix& numbers) {
      for (Eigen::Index c = 0; c < numbers.cols(); ++c)
        row.add(verdict && is_learned(static_cast<size_t>(c))
                    ? numbers(static_cast<long>(source.verdict), c)
                    : missing_number);
    };
    of_classes(verdicts_.probabilities);
    for (size_t g = 0; g < groups_.size(); ++g) row.add(verdict ? of_groups[g] : missing_number);
    if (data_.content.columns.combining) {
      row.add(std::string_view(verdict ? tables::set_text(verdict->set, recipe_) : ""));
      row.add(verdict ? verdict->p_known : missing_number);
    }
    of_classes(verdicts_.means);
    of_classes(verdicts_.deviations);
    row.add_all(block.features.row(i));
    add_anomalies(source, block, row);
    add_carried(block.firsts[i], row);
  }

  /// A whole number, or NaN.
  static void add_whole(double number, RowPages& row) {
    if (std::isnan(number))
      row.add(missing_number);
    else
      row.add(static_cast<int64_t>(number));
  }

  /// Agreement and class of the hard vote, numbers of detections and of those that voted.
  void add_votes(size_t rows, const method::SourceVerdict* verdict, RowPages& row) const {
    const bool has_hard = verdict && !is_absent("agreement");
    row.add(!has_hard ? std::string_view()
                      : std::string_view(verdict->is_unique() ? "unique" : "ambiguous"));
    row.add(has_hard ? std::string_view(recipe_.class_name(verdict->hard)) : std::string_view());
    const size_t votes = verdict ? verdict->detections : 0;
    const bool is_known = !data_.content.rows_are_sources || votes > 0;
    const auto add = [&](size_t count) {
      add_whole(is_known ? static_cast<double>(count) : missing_number, row);
    };
    add(data_.content.rows_are_sources ? votes : rows);
    add(votes);
  }

  void add_position(std::span<const double> numbers, RowPages& row) const {
    const bool valid = sky::is_valid({numbers[0], numbers[1]});
    row.add(valid ? numbers[0] : missing_number);
    row.add(valid ? numbers[1] : missing_number);
  }

  /// Those of the most unusual detection: of the voting ones, or of all if none votes.
  void add_anomalies(const SourceDetections& source, const SourceBlock& block,
                     RowPages& row) const {
    const auto of = [&](size_t d) { return block.anomalies.row(d - block.first_detection); };
    const method::SourceVerdict* verdict = data_.verdict(source);
    size_t most = source.begin;
    if (verdict) {
      const size_t unusual = data_.content.classified_rows[verdict->most_unusual];
      while (data_.rows()[most] != unusual) ++most;
    } else {
      for (size_t d = source.begin; d < source.end; ++d)
        if (of(d)[2] < of(most)[2]) most = d;
    }
    row.add(of(most)[0]);
    row.add(of(most)[1]);
    row.add(verdict ? verdict->tail_probability
                    : method::tail_of_source(of(most)[2], source.end - source.begin));
  }

  void write_detections(uint32_t root) {
    TableFiller table(path_, root);
    RowPages row(1);
    constexpr size_t block_rows = 512;
    NumberBlock position(data_.position);
    NumberBlock probabilities(data_.probabilities);
    std::vector<const Column*> others = {&data_.cluster};
    for (const auto& columns_of : {data_.features, data_.anomalies})
      others.insert(others.end(), columns_of.begin(), columns_of.end());
    NumberBlock numbers(std::move(others));
    std::vector<size_t> voting_rows;
    const std::span<const size_t> rows(data_.rows());
    auto source = data_.sources().begin();
    for (size_t d = 0; d < rows.size(); ++d) {
      const size_t i = d % block_rows;
      if (i == 0) {
        table.append(std::exchange(row, RowPages(static_cast<int64_t>(d + 1))));
        const auto block = rows.subspan(d, std::min(block_rows, rows.size() - d));
        position.take(block);
        numbers.take(block);
        voting_rows.clear();
        for (const size_t r : block) voting_rows.push_back(data_.voting_row(r));
        probabilities.take(voting_rows);
      }
      while (source != data_.sources().end() && d >= source->end) ++source;
      if (source != data_.sources().end() && d >= source->begin)
        row.add(static_cast<int64_t>(source - data_.sources().begin() + 1));
      else
        row.add(missing_number);
      add_detection(rows[d], row, position.row(i), probabilities.row(i), numbers.row(i));
      row.finish_row();
    }
    table.append(std::move(row));
    table.finish();
  }

  /// The cells of detection_columns(), in order. `numbers`: cluster, features, anomalies.
  void add_detection(size_t r, RowPages& row, std::span<const double> position,
                     std::span<const double> probabilities, std::span<const double> numbers) {
    row.add(data_.name.text(r));
    if (data_.observation)
      add_cell(*data_.observation, has_whole_observations() ? Type::int64 : Type::text, r, row);
    else
      row.add(std::string_view());
    add_position(position, row);
    row.add(data_.class_name(r));
    row.add(tables::standing_name(data_.standing(r)));
    row.add(data_.label.text(r));
    add_whole(numbers[0], row);
    for (size_t c = 0; c < probabilities.size(); ++c)
      row.add(is_learned(c) ? probabilities[c] : missing_number);
    const size_t voting = data_.voting_row(r);
    for (const double p :
         tables::group_probabilities(probabilities, data_.content.columns.learned, group_places_))
      row.add(p);
    if (data_.content.columns.combining) {
      row.add(std::string_view(voting == no_row ? "" : cell_text(*data_.set, voting)));
      row.add(voting == no_row ? missing_number : data_.p_known->number(voting));
    }
    row.add_all(numbers.subspan(1));
    add_carried(r, row);
  }

  /// A cell of a column as a catalog's type.
  void add_cell(const Column& column, Type type, size_t r, RowPages& row) {
    if (column.missing(r)) {
      row.add(missing_number);
    } else if (type == Type::float64) {
      row.add(column.number(r));
    } else if (type == Type::int64) {
      row.add(int64_t{parse_int(cell_text(column, r)).value_or(0)});  // exact
    } else {
      row.add(std::string_view(cell_text(column, r)));
    }
  }

  void add_carried(size_t r, RowPages& row) {
    for (const Column* column : data_.carried) add_cell(*column, carried_type(*column), r, row);
  }

  bool has_whole_observations() const {
    return data_.observation && is_integer(data_.observation->field.type);
  }

  std::vector<sky::SkyPosition> positions() const {
    std::vector<size_t> firsts;
    for (const SourceDetections& source : data_.sources()) firsts.push_back(data_.first(source));
    NumberBlock block(data_.position);
    block.take(firsts);
    std::vector<sky::SkyPosition> result;
    for (size_t s = 0; s < firsts.size(); ++s) result.push_back({block.row(s)[0], block.row(s)[1]});
    return result;
  }

  bool is_learned(size_t class_number) const {
    const auto& learned = data_.content.columns.learned;
    return learned.empty() || learned[class_number];
  }

  std::string path_;
  RunData data_;
  const recipe::Recipe& recipe_;
  const method::SourceVerdicts& verdicts_;
  std::vector<std::string> groups_;
  std::vector<size_t> group_places_;
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

}  // namespace uhuru::catalog
