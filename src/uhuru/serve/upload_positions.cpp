#include "uhuru/serve/upload_positions.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_profile.hpp"
#include "uhuru/recipe/column_roles.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/query.hpp"
#include "uhuru/serve/upload.hpp"
#include "uhuru/sky/position_columns.hpp"

namespace uhuru::serve {
namespace {

using PositionsJson = nlohmann::ordered_json;

constexpr size_t most_positions = 10'000;
constexpr size_t positions_at_a_time = 1024;

/// The first rows, and whether there are more. Arrays, which may be large, are left out: they are
/// neither names nor positions.
std::pair<Table, bool> first_rows(io::TableReader& reader, const std::function<bool()>& stop) {
  Table batch = reader.header().empty_copy();
  Table rows = batch;  // with what its header says of positions
  rows.columns.clear();
  std::vector<size_t> places;
  for (size_t c = 0; c < batch.columns.size(); ++c) {
    const Field& field = batch.columns[c].field;
    if (!field.is_scalar() && (field.type != Type::text || field.is_text_array())) continue;
    places.push_back(c);
    rows.columns.push_back(batch.columns[c]);
  }
  while (!places.empty() && rows.rows() < most_positions &&
         reader.read(batch, positions_at_a_time)) {
    if (stop()) throw input_error("the table takes too long to read", "", "a smaller table");
    const size_t taken = std::min(batch.rows(), most_positions - rows.rows());
    for (size_t i = 0; i < places.size(); ++i)
      rows.columns[i].append_from(batch.columns[places[i]], 0, taken);
    if (taken < batch.rows()) return {std::move(rows), true};
  }
  const bool has_more = rows.rows() == most_positions && reader.read(batch, 1);
  return {std::move(rows), has_more};
}

PositionsJson positions_in(io::TableReader& reader, const std::function<bool()>& stop) {
  const auto [table, has_more] = first_rows(reader, stop);
  std::vector<recipe::ColumnProfile> profiles = recipe::profiles(table);
  for (size_t c = 0; c < profiles.size(); ++c) profiles[c].look(table.columns[c]);
  const recipe::ColumnRoles roles = recipe::find_roles(profiles, "");
  if (!roles.ra || !roles.dec)
    throw input_error("no columns look like positions", "",
                      "right ascension and declination, called ra and dec, RAJ2000 and DEJ2000, "
                      "or with the UCDs pos.eq.ra and pos.eq.dec",
                      join(table.column_names(), ", "));
  const auto name_of = [&columns = table.columns](size_t place) {
    return columns[place].field.name;
  };
  std::vector<std::string> notes;
  const auto places = sky::positions(table, {name_of(*roles.ra), name_of(*roles.dec)}, &notes);
  PositionsJson rows = PositionsJson::array();
  for (size_t row = 0; row < places.size(); ++row)
    if (is_valid(places[row]))
      rows.push_back({roles.source ? text_or_null(cell_text(table.columns[*roles.source], row))
                                   : PositionsJson(nullptr),
                      places[row].ra_deg, places[row].dec_deg});
  const size_t without = places.size() - rows.size();
  return {{"ra", name_of(*roles.ra)},
          {"dec", name_of(*roles.dec)},
          {"name", roles.source ? PositionsJson(name_of(*roles.source)) : PositionsJson(nullptr)},
          {"read", table.rows()},
          {"has_more", has_more},
          {"without_position", without},
          {"notes", notes},
          {"rows", std::move(rows)}};
}

}  // namespace

ApiAnswer upload_positions(const Query::Parameters& parameters, io::TableReader& table,
                           const std::function<bool()>& stop) {
  Query query(parameters);
  query.text("file");
  query.end();
  try {
    return {json_type, json_text(positions_in(table, stop))};
  } catch (const Error& error) {
    throw error.within(upload_name(parameters));
  }
}

}  // namespace uhuru::serve
