// The parts of the API that search: names and positions, and where the sources are on the sky.
#include <string>
#include <vector>

#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/moc.hpp"

namespace uhuru::serve {
namespace {

constexpr size_t most_names = 10;  // of a search

nlohmann::ordered_json typed_position_json(const std::optional<TypedPosition>& position) {
  if (!position) return nullptr;
  nlohmann::ordered_json json = {{"ra", position->icrs.ra_deg}, {"dec", position->icrs.dec_deg}};
  json["frame"] = position->is_galactic ? "galactic" : "equatorial";
  const sky::GalacticPosition galactic = sky::galactic(position->icrs);
  json["l"] = galactic.l_deg;
  json["b"] = galactic.b_deg;
  return json;
}

}  // namespace

ApiAnswer CatalogApi::search(const Parameters& parameters) {
  Query query(parameters);
  const std::string text(trim(query.text("q", "")));
  query.end();
  return lookups_.with([&](catalog::SourceLookup& lookup) -> ApiAnswer {
    nlohmann::ordered_json names = nlohmann::ordered_json::array(), list, fields = names;
    for (const int64_t id : search_->named(text, most_names, lookup)) {
      const Table row = lookup.source(id);
      nlohmann::ordered_json one;
      for (size_t c = 0; c < columns_.size(); ++c)
        for (const char* role : {"name", "class", "ra", "dec"})
          if (columns_[c].role == role) one[role] = json_cell(row.columns[c], 0);
      names.push_back(std::move(one));
    }
    for (const recipe::NamedField& field : search_->fields(text))
      fields.push_back({{"name", field.name},
                        {"ra", field.ra_deg},
                        {"dec", field.dec_deg},
                        {"width", field.width_deg}});
    // A name may contain a semicolon.
    const auto targets = targets_in(text);
    if (names.empty() && targets.size() > 1) list = search_->list(targets, lookup);
    return {json_type, json_text({{"position", typed_position_json(typed_position(text))},
                                  {"names", names},
                                  {"fields", fields},
                                  {"list", list}})};
  });
}

bool CatalogApi::is_long_search(const Parameters& parameters) {
  const auto q = parameters.find("q");
  return q != parameters.end() && targets_in(q->second).size() > 1;
}

sky::Moc CatalogApi::moc_of(const Parameters& parameters) {
  constexpr int default_order = 8, max_order = 9;  // of 3 million pixels: the answer stays small
  Query query(parameters);
  const auto order = static_cast<int>(query.whole("order", default_order, 0, max_order));
  query.end();
  return *mocs_.get(order, [&] {
    std::vector<sky::SkyPosition> positions;
    const catalog::StoredColumn* ra = store_.of_role("ra");
    const catalog::StoredColumn* dec = store_.of_role("dec");
    for (size_t i = 0; ra && dec && i < store_.size(); ++i)
      positions.push_back({ra->numbers[i], dec->numbers[i]});
    return sky::make_moc(positions, order);
  });
}

ApiAnswer CatalogApi::moc(const Parameters& parameters) {
  return {json_type, sky::moc_json(moc_of(parameters))};
}

std::string CatalogApi::write_moc(const Parameters& parameters, const io::TemporaryFolder& folder) {
  const sky::Moc moc = moc_of(parameters);
  std::string name = file_stem(origin_.title, {}, store_.size()) + "_moc.fits";
  io::write_table(folder.file(name), sky::moc_table(moc));
  return name;
}

}  // namespace uhuru::serve
