#include "uhuru/vo/fetch_detections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::vo {
namespace {

constexpr uint64_t circle = uint64_t{1} << 32;  // of right ascension, in 0.3 mas
constexpr double rounding_deg = 1e-9;           // exceeds the rounding of angles

std::string_view name_of(std::string_view column) { return column.substr(column.find('.') + 1); }

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// The columns to query, with their tables.
std::vector<std::string> wanted_columns(const DetectionArchive& archive,
                                        const std::vector<std::string>& chosen) {
  if (chosen.empty()) return archive.columns;
  const std::vector<std::string> always = archive.identity();
  std::vector<std::string> columns = archive.columns;
  std::erase_if(columns, [&](const std::string& column) {
    return std::find(always.begin(), always.end(), column) == always.end();
  });
  for (const std::string& text : chosen) {
    std::string column(trim(text));
    if (column.find('.') == std::string::npos) column.insert(0, archive.prefix + ".");
    const bool usable = is_identifier(std::string_view(column).substr(0, column.find('.'))) &&
                        is_identifier(name_of(column));
    if (!usable)
      throw Error(ErrorKind::usage, "invalid column name", "--columns",
                  "names such as theta or m.significance", in_quotes(text));
    const auto same_name = [&](const std::string& other) {
      return lower(name_of(other)) == lower(name_of(column));
    };
    const auto there = std::find_if(columns.begin(), columns.end(), same_name);
    const bool bare = trim(text).find('.') == std::string_view::npos;
    if (there == columns.end())
      columns.push_back(column);
    else if (lower(*there) != lower(column) && !bare)
      throw Error(ErrorKind::usage, "duplicate column name", "--columns", "only one of them",
                  *there + " and " + column);
  }
  return columns;
}

/// An angle for a query, without exponent; the same number always gives the same text.
std::string degrees(double angle) {
  std::string text = fmt::format("{:.12f}", angle);
  text.erase(text.find_last_not_of('0') + 1);
  return text.ends_with('.') ? text + "0" : text;
}

void check_cone(const Cone& cone) {
  const auto& [ra, dec] = cone.center;
  if (!(ra >= 0 && ra <= 360 && dec >= -90 && dec <= 90 && cone.radius_deg >= 0 &&
        cone.radius_deg <= 180))
    throw Error(ErrorKind::usage, "invalid cone", "--cone",
                "RA 0 to 360, DEC -90 to 90, RADIUS 0 to 180, all in degrees",
                fmt::format("{} {} {}", ra, dec, cone.radius_deg));
}

/// The initial slices of right ascension: of the circle, or of the range covered by the cone.
std::vector<Range> first_slices(const DetectionArchive& archive, const std::optional<Cone>& cone) {
  std::vector<Range> slices;
  const auto count = static_cast<uint64_t>(archive.first_slices);
  for (uint64_t i = 0; i < count; ++i)
    slices.push_back({circle / count * i, circle / count * (i + 1)});
  if (!cone) return slices;
  const auto& [ra, dec] = cone->center;
  if (std::abs(dec) + cone->radius_deg >= 90 - rounding_deg) return slices;  // a pole is inside
  const double sine = std::sin(cone->radius_deg * sky::radians_per_degree) /
                      std::cos(dec * sky::radians_per_degree);
  const double half = std::asin(std::min(1.0, sine)) / sky::radians_per_degree + rounding_deg;
  const double from = ra - half, to = ra + half;
  const auto place = [](double angle_deg) { return angle_deg / 360 * static_cast<double>(circle); };
  const auto slice = [&](double low, double high) {
    return Range{static_cast<uint64_t>(std::floor(place(std::max(low, 0.0)))),
                 std::min(circle, static_cast<uint64_t>(std::ceil(place(high))))};
  };
  if (from < 0) return {slice(0, to), slice(from + 360, 360)};
  if (to > 360) return {slice(0, to - 360), slice(from, 360)};
  return {slice(from, to)};
}

/// A condition must be self-contained: otherwise rows outside the slice would be returned.
void check_condition(const std::string& where) {
  int depth = 0;
  char quote = '\0';
  bool usable = where.find("--") == std::string::npos;  // a comment
  for (const char c : where) {
    if (quote) {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else {
      depth += (c == '(') - (c == ')');
      usable = usable && depth >= 0 && c != ';';
    }
  }
  if (!usable || depth != 0 || quote)
    throw Error(ErrorKind::usage, "invalid condition", "--where",
                "ADQL with balanced parentheses and quotes, without comments", in_quotes(where));
}

/// The complete query, without the slice.
std::string whole_adql(const DetectionArchive& archive, const DetectionQuery& query) {
  const auto& release = archive.release(query.release);
  std::string adql = "SELECT " + join(wanted_columns(archive, query.columns), ", ") + " FROM " +
                     with_schema(archive.from, release.schema) + " WHERE " +
                     with_schema(archive.joins, release.schema);
  if (!query.all && !archive.selection.empty()) adql += " AND (" + archive.selection + ")";
  check_condition(query.where);
  if (!query.where.empty()) adql += " AND (" + query.where + ")";
  if (query.cone) {
    check_cone(*query.cone);
    const double reach = query.cone->radius_deg + rounding_deg, dec = query.cone->center.dec_deg;
    adql += fmt::format(" AND {} >= {} AND {} <= {}", archive.dec, degrees(dec - reach),
                        archive.dec, degrees(dec + reach));
  }
  return adql;
}

/// -1, 0, 1: compares two cells; missing ones come last.
int compare_cells(const Column& column, size_t a, size_t b) {
  const bool a_missing = column.missing(a), b_missing = column.missing(b);
  if (a_missing || b_missing) return static_cast<int>(a_missing) - static_cast<int>(b_missing);
  if (column.field.type == Type::text) {
    const int order = column.text(a).compare(column.text(b));
    return (order > 0) - (order < 0);
  }
  if (!column.field.is_scalar()) return cell_text(column, a).compare(cell_text(column, b));
  const double x = column.number(a), y = column.number(b);
  return (x > y) - (x < y);
}

/// The rows sorted by the named columns, ties by all columns.
Table in_order(const Table& table, const std::vector<std::string>& names) {
  std::vector<const Column*> keys;
  keys.reserve(names.size() + table.columns.size());
  for (const std::string& name : names) keys.push_back(&table.at(name_of(name)));
  for (const Column& column : table.columns) keys.push_back(&column);
  std::vector<size_t> rows(table.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  std::sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
    for (const Column* key : keys)
      if (const int order = compare_cells(*key, a, b); order != 0) return order < 0;
    return false;
  });
  return table.select(rows);
}

/// The rows within the cone; rows without a position are excluded.
Table inside(const Table& table, const Cone& cone, const DetectionArchive& archive) {
  const auto ra = numbers(table.at(name_of(archive.ra)));
  const auto dec = numbers(table.at(name_of(archive.dec)));
  std::vector<size_t> rows;
  for (size_t row = 0; row < ra.size(); ++row) {
    const sky::SkyPosition position{ra[row], dec[row]};
    if (sky::is_valid(position) &&
        sky::separation_arcsec(cone.center, position) <= cone.radius_deg * 3600)
      rows.push_back(row);
  }
  return table.select(rows);
}

}  // namespace

