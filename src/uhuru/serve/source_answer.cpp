// The answers about one source.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/summaries.hpp"
#include "uhuru/method/explain.hpp"
#include "uhuru/serve/answers.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/detection_details.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/position_text.hpp"

namespace uhuru::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t most_detections = 10000;  // shown of one source
constexpr size_t most_explained = 1000;    // detections that an explanation looks at
constexpr size_t most_neighbours = 10;
/// Neighbours are searched for in growing cones, since a crowded field has thousands.
constexpr std::array<double, 3> neighbours_deg = {0.005, 0.02, 0.1};

/// Numbers as a list, null for those that are not finite.
Json number_list_json(const auto& values) {
  Json result = Json::array();
  for (const double value : values) result.push_back(json_number(value));
  return result;
}

Json links_json(const std::vector<vo::Link>& links) {
  Json result = Json::array();
  for (const vo::Link& link : links) result.push_back({{"title", link.title}, {"url", link.url}});
  return result;
}

/// What a row of sources or detections has to fill the links with.
struct LinkValues {
  std::optional<sky::SkyPosition> position;
  std::string observation;
  std::map<std::string, std::string> carried;
};

LinkValues link_values(const Table& table, size_t row,
                       const std::vector<catalog::CatalogColumn>& columns) {
  LinkValues values;
  double ra_deg = missing_number, dec_deg = missing_number;
  for (size_t c = 0; c < columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (columns[c].role == "carried")
      values.carried[columns[c].field.name] = cell_text(column, row);
    else if (columns[c].role == "observation")
      values.observation = cell_text(column, row);
    else if (columns[c].role == "ra")
      ra_deg = column.number(row);
    else if (columns[c].role == "dec")
      dec_deg = column.number(row);
  }
  if (sky::is_valid({ra_deg, dec_deg})) values.position = {ra_deg, dec_deg};
  return values;
}

Json position_json(const std::optional<sky::SkyPosition>& at) {
  if (!at) return {};
  const sky::GalacticPosition in_galaxy = sky::galactic(*at);
  return {{"ra", at->ra_deg},
          {"dec", at->dec_deg},
          {"l", in_galaxy.l_deg},
          {"b", in_galaxy.b_deg},
          {"sexagesimal", sky::sexagesimal(*at)}};
}

/// The limits of the features that have any.
Json limits_json(const recipe::Limits& limits, const std::vector<std::string>& features) {
  Json result = Json::array();
  if (limits.lower.rows() == 0) return result;
  for (size_t f = 0; f < features.size(); ++f) {
    const auto column = static_cast<Eigen::Index>(f);
    if (limits.lower.col(column).array().isNaN().all() &&
        limits.upper.col(column).array().isNaN().all())
      continue;
    result.push_back({{"feature", features[f]},
                      {"lower", number_list_json(limits.lower.col(column))},
                      {"upper", number_list_json(limits.upper.col(column))}});
  }
  return result;
}

Json rank_json(const catalog::Rank& rank) {
  return {{"percentile", rank.percentile()}, {"sources", rank.numbers}};
}

}  // namespace

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

std::vector<std::string> CatalogApi::error_columns(const std::string& feature) const {
  return error_columns_of(recipe_, feature, columns_);
}

ApiAnswer CatalogApi::source(const Parameters& parameters) {
  Query query(parameters);
  return lookups_.with([&](catalog::SourceLookup& lookup) -> ApiAnswer {
    const int64_t id = id_of(query, lookup);
    const Table row = lookup.source(id);
    Json values;
    for (size_t c = 0; c < columns_.size(); ++c) values[names_[c]] = json_cell(row.columns[c], 0);
    const std::string name = cell_text(row.columns[place_of_role(columns_, "name")], 0);
    const auto [position, observation, carried] = link_values(row, 0, columns_);
    return json_answer(
        {{"id", id},
         {"name", name},
         {"position", position_json(position)},
         {"values", values},
         {"detections", detections_of(lookup, id, name)},
         {"neighbours", position ? neighbours(lookup, id, *position) : Json::array()},
         {"links", links_json(vo::source_links(recipe_.mission.links, name, position, carried))}});
  });
}

