#include "uhuru/serve/cone_search.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/votable_elements.hpp"
#include "uhuru/serve/table_file.hpp"
#include "uhuru/serve/votable_answer.hpp"

namespace uhuru::serve {
namespace {

constexpr const char* cone_type = "text/xml;content=x-votable";

/// The value of a parameter; case does not matter in its name.
std::optional<std::string> parameter(const httpd::Request::Parameters& parameters,
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

double number(const httpd::Request::Parameters& parameters, const std::string& name, double least,
              double most) {
  const auto text = parameter(parameters, name);
  if (!text) throw input_error("a parameter is missing", name, "RA, DEC and SR in degrees");
  const auto value = parse_double(*text);
  if (!value || !(*value >= least && *value <= most))
    throw input_error("invalid parameter", name,
                      fmt::format("a number from {} to {}, degrees", least, most),
                      in_quotes(*text));
  return *value;
}

int64_t whole(const httpd::Request::Parameters& parameters, const std::string& name,
              int64_t otherwise, int64_t least, int64_t most) {
  const auto text = parameter(parameters, name);
  if (!text || text->empty()) return otherwise;
  const auto value = parse_int(*text);
  if (!value || *value < least || *value > most)
    throw input_error("invalid parameter", name,
                      fmt::format("a whole number from {} to {}", least, most), in_quotes(*text));
  return *value;
}

/// The format named by a RESPONSEFORMAT.
io::Format format_of(const std::string& text) {
  // Parameters of a media type, such as serialization=tabledata, are ignored.
  const std::string name = lower(trim(std::string_view(text).substr(0, text.find(';'))));
  for (const auto& [known, format] : {std::pair("votable", io::Format::votable),
                                      {"application/x-votable+xml", io::Format::votable},
                                      {"text/xml", io::Format::votable},
                                      {"fits", io::Format::fits},
                                      {"application/fits", io::Format::fits},
                                      {"csv", io::Format::csv},
                                      {"text/csv", io::Format::csv},
                                      {"tsv", io::Format::tsv},
                                      {"text/tab-separated-values", io::Format::tsv}})
    if (name.empty() || name == known) return format;
  throw input_error("invalid parameter", "RESPONSEFORMAT", "votable, fits, csv or tsv",
                    in_quotes(text));
}

std::string extension_of(io::Format format) {
  return format == io::Format::fits ? "fits" : format == io::Format::csv ? "csv" : "tsv";
}

/// The UCD of a column; the protocol has its own for three of them.
std::string protocol_ucd(const catalog::CatalogColumn& column) {
  if (column.role == "name") return "ID_MAIN";
  if (column.role == "ra") return "POS_EQ_RA_MAIN";
  if (column.role == "dec") return "POS_EQ_DEC_MAIN";
  return column.field.ucd;
}

}  // namespace

ConeRequest parse_cone_request(const httpd::Request::Parameters& parameters) {
  ConeRequest request;
  request.center = {number(parameters, "RA", 0, 360), number(parameters, "DEC", -90, 90)};
  request.radius_deg = number(parameters, "SR", 0, 180);
  request.verbosity = static_cast<int>(whole(parameters, "VERB", 2, 1, 3));
  constexpr auto most = static_cast<int64_t>(max_cone_rows);
  request.most = static_cast<size_t>(
      std::min(whole(parameters, "MAXREC", most, 0, std::numeric_limits<int64_t>::max()), most));
  if (const auto format = parameter(parameters, "RESPONSEFORMAT"))
    request.format = format_of(*format);
  return request;
}

ConeSearch::ConeSearch(const catalog::DatabaseFile& file) : catalog_(file) {
  for (const int verbosity : {1, 2, 3}) views_.push_back(make_view(verbosity));
}

ConeSearch::View ConeSearch::make_view(int verbosity) const {
  const auto& columns = catalog_.columns();
  std::vector<size_t> places;
  for (size_t c = 0; c < columns.size(); ++c)
    if (columns[c].verbosity <= verbosity) places.push_back(c);
  catalog::CatalogRows rows(catalog_, places);
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

bool ConeSearch::is_long(const httpd::Request& request) {
  constexpr double always_quick_deg = 0.1;
  try {
    if (number(request.parameters, "SR", 0, 180) <= always_quick_deg) return false;
    const ConeRequest cone = parse_cone_request(request.parameters);
    return catalog_.may_exceed(max_quick_rows, cone.center, cone.radius_deg);
  } catch (const Error&) {
    return false;  // the answer is an error
  }
}

httpd::Answer ConeSearch::answer(const httpd::Request& request) {
  ConeRequest cone;
  try {
    cone = parse_cone_request(request.parameters);
  } catch (const Error& error) {
    return httpd::text_answer(cone_type, votable_error(error.what()));
  }
  std::vector<catalog::ConeMatch> matches;
  if (cone.radius_deg > 0) matches = catalog_.cone(cone.center, cone.radius_deg, cone.most + 1);
  const bool overflow = matches.size() > cone.most;
  if (overflow) matches.pop_back();
  View& view = views_[static_cast<size_t>(cone.verbosity - 1)];
  if (cone.format == io::Format::votable) return votable_answer(view, matches, overflow, request);
  Table table = view.batch.empty_copy();
  for (const catalog::ConeMatch& match : matches) view.append(match, table);
  const TableFile file = make_table_file([&](const io::TemporaryFolder& folder) {
    std::string name = "cone." + extension_of(cone.format);
    io::write_table(folder.file(name), table);
    return name;
  });
  return httpd::file_answer(media_type(file.name), file.descriptor, file.size);
}

/// Large answers are spooled to disk.
httpd::Answer ConeSearch::votable_answer(View& view, const std::vector<catalog::ConeMatch>& matches,
                                         bool overflow, const httpd::Request& request) {
  constexpr size_t max_in_memory = size_t{1} << 20;
  std::optional<io::SpooledFile> file;
  std::string out = view.head;
  for (const catalog::ConeMatch& match : matches) {
    view.batch.clear_rows();
    view.append(match, view.batch);
    io::put_votable_row(view.batch, 0, out);
    if (out.size() < max_in_memory) continue;
    request.check_wanted();
    if (!file) file.emplace();
    file->write(out);
    out.clear();
  }
  out += votable_tail(overflow);
  if (!file) return httpd::text_answer(cone_type, std::move(out));
  file->write(out);
  return httpd::file_answer(cone_type, std::make_shared<const Descriptor>(file->descriptor()),
                            file->size());
}

}  // namespace uhuru::serve
