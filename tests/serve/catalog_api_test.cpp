// Answers of the API, and that openapi.json documents its parameters.
#include "uhuru/serve/catalog_api.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/catalog_file.hpp"
#include "support/simulated_run.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/api_routes.hpp"
#include "uhuru/serve/source_filters.hpp"
#include "uhuru/sky/galactic.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using testing::CatalogFile;
using testing::error_of;

class Api : public ::testing::Test {
 protected:
  Api()
      : path_(testing::simulated_run(scratch_, 2000) + "/catalog.sqlite"),
        all_(testing::sources_on_pages(path_)),
        api_(path_, Threads(2), 2) {}

  static json parsed(const serve::ApiAnswer& answer) {
    EXPECT_EQ(answer.type, serve::json_type);
    return json::parse(answer.text);
  }

  testing::ScratchFolder scratch_;
  std::string path_;
  Table all_;
  serve::CatalogApi api_;
};

TEST_F(Api, DescribesTheCatalog) {
  const json catalog = api_.description();
  EXPECT_EQ(catalog["sources"], all_.rows());
  EXPECT_EQ(catalog["recipe"], "csc2");
  ASSERT_EQ(catalog["columns"].size(), all_.columns.size());
  ASSERT_EQ(catalog["classes"].size(), 10u);
  EXPECT_EQ(catalog["classes"][0]["name"], "QSO");
  EXPECT_EQ(catalog["classes"][0]["group"], "AGN");
  for (size_t c = 0; c < all_.columns.size(); ++c) {
    const json& column = catalog["columns"][c];
    EXPECT_EQ(column["name"], all_.columns[c].field.name);
    EXPECT_EQ(column["unit"], all_.columns[c].field.unit);
    const std::map<std::string, std::string> others = {
        {"TTau*", "p_ttau"}, {"group_XB", "p_group_xb"}, {"class", "class_name"}, {"ra", "ra"}};
    if (const auto found = others.find(column["name"]); found != others.end()) {
      EXPECT_EQ(column["table_name"], found->second);
    }
    if (column["name"] == "detections") {
      EXPECT_EQ(column["type"], "integer");
      EXPECT_EQ(column["min"], 1);
      EXPECT_EQ(column["missing"], 0);
    }
  }
}

TEST_F(Api, SaysWhatTheRecipeSaysOfItsMission) {
  const json catalog = api_.description();
  EXPECT_EQ(catalog["has_positions"], true);
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  EXPECT_EQ(catalog["groups"], json(recipe.group_names()));
  const json& mission = catalog["mission"];
  EXPECT_EQ(mission["name_example"], recipe.mission.name_example);
  ASSERT_EQ(mission["fields"].size(), recipe.mission.fields.size());
  ASSERT_FALSE(recipe.mission.fields.empty());
  EXPECT_EQ(mission["fields"][0]["name"], recipe.mission.fields[0].name);
  EXPECT_EQ(mission["fields"][0]["width"], recipe.mission.fields[0].width_deg);
  ASSERT_EQ(mission["citations"].size(), recipe.mission.citations.size());
  EXPECT_EQ(mission["citations"][0]["text"], recipe.mission.citations[0].text);
  EXPECT_EQ(mission["archive"], json({{"title", "the Chandra Source Catalog"},
                                      {"tap", "https://cda.cfa.harvard.edu/csc21tap"},
                                      {"table", "csc21.master_source"}}));
}

