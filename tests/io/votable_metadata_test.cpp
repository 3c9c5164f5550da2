// What a VOTable says beside its values: parameters, reference systems, how numbers are displayed.
#include <gtest/gtest.h>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/sky/crossmatch.hpp"

namespace uhuru {
namespace {

using Names = std::vector<std::string>;

constexpr const char* rich =
    "<?xml version='1.0'?><VOTABLE version='1.4' xmlns:x='http://x'>"
    "<COOSYS ID='gal' system='galactic'/>"
    "<RESOURCE type='meta'><PARAM name='other' datatype='int' value='1'/></RESOURCE>"
    "<RESOURCE><INFO name='QUERY_STATUS' value='OK'/>"
    "<INFO name='QUERY' value='SELECT * FROM t WHERE a &lt; 3'/>"
    "<COOSYS ID='c' system='FK5' equinox='J2000' x:ID='d'/><COOSYS ID='c' system='ICRS'/>"
    "<TIMESYS ID='t' timeorigin='MJD-origin' timescale='TT' refposition='BARYCENTER'/>"
    "<PARAM name='radius' datatype='double' value='2.5' unit='deg' ucd='phys.angSize'>"
    "<DESCRIPTION>of the search</DESCRIPTION></PARAM>"
    "<TABLE name='first'><PARAM name='not mine' datatype='int' value='0'/>"
    "<FIELD name='z' datatype='int'/></TABLE>"
    "<TABLE name='t'><DESCRIPTION>the table</DESCRIPTION>"
    "<GROUP name='g'><DESCRIPTION>a group</DESCRIPTION><PARAM name='epoch' datatype='float' "
    "arraysize='2' value='2000 2015.5' ref='t'/><FIELDref ref='ra'/></GROUP>"
    "<PARAM name='author' datatype='char' arraysize='*' value='Pérez &amp; al.'/>"
    "<FIELD ID='ra' name='ra' ref='c' datatype='double' unit='deg' width='10' precision='F5'>"
    "<DESCRIPTION>right ascension</DESCRIPTION><VALUES null='-9'><MIN value='0'/>"
    "<MAX value='360' inclusive='no'/><OPTION value='1'/></VALUES>"
    "<LINK href='http://x/?a=1&amp;b=2' content-role='doc' x:href='no'/><LINK/></FIELD>"
    "<FIELD name='glon' ref='gal' datatype='double'/>"
    "<FIELD name='n' ref='nowhere' datatype='int'><VALUES null='-1'/></FIELD>"
    "<LINK href='http://table'/><DATA><TABLEDATA><TR><TD>1</TD><TD>2</TD><TD>-1</TD></TR>"
    "</TABLEDATA></DATA><INFO name='after' value='not kept'/></TABLE></RESOURCE></VOTABLE>";

void expect_rich(const Table& table, const std::string& where) {
  SCOPED_TRACE(where);
  EXPECT_EQ(table.name, "t");
  EXPECT_EQ(table.description, "the table");
  Names parameters;
  for (const Parameter& parameter : table.parameters) {
    const Field& field = parameter.field;
    parameters.push_back((parameter.info ? "INFO " : "PARAM ") + field.name + "=" +
                         parameter.value + "|" + std::string(type_name(field.type)) +
                         field.arraysize + "|" + field.unit + "|" + field.ucd + "|" +
                         field.description + "|" + field.ref);
  }
  EXPECT_EQ(parameters,
            (Names{"INFO QUERY=SELECT * FROM t WHERE a < 3|text||||",
                   "PARAM radius=2.5|double|deg|phys.angSize|of the search|",
                   "PARAM epoch=2000 2015.5|float2||||t", "PARAM author=Pérez & al.|text||||"}));
  const std::vector<ReferenceSystem> systems = {
      {"COOSYS", {{"ID", "gal"}, {"system", "galactic"}}},
      {"COOSYS", {{"ID", "c"}, {"system", "FK5"}, {"equinox", "J2000"}}},
      {"TIMESYS",
       {{"ID", "t"},
        {"timeorigin", "MJD-origin"},
        {"timescale", "TT"},
        {"refposition", "BARYCENTER"}}}};
  EXPECT_EQ(table.systems, systems);
  const Field& ra = table.at("ra").field;
  EXPECT_EQ((Names{ra.ref, ra.width, ra.precision, ra.minimum, ra.maximum, ra.description}),
            (Names{"c", "10", "F5", "0", "360", "right ascension"}));
  const Attributes link = {{"content-role", "doc"}, {"href", "http://x/?a=1&b=2"}};
  EXPECT_EQ(ra.links, std::vector<Attributes>{link});
  EXPECT_EQ(table.at("glon").field.ref, "gal");
  EXPECT_EQ(table.at("n").field.ref, "");
  EXPECT_TRUE(table.at("n").missing(0));
}

TEST(VotableMetadata, ComesBackInEachSerialisation) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.vot", rich);
  const Table table = io::read_table((scratch / "a.vot") + "#2");
  expect_rich(table, "as read");
  for (const io::Format format :
       {io::Format::votable, io::Format::votable_binary, io::Format::votable_binary2}) {
    io::write_table(scratch / "b.vot", table, {io::Overwrite::yes, format});
    expect_rich(io::read_table(scratch / "b.vot"), "as written");
  }
}

TEST(VotableMetadata, IsKeptByConvert) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.vot", rich);
  const auto result =
      testing::run_program("convert '" + (scratch / "a.vot") + "#2' --out " + (scratch / "b.vot"));
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  Table converted = io::read_table(scratch / "b.vot");
  const auto is_ours = [](const Parameter& parameter) {
    const std::string& name = parameter.field.name;
    return name == "software" || name == "command" || name == "input";
  };
  EXPECT_EQ(std::erase_if(converted.parameters, is_ours), 3u);
  expect_rich(converted, "converted");
  const std::string text = testing::read_file(scratch / "b.vot");
  EXPECT_EQ(text.find("QUERY_STATUS"), std::string::npos);
  EXPECT_NE(text.find("<VALUES><MIN value=\"0\"/><MAX value=\"360\"/></VALUES>"),
            std::string::npos);
}

