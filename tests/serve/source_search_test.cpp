// What the search finds: parts of names, fields, Galactic positions, lists.
#include "uhuru/serve/source_search.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/catalog_file.hpp"
#include "support/simulated_run.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/name_service.hpp"
#include "uhuru/serve/run_facts.hpp"
#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/moc.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using testing::CatalogFile;
using testing::error_of;

class Search : public CatalogFile {
 protected:
  Search() {
    add_detection("2CXO J004307.5-092302", 1, 10.78, -9.384, "", -1, 0.9);
    add_detection("2CXO J053517.3-052328", 2, 83.822, -5.391, "", -1, 0.9);
    add_detection("4XMM J053517.3-052328", 3, 83.8, -5.3, "", -1, 0.9);
    add_detection("o'Brien 5", 4, 200, 45, "", -1, 0.9);
    add_detection("a;b", 5, 201, 45, "", -1, 0.9);
    file_ = write();
    search_.emplace(file_, std::vector<recipe::NamedField>{{"M31", 10.68, 41.27, 3},
                                                           {"M33", 23.46, 30.66, 1},
                                                           {"Galactic Center", 266.4, -29, 2}});
    lookup_.emplace(file_);
  }
  std::vector<std::string> named(const std::string& text, size_t most = 10) {
    std::vector<std::string> names;
    for (const int64_t id : search_->named(text, most, *lookup_))
      names.emplace_back(lookup_->source(id).at("name").text(0));
    return names;
  }
  json list(const std::vector<std::string>& targets) {
    return json::parse(search_->list(targets, *lookup_).dump());
  }

  std::string file_;
  std::optional<serve::SourceSearch> search_;
  std::optional<catalog::SourceLookup> lookup_;
};

using Names = std::vector<std::string>;

TEST_F(Search, FindsNamesWithoutTheirPrefix) {
  EXPECT_EQ(named("J004307.5-092302"), Names({"2CXO J004307.5-092302"}));
  EXPECT_EQ(named("j0043"), Names({"2CXO J004307.5-092302"}));
  EXPECT_EQ(named("j053517"), Names({"2CXO J053517.3-052328", "4XMM J053517.3-052328"}));
  EXPECT_EQ(named("j053517", 1).size(), 1u);
  EXPECT_EQ(named("2cxo"), Names({"2CXO J004307.5-092302", "2CXO J053517.3-052328"}));
  EXPECT_EQ(named("cxo"), Names());
  EXPECT_EQ(named(""), Names());
}

TEST_F(Search, FindsFieldsByTheirBeginning) {
  EXPECT_EQ(search_->fields("m3").size(), 2u);
  EXPECT_EQ(search_->fields("galactic c").at(0).name, "Galactic Center");
  EXPECT_EQ(search_->fields("M 31").at(0).name, "M31");
  EXPECT_EQ(search_->fields("galacticcenter").at(0).name, "Galactic Center");
  EXPECT_TRUE(search_->fields("center").empty());
  EXPECT_TRUE(search_->fields("").empty());
  EXPECT_TRUE(search_->fields("M31 and more").empty());
}

TEST_F(Search, OfAListGivesAnExpression) {
  EXPECT_EQ(list({"J004307.5-092302", "o'brien 5", "nobody", "83.822 -5.391", "1 2", "m 31"}),
            json({{"where",
                   "named('2CXO J004307.5-092302', 'o''Brien 5') or "
                   "near(5, 83.8220000, -5.3910000) or cone(10.68, 41.27, 1.5)"},
                  {"found", 4},
                  {"missing", {"nobody", "1 2"}}}));
  // Two sources end in it: it is the position that it spells.
  EXPECT_EQ(list({"J053517.3-052328", "2cxo J053517.3-052328"})["where"],
            "named('2CXO J053517.3-052328') or near(5, 83.8220833, -5.3911111)");
  EXPECT_EQ(list({"x", "y"}), json({{"where", nullptr}, {"found", 0}, {"missing", {"x", "y"}}}));
  const auto galactic = sky::galactic({10.78, -9.384});
  EXPECT_EQ(list({fmt::format("l={} b={}", galactic.l_deg, galactic.b_deg)})["where"],
            "near(5, 10.7800000, -9.3840000)");
  EXPECT_EQ(error_of([&] { list(std::vector<std::string>(201, "x")); }).expected(), "at most 200");
}