TEST(ApiWithoutPositions, DescribesTheCatalog) {
  const testing::ScratchFolder scratch;
  serve::CatalogApi api(testing::labelled_run(scratch) + "/catalog.sqlite", Threads(2), 2);
  const json catalog = api.description();
  EXPECT_EQ(catalog["sources"], 200);
  EXPECT_EQ(catalog["has_positions"], false);
  EXPECT_EQ(catalog["mission"],
            json({{"name_example", "S1"},
                  {"fields", json::array()},
                  {"citations",
                   {{{"text", "First & Second 2020"}, {"url", "https://example.org/first"}},
                    {{"text", "Third 2021"}, {"url", nullptr}}}},
                  {"archive", nullptr}}));
  // All of the recipe, in its order, also what does not occur.
  EXPECT_EQ(catalog["groups"],
            json({"g11", "g10", "g9", "g8", "g7", "g6", "g5", "g4", "g3", "g2", "g1"}));
  EXPECT_EQ(catalog["classes"].size(), 12u);
  EXPECT_EQ(catalog["classes"][11], json({{"name", "other"}, {"group", "g11"}}));
  std::map<std::string, json> carried;
  for (const json& column : catalog["columns"]) {
    for (const char* role : {"ra", "dec", "observation"}) EXPECT_NE(column["role"], role);
    if (column["role"] == "carried") carried[column["name"].get<std::string>()] = column;
  }
  ASSERT_EQ(carried.size(), 3u);
  EXPECT_EQ(carried["exposure"]["unit"], "ks");
  EXPECT_EQ(carried["exposure"]["description"], "Time on the source, for the first detection");
  EXPECT_EQ(carried["exposure"]["max"], 99.5);
  EXPECT_EQ(carried["number"]["type"], "integer");
  EXPECT_EQ(carried["remark"]["type"], "text");
}

TEST(ApiWithoutPositions, AnswersEveryRequest) {
  const testing::ScratchFolder scratch;
  serve::CatalogApi api(testing::labelled_run(scratch) + "/catalog.sqlite", Threads(2), 2);
  const auto parsed = [](const serve::ApiAnswer& answer) { return json::parse(answer.text); };
  const json source = parsed(api.source({{"name", "S1007"}}));
  EXPECT_TRUE(source["position"].is_null());
  EXPECT_EQ(source["neighbours"], json::array());
  EXPECT_EQ(source["values"]["standing"], "learned");
  EXPECT_EQ(source["values"]["class"], "k9");
  EXPECT_EQ(source["values"]["group"], "g9");
  EXPECT_EQ(source["values"]["number"], 70007);
  EXPECT_EQ(source["values"]["exposure"], 3.5);
  EXPECT_TRUE(source["values"]["remark"].is_null());
  EXPECT_FALSE(source["values"].contains("ra"));
  const json& columns = source["detections"]["columns"];
  EXPECT_TRUE(std::any_of(columns.begin(), columns.end(),
                          [](const json& column) { return column["name"] == "exposure"; }));
  const json found = parsed(api.search({{"q", "S1007"}}));
  ASSERT_EQ(found["names"].size(), 1u);
  EXPECT_FALSE(found["names"][0].contains("ra"));
  EXPECT_EQ(parsed(api.cone({{"ra", "1"}, {"dec", "1"}, {"radius", "180"}}))["rows"].size(), 0u);
  EXPECT_EQ(parsed(api.counts({{"cone", "1,1,180"}}))["total"], 0);
  EXPECT_EQ(parsed(api.counts({{"group", "g9"}}))["total"], 20);
  EXPECT_EQ(parsed(api.counts({{"min.exposure", "50"}}))["total"], 100);
  EXPECT_EQ(api.map({}).text.size(), 2 * 200 * sizeof(float));
  const json rows = parsed(api.sources({{"sort", "number"}, {"order", "desc"}, {"limit", "1"}}));
  EXPECT_EQ(rows["ids"], json({200}));
}

