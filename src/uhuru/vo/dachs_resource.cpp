#include "uhuru/vo/dachs_resource.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/text.hpp"
#include "uhuru/io/xml_text.hpp"

namespace uhuru::vo {
namespace {

std::string in_xml(std::string_view text) {
  std::string out;
  io::escape_xml(text, true, out);
  return out;
}

/// Text of a <meta>, where a backslash begins a macro.
std::string in_meta(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped.append(c == '\\' ? 2 : 1, c);
  return in_xml(escaped);
}

std::string meta(std::string_view name, std::string_view text) {
  if (text.empty()) return "";
  return fmt::format("  <meta name=\"{}\">{}</meta>\n", name, in_meta(text));
}

std::string column_element(const DachsColumn& column) {
  const Field& field = column.field;
  const char* type = field.type == Type::text      ? "text"
                     : field.type == Type::float64 ? "double precision"
                                                   : "bigint";
  std::string element = fmt::format("    <column name=\"{}\" type=\"{}\"", field.name, type);
  if (!field.unit.empty()) element += fmt::format(" unit=\"{}\"", in_xml(field.unit));
  if (!field.ucd.empty()) element += fmt::format(" ucd=\"{}\"", in_xml(field.ucd));
  element += fmt::format(" verbLevel=\"{}\"", 10 * column.verbosity);
  if (!field.description.empty())
    element += fmt::format("\n      description=\"{}\"", in_xml(field.description));
  if (field.type != Type::int64) return element + "/>\n";
  return element + fmt::format(">\n      <values nullLiteral=\"{}\"/>\n    </column>\n",
                               smallest_whole(Type::int64));
}

std::string table_element(const DachsTable& table, bool has_positions, bool refers_to_sources) {
  std::string element =
      fmt::format("\n  <table id=\"{}\" onDisk=\"True\" adql=\"True\"{}>\n  {}", table.name,
                  has_positions ? " mixin=\"//scs#pgs-pos-index\"" : "",
                  meta("description", table.description));
  for (const char* role : {"name", "class", "probability"})
    if (const std::string name = table.of_role(role); !name.empty())
      element += fmt::format("    <index columns=\"{}\"/>\n", name);
  // Only told, so that a name that FITS cannot hold is no error.
  if (refers_to_sources)
    element += fmt::format(
        "    <foreignKey source=\"{0}\" inTable=\"sources\" dest=\"{0}\" metaOnly=\"True\"/>\n",
        table.of_role("name"));
  for (const DachsColumn& column : table.columns) element += column_element(column);
  return element + "  </table>\n";
}

/// How the rows of a table are read. Missing floats are NULL by themselves; later versions tell
/// missing whole numbers and texts as None, and leave the blanks at the end of texts.
std::string data_element(const DachsTable& table) {
  std::string element = fmt::format(
      "\n  <data id=\"import_{0}\">\n    <sources pattern=\"{0}.fits\"/>\n"
      "    <fitsTableGrammar nanIsNULL=\"True\"/>\n"
      "    <make table=\"{0}\">\n      <rowmaker idmaps=\"*\">\n",
      table.name);
  for (const DachsColumn& column : table.columns) {
    const std::string& name = column.field.name;
    if (column.field.type == Type::text)
      element +=
          fmt::format("        <map key=\"{0}\">str(@{0} or \"\").rstrip() or None</map>\n", name);
    else if (column.field.type == Type::int64)
      element += fmt::format("        <map key=\"{0}\">parseWithNull(@{0}, int, {1})</map>\n", name,
                             smallest_whole(Type::int64));
  }
  return element + "      </rowmaker>\n    </make>\n  </data>\n";
}

std::string cone_service(const DachsResource& resource) {
  const std::string class_name = resource.sources.of_role("class");
  std::string element = "\n  <service id=\"cone\" allowed=\"scs.xml,form\">\n  " +
                        meta("title", resource.title + ": cone search") + "  " +
                        meta("shortName", resource.schema.substr(0, 12) + " SCS");
  element +=
      fmt::format("  {}  {}  {}", meta("testQuery.ra", fmt::format("{}", resource.example->ra_deg)),
                  meta("testQuery.dec", fmt::format("{}", resource.example->dec_deg)),
                  meta("testQuery.sr", "0.01"));
  element +=
      "    <publish render=\"scs.xml\" sets=\"ivo_managed\"/>\n"
      "    <publish render=\"form\" sets=\"ivo_managed,local\"/>\n"
      "    <scsCore queriedTable=\"sources\">\n"
      "      <FEED source=\"//scs#coreDescs\"/>\n";
  if (!class_name.empty())
    element += fmt::format("      <condDesc buildFrom=\"{}\"/>\n", class_name);
  return element + "    </scsCore>\n  </service>\n";
}

/// An example of a TAP service, in reStructuredText.
std::string example(const DachsResource& resource, std::string_view title, std::string_view text,
                    const std::vector<std::string>& query) {
  std::string element = fmt::format(
      "    <meta name=\"_example\" title=\"{}: {}\">\n      {}, from :taptable:`{}.sources`:\n\n"
      "      .. tapquery::\n\n",
      resource.schema, title, text, resource.schema);
  for (const std::string& line : query) element += "        " + in_xml(line) + "\n";
  return element + "    </meta>\n";
}

std::string examples(const DachsResource& resource) {
  const DachsTable& sources = resource.sources;
  const std::string name = sources.of_role("name"), class_name = sources.of_role("class"),
                    from = "FROM " + resource.schema + ".sources AS s";
  std::string elements = "\n  <STREAM id=\"tapexamples\">\n";
  elements += example(resource, "classes", "The number of sources of each class",
                      {fmt::format("SELECT {}, COUNT(*) AS n", class_name), from,
                       fmt::format("GROUP BY {}", class_name), "ORDER BY n DESC"});
  if (resource.example)
    elements += example(
        resource, "cone", "Sources within 6 arcmin of a position",
        {fmt::format("SELECT {}, {}, {}, {}", name, sources.of_role("ra"), sources.of_role("dec"),
                     class_name),
         from,
         fmt::format("WHERE 1 = CONTAINS(POINT('ICRS', {}, {}), CIRCLE('ICRS', {}, {}, 0.1))",
                     sources.of_role("ra"), sources.of_role("dec"), resource.example->ra_deg,
                     resource.example->dec_deg)});
  if (resource.detections)
    elements += example(
        resource, "detections", "Detections whose class differs from that of their source",
        {fmt::format("SELECT TOP 100 s.{0}, s.{1}, d.{2} AS class_of_detection", name, class_name,
                     resource.detections->of_role("class")),
         from,
         fmt::format("JOIN {}.detections AS d ON d.{} = s.{}", resource.schema,
                     resource.detections->of_role("name"), name),
         fmt::format("WHERE d.{} != s.{}", resource.detections->of_role("class"), class_name)});
  return elements + "  </STREAM>\n";
}

/// What to cite: each, and all.
std::string citation_elements(const DachsResource& resource) {
  std::string elements;
  std::vector<std::string> texts;
  for (const recipe::Citation& citation : resource.citations) {
    texts.push_back(citation.text + (citation.url.empty() ? "" : ", " + citation.url));
    elements += meta("source", texts.back());
  }
  if (texts.empty()) return "";
  return elements + meta("rights", "If you use these data, please cite: " + join(texts, "; "));
}

}  // namespace

std::string DachsTable::of_role(std::string_view role) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const DachsColumn& column) { return column.role == role; });
  return found == columns.end() ? "" : found->field.name;
}

