#include "uhuru/serve/pages.hpp"

#include <fmt/format.h>

#include "uhuru/base/text.hpp"
#include "uhuru/io/xml_text.hpp"
#include "uhuru/serve/cone_search.hpp"

namespace uhuru::serve {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  io::escape_xml(text, true, out);
  return out;
}

}  // namespace

sky::SkyPosition example_position(const catalog::DatabaseFile& file) {
  const auto sources = catalog::open_sources(file);
  const auto& columns = sources->header().columns;
  const auto place = [&](const char* ucd) {
    size_t c = 0;
    while (c < columns.size() && columns[c].field.ucd != ucd) ++c;
    return c;
  };
  const size_t ra = place("pos.eq.ra;meta.main");
  const size_t dec = place("pos.eq.dec;meta.main");
  Table batch = sources->header().empty_copy();
  while (ra < columns.size() && dec < columns.size() && sources->read(batch, 100))
    for (size_t row = 0; row < batch.rows(); ++row)
      if (!batch.columns[ra].missing(row) && !batch.columns[dec].missing(row))
        return {batch.columns[ra].number(row), batch.columns[dec].number(row)};
  return {};
}

std::string example_query(const sky::SkyPosition& position) {
  return fmt::format("RA={:.4f}&DEC={:.4f}&SR=0.1", position.ra_deg, position.dec_deg);
}

namespace {

/// How the classes came about; nothing if the catalog does not tell.
std::string origin_of(const catalog::Catalog& catalog) {
  const std::string method = catalog.meta("method");
  if (method.empty()) return {};
  return fmt::format(", classified with recipe {} and method {} by uhuru {}",
                     escaped(catalog.meta("recipe")), escaped(method),
                     escaped(catalog.meta("uhuru_version")));
}

}  // namespace

std::string index_page(const catalog::Catalog& catalog, const std::string& url,
                       const sky::SkyPosition& example) {
  const std::string query = escaped(example_query(example));
  const std::string base = escaped(url);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>uhuru</title>\n"
      "<style>:root {{ color-scheme: light dark; font-family: system-ui, sans-serif }}\n"
      "body {{ max-width: 45em; margin: 2em auto; padding: 0 1em; line-height: 1.5 }}</style>\n"
      "</head>\n<body>\n<h1>X-ray sources and their classes</h1>\n"
      "<p>{} sources{}.</p>\n<ul>\n"
      "<li>Cone search, for TOPCAT, Aladin and pyvo: <code>{}/scs</code>, "
      "e.g. <a href=\"scs?{}\">scs?{}</a></li>\n"
      "<li>The whole catalog: <a href=\"catalog.vot\">catalog.vot</a>, "
      "<a href=\"catalog.fits\">catalog.fits</a></li>\n"
      "<li>For the Virtual Observatory: <a href=\"capabilities\">capabilities</a>, "
      "<a href=\"availability\">availability</a></li>\n</ul>\n"
      "<p>RA, DEC and SR are in degrees. VERB=1 returns few columns, VERB=3 all. Answers have at "
      "most {} rows (or MAXREC), nearest first.</p>\n</body>\n</html>\n",
      with_commas(catalog.source_count()), origin_of(catalog), base, query, query,
      with_commas(max_cone_rows));
}

std::string capabilities_document(const std::string& url, const sky::SkyPosition& example) {
  const std::string base = escaped(url);
  const auto vosi = [&](const char* standard, const char* path) {
    return fmt::format(
        "<capability standardID=\"ivo://ivoa.net/std/VOSI#{}\">\n"
        "<interface xsi:type=\"vs:ParamHTTP\" role=\"std\" version=\"1.1\">"
        "<accessURL use=\"full\">{}/{}</accessURL></interface>\n</capability>\n",
        standard, base, path);
  };
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<vosi:capabilities xmlns:vosi=\"http://www.ivoa.net/xml/VOSICapabilities/v1.0\"\n"
      " xmlns:vs=\"http://www.ivoa.net/xml/VODataService/v1.1\"\n"
      " xmlns:cs=\"http://www.ivoa.net/xml/ConeSearch/v1.0\"\n"
      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
      "<capability standardID=\"ivo://ivoa.net/std/ConeSearch\" xsi:type=\"cs:ConeSearch\">\n"
      "<interface xsi:type=\"vs:ParamHTTP\" role=\"std\" version=\"1.03\">"
      "<accessURL use=\"base\">{}/scs?</accessURL><queryType>GET</queryType>"
      "<resultType>text/xml;content=x-votable</resultType></interface>\n"
      "<maxSR>180</maxSR>\n<maxRecords>{}</maxRecords>\n<verbosity>true</verbosity>\n"
      "<testQuery><ra>{:.4f}</ra><dec>{:.4f}</dec><sr>0.1</sr></testQuery>\n</capability>\n{}{}</"
      "vosi:capabilities>\n",
      base, max_cone_rows, example.ra_deg, example.dec_deg, vosi("capabilities", "capabilities"),
      vosi("availability", "availability"));
}

std::string availability_document() {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<vosi:availability xmlns:vosi=\"http://www.ivoa.net/xml/VOSIAvailability/v1.0\">\n"
         "<vosi:available>true</vosi:available>\n</vosi:availability>\n";
}

}  // namespace uhuru::serve