TEST_F(Api, GivesRowsAsJsonAndVotable) {
  const serve::Query::Parameters asked = {{"min.probability", "0.6"},
                                          {"sort", "probability"},
                                          {"order", "desc"},
                                          {"limit", "7"},
                                          {"offset", "2"},
                                          {"columns", "probability"},
                                          {"columns", "name"}};
  const json answer = parsed(api_.sources(asked));
  EXPECT_EQ(answer["columns"], json({"probability", "name"}));
  ASSERT_EQ(answer["rows"].size(), 7u);
  size_t selected = 0;
  for (size_t row = 0; row < all_.rows(); ++row)
    selected += all_.at("probability").number(row) >= 0.6;
  EXPECT_EQ(answer["total"], selected);
  for (size_t row = 0; row < 7; ++row) {
    const auto source = answer["ids"][row].get<size_t>() - 1;
    EXPECT_EQ(answer["rows"][row][0], all_.at("probability").number(source));
    EXPECT_EQ(answer["rows"][row][1], all_.at("name").text(source));
  }
  serve::Query::Parameters as_votable = asked;
  as_votable.emplace("format", "votable");
  const Table table =
      io::read_table(*io::open_table_in_memory(api_.sources(as_votable).text, "a.vot"));
  ASSERT_EQ(table.rows(), 7u);
  for (size_t row = 0; row < 7; ++row)
    EXPECT_EQ(answer["rows"][row][1], table.at("name").text(row));
}

TEST_F(Api, WritesTheSameRowsAsFiles) {
  for (const char* format : {"votable", "fits", "csv", "ecsv"}) {
    const io::TemporaryFolder folder(scratch_ / "");
    const std::string name =
        api_.write_sources({{"class", "YSO"}, {"sort", "ra"}, {"format", format}}, folder, [] {});
    const Table table = io::read_table(folder.file(name));
    ASSERT_GT(table.rows(), 10u);
    EXPECT_EQ(table.columns.size(), all_.columns.size());
    for (size_t row = 0; row < table.rows(); ++row) {
      EXPECT_EQ(table.at("class_name").text(row), "YSO");
      if (row == 0) continue;
      EXPECT_LE(table.at("ra").number(row - 1), table.at("ra").number(row));
    }
  }
}

TEST_F(Api, IsOfTheCatalogThatWasOpened) {
  const auto names = [&] {
    const io::TemporaryFolder folder(scratch_ / "");
    const Table table =
        io::read_table(folder.file(api_.write_sources({{"format", "csv"}}, folder, [] {})));
    const Column& column = table.at("name");
    std::vector<std::string> result;
    for (size_t row = 0; row < table.rows(); ++row) result.emplace_back(column.text(row));
    return result;
  };
  const auto before = names();
  ASSERT_EQ(before.size(), all_.rows());
  const testing::ScratchFolder other;
  std::filesystem::rename(testing::simulated_run(other, 500) + "/catalog.sqlite", path_);
  EXPECT_EQ(names(), before);
  std::filesystem::remove(path_);
  EXPECT_EQ(names(), before);
  EXPECT_EQ(parsed(api_.source({{"id", "1"}}))["name"], before[0]);
}

TEST_F(Api, TellsAllOfOneSource) {
  const json by_id = parsed(api_.source({{"id", "6"}}));
  const std::string name(all_.at("name").text(5));
  EXPECT_EQ(by_id["name"], name);
  EXPECT_EQ(parsed(api_.source({{"name", name}})), by_id);
  for (const Column& column : all_.columns) {
    const json& value = by_id["values"][column.field.name];
    if (column.missing(5))
      EXPECT_TRUE(value.is_null());
    else if (column.field.type == Type::text)
      EXPECT_EQ(value, column.text(5));
    else
      EXPECT_EQ(value, column.number(5));
  }
  EXPECT_EQ(by_id["detections"]["rows"].size(), all_.at("detections").number(5));
  EXPECT_EQ(by_id["position"]["l"],
            sky::galactic({all_.at("ra").number(5), all_.at("dec").number(5)}).l_deg);
  for (const json& neighbour : by_id["neighbours"]) {
    EXPECT_NE(neighbour["name"], name);
    EXPECT_LE(neighbour["separation_arcsec"], 360);
  }
  EXPECT_THROW(api_.source({{"name", "nobody"}}), serve::NotFound);
  EXPECT_EQ(error_of([&] { api_.source({}); }).where(), "name, id");
  EXPECT_EQ(error_of([&] { api_.source({{"id", "0"}}); }).where(), "id");
  EXPECT_EQ(error_of([&] { api_.source({{"id", "99999999"}}); }).where(), "id");
}