TEST(VotableMetadata, ShowListsParametersAndSystems) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.vot", rich);
  const auto result = testing::run_program("show '" + (scratch / "a.vot") + "#2'");
  ASSERT_EQ(result.code, 0) << result.err;
  for (const char* words : {"COOSYS c FK5 J2000", "radius", "of the search", "author", "a.vot#1"})
    EXPECT_NE(result.out.find(words), std::string::npos) << words << " in:\n" << result.out;
}

TEST(VotableMetadata, AReferenceIsWrittenOnlyWithItsSystem) {
  Table table;
  Field field = make_field("ra", Type::float64, "");
  field.ref = "c";
  table.add(field);
  EXPECT_EQ(io::votable_text(table).find("ref="), std::string::npos);
  table.systems.push_back({"COOSYS", {{"ID", "c"}, {"system", "ICRS"}}});
  EXPECT_NE(io::votable_text(table).find(" ref=\"c\""), std::string::npos);
}

TEST(VotableMetadata, AJoinKeepsReferencesApart) {
  const auto sky = [](const std::string& name, const std::string& id, const std::string& system) {
    Table table;
    for (const char* column : {"ra", "dec"}) {
      Field field = make_field(name + column, Type::float64, "");
      field.ref = id;
      table.add(field);
      table.columns.back().append(1.0);
    }
    table.systems.push_back({"COOSYS", {{"ID", id}, {"system", system}}});
    return table;
  };
  const auto joined = [&](const Table& right) {
    return sky::crossmatch_tables(sky("", "c", "ICRS"), {"ra", "dec"}, right, {"r_ra", "r_dec"}, 1,
                                  sky::MatchFind::best, Threads(1));
  };
  EXPECT_EQ(joined(sky("r_", "c", "ICRS")).at("r_ra").field.ref, "c");
  EXPECT_EQ(joined(sky("r_", "c", "FK5")).at("r_ra").field.ref, "");
  EXPECT_EQ(joined(sky("r_", "c", "FK5")).at("ra").field.ref, "c");
  const Table other = joined(sky("r_", "d", "FK5"));
  EXPECT_EQ(other.at("r_dec").field.ref, "d");
  EXPECT_EQ(other.systems.size(), 2u);
}

TEST(VotableMetadata, ManyParametersAreBounded) {
  std::string text = "<VOTABLE><RESOURCE><TABLE>";
  for (int i = 0; i < 20000; ++i) text += "<PARAM/>";
  const Table table = io::read_table(*io::open_table_in_memory(
      text + "<FIELD name='a' datatype='int'/></TABLE></RESOURCE></VOTABLE>", "a.vot"));
  EXPECT_EQ(table.parameters.size(), 10000u);
  EXPECT_EQ(table.notes, Names{"a.vot: only the first 10,000 PARAMs and INFOs are read"});
}

}  // namespace
}  // namespace uhuru
