#include "uhuru/serve/catalog_api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/json_text.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/summaries.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/answers.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/mission.hpp"
#include "uhuru/serve/source_filters.hpp"
#include "uhuru/serve/votable_answer.hpp"
#include "uhuru/sky/position_text.hpp"

namespace uhuru::serve {
namespace {

using json = nlohmann::ordered_json;

constexpr size_t most_rows = 1000;
constexpr size_t most_cells = 50000;  // of a histogram

std::string_view bytes_of(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

/// Indices of the columns that a request names; if it names none, of those up to a verbosity.
std::vector<size_t> places_of(Query& query, const std::vector<catalog::CatalogColumn>& columns,
                              const std::vector<std::string>& names, int verbosity) {
  std::vector<size_t> places;
  const auto wanted = query.texts("columns");
  for (const std::string& name : wanted) {
    auto found = std::find(names.begin(), names.end(), name);
    for (size_t c = 0; found == names.end() && c < columns.size(); ++c)
      if (columns[c].field.name == name) found = names.begin() + static_cast<long>(c);
    if (found == names.end())
      throw input_error("there is no such column", in_quotes(name),
                        "a column of the catalog" + did_you_mean(name, names));
    places.push_back(static_cast<size_t>(found - names.begin()));
  }
  for (size_t c = 0; wanted.empty() && c < columns.size(); ++c)
    if (columns[c].verbosity <= verbosity) places.push_back(c);
  return places;
}

json names_at(const std::vector<std::string>& names, const std::vector<size_t>& places) {
  json result = json::array();
  for (const size_t place : places) result.push_back(names[place]);
  return result;
}

}  // namespace

CatalogApi::CatalogApi(const catalog::DatabaseFile& file, const Threads& threads, int users,
                       const CatalogOrigin& known)
    : file_(file), threads_(threads), store_(file, threads), maps_(store_, threads) {
  for (int i = 0; i < users; ++i) lookups_.add(std::make_unique<catalog::SourceLookup>(file));
  lookups_.with([&](catalog::SourceLookup& lookup) {
    columns_ = lookup.catalog().columns();
    const json groups = parse_json<json>(lookup.catalog().meta("groups"));
    if (groups.is_object())
      for (const auto& [name, group] : groups.items())
        if (group.is_string()) groups_[name] = group.get<std::string>();
    recipe_ = catalog::recipe_of(lookup.catalog());
    origin_ = table_origin(lookup.catalog(), known);
  });
  search_.emplace(file, recipe_.mission.fields);
  for (const catalog::CatalogColumn& column : columns_) names_.push_back(column.page_name);
  if (place_of_role(columns_, "name") == columns_.size())
    throw input_error("the catalog is damaged", file.name(),
                      "a column with the names of the sources");
}

json CatalogApi::description() {
  return lookups_.with([&](catalog::SourceLookup& lookup) {
    const catalog::Catalog& catalog = lookup.catalog();
    json columns = json::array();
    for (const catalog::CatalogColumn& column : columns_) {
      json one = json_column(column);
      const catalog::StoredColumn* stored = store_.find(column.page_name);
      one["sortable"] = stored != nullptr || column.role == "name";
      if (stored && stored->is_text()) {
        one["values"] = stored->values;
      } else if (stored) {
        const catalog::NumberRange& range = stored->range;
        one["min"] = json_number(range.least);
        one["max"] = json_number(range.most);
        one["positive_min"] = json_number(range.least_positive);
        one["missing"] = range.missing;
      }
      if (column.role == "feature") one["errors"] = error_columns(column.field.name);
      columns.push_back(std::move(one));
    }
    const json of_classes = classes();
    json groups = json::array();
    for (const json& one : of_classes)
      if (!one["group"].is_null() &&
          std::find(groups.begin(), groups.end(), one["group"]) == groups.end())
        groups.push_back(one["group"]);
    return json{{"recipe", catalog.meta("recipe")},
                {"method", catalog.meta("method")},
                {"simulated", catalog.meta("simulated") == "yes"},
                {"sources", store_.size()},
                {"detections", lookup.detection_count() ? json(lookup.detection_count()) : json()},
                {"classes", of_classes},
                {"groups", groups},
                {"has_positions", place_of_role(columns_, "ra") < columns_.size()},
                {"mission", mission_json(recipe_.mission)},
                {"columns", columns}};
  });
}

json CatalogApi::classes() const {
  json result = json::array();
  for (const catalog::CatalogColumn& column : columns_) {
    if (column.role != "probability of") continue;
    const auto group = groups_.find(column.of);
    result.push_back(
        {{"name", column.of}, {"group", group == groups_.end() ? json() : json(group->second)}});
  }
  return result;
}

std::string CatalogApi::run_record() {
  return lookups_.with([](catalog::SourceLookup& lookup) { return lookup.catalog().meta("run"); });
}

ApiAnswer CatalogApi::map(const Parameters& parameters) {
  Query query(parameters);
  const bool galactic = query.word("frame", {"galactic", "equatorial"}) == "galactic";
  query.end();
  const auto& map =
      maps_.of(galactic ? catalog::MapFrame::galactic : catalog::MapFrame::equatorial);
  return {binary_type, std::string(bytes_of(map.data(), map.size() * sizeof(float)))};
}

ApiAnswer CatalogApi::values(const Parameters& parameters) {
  Query query(parameters);
  const catalog::StoredColumn& column = store_.at(query.text("column", ""));
  query.end();
  if (column.is_text())
    return {binary_type,
            std::string(bytes_of(column.codes.data(), column.codes.size() * sizeof(uint16_t)))};
  const std::vector<float> numbers(column.numbers.begin(), column.numbers.end());
  return {binary_type, std::string(bytes_of(numbers.data(), numbers.size() * sizeof(float)))};
}

std::shared_ptr<const catalog::Selection> CatalogApi::select(const catalog::SourceFilter& filter) {
  const catalog::SourceNames names = source_names(lookups_, store_.size());
  return selections_.get(
      filter, [&] { return catalog::select_sources(store_, maps_, filter, names, threads_); });
}

ApiAnswer CatalogApi::selection(const Parameters& parameters) {
  Query query(parameters);
  const catalog::SourceFilter filter = query.filter();
  query.end();
  const auto selected = select(filter);
  return {binary_type,
          std::string(bytes_of(selected->words().data(), (selected->size() + 7) / 8)),
          {{"X-Count", std::to_string(selected->count())},
           {"X-Missing", std::to_string(selected->missing())}}};
}

ApiAnswer CatalogApi::counts(const Parameters& parameters) {
  return {json_type,
          *sums_.get(request_key("counts", parameters), [&] { return counts_text(parameters); })};
}

ApiAnswer CatalogApi::histogram(const Parameters& parameters) {
  return {json_type, *sums_.get(request_key("histogram", parameters),
                                [&] { return histogram_text(parameters); })};
}

std::string CatalogApi::counts_text(const Parameters& parameters) {
  Query query(parameters);
  const catalog::StoredColumn& column = store_.at(query.text("by", "class"));
  if (!column.is_text())
    throw input_error("invalid parameter", "by", "a text column", column.column.page_name);
  const catalog::SourceFilter filter = query.filter();
  query.end();
  const auto selected = select(filter);
  json counts = json::array();
  for (const catalog::ValueCount& value : catalog::count_values(column, *selected))
    counts.push_back(
        {{"value", text_or_null(column.value_of(value.code))}, {"count", value.count}});
  return json_text({{"total", selected->count()}, {"counts", counts}});
}

std::string CatalogApi::histogram_text(const Parameters& parameters) {
  Query query(parameters);
  const catalog::StoredColumn& column = store_.at(query.text("column", ""));
  if (column.is_text())
    throw input_error("invalid parameter", "column", "a numeric column", column.column.page_name);
  const std::string scale = query.word("scale", {"linear", "log"});
  const auto bins = static_cast<size_t>(query.whole("bins", 40, 1, 1000));
  const auto by_name = query.text("by");
  const catalog::StoredColumn* by = by_name ? &store_.at(*by_name) : nullptr;
  if (by && !by->is_text())
    throw input_error("invalid parameter", "by", "a text column", by->column.page_name);
  const catalog::SourceFilter filter = query.filter();
  query.end();
  if (by && bins * by->values.size() > most_cells)
    throw input_error("the histogram is too large", "bins, by",
                      fmt::format("at most {} bins over all values", most_cells));
  const auto selected = select(filter);
  const catalog::Histogram made =
      catalog::make_histogram(column, scale == "log", bins, by, *selected);
  json series = json::array();
  for (const catalog::Histogram::Series& one : made.series)
    series.push_back(
        {{"value", by ? text_or_null(by->value_of(one.code)) : json()}, {"counts", one.counts}});
  return json_text({{"column", column.column.page_name},
                    {"scale", scale},
                    {"total", selected->count()},
                    {"missing", made.missing},
                    {"edges", made.edges},
                    {"series", series}});
}

CatalogApi::Order CatalogApi::order_of(Query& query) const {
  const std::string& name = names_[place_of_role(columns_, "name")];
  const std::string sort = query.text("sort", name);
  return {.by = sort == name ? nullptr : &store_.at(sort),
          .descending = query.word("order", {"asc", "desc"}) == "desc"};
}

CatalogApi::Listing CatalogApi::listing_of(Query& query, int verbosity) const {
  return {.places = places_of(query, columns_, names_, verbosity),
          .order = order_of(query),
          .filter = query.filter()};
}

ApiAnswer CatalogApi::sources(const Parameters& parameters) {
  Query query(parameters);
  const Listing listing = listing_of(query, 2);
  const auto offset = static_cast<size_t>(query.whole("offset", 0, 0, INT64_MAX));
  const auto limit = static_cast<size_t>(query.whole("limit", 50, 0, most_rows));
  const bool votable = query.word("format", {"json", "votable"}) == "votable";
  query.end();
  const auto selected = select(listing.filter);
  const auto page =
      catalog::page_of(*selected, listing.order.by, listing.order.descending, offset, limit);
  return lookups_.with([&](catalog::SourceLookup& lookup) -> ApiAnswer {
    catalog::CatalogRows rows(lookup.catalog(), listing.places);
    Table table = rows.header();
    add_origin(listing.places, parameters, std::nullopt, table);
    json ids = json::array();
    for (const size_t source : page) {
      rows.append(static_cast<int64_t>(source + 1), table);
      ids.push_back(source + 1);
    }
    if (votable) return {votable_type, votable_answer(table, selected->count() > page.size())};
    return json_answer({{"total", selected->count()},
                        {"offset", offset},
                        {"columns", names_at(names_, listing.places)},
                        {"ids", ids},
                        {"rows", json_rows(table)}});
  });
}

ApiAnswer CatalogApi::cone(const Parameters& parameters) {
  Query query(parameters);
  const sky::SkyPosition center{query.number("ra", -360, 720), query.number("dec", -90, 90)};
  const double radius_deg = query.number("radius", 0, 180);
  const auto places = places_of(query, columns_, names_, 2);
  const auto limit = static_cast<size_t>(query.whole("limit", 50, 0, most_rows));
  const bool votable = query.word("format", {"json", "votable"}) == "votable";
  query.end();
  return lookups_.with([&](catalog::SourceLookup& lookup) -> ApiAnswer {
    auto matches = lookup.catalog().cone(center, radius_deg, limit + 1);
    const bool more = matches.size() > limit;
    if (more) matches.pop_back();
    catalog::CatalogRows rows(lookup.catalog(), places);
    Table table = rows.header();
    Field separation = make_field("separation_arcsec", Type::float64, "Distance from the center");
    separation.unit = "arcsec";
    separation.ucd = "pos.angDistance";
    table.add(separation);
    add_origin(places, parameters, std::nullopt, table);
    json ids = json::array();
    for (const catalog::ConeMatch& match : matches) {
      rows.append(match.id, table);
      table.columns.back().append(match.separation_arcsec);
      ids.push_back(match.id);
    }
    if (votable) return {votable_type, votable_answer(table, more)};
    json names = names_at(names_, places);
    names.push_back(separation.name);
    return json_answer(
        {{"more", more}, {"columns", names}, {"ids", ids}, {"rows", json_rows(table)}});
  });
}

bool CatalogApi::is_long_cone(const Parameters& parameters) {
  constexpr size_t max_quick = 5000;  // sources, sorted by distance
  try {
    Query query(parameters);
    const sky::SkyPosition center{query.number("ra", -360, 720), query.number("dec", -90, 90)};
    const double radius_deg = query.number("radius", 0, 180);
    return lookups_.with([&](catalog::SourceLookup& lookup) {
      return lookup.catalog().may_exceed(max_quick, center, radius_deg);
    });
  } catch (const Error&) {
    return false;  // the answer is an error
  }
}

bool CatalogApi::has_features(const recipe::Recipe& recipe) {
  return lookups_.with([&](catalog::SourceLookup& lookup) {
    const auto& columns = lookup.detection_columns();
    return lookup.detection_count() > 0 &&
           std::all_of(recipe.features.begin(), recipe.features.end(), [&](const auto& feature) {
             return std::any_of(columns.begin(), columns.end(), [&](const auto& column) {
               return column.role == "feature" && column.field.name == feature.name;
             });
           });
  });
}

}  // namespace uhuru::serve