TEST_F(Api, FindsNamesAndPositions) {
  const std::string name(all_.at("name").text(0));
  const json found = parsed(api_.search({{"q", name.substr(0, 6)}}));
  EXPECT_EQ(found["names"].size(), 10u);
  EXPECT_EQ(found["names"][0]["name"], name);
  EXPECT_TRUE(found["position"].is_null());
  const json at = parsed(api_.search({{"q", " 05 35 17.3 -05 23 28 "}}))["position"];
  EXPECT_NEAR(at["ra"], 83.822083, 1e-6);
  EXPECT_NEAR(at["dec"], -5.391111, 1e-6);
  EXPECT_EQ(parsed(api_.search({{"q", ""}}))["names"].size(), 0u);
}

TEST_F(Api, GivesConesNearestFirst) {
  const json cone = parsed(api_.cone({{"ra", fmt::format("{}", all_.at("ra").number(3))},
                                      {"dec", fmt::format("{}", all_.at("dec").number(3))},
                                      {"radius", "60"},
                                      {"limit", "5"},
                                      {"columns", "name"}}));
  EXPECT_TRUE(cone["more"]);
  EXPECT_EQ(cone["columns"], json({"name", "separation_arcsec"}));
  ASSERT_EQ(cone["rows"].size(), 5u);
  EXPECT_EQ(cone["rows"][0][0], all_.at("name").text(3));
  EXPECT_EQ(cone["rows"][0][1], 0);
  for (size_t row = 1; row < 5; ++row) EXPECT_GE(cone["rows"][row][1], cone["rows"][row - 1][1]);
}

TEST_F(Api, GivesArraysOfAllSources) {
  const auto floats = [](const std::string& bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  };
  const auto values = floats(api_.values({{"column", "hard_hs"}}).text);
  ASSERT_EQ(values.size(), all_.rows());
  for (size_t row = 0; row < values.size(); ++row)
    EXPECT_EQ(values[row], static_cast<float>(all_.at("hard_hs").number(row)));
  const std::string codes = api_.values({{"column", "class"}}).text;
  ASSERT_EQ(codes.size(), 2 * all_.rows());
  EXPECT_EQ(floats(api_.map({}).text).size(), 2 * all_.rows());
  EXPECT_NE(api_.map({{"frame", "equatorial"}}).text, api_.map({}).text);
  const serve::ApiAnswer selection = api_.selection({{"class", "YSO"}});
  ASSERT_EQ(selection.text.size(), (all_.rows() + 7) / 8);
  size_t count = 0;
  for (size_t row = 0; row < all_.rows(); ++row) {
    const bool in = static_cast<unsigned char>(selection.text[row / 8]) >> (row % 8) & 1;
    EXPECT_EQ(in, all_.at("class").text(row) == "YSO");
    count += in;
  }
  EXPECT_EQ(selection.headers.at(0).second, std::to_string(count));
}

