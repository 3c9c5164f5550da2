// The descriptor as XML, and what its texts may not do. tests/servers imports one into DaCHS.
#include "uhuru/vo/dachs_resource.hpp"

#include <gtest/gtest.h>

#include <string>

namespace uhuru {
namespace {

vo::DachsColumn column(const char* name, Type type, const char* role, const char* ucd = "") {
  return {make_field(name, type, "A description", ucd), role, 2};
}

vo::DachsResource small_resource() {
  vo::DachsResource resource;
  resource.schema = "xray";
  resource.title = "Title";
  resource.description = "Description";
  resource.created = "2026-11-29T00:00:00Z";
  resource.sources = {
      "sources",
      "Sources",
      {column("name", Type::text, "name", "meta.id;meta.main"),
       column("ra", Type::float64, "ra", "pos.eq.ra;meta.main"),
       column("dec", Type::float64, "dec", "pos.eq.dec;meta.main"),
       column("class_name", Type::text, "class"), column("votes", Type::int64, "votes")}};
  resource.example = {10.5, -20.25};
  resource.coverage = "6/1-3";
  return resource;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(DachsResource, DescribesColumnsAndTheirRows) {
  const std::string text = vo::dachs_descriptor(small_resource());
  for (const char* part :
       {"<resource schema=\"xray\" resdir=\".\">", "mixin=\"//scs#pgs-pos-index\"",
        "<column name=\"ra\" type=\"double precision\" ucd=\"pos.eq.ra;meta.main\" "
        "verbLevel=\"20\"",
        "<column name=\"votes\" type=\"bigint\"", "<values nullLiteral=\"-9223372036854775808\"/>",
        "<index columns=\"name\"/>", "<index columns=\"class_name\"/>",
        "<map key=\"class_name\">str(@class_name or \"\").rstrip() or None</map>",
        "<map key=\"votes\">parseWithNull(@votes, int, -9223372036854775808)</map>",
        "<sources pattern=\"sources.fits\"/>", "<spatial>6/1-3</spatial>",
        "CIRCLE('ICRS', 10.5, -20.25, 0.1)", "<meta name=\"testQuery.dec\">-20.25</meta>"})
    EXPECT_TRUE(contains(text, part)) << part << " in\n" << text;
  EXPECT_FALSE(contains(text, "detections")) << text;
  EXPECT_FALSE(contains(text, "creator")) << text;
}

TEST(DachsResource, WithDetectionsTellsHowTheyBelongToSources) {
  vo::DachsResource resource = small_resource();
  resource.detections = resource.sources;
  resource.detections->name = "detections";
  const std::string text = vo::dachs_descriptor(resource);
  EXPECT_TRUE(contains(text,
                       "<foreignKey source=\"name\" inTable=\"sources\" dest=\"name\" "
                       "metaOnly=\"True\"/>"))
      << text;
  EXPECT_TRUE(contains(text, "JOIN xray.detections AS d ON d.name = s.name")) << text;
}

TEST(DachsResource, WithoutPositionsHasNoConeSearch) {
  vo::DachsResource resource = small_resource();
  resource.example.reset();
  std::erase_if(resource.sources.columns, [](const vo::DachsColumn& c) { return c.role == "ra"; });
  const std::string text = vo::dachs_descriptor(resource) + vo::dachs_readme(resource);
  for (const char* part : {"scsCore", "mixin", "coverage>", "CIRCLE", "scs.xml"})
    EXPECT_FALSE(contains(text, part)) << part << " in\n" << text;
}

TEST(DachsResource, TextsAreDataNotMarkupOrMacros) {
  vo::DachsResource resource = small_resource();
  const std::string hostile = "\\getConfig{db} </meta><script>\"&\x01 ]]>";
  resource.title = resource.description = resource.creator = resource.provenance = hostile;
  resource.citations = {{hostile, hostile}};
  resource.sources.description = hostile;
  resource.sources.columns[3].field.description = hostile;
  resource.sources.columns[3].field.unit = hostile;
  resource.sources.columns[3].field.ucd = hostile;
  const std::string text = vo::dachs_descriptor(resource);
  EXPECT_FALSE(contains(text, "<script>"));
  EXPECT_FALSE(contains(text, "\x01"));
  // In <meta>, a backslash begins a macro; in attributes of columns it does not.
  for (size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
    const size_t line = text.rfind('\n', at) + 1;
    if (contains(text.substr(line, at - line), "<meta")) {
      EXPECT_EQ(text[at + 1], '\\') << text.substr(line, 80);
    }
  }
  EXPECT_TRUE(contains(text, "description=\"\\getConfig{db} &lt;/meta>") ||
              contains(text, "description=\"\\getConfig{db} &lt;/meta&gt;"))
      << text;
}

TEST(DachsResource, ReadmeSaysHowToImport) {
  const std::string text = vo::dachs_readme(small_resource());
  for (const char* part : {"dachs imp xray/q", "/xray/q/cone/scs.xml?RA=10.5&DEC=-20.25",
                           "<FEED source=\"xray/q#tapexamples\"/>"})
    EXPECT_TRUE(contains(text, part)) << part << " in\n" << text;
}

}  // namespace
}  // namespace uhuru