std::string detection_adql(const DetectionArchive& archive, const DetectionQuery& query,
                           double from_deg, double to_deg) {
  return fmt::format("{} AND {} >= {} AND {} {} {}", whole_adql(archive, query), archive.ra,
                     degrees(from_deg), archive.ra, to_deg < 360 ? "<" : "<=", degrees(to_deg));
}

bool is_there(const FetchTarget& target, const std::string& description) {
  if (!target.restart && PieceFolder::finish_earlier(target.out, description)) return true;
  return target.reuse && std::filesystem::is_regular_file(target.out) &&
         io::open_table(target.out)->header().description == description;
}

DetectionFetch fetch_detections(HttpClient& http, const Services& services,
                                const DetectionQuery& query, const FetchTarget& target,
                                const Threads& threads, const Progress& progress) {
  const DetectionArchive& archive = services.detections;
  DetectionFetch result;
  result.tap = archive.release(query.release).tap;
  result.release = query.release == "current" ? archive.current : query.release;
  std::string& description = result.description;
  description = "From " + result.tap + " by " + whole_adql(archive, query);
  if (query.cone)
    description += fmt::format(", within {} degrees of {} {}", query.cone->radius_deg,
                               query.cone->center.ra_deg, query.cone->center.dec_deg);
  result.reused = is_there(target, description);
  if (result.reused) return result;
  io::check_target(target.out, target.write);
  const PieceFolder folder(target.out, description, target.restart);
  std::vector<std::string> names;
  for (const std::string& column : archive.columns) names.emplace_back(name_of(column));
  const auto ask = [&](const Range& range) -> std::optional<Table> {
    const auto angle = [](uint64_t place) {
      return 360.0 * static_cast<double>(place) / static_cast<double>(circle);
    };
    const auto answer =
        query_tap(http, result.tap,
                  {.adql = detection_adql(archive, query, angle(range.begin), angle(range.end)),
                   .max_rows = archive.rows_per_query,
                   .asynchronous = query.asynchronous},
                  services.tap, threads);
    const Table table = read_as(*answer, names);
    // A service that stops at MAXREC without reporting it cannot be trusted.
    if (answer->overflow() || table.rows() == archive.rows_per_query) return std::nullopt;
    add_notes(table, result.counts);
    for (const std::string& column : archive.identity())
      if (!table.find(name_of(column)))
        throw Error(ErrorKind::service, "a column is missing from the service's table", result.tap,
                    std::string(name_of(column)), join(table.column_names(), ", "));
    return in_order(table, archive.keys);
  };
  const auto paths =
      fetch_pieces(folder, first_slices(archive, query.cone), ask, result.counts, progress);

  std::unique_ptr<io::TableWriter> writer;
  read_pieces(paths, [&](const Table& rows) {
    if (!writer) {
      Table header = rows.empty_copy();
      header.name = "detections";
      header.description = description;
      header.parameters.clear();  // of the first answer alone
      writer = io::create_table(target.out, header, target.write);
    }
    const Table kept = query.cone ? inside(rows, *query.cone, archive) : rows;
    result.outside += rows.rows() - kept.rows();
    result.rows += kept.rows();
    writer->write(kept);
  });
  writer->commit();
  folder.finish();
  return result;
}

}  // namespace uhuru::vo
