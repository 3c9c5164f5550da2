#include "uhuru/serve/cone_search.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/votable_elements.hpp"
#include "uhuru/serve/votable_answer.hpp"

namespace uhuru {
namespace {

/// The value of a parameter whose name is `name` in any case.
std::optional<std::string> parameter(const std::multimap<std::string, std::string>& parameters,
                                     const std::string& name) {
  std::optional<std::string> value;
  for (const auto& [key, text] : parameters) {
    if (lower(key) != lower(name)) continue;
    if (value && *value != text)
      throw input_error("a parameter is given twice", name, "one value",
                        in_quotes(*value) + " and " + in_quotes(text));
    value = text;
  }
  return value;
}

double number(const std::multimap<std::string, std::string>& parameters, const std::string& name,
              double least, double most) {
  const auto text = parameter(parameters, name);
  if (!text) throw input_error("a parameter is missing", name, "RA, DEC and SR in degrees");
  const auto value = parse_double(*text);
  if (!value || !(*value >= least && *value <= most))
    throw input_error("unusable parameter", name,
                      fmt::format("a number from {} to {}, degrees", least, most),
                      in_quotes(*text));
  return *value;
}

int64_t whole(const std::multimap<std::string, std::string>& parameters, const std::string& name,
              int64_t otherwise, int64_t least, int64_t most) {
  const auto text = parameter(parameters, name);
  if (!text || text->empty()) return otherwise;
  const auto value = parse_int(*text);
  if (!value || *value < least || *value > most)
    throw input_error("unusable parameter", name,
                      fmt::format("a whole number from {} to {}", least, most), in_quotes(*text));
  return *value;
}

/// The three columns that the protocol knows by UCDs of its own.
std::string protocol_ucd(const CatalogColumn& column) {
  if (column.role == "name") return "ID_MAIN";
  if (column.role == "ra") return "POS_EQ_RA_MAIN";
  if (column.role == "dec") return "POS_EQ_DEC_MAIN";
  return column.field.ucd;
}

}  // namespace

ConeRequest parse_cone_request(const std::multimap<std::string, std::string>& parameters) {
  ConeRequest request;
  request.center = {number(parameters, "RA", 0, 360), number(parameters, "DEC", -90, 90)};
  request.radius_deg = number(parameters, "SR", 0, 180);
  request.verbosity = static_cast<int>(whole(parameters, "VERB", 2, 1, 3));
  constexpr auto most = static_cast<int64_t>(max_cone_rows);
  request.most = static_cast<size_t>(
      std::min(whole(parameters, "MAXREC", most, 0, std::numeric_limits<int64_t>::max()), most));
  return request;
}

ConeSearch::ConeSearch(const DatabaseFile& file) : catalog_(file) {
  for (const int verbosity : {1, 2, 3}) views_.push_back(make_view(verbosity));
}

ConeSearch::View ConeSearch::make_view(int verbosity) const {
  const auto& columns = catalog_.columns();
  std::vector<size_t> places;
  for (size_t c = 0; c < columns.size(); ++c)
    if (columns[c].verbosity <= verbosity) places.push_back(c);
  SourceRows rows(catalog_, places);
  Table batch = rows.header();
  for (size_t c = 0; c < places.size(); ++c)
    batch.columns[c].field.ucd = protocol_ucd(columns[places[c]]);
  Field separation = make_field("separation", Type::float64, "Distance from the cone's center");
  separation.unit = "arcsec";
  separation.ucd = "pos.angDistance";
  batch.add(separation);
  std::string head = votable_head(batch);
  return {std::move(rows), std::move(batch), std::move(head)};
}

std::string ConeSearch::answer(const std::multimap<std::string, std::string>& parameters) {
  ConeRequest request;
  try {
    request = parse_cone_request(parameters);
  } catch (const Error& error) {
    return votable_error(error.what());
  }
  View& view = views_[static_cast<size_t>(request.verbosity - 1)];
  std::string out = view.head;
  bool overflow = false;
  if (request.radius_deg > 0 && request.most > 0) {
    auto matches = catalog_.cone(request.center, request.radius_deg, request.most + 1);
    overflow = matches.size() > request.most;
    if (overflow) matches.pop_back();
    for (const ConeMatch& match : matches) {
      view.batch.clear_rows();
      view.rows.append(match.id, view.batch);
      view.batch.columns.back().append(match.separation_arcsec);
      put_votable_row(view.batch, 0, out);
    }
  }
  return out + votable_tail(overflow);
}

}  // namespace uhuru