TEST_F(Api, TakesExpressions) {
  size_t count = 0, missing = 0;
  for (size_t row = 0; row < all_.rows(); ++row) {
    const bool is_yso = all_.at("class").text(row) == "YSO";
    const double value = all_.at("probability").number(row);
    count += is_yso && value > 0.6;
    missing += is_yso && std::isnan(value);
  }
  ASSERT_GT(missing, 0u);
  const serve::Query::Parameters asked = {{"class", "YSO"}, {"where", "probability > 0.6"}};
  const serve::ApiAnswer selection = api_.selection(asked);
  EXPECT_EQ(selection.headers,
            (std::vector<std::pair<std::string, std::string>>{
                {"X-Count", std::to_string(count)}, {"X-Missing", std::to_string(missing)}}));
  // Answers are cached for each expression.
  EXPECT_EQ(parsed(api_.counts(asked))["total"], count);
  EXPECT_NE(parsed(api_.counts({{"class", "YSO"}, {"where", "probability > 0.9"}}))["total"],
            count);
  EXPECT_EQ(parsed(api_.counts(asked))["total"], count);
  EXPECT_EQ(
      parsed(api_.sources({{"where", "class = 'YSO'"}, {"where", "probability > 0.6"}}))["total"],
      count);
  const std::string name(all_.at("name").text(7));
  EXPECT_EQ(parsed(api_.sources({{"where", "named('" + lower(name) + "')"}}))["ids"], json({8}));
  EXPECT_EQ(parsed(api_.sources({{"where", "starts(name, '" + name + "')"}}))["ids"], json({8}));
  const Error error = error_of([&] { api_.selection({{"where", "probabilty > 0.1"}}); });
  EXPECT_NE(error.expected().find("did you mean probability"), std::string::npos);
  EXPECT_EQ(error_of([&] {
              api_.counts({{"where", "hard_hs >"}});
            }).where(),
            "character 10 of 'hard_hs >'");
}

