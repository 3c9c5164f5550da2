#include "uhuru/catalog/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/position_tree.hpp"
#include "uhuru/io/utf8.hpp"
#include "uhuru/recipe/column_names.hpp"

namespace uhuru::catalog {
namespace {

int64_t single_number(const Database& file, const std::string& sql) {
  Statement statement(file, sql);
  return statement.step() ? statement.whole(0) : 0;
}

[[noreturn]] void no_catalog(const std::string& path, const std::string& found) {
  throw input_error("the file is not a uhuru catalog", path,
                    "a file written by `uhuru run` or `uhuru catalog`", found);
}

void check_format(const Database& file) {
  if (single_number(file, "PRAGMA application_id") != catalog_application_id)
    no_catalog(file.path(), "another SQLite database");
  const int64_t format = single_number(file, "PRAGMA user_version");
  if (format < oldest_catalog_format || format > catalog_format)
    throw input_error("unsupported catalog format", file.path(),
                      fmt::format("format {}", catalog_format), fmt::format("format {}", format));
  // Names of anything other than plain tables could make us execute code from the file.
  Statement tables(file,
                   "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND "
                   "name IN ('meta', 'columns', 'sources', 'detections')");
  if (!tables.step() || tables.whole(0) != 4) no_catalog(file.path(), "other tables");
  for (const char* table : {"meta", "columns", "sources", "detections"}) {
    // So could columns that are computed.
    Statement columns(file, fmt::format("PRAGMA table_xinfo({})", table));
    constexpr int hidden = 6;
    while (columns.step())
      if (columns.whole(hidden) != 0) no_catalog(file.path(), "computed columns");
  }
}

Database open_catalog(const DatabaseFile& file) {
  try {
    Database database = Database::open(file);
    check_format(database);
    return database;
  } catch (const Error& error) {
    if (!error.expected().empty()) throw;  // one of ours
    no_catalog(file.name(), error.found());
  }
}

/// Of a file of format 1, in which columns had the names that the pages use: the classes and
/// groups, and our names.
void rename_columns(std::vector<CatalogColumn>& columns) {
  const auto restore = [&](std::string_view role, size_t before, size_t after,
                           std::string_view prefix, const char* suffix) {
    std::vector<std::string> of;
    for (CatalogColumn& column : columns)
      if (column.role == role) {
        const std::string& name = column.field.name;
        column.of = name.substr(std::min(before, name.size()),
                                name.size() - std::min(before + after, name.size()));
        of.push_back(column.of);
      }
    const auto names = recipe::column_names(of, prefix);
    size_t found = 0;
    for (CatalogColumn& column : columns)
      if (column.role == role) column.field.name = names[found++] + suffix;
  };
  using namespace recipe;
  restore("probability of", 0, 0, class_prefix, "");
  restore("mean of", 0, std::string_view(mean_suffix).size(), class_prefix, mean_suffix);
  restore("deviation of", 0, std::string_view(deviation_suffix).size(), class_prefix,
          deviation_suffix);
  restore("probability of group", std::string_view("group_").size(), 0, group_prefix, "");
  for (CatalogColumn& column : columns) {
    if (column.role == "class") column.field.name = class_column;
    if (column.role == "group") column.field.name = group_column;
  }
}

std::vector<CatalogColumn> read_columns(const Database& file, const std::string& table) {
  std::vector<CatalogColumn> columns;
  const bool is_old = single_number(file, "PRAGMA user_version") < catalog_format;
  Statement rows(file, std::string("SELECT column_name, name, type, unit, ucd, description, role, "
                                   "verbosity, ") +
                           (is_old ? "''" : "class_or_group") +
                           " FROM columns WHERE table_name = ? ORDER BY position");
  rows.bind(1, std::string_view(table));
  constexpr size_t most = 2000;  // maximum columns of a table in SQLite
  while (columns.size() < most && rows.step()) {
    CatalogColumn column;
    const auto text = [&](int place) { return std::string(rows.text(place)); };
    column.sql = text(0);
    const std::string type = text(2);
    for (const Type known : {Type::int64, Type::float64, Type::text})
      if (type == type_name(known)) column.field = make_field(text(1), known, text(5));
    if (column.sql.empty() || type != type_name(column.field.type))
      no_catalog(file.path(), "a column of type " + in_quotes(type));
    column.field.unit = text(3);
    column.field.ucd = text(4);
    column.role = text(6);
    constexpr std::string_view of_text[] = {"name",       "class", "group", "standing",
                                            "hard_class", "label", "set",   "agreement"};
    constexpr std::string_view of_numbers[] = {"ra",    "dec",        "probability",
                                               "votes", "detections", "p_known"};
    const bool is_text = column.field.type == Type::text;
    const auto is_one_of = [&](const auto& roles) {
      return std::find(std::begin(roles), std::end(roles), column.role) != std::end(roles);
    };
    if ((!is_text && is_one_of(of_text)) || (is_text && is_one_of(of_numbers)))
      no_catalog(file.path(),
                 fmt::format("a column of type {} as {}", type, in_quotes(column.role)));
    column.verbosity = static_cast<int>(rows.whole(7));
    column.of = text(8);
    columns.push_back(std::move(column));
  }
  if (is_old) rename_columns(columns);
  name_for_pages(columns);
  return columns;
}

std::string selection(const std::vector<CatalogColumn>& all, const std::vector<size_t>& columns,
                      const std::string& table = "sources") {
  std::string sql = "SELECT id";
  for (const size_t c : columns) sql += ", " + sql_name(all[c].sql);
  return sql + " FROM " + table;
}

std::vector<size_t> all_of(const std::vector<CatalogColumn>& columns) {
  std::vector<size_t> places(columns.size());
  std::iota(places.begin(), places.end(), size_t{0});
  return places;
}

void bind_box(Statement& statement, const SpaceBox& box) {
  for (size_t axis = 0; axis < 3; ++axis) {
    statement.bind(static_cast<int>(2 * axis + 1), box.low[axis]);
    statement.bind(static_cast<int>(2 * axis + 2), box.high[axis]);
  }
}

}  // namespace

void append_row(const Statement& row, Table& rows, size_t columns) {
  std::string scratch;
  for (size_t c = 0; c < columns; ++c) {
    Column& column = rows.columns[c];
    const int place = static_cast<int>(c) + 1;
    if (column.field.type == Type::text)
      column.append_text(io::to_utf8(row.text(place), scratch));
    else if (column.field.type == Type::float64)
      column.append(row.number(place));
    else if (row.missing(place))
      column.append_missing();
    else
      column.append(row.whole(place));
  }
}

Catalog::Catalog(const DatabaseFile& file) : file_(open_catalog(file)) {
  columns_ = columns_of("sources");
  source_count_ = static_cast<uint64_t>(single_number(file_, "SELECT max(id) FROM sources"));
  cone_ = std::make_unique<Statement>(
      file_,
      "SELECT id, x0, y0, z0 FROM source_positions "
      "WHERE x1 >= ? AND x0 <= ? AND y1 >= ? AND y0 <= ? AND z1 >= ? AND z0 <= ?");
  position_ = std::make_unique<Statement>(file_, "SELECT ra, dec FROM sources WHERE id = ?");
  box_ = std::make_unique<Statement>(
      file_,
      "SELECT id FROM source_positions "
      "WHERE x1 >= ? AND x0 <= ? AND y1 >= ? AND y0 <= ? AND z1 >= ? AND z0 <= ?");
}

std::vector<CatalogColumn> Catalog::columns_of(const std::string& table) const {
  return read_columns(file_, table);
}

std::vector<size_t> Catalog::all_columns() const { return all_of(columns_); }

uint64_t Catalog::detection_count() const {
  return static_cast<uint64_t>(single_number(file_, "SELECT max(id) FROM detections"));
}

std::string Catalog::meta(const std::string& key) const {
  Statement statement(file_, "SELECT value FROM meta WHERE key = ?");
  statement.bind(1, std::string_view(key));
  return statement.step() ? std::string(statement.text(0)) : "";
}

std::vector<ConeMatch> Catalog::cone(const sky::SkyPosition& center, double radius_deg,
                                     size_t most) {
  // The tree has positions to 0.04 arcsec within 90 degrees: the wide rows of sources are read only
  // of those that may be among the nearest.
  constexpr double doubt_arcsec = 0.1;
  constexpr double far_arcsec = 90 * 3600.0;
  const double radius_arcsec = radius_deg * 3600;
  const auto vector = unit_vector(center);
  bind_box(*cone_, cone_box(center, radius_deg));
  std::vector<ConeMatch> candidates;
  while (cone_->step()) {
    double squares = 0;
    for (size_t axis = 0; axis < 3; ++axis) {
      const double difference = cone_->number(static_cast<int>(axis) + 1) - vector[axis];
      squares += difference * difference;
    }
    const double chord = std::min(1.0, std::sqrt(squares) / 2);
    const double about = 2 * std::asin(chord) / sky::radians_per_degree * 3600;
    if (about <= radius_arcsec + doubt_arcsec || about > far_arcsec)
      candidates.push_back({cone_->whole(0), about});
  }
  if (most > 0 && candidates.size() > most) {
    const auto last = candidates.begin() + static_cast<long>(most) - 1;
    std::nth_element(candidates.begin(), last, candidates.end(),
                     [](const ConeMatch& a, const ConeMatch& b) {
                       return a.separation_arcsec < b.separation_arcsec;
                     });
    const double enough = last->separation_arcsec + 2 * doubt_arcsec;
    if (enough < far_arcsec)
      std::erase_if(candidates,
                    [&](const ConeMatch& match) { return match.separation_arcsec > enough; });
  }
  std::vector<ConeMatch> matches;
  for (const ConeMatch& candidate : candidates) {
    position_->bind(1, candidate.id);
    if (!position_->step()) continue;
    const sky::SkyPosition position{position_->number(0), position_->number(1)};
    position_->reset();
    if (!sky::is_valid(position)) continue;
    const double separation = separation_arcsec(center, position);
    if (separation <= radius_arcsec) matches.push_back({candidate.id, separation});
  }
  const auto end = matches.begin() + static_cast<long>(std::min(most, matches.size()));
  std::partial_sort(
      matches.begin(), end, matches.end(), [](const ConeMatch& a, const ConeMatch& b) {
        return std::tuple(a.separation_arcsec, a.id) < std::tuple(b.separation_arcsec, b.id);
      });
  matches.erase(end, matches.end());
  return matches;
}

bool Catalog::may_exceed(size_t count, const sky::SkyPosition& center, double radius_deg) {
  bind_box(*box_, cone_box(center, radius_deg));
  size_t found = 0;
  while (found <= count && box_->step()) ++found;
  box_->reset();
  return found > count;
}

CatalogRows::CatalogRows(const Catalog& catalog, const std::vector<size_t>& columns)
    : row_(catalog.file(), selection(catalog.columns(), columns) + " WHERE id = ?") {
  header_.name = "sources";
  for (const size_t c : columns) header_.add(catalog.columns()[c].field);
}

void CatalogRows::append(int64_t id, Table& rows) {
  row_.bind(1, id);
  if (!row_.step()) throw system_error("the catalog is corrupt", "", fmt::format("source {}", id));
  append_row(row_, rows, header_.columns.size());
  row_.reset();
}

namespace {

/// The rows of a table of a catalog, in the order of the file.
class RowsReader : public io::TableReader {
 public:
  RowsReader(const DatabaseFile& file, const std::string& table)
      : io::TableReader(file.name()),
        catalog_(file),
        total_(single_number(catalog_.file(), "SELECT max(id) FROM " + table)) {
    const auto columns = catalog_.columns_of(table);
    header_.name = table;
    for (const CatalogColumn& column : columns) header_.add(column.field);
    rows_.emplace(catalog_.file(), selection(columns, all_of(columns), table) + " ORDER BY id");
  }
  double fraction_read() const override {
    return static_cast<double>(rows_read_) / static_cast<double>(total_);
  }

 protected:
  void read_rows(Table& batch, size_t max_rows) override {
    for (size_t row = 0; row < max_rows && more_; ++row)
      if ((more_ = rows_->step())) append_row(*rows_, batch, header_.columns.size());
  }

 private:
  Catalog catalog_;
  int64_t total_;
  std::optional<Statement> rows_;
  bool more_ = true;
};

}  // namespace

std::unique_ptr<io::TableReader> open_sources(const DatabaseFile& file) {
  return std::make_unique<RowsReader>(file, "sources");
}

std::unique_ptr<io::TableReader> open_detections(const DatabaseFile& file) {
  return std::make_unique<RowsReader>(file, "detections");
}

recipe::Recipe recipe_of(const Catalog& catalog) {
  const std::string text = catalog.meta("recipe_text");
  try {
    return recipe::parse_recipe(text, "recipe");
  } catch (const Error&) {
    return {};
  }
}

}  // namespace uhuru::catalog