TEST(Targets, AreSeparatedBySemicolonsAndLineEnds) {
  EXPECT_EQ(serve::targets_in(" a b ;c\r\nd\n\n;e;"), Names({"a b", "c", "d", "e"}));
  EXPECT_EQ(serve::targets_in(" \n;"), Names());
  EXPECT_EQ(serve::targets_in("a"), Names({"a"}));
}

TEST_F(Search, IsAnsweredByTheApi) {
  serve::CatalogApi api(file_, Threads(2), 2);
  const auto asked = [&](const std::string& q) { return json::parse(api.search({{"q", q}}).text); };
  const json galactic = asked("l=121.174329 b=-21.573309")["position"];
  EXPECT_NEAR(galactic["ra"], 10.6847083, 1e-4);
  EXPECT_NEAR(galactic["dec"], 41.26875, 1e-4);
  EXPECT_EQ(galactic["frame"], "galactic");
  EXPECT_NEAR(galactic["l"], 121.174329, 1e-9);
  EXPECT_EQ(asked("10.68 41.27")["position"]["frame"], "equatorial");
  EXPECT_EQ(asked("J0043")["names"].size(), 1u);
  EXPECT_TRUE(asked("J0043")["list"].is_null());
  EXPECT_EQ(asked("J004307.5-092302; nobody")["list"]["found"], 1);
  EXPECT_TRUE(api.is_long_search({{"q", "J004307.5-092302; nobody"}}));
  EXPECT_FALSE(api.is_long_search({{"q", "J004307.5-092302;"}}));
  const json own = asked("a;b");
  EXPECT_EQ(own["names"].size(), 1u);
  EXPECT_TRUE(own["list"].is_null()) << "it is the name of a source";
}

TEST(SearchOfFields, TakesThoseOfTheRecipe) {
  const testing::ScratchFolder scratch;
  const std::string path = testing::simulated_run(scratch, 2000) + "/catalog.sqlite";
  serve::CatalogApi api(path, Threads(2), 2);
  const recipe::NamedField field = recipe::load_recipe("csc2").mission.fields.at(0);
  const json found = json::parse(api.search({{"q", lower(field.name)}}).text)["fields"];
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0], json({{"name", field.name},
                            {"ra", field.ra_deg},
                            {"dec", field.dec_deg},
                            {"width", field.width_deg}}));
  // The footprint of the same catalog.
  const Table all = io::read_table(*catalog::open_sources(path));
  std::vector<sky::SkyPosition> positions;
  for (size_t row = 0; row < all.rows(); ++row)
    positions.push_back({all.at("ra").number(row), all.at("dec").number(row)});
  EXPECT_EQ(api.moc({{"order", "6"}}).text, sky::moc_json(sky::make_moc(positions, 6)));
  EXPECT_EQ(api.moc({}).text, sky::moc_json(sky::make_moc(positions, 8)));
  EXPECT_EQ(error_of([&] { api.moc({{"order", "10"}}); }).where(), "order");
  const io::TemporaryFolder folder(scratch / "");
  const Table fits = io::read_table(folder.file(api.write_moc({{"order", "6"}}, folder)));
  const auto uniq = fits.at("UNIQ").values<int64_t>();
  EXPECT_EQ(std::vector<int64_t>(uniq.begin(), uniq.end()),
            sky::moc_uniq(sky::make_moc(positions, 6)));
  std::map<std::string, std::string> keywords;
  for (const Parameter& parameter : fits.parameters)
    keywords[parameter.field.name] = parameter.value;
  EXPECT_EQ(keywords["ORDERING"], "NUNIQ");
  EXPECT_EQ(keywords["MOCORD_S"], "6");
  EXPECT_EQ(json::parse(serve::run_facts(api.run_record()).dump())["recipe"], "csc2");
}