TEST(SourceFilters, ReadForms) {
  httpd::Request request;
  request.parameters = {{"by", "class"}};
  request.headers["content-type"] = "Application/X-WWW-Form-Urlencoded;charset=utf-8";
  request.small_body = "where=a+%3E%201&where=b&class=QSO";
  EXPECT_EQ(serve::form_parameters(request),
            (serve::Query::Parameters{
                {"by", "class"}, {"class", "QSO"}, {"where", "a > 1"}, {"where", "b"}}));
  request.large_body = std::make_unique<io::SpooledFile>();
  request.large_body->write("class=" + std::string(100'000, 'x'));
  request.small_body.clear();
  EXPECT_EQ(serve::form_parameters(request).find("class")->second.size(), 100'000u);
  request.headers["content-type"] = "text/csv";
  EXPECT_EQ(error_of([&] { serve::form_parameters(request); }).where(), "Content-Type");
  EXPECT_NE(serve::request_key("counts", {{"a", "b&c=d"}}),
            serve::request_key("counts", {{"a", "b"}, {"c", "d"}}));
  EXPECT_NE(serve::request_key("counts", {}), serve::request_key("histogram", {}));
}

TEST(SourceFilters, TakeNoFormsFromElsewhere) {
  httpd::Router router;
  serve::add_filter_route(
      router,
      {.method = "GET",
       .path = "/a",
       .handler =
           [](const httpd::Request& request) {
             return httpd::text_answer("text/plain", request.parameters.find("where")->second);
           }},
      [](const httpd::Request& request) { return request.header("origin") == "https://other"; });
  httpd::Request request;
  request.method = "POST";
  request.path = "/a";
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  request.small_body = "where=x+%2B+1";
  EXPECT_EQ(*router.answer(request).text, "x + 1");
  EXPECT_EQ(router.max_body_bytes(request), serve::max_form_bytes);
  EXPECT_FALSE(router.is_slow(request));
  request.headers["origin"] = "https://other";
  EXPECT_EQ(router.answer(request).status, 403);
  request.headers.erase("origin");
  request.headers.erase("content-type");
  EXPECT_EQ(router.answer(request).status, 400);
  request.large_body = std::make_unique<io::SpooledFile>();
  EXPECT_TRUE(router.is_slow(request));
  request.large_body.reset();
  request.method = "GET";
  request.parameters = {{"where", std::string(2001, 'y')}};
  EXPECT_TRUE(router.is_slow(request));
  request.parameters = {{"where", "y"}};
  EXPECT_FALSE(router.is_slow(request));
  EXPECT_EQ(*router.answer(request).text, "y");
  EXPECT_EQ(router.max_body_bytes(request), 0u);
}

/// All parameters that a document lists for a path.
std::set<std::string> documented(const json& document, const std::string& path) {
  std::set<std::string> names;
  for (json parameter : document["paths"][path]["get"]["parameters"]) {
    if (parameter.contains("$ref"))
      parameter = document.at(json::json_pointer(parameter["$ref"].get<std::string>().substr(1)));
    names.insert(parameter["name"]);
  }
  names.erase("min.COLUMN");
  return names;
}

TEST_F(Api, IsDocumented) {
  const json document = json::parse(testing::read_file(UHURU_SOURCE_DIR "/web/api/openapi.json"));
  const serve::Query::Parameters needed = {
      {"column", "ra"}, {"ra", "1"}, {"dec", "1"}, {"radius", "1"}};
  for (const serve::ApiRoute& route : serve::api_routes()) {
    const auto names = documented(document, route.path);
    serve::Query::Parameters parameters = {{"no such parameter", ""}};
    for (const auto& [name, value] : needed)
      if (names.contains(name)) parameters.emplace(name, value);
    const Error error = error_of([&] { (api_.*route.answer)(parameters); });
    EXPECT_EQ(error.message(), "unknown parameter") << route.path;
    std::vector<std::string> sorted(names.begin(), names.end());
    const std::string& expected = error.expected();
    std::string listed = "one of ";
    for (size_t i = 0; i < sorted.size(); ++i) listed += (i > 0 ? ", " : "") + sorted[i];
    EXPECT_EQ(expected.substr(0, expected.find(" (did")), listed) << route.path;
  }
}

TEST_F(CatalogFile, OfHostileNamesIsAnsweredAsText) {
  recipe_ = testing::make_recipe({"<script>alert(1)</script>", "a\"b'c;--", "min.x", "../../etc"},
                                 {"<b>", "Probability"});
  make_tables();
  const std::vector<std::string> names = {"'; DROP TABLE sources; --",
                                          "<img src=x onerror=1>",
                                          "..%2f..",
                                          "\xff\xfe bytes",
                                          "a\nb",
                                          "%_\\"};
  for (size_t i = 0; i < names.size(); ++i)
    add_detection(names[i], static_cast<int64_t>(i), 10, 20, "<i>", -1, 0.9);
  serve::CatalogApi api(write(), Threads(2), 2);
  const auto parsed = [](const serve::ApiAnswer& answer) { return json::parse(answer.text); };
  EXPECT_EQ(json::parse(api.description().dump())["sources"], names.size());
  for (const std::string& name : names) {
    const json found = parsed(api.source({{"name", name}}));
    EXPECT_EQ(found["values"]["class"], "<b>");
    EXPECT_EQ(parsed(api.search({{"q", name}}))["names"].size(), 1u) << name;
    EXPECT_EQ(parsed(api.sources({{"name", name}}))["total"], 1) << name;
  }
  for (const char* column : {"<script>alert(1)</script>", "a\"b'c;--", "min.x", "../../etc"}) {
    EXPECT_EQ(parsed(api.histogram({{"column", column}, {"by", "class"}}))["total"], names.size());
    EXPECT_EQ(parsed(api.sources({{"sort", column}, {"columns", column}}))["rows"].size(),
              names.size());
    EXPECT_EQ(parsed(api.counts({{std::string("min.") + column, "0"}}))["total"], names.size());
    EXPECT_EQ(parsed(api.counts({{std::string("max.") + column, "-1"}}))["total"], 0);
  }
  EXPECT_EQ(parsed(api.counts({{"class", "<b>"}, {"label", "<i>"}}))["total"], names.size());
  EXPECT_EQ(error_of([&] {
              api.counts({{"by", "class\" FROM sources --"}});
            }).message(),
            "no such column to filter or sort by");
}

}  // namespace
}  // namespace uhuru
