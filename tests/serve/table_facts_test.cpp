// What downloaded tables say of themselves, in each format, and the names of their files.
#include "uhuru/serve/table_facts.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cctype>
#include <map>

#include "support/simulated_run.hpp"
#include "support/support.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/table_file.hpp"

namespace uhuru {
namespace {

using Parameters = serve::Query::Parameters;

/// The parameters of a table by their names in lower case: FITS has them in upper case.
std::map<std::string, std::string> facts_of(const Table& table) {
  std::map<std::string, std::string> facts;
  for (const Parameter& parameter : table.parameters) {
    std::string name = parameter.field.name;
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    facts[name] = parameter.value;
  }
  return facts;
}

class Facts : public ::testing::Test {
 protected:
  Facts()
      : path_(testing::simulated_run(scratch_, 2000) + "/catalog.sqlite"),
        api_(path_, Threads(2), 2, {"M 31: <run> \xc3\xa9", std::string(64, 'a')}) {}

  testing::ScratchFolder scratch_;
  std::string path_;
  serve::CatalogApi api_;
};

TEST_F(Facts, AreInEveryFormatThatHasAPlaceForThem) {
  for (const std::string format : {"votable", "fits", "ecsv"}) {
    const io::TemporaryFolder folder(scratch_ / "");
    const std::string name = api_.write_sources(
        {{"format", format}, {"class", "YSO"}, {"min.probability", "0.5"}, {"sort", "ra"}}, folder,
        [] {});
    const Table table = io::read_table(folder.file(name));
    auto facts = facts_of(table);
    EXPECT_EQ(facts["recipe"], "csc2") << format;
    EXPECT_EQ(facts["method"], "mahalanobis") << format;
    EXPECT_EQ(facts["model"], "sha256:" + std::string(64, 'a')) << format;
    EXPECT_EQ(facts["filters"], "class=YSO&min.probability=0.5") << format;
    EXPECT_EQ(facts["rows"], std::to_string(table.rows())) << format;
    EXPECT_EQ(facts[format == "fits" ? "creator" : "software"], "uhuru " UHURU_VERSION) << format;
    EXPECT_EQ(facts["run_with"], "uhuru " UHURU_VERSION) << format;
    EXPECT_EQ(facts["date"].size(), 19u) << facts["date"];
    EXPECT_TRUE(facts["catalog"].starts_with("M 31: <run> ")) << facts["catalog"];
    EXPECT_EQ(facts["radesys"], format == "votable" ? "" : "ICRS") << format;
    ASSERT_EQ(table.systems.size(), format == "votable" ? 1u : 0u);
    if (format != "votable") continue;
    EXPECT_EQ(table.systems[0].element, "COOSYS");
    EXPECT_NE(table.find_system(table.at("ra").field.ref), nullptr);
    EXPECT_EQ(table.at("dec").field.ref, table.at("ra").field.ref);
    EXPECT_EQ(table.at("probability").field.ref, "");
  }
}

TEST_F(Facts, AreInAnswersAndWholeTables) {
  const std::string page =
      api_.sources({{"format", "votable"}, {"class", "YSO"}, {"columns", "name"}}).text;
  Table table = io::read_table(*io::open_table_in_memory(page, "a.vot"));
  EXPECT_EQ(facts_of(table)["filters"], "class=YSO");
  EXPECT_TRUE(table.systems.empty()) << "there is no position";
  const std::string cone =
      api_.cone({{"format", "votable"}, {"ra", "1"}, {"dec", "2"}, {"radius", "3"}}).text;
  table = io::read_table(*io::open_table_in_memory(cone, "a.vot"));
  EXPECT_EQ(facts_of(table)["filters"], "dec=2&ra=1&radius=3");
  EXPECT_EQ(table.systems.size(), 1u);
  // INFOs stand before COOSYS, as in the schema.
  EXPECT_LT(cone.find("<INFO name=\"date\""), cone.find("<COOSYS"));
  serve::WholeTable whole(path_, "catalog.vot", {"title", ""});
  const serve::TableFile file = whole.file([] {});
  std::string text(file.size, '\0');
  ASSERT_EQ(::pread(file.descriptor->get(), text.data(), text.size(), 0),
            static_cast<long>(text.size()));
  table = io::read_table(*io::open_table_in_memory(text, "a.vot"));
  EXPECT_EQ(facts_of(table)["filters"], "none");
  EXPECT_EQ(facts_of(table)["catalog"], "title");
  EXPECT_EQ(facts_of(table)["rows"], std::to_string(table.rows()));
  EXPECT_EQ(table.systems.size(), 1u);
}

TEST(FactsWithoutPositions, NameNoSystem) {
  const testing::ScratchFolder scratch;
  serve::CatalogApi api(testing::labelled_run(scratch) + "/catalog.sqlite", Threads(2), 2);
  for (const std::string format : {"votable", "ecsv"}) {
    const io::TemporaryFolder folder(scratch / "");
    const Table table =
        io::read_table(folder.file(api.write_sources({{"format", format}}, folder, [] {})));
    EXPECT_TRUE(table.systems.empty());
    EXPECT_FALSE(facts_of(table).contains("radesys"));
    EXPECT_FALSE(facts_of(table).contains("model"));
  }
}

TEST(FileStem, SaysWhatTheFileHolds) {
  const auto stem = serve::file_stem;
  EXPECT_EQ(stem("m31 run", {{"group", "XB"}}, 312), "m31_run_XB_312_sources");
  EXPECT_EQ(stem("m31 run", {{"format", "fits"}, {"sort", "ra"}}, 7065), "m31_run_7065_sources");
  EXPECT_EQ(stem("", {}, 0), "0_sources");
  EXPECT_EQ(stem("r", {{"class", "LMXB"}, {"class", "HMXB"}}, 5), "r_LMXB_HMXB_5_sources");
  EXPECT_EQ(stem("r", {{"cone", "1,2,3"}, {"max.ra", "9"}}, 5), "r_cone_5_sources");
  EXPECT_EQ(stem("r", {{"where", "P(XB) > 0.5"}}, 5), "r_selection_5_sources");
}

TEST(FileStem, IsSafe) {
  const auto stem = serve::file_stem;
  EXPECT_EQ(stem("../../etc/passwd", {{"name", "a/b\"\r\n;c"}}, 1), "etc_passwd_a_b_c_1_sources");
  EXPECT_EQ(stem("-rf", {{"class", "TTau*"}}, 1), "rf_TTau_1_sources");
  EXPECT_EQ(stem(".\xc3\xa9.", {{"class", "*"}}, 1), "selection_1_sources");
  const std::string name =
      stem(std::string(1000, 'x'), {{"class", std::string(1000, 'y')}}, 1000000000);
  EXPECT_LE(name.size(), 90u) << name;
}

TEST(FilterText, IsReadByPeopleAndByServers) {
  const Parameters parameters = {{"class", "A&B"},
                                 {"where", "P(XB) > 0.5 and x = 'a+b'"},
                                 {"columns", "name"},
                                 {"format", "csv"},
                                 {"cone", "1,2,3"}};
  const std::string text = serve::filter_text(parameters);
  EXPECT_EQ(text, "class=A%26B&cone=1,2,3&where=P(XB) > 0.5 and x = 'a%2Bb'");
  Parameters filters = parameters;
  filters.erase("columns");
  filters.erase("format");
  EXPECT_EQ(httpd::parse_query(text), filters);
}

}  // namespace
}  // namespace uhuru