std::string dachs_descriptor(const DachsResource& resource) {
  const bool has_positions = resource.example.has_value();
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<!-- A resource of GAVO DaCHS, written by uhuru " UHURU_VERSION
      "; README.md says how to import it. -->\n"
      "<resource schema=\"{}\" resdir=\".\">\n",
      resource.schema);
  text += meta("title", resource.title) + meta("description", resource.description) +
          meta("creationDate", resource.created) + meta("creator", resource.creator) +
          meta("subject", "x-ray-sources") + meta("subject", "catalogs") + meta("type", "Catalog") +
          meta("contentLevel", "Research") + meta("coverage.waveband", "X-ray") +
          citation_elements(resource) + meta("_longdoc", resource.provenance);
  if (has_positions)
    text += "\n  <coverage>\n    <spatial>" + resource.coverage + "</spatial>\n  </coverage>\n";
  text += table_element(resource.sources, has_positions, false);
  if (resource.detections) text += table_element(*resource.detections, has_positions, true);
  text += data_element(resource.sources);
  if (resource.detections) text += data_element(*resource.detections);
  if (has_positions) text += cone_service(resource);
  return text + examples(resource) + "</resource>\n";
}

std::string dachs_readme(const DachsResource& resource) {
  const std::string& schema = resource.schema;
  std::string text = fmt::format(
      "# {}\n\n{}\n\n"
      "This folder is a resource of [GAVO DaCHS](https://soft.g-vo.org/dachs) (2.7 or later), "
      "which\n"
      "publishes tables by TAP and cone search. `q.rd` describes it; the rows are in `sources.fits`"
      "{}.\nOn the machine that runs DaCHS, as a user of its group:\n\n"
      "    cp -r THIS_FOLDER /var/gavo/inputs/{}\n"
      "    dachs val {}/q     # check it: creator, rights and the like can be edited in q.rd\n"
      "    dachs imp {}/q     # import it: TAP has the tables from now on\n"
      "    dachs pub {}/q     # register its cone search, if your site is in the registry\n\n",
      resource.title, resource.description, resource.detections ? " and `detections.fits`" : "",
      schema, schema, schema, schema);
  if (resource.example)
    text += fmt::format(
        "The cone search is at `/{}/q/cone/scs.xml?RA={}&DEC={}&SR=0.1`,\na form at "
        "`/{}/q/cone/form`. ",
        schema, resource.example->ra_deg, resource.example->dec_deg, schema);
  return text + fmt::format(
                    "Examples for clients of TAP appear once they are named in\n"
                    "`/var/gavo/etc/userconfig.rd`, in its stream `tapexamples`:\n\n"
                    "    <FEED source=\"{}/q#tapexamples\"/>\n",
                    schema);
}

}  // namespace uhuru::vo