Json CatalogApi::detections_of(catalog::SourceLookup& lookup, int64_t id,
                               const std::string& name) const {
  const auto& columns = lookup.detection_columns();
  const Table detections = lookup.detections(id, most_detections);
  Json described = Json::array();
  for (const catalog::CatalogColumn& column : columns) described.push_back(json_column(column));
  Json times;
  if (const auto found = times_of(detections, columns, recipe_))
    times = {{"column", found->column}, {"mjd", number_list_json(found->mjd)}};
  const auto& templates = recipe_.mission.links;
  Json links = Json::array();
  if (std::any_of(templates.begin(), templates.end(),
                  [](const recipe::LinkTemplate& link) { return link.of_observation; }))
    for (size_t r = 0; r < detections.rows(); ++r) {
      const auto [position, observation, carried] = link_values(detections, r, columns);
      links.push_back(
          links_json(vo::observation_links(templates, name, observation, position, carried)));
    }
  return {{"columns", described},
          {"rows", json_rows(detections)},
          {"times", times},
          {"limits",
           limits_json(features_of(detections, columns, recipe_).limits, recipe_.feature_names())},
          {"links", links}};
}

Json CatalogApi::neighbours(catalog::SourceLookup& lookup, int64_t id,
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
  Json result = Json::array();
  for (const catalog::ConeMatch& match : matches) {
    if (match.id == id || result.size() == most_neighbours) continue;
    Table row = rows.header();
    rows.append(match.id, row);
    Json one;
    for (size_t c = 0; c < places.size(); ++c)
      one[columns_[places[c]].role] = json_cell(row.columns[c], 0);
    one["separation_arcsec"] = match.separation_arcsec;
    result.push_back(std::move(one));
  }
  return result;
}

ApiAnswer CatalogApi::explanation(const Parameters& parameters, const model::RecipeModel& model) {
  Query query(parameters);
  const KnownFeatures known = lookups_.with([&](catalog::SourceLookup& lookup) {
    const Table detections = lookup.detections(id_of(query, lookup), most_explained);
    return features_of(detections, lookup.detection_columns(), model.recipe);
  });
  const method::Explanation found =
      method::explain(model, {known.values, known.limits.lower, known.limits.upper}, threads_);
  const auto names = model.recipe.feature_names();
  Json of_features = Json::array();
  for (size_t f = 0; f < names.size(); ++f)
    of_features.push_back(
        {{"name", names[f]},
         {"log_odds", number_list_json(found.features.row(static_cast<long>(f)))}});
  return json_answer({{"classes", model.recipe.classes},
                      {"detections", known.values.rows()},
                      {"prior", number_list_json(found.prior)},
                      {"features", of_features},
                      {"together", number_list_json(found.together)},
                      {"total", number_list_json(found.total)}});
}

ApiAnswer CatalogApi::place(const Parameters& parameters) {
  Query query(parameters);
  const int64_t id = query.whole("id", 0, 1, static_cast<int64_t>(store_.size()));
  const Order order = order_of(query);
  const catalog::SourceFilter filter = query.filter();
  query.end();
  if (id == 0) throw input_error("a parameter is missing", "id", "the id of a source");
  const auto selected = select(filter);
  const auto place =
      catalog::place_of(*selected, order.by, order.descending, static_cast<size_t>(id - 1));
  return lookups_.with([&](catalog::SourceLookup& lookup) {
    const auto named = [&](const std::optional<size_t>& source) -> Json {
      if (!source) return {};
      const auto of = static_cast<int64_t>(*source + 1);
      const Table row = lookup.source(of);
      return {{"id", of}, {"name", cell_text(row.columns[place_of_role(columns_, "name")], 0)}};
    };
    return json_answer({{"total", selected->count()},
                        {"offset", place ? Json(place->offset) : Json()},
                        {"before", place ? named(place->before) : Json()},
                        {"after", place ? named(place->after) : Json()}});
  });
}

ApiAnswer CatalogApi::percentiles(const Parameters& parameters) {
  Query query(parameters);
  const int64_t id =
      lookups_.with([&](catalog::SourceLookup& lookup) { return id_of(query, lookup); });
  const auto source = static_cast<size_t>(id - 1);
  const catalog::StoredColumn* classes = store_.of_role("class");
  if (!classes)
    throw input_error("the catalog is damaged", file_.name(), "a column with the classes");
  const std::string_view own = classes->value_of(classes->codes[source]);
  Json columns = Json::array();
  for (const catalog::StoredColumn& column : store_.columns()) {
    if (column.is_text() || (column.column.role != "feature" && column.column.role != "carried"))
      continue;
    const auto ranks = catalog::ranks_of(column, *classes, source);
    if (ranks)
      columns.push_back({{"name", column.column.page_name},
                         {"all", rank_json(ranks->all)},
                         {"class", own.empty() ? Json() : rank_json(ranks->alike)}});
  }
  return json_answer({{"class", text_or_null(own)}, {"columns", columns}});
}

}  // namespace uhuru::serve