TEST(RunFacts, NameLossesWithTheirReasons) {
  const json facts = json::parse(serve::run_facts(R"({
    "uhuru_version": "0.1.0", "recipe": "csc2", "method": "mahalanobis",
    "detections": {"name": "/home/somebody/d.csv", "sha256": "1"}, "labels": null,
    "counts": {"read": 100, "not_selected": 20, "without": {"hardness": 5, "none": 0},
               "without_features": 0, "repeated": 3, "clustered": 72, "labelled": 30,
               "classified": 40, "other_label": 2},
    "notes": ["one", "two"]})")
                                     .dump());
  EXPECT_EQ(facts["inputs"], json({"d.csv"})) << "no folders";
  EXPECT_EQ(facts["read"], 100);
  EXPECT_EQ(facts["kept"], 72);
  EXPECT_EQ(facts["losses"],
            json({{{"what", "not selected by the recipe"}, {"count", 20}},
                  {{"what", "without hardness"}, {"count", 5}},
                  {{"what", "the same measurement under another name"}, {"count", 3}}}));
  EXPECT_EQ(facts["of_kept"].size(), 3u);
  EXPECT_EQ(facts["notes"], json({"one", "two"}));
  for (const char* text : {"", "[]", "{}", "{\"counts\": 3, \"notes\": {}}"}) {
    const json none = json::parse(serve::run_facts(text).dump());
    EXPECT_EQ(none["losses"], json::array()) << text;
    EXPECT_EQ(none["notes"], json::array()) << text;
    EXPECT_TRUE(none["read"].is_null()) << text;
  }
}

TEST(ValidationFacts, AreTheScores) {
  EXPECT_TRUE(serve::validation_facts("", "v.json").is_null());
  EXPECT_EQ(error_of([] { serve::validation_facts("{}", "v.json"); }).where(), "v.json");
  const json facts = json::parse(serve::validation_facts(R"({
    "format": "uhuru-validation", "recipe": "csc2", "method": "bayes",
    "split": {"by": "source", "folds": 5}, "scores_count": "each source once",
    "sample": {"detections": 10, "sources": 5, "classes": [], "excluded": []}, "notes": ["n"],
    "evaluations": [{"level": "soft vote", "of": "groups", "labels": ["a"], "rows": 5,
                     "sources": 5, "confusion": [[5]],
                     "accuracy": {"value": 0.7123456, "low": 0.6, "high": 0.8},
                     "log_loss": null}]})",
                                                         "v.json")
                                     .dump());
  EXPECT_EQ(facts["split"]["by"], "source");
  EXPECT_EQ(facts["sources"], 5);
  ASSERT_EQ(facts["scores"].size(), 1u);
  EXPECT_EQ(facts["scores"][0]["level"], "soft vote");
  EXPECT_EQ(facts["scores"][0]["accuracy"]["value"], 0.71235);
  EXPECT_TRUE(facts["scores"][0]["log_loss"].is_null());
  EXPECT_FALSE(facts["scores"][0].contains("confusion"));
}

TEST(NameService, SaysPlainlyThatNobodyAnswers) {
  vo::HttpSettings http;
  http.first_pause_s = 0.01;
  serve::NameService names("http://127.0.0.1:1/?{name}", http);
  const auto wanted = [] { return false; };
  EXPECT_EQ(error_of([&] { names.resolve("M31", wanted); }).kind(), ErrorKind::service);
  EXPECT_EQ(error_of([&] { names.resolve("", wanted); }).where(), "name");
  EXPECT_EQ(error_of([&] { names.resolve(std::string(101, 'x'), wanted); }).where(), "name");
}

}  // namespace
}  // namespace uhuru
