#include "uhuru/serve/catalog_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "uhuru/base/text.hpp"
#include "uhuru/catalog/summaries.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/method/explain.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/votable_answer.hpp"
#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/position_text.hpp"

namespace uhuru::serve {
namespace {

using json = nlohmann::ordered_json;

constexpr size_t most_rows = 1000;
constexpr size_t most_detections = 10000;  // shown of one source
constexpr size_t most_explained = 1000;    // detections that an explanation looks at
constexpr size_t most_names = 10;          // of a search
constexpr size_t most_neighbours = 10;
constexpr size_t most_cells = 50000;  // of a histogram
/// Neighbours are searched for in growing cones, since a crowded field has thousands.
constexpr std::array<double, 3> neighbours_deg = {0.005, 0.02, 0.1};

json text_or_null(std::string_view text) { return text.empty() ? json() : json(text); }

std::string_view bytes_of(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

/// Indices of the columns that a request names; if it names none, of those up to a verbosity.
std::vector<size_t> places_of(Query& query, const std::vector<catalog::CatalogColumn>& columns,
                              const std::vector<std::string>& names, int verbosity) {
  std::vector<size_t> places;
  const auto wanted = query.texts("columns");
  for (const std::string& name : wanted) {
    const auto found = std::find(names.begin(), names.end(), name);
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

ApiAnswer json_answer(const json& value) { return {json_type, json_text(value)}; }

size_t place_of_role(const std::vector<catalog::CatalogColumn>& columns, std::string_view role) {
  const auto found =
      std::find_if(columns.begin(), columns.end(),
                   [&](const catalog::CatalogColumn& column) { return column.role == role; });
  return static_cast<size_t>(found - columns.begin());
}

}  // namespace

CatalogApi::CatalogApi(const catalog::DatabaseFile& file, vo::Services services,
                       const Threads& threads, int users)
    : file_(file),
      services_(std::move(services)),
      threads_(threads),
      store_(file, threads),
      maps_(store_, threads) {
  for (int i = 0; i < users; ++i) lookups_.add(std::make_unique<catalog::SourceLookup>(file));
  lookups_.with([&](catalog::SourceLookup& lookup) {
    columns_ = lookup.catalog().columns();
    const json groups = json::parse(lookup.catalog().meta("groups"), nullptr, false);
    if (groups.is_object())
      for (const auto& [name, group] : groups.items())
        if (group.is_string()) groups_[name] = group.get<std::string>();
  });
  for (const catalog::CatalogColumn& column : columns_) names_.push_back(column.sql);
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
      const catalog::StoredColumn* stored = store_.find(column.sql);
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
                {"detections", lookup.detection_count()},
                {"classes", of_classes},
                {"groups", groups},
                {"columns", columns}};
  });
}

json CatalogApi::classes() const {
  json result = json::array();
  for (const catalog::CatalogColumn& column : columns_) {
    if (column.role != "probability of") continue;
    const auto group = groups_.find(column.field.name);
    result.push_back({{"name", column.field.name},
                      {"group", group == groups_.end() ? json() : json(group->second)}});
  }
  return result;
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
  const auto ids = [&](const std::string& prefix) {
    return lookups_.with(
        [&](catalog::SourceLookup& lookup) { return lookup.with_prefix(prefix, store_.size()); });
  };
  return selections_.get(
      filter, [&] { return catalog::select_sources(store_, maps_, filter, ids, threads_); });
}

ApiAnswer CatalogApi::selection(const Parameters& parameters) {
  Query query(parameters);
  const catalog::SourceFilter filter = query.filter();
  query.end();
  const auto selected = select(filter);
  return {binary_type,
          std::string(bytes_of(selected->words().data(), (selected->size() + 7) / 8)),
          {{"X-Count", std::to_string(selected->count())}}};
}

ApiAnswer CatalogApi::counts(const Parameters& parameters) {
  return {json_type, *sums_.get({"counts", parameters}, [&] { return counts_text(parameters); })};
}

ApiAnswer CatalogApi::histogram(const Parameters& parameters) {
  return {json_type,
          *sums_.get({"histogram", parameters}, [&] { return histogram_text(parameters); })};
}

std::string CatalogApi::counts_text(const Parameters& parameters) {
  Query query(parameters);
  const catalog::StoredColumn& column = store_.at(query.text("by", "class"));
  if (!column.is_text())
    throw input_error("invalid parameter", "by", "a text column", column.column.sql);
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
    throw input_error("invalid parameter", "column", "a numeric column", column.column.sql);
  const std::string scale = query.word("scale", {"linear", "log"});
  const auto bins = static_cast<size_t>(query.whole("bins", 40, 1, 1000));
  const auto by_name = query.text("by");
  const catalog::StoredColumn* by = by_name ? &store_.at(*by_name) : nullptr;
  if (by && !by->is_text())
    throw input_error("invalid parameter", "by", "a text column", by->column.sql);
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
  return json_text({{"column", column.column.sql},
                    {"scale", scale},
                    {"total", selected->count()},
                    {"missing", made.missing},
                    {"edges", made.edges},
                    {"series", series}});
}

CatalogApi::Listing CatalogApi::listing_of(Query& query, int verbosity) const {
  const std::string& name = names_[place_of_role(columns_, "name")];
  const std::string sort = query.text("sort", name);
  return {.places = places_of(query, columns_, names_, verbosity),
          .by = sort == name ? nullptr : &store_.at(sort),
          .descending = query.word("order", {"asc", "desc"}) == "desc",
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
  const auto page = catalog::page_of(*selected, listing.by, listing.descending, offset, limit);
  return lookups_.with([&](catalog::SourceLookup& lookup) -> ApiAnswer {
    catalog::CatalogRows rows(lookup.catalog(), listing.places);
    Table table = rows.header();
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

int64_t CatalogApi::id_of(Query& query, catalog::SourceLookup& lookup) const {
  const auto name = query.text("name");
  const int64_t id = query.whole("id", 0, 1, static_cast<int64_t>(store_.size()));
  query.end();
  if (name.has_value() == (id != 0))
    throw input_error("invalid parameters", "name, id", "exactly one of these");
  if (!name) return id;
  const auto found = lookup.find(*name);
  if (!found)
    throw NotFound(ErrorKind::input, "there is no such source", in_quotes(*name),
                   "the name of a source in the catalog");
  return *found;
}

ApiAnswer CatalogApi::explanation(const Parameters& parameters, const model::RecipeModel& model) {
  Query query(parameters);
  const Table detections = lookups_.with([&](catalog::SourceLookup& lookup) {
    return lookup.detections(id_of(query, lookup), most_explained);
  });
  const auto names = model.recipe.feature_names();
  Matrix features(static_cast<long>(detections.rows()), static_cast<long>(names.size()));
  for (size_t f = 0; f < names.size(); ++f)
    features.col(static_cast<long>(f)) = Eigen::Map<const Vector>(
        numbers(detections.at(names[f])).data(), static_cast<long>(detections.rows()));
  const method::Explanation found =
      method::explain(model, {features, Matrix(), Matrix()}, threads_);
  const auto list = [](const auto& values) {
    json result = json::array();
    for (const double value : values) result.push_back(json_number(value));
    return result;
  };
  json of_features = json::array();
  for (size_t f = 0; f < names.size(); ++f)
    of_features.push_back(
        {{"name", names[f]}, {"log_odds", list(found.features.row(static_cast<long>(f)))}});
  return json_answer({{"classes", model.recipe.classes},
                      {"detections", detections.rows()},
                      {"prior", list(found.prior)},
                      {"features", of_features},
                      {"together", list(found.together)},
                      {"total", list(found.total)}});
}

ApiAnswer CatalogApi::source(const Parameters& parameters) {
  Query query(parameters);
  return lookups_.with([&](catalog::SourceLookup& lookup) -> ApiAnswer {
    const int64_t found = id_of(query, lookup);
    const Table row = lookup.source(found);
    json values;
    for (size_t c = 0; c < columns_.size(); ++c) values[names_[c]] = json_cell(row.columns[c], 0);
    const std::string own_name = cell_text(row.columns[place_of_role(columns_, "name")], 0);
    std::optional<sky::SkyPosition> position;
    json where;
    const size_t ra = place_of_role(columns_, "ra");
    const size_t dec = place_of_role(columns_, "dec");
    if (ra < columns_.size() && dec < columns_.size()) {
      const sky::SkyPosition at{row.columns[ra].number(0), row.columns[dec].number(0)};
      if (sky::is_valid(at)) {
        position = at;
        const sky::GalacticPosition in_galaxy = sky::galactic(at);
        where = {{"ra", at.ra_deg},
                 {"dec", at.dec_deg},
                 {"l", in_galaxy.l_deg},
                 {"b", in_galaxy.b_deg},
                 {"sexagesimal", sky::sexagesimal(at)}};
      }
    }
    json detection_columns = json::array();
    for (const catalog::CatalogColumn& column : lookup.detection_columns())
      detection_columns.push_back(json_column(column));
    json links = json::array();
    for (const vo::Link& link : vo::source_links(services_, own_name, position))
      links.push_back({{"title", link.title}, {"url", link.url}});
    return json_answer(
        {{"id", found},
         {"name", own_name},
         {"position", where},
         {"values", values},
         {"detections",
          {{"columns", detection_columns},
           {"rows", json_rows(lookup.detections(found, most_detections))}}},
         {"neighbours", position ? neighbours(lookup, found, *position) : json::array()},
         {"links", links}});
  });
}

json CatalogApi::neighbours(catalog::SourceLookup& lookup, int64_t id,
                            const sky::SkyPosition& center) const {
  std::vector<size_t> places;
  for (const char* role : {"name", "class", "probability"}) {
    const size_t place = place_of_role(columns_, role);
    if (place < columns_.size()) places.push_back(place);
  }
  catalog::CatalogRows rows(lookup.catalog(), places);
  std::vector<catalog::ConeMatch> matches;
  for (const double radius_deg : neighbours_deg)
    if (matches.size() <= most_neighbours)
      matches = lookup.catalog().cone(center, radius_deg, most_neighbours + 1);
  json result = json::array();
  for (const catalog::ConeMatch& match : matches) {
    if (match.id == id || result.size() == most_neighbours) continue;
    Table row = rows.header();
    rows.append(match.id, row);
    json one;
    for (size_t c = 0; c < places.size(); ++c)
      one[columns_[places[c]].role] = json_cell(row.columns[c], 0);
    one["separation_arcsec"] = match.separation_arcsec;
    result.push_back(std::move(one));
  }
  return result;
}

ApiAnswer CatalogApi::search(const Parameters& parameters) {
  Query query(parameters);
  const std::string text(trim(query.text("q", "")));
  query.end();
  const auto position = sky::parse_position(text);
  json where;
  if (position) where = {{"ra", position->ra_deg}, {"dec", position->dec_deg}};
  json names = json::array();
  if (!text.empty())
    lookups_.with([&](catalog::SourceLookup& lookup) {
      for (const int64_t id : lookup.with_prefix(text, most_names)) {
        const Table row = lookup.source(id);
        json one;
        for (const char* role : {"name", "class", "ra", "dec"}) {
          const size_t place = place_of_role(columns_, role);
          if (place < columns_.size()) one[role] = json_cell(row.columns[place], 0);
        }
        names.push_back(std::move(one));
      }
    });
  return json_answer({{"position", where}, {"names", names}});
}

std::string CatalogApi::write_sources(const Parameters& parameters,
                                      const io::TemporaryFolder& folder,
                                      const std::function<void()>& check_wanted) {
  Query query(parameters);
  const Listing listing = listing_of(query, 3);
  const std::string format = query.word("format", {"votable", "fits", "csv"});
  query.end();
  const auto selected = select(listing.filter);
  const auto order =
      catalog::page_of(*selected, listing.by, listing.descending, 0, selected->count());
  const catalog::Catalog catalog(file_);
  catalog::CatalogRows rows(catalog, listing.places);
  std::string name = "sources." + (format == "votable" ? "vot" : format);
  const auto writer = io::create_table(folder.file(name), rows.header());
  Table batch = rows.header().empty_copy();
  for (const size_t source : order) {
    rows.append(static_cast<int64_t>(source + 1), batch);
    constexpr size_t batch_rows = 4096;
    if (batch.rows() < batch_rows) continue;
    writer->write(batch);
    batch.clear_rows();
    check_wanted();
  }
  writer->write(batch);
  writer->commit();
  return name;
}

}  // namespace uhuru::serve
