// What the API says of one source: its place in the table, percentiles, times, errors, links.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/simulated_run.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/detection_details.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using testing::error_of;

constexpr double gamma_error = 0.25;

/// A run on simulated detections that have, as real ones, dates and limits of a feature.
class SourceAnswers : public ::testing::Test {
 protected:
  SourceAnswers() : api_(run() + "/catalog.sqlite", Threads(2), 2) {
    all_ = testing::sources_on_pages(scratch_ / "run/catalog.sqlite");
  }

  std::string run() {
    jobs::SimulateOptions simulation;
    simulation.rows = 2000;
    simulation.out = scratch_ / "d.csv";
    simulation.labels_out = scratch_ / "l.csv";
    jobs::simulate(simulation, model::load_model("csc2-published"));
    Table table = io::read_table(simulation.out);
    const Column gamma = table.at("powlaw_gamma");
    Column& dates = table.add(make_field("gti_obs", Type::text, ""));
    for (size_t row = 0; row < table.rows(); ++row)
      dates.append_text(row % 5 == 0 ? "" : fmt::format("20{:02}-03-01T12:00:00", row % 20));
    Column& lower = table.add(make_field("powlaw_gamma_lolim", Type::float64, ""));
    for (size_t row = 0; row < table.rows(); ++row) lower.append(gamma.number(row) - gamma_error);
    Column& upper = table.add(make_field("powlaw_gamma_hilim", Type::float64, ""));
    for (size_t row = 0; row < table.rows(); ++row)
      upper.append(row % 2 == 0 ? gamma.number(row) + 1 : -999.0);
    io::write_table(scratch_ / "more.csv", table);
    jobs::RunOptions options;
    options.detections = scratch_ / "more.csv";
    options.labels = *simulation.labels_out;
    options.out = scratch_ / "run";
    jobs::run(options, recipe::load_recipe("csc2"), Threads(2));
    return options.out;
  }
  static json parsed(const serve::ApiAnswer& answer) { return json::parse(answer.text); }
  json most_detected() {
    const json rows = parsed(api_.sources(
        {{"sort", "detections"}, {"order", "desc"}, {"limit", "1"}, {"columns", "name"}}));
    return parsed(api_.source({{"name", rows["rows"][0][0].get<std::string>()}}));
  }

  testing::ScratchFolder scratch_;
  serve::CatalogApi api_;
  Table all_;
};

TEST_F(SourceAnswers, HaveTheirPlaceInEveryOrder) {
  using Parameters = serve::Query::Parameters;
  for (const Parameters& order :
       {Parameters{}, Parameters{{"order", "desc"}}, Parameters{{"sort", "probability"}},
        Parameters{{"sort", "class"}, {"order", "desc"}, {"min.detections", "2"}},
        Parameters{{"sort", "bb_kt"}, {"class", "YSO"}, {"class", "AGN"}}}) {
    Parameters listing = order;
    listing.emplace("limit", "1000");
    listing.emplace("columns", "name");
    const json page = parsed(api_.sources(listing));
    const json& ids = page["ids"];
    ASSERT_GT(ids.size(), 20u);
    for (const size_t at : {size_t{0}, size_t{1}, size_t{17}, ids.size() - 1}) {
      Parameters asked = order;
      asked.emplace("id", ids[at].dump());
      const json place = parsed(api_.place(asked));
      EXPECT_EQ(place["offset"], at);
      EXPECT_EQ(place["total"], page["total"]);
      if (at == 0)
        EXPECT_TRUE(place["before"].is_null());
      else
        EXPECT_EQ(place["before"], json({{"id", ids[at - 1]}, {"name", page["rows"][at - 1][0]}}));
      if (at + 1 < ids.size())
        EXPECT_EQ(place["after"], json({{"id", ids[at + 1]}, {"name", page["rows"][at + 1][0]}}));
      else
        EXPECT_EQ(place["after"].is_null(), page["total"] == ids.size());
    }
  }
}

TEST_F(SourceAnswers, HaveNoPlaceOutsideTheSelection) {
  const json one = parsed(api_.source({{"id", "1"}}));
  const std::string other = one["values"]["class"] == "YSO" ? "AGN" : "YSO";
  const json place = parsed(api_.place({{"id", "1"}, {"class", other}}));
  EXPECT_TRUE(place["offset"].is_null());
  EXPECT_TRUE(place["before"].is_null());
  EXPECT_TRUE(place["after"].is_null());
  EXPECT_GT(place["total"], 0);
  EXPECT_EQ(error_of([&] { api_.place({}); }).where(), "id");
  EXPECT_EQ(error_of([&] { api_.place({{"id", "9999999"}}); }).where(), "id");
}

TEST_F(SourceAnswers, HavePercentilesAmongAllAndTheirClass) {
  for (const size_t row : {size_t{0}, size_t{100}, size_t{500}}) {
    const json found = parsed(api_.percentiles({{"id", std::to_string(row + 1)}}));
    const bool has_class = !all_.at("class").missing(row);
    if (has_class) {
      EXPECT_EQ(found["class"], all_.at("class").text(row));
    }
    size_t features = 0;
    for (const json& one : found["columns"]) {
      const Column& column = all_.at(one["name"].get<std::string>());
      features += column.field.name.starts_with("hard_") || column.field.name.starts_with("var_");
      for (const bool of_class : {false, true}) {
        double below = 0, count = 0;
        for (size_t other = 0; other < all_.rows(); ++other) {
          if (column.missing(other)) continue;
          if (of_class && all_.at("class").text(other) != all_.at("class").text(row)) continue;
          ++count;
          below += column.number(other) < column.number(row)    ? 1
                   : column.number(other) == column.number(row) ? 0.5
                                                                : 0;
        }
        const json& rank = one[of_class ? "class" : "all"];
        if (of_class && !has_class) {
          EXPECT_TRUE(rank.is_null());
          continue;
        }
        EXPECT_EQ(rank["sources"], count);
        EXPECT_NEAR(rank["percentile"], 100 * below / count, 1e-9);
      }
    }
    EXPECT_EQ(features, 10u);
  }
  EXPECT_THROW(api_.percentiles({{"name", "nobody"}}), serve::NotFound);
}

TEST_F(SourceAnswers, HaveTheTimesLimitsAndLinksOfTheirDetections) {
  const json source = most_detected();
  const json& detections = source["detections"];
  const json& rows = detections["rows"];
  ASSERT_GT(rows.size(), 10u);
  const auto place = [&](const char* name) {
    const json& columns = detections["columns"];
    return static_cast<size_t>(
        std::find_if(columns.begin(), columns.end(),
                     [&](const json& column) { return column["name"] == name; }) -
        columns.begin());
  };
  EXPECT_EQ(detections["times"]["column"], "gti_obs");
  const json& mjd = detections["times"]["mjd"];
  ASSERT_EQ(detections["limits"].size(), 1u);
  const json& limits = detections["limits"][0];
  EXPECT_EQ(limits["feature"], "powlaw_gamma");
  ASSERT_EQ(detections["links"].size(), rows.size());
  size_t times = 0, uppers = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    EXPECT_EQ(mjd[r].is_null(), rows[r][place("gti_obs")].is_null());
    if (rows[r][place("gti_obs")] == "2000-03-01T12:00:00") {
      EXPECT_EQ(mjd[r], 51604.5);
    }
    times += !mjd[r].is_null();
    const double gamma = rows[r][place("powlaw_gamma")];
    EXPECT_NEAR(limits["lower"][r], gamma - gamma_error, 1e-9);
    if (!limits["upper"][r].is_null()) {
      EXPECT_NEAR(limits["upper"][r], gamma + 1, 1e-9);
    }
    uppers += !limits["upper"][r].is_null();  // -999 marks a missing one
    ASSERT_EQ(detections["links"][r].size(), 1u);
    const std::string url = detections["links"][r][0]["url"];
    EXPECT_TRUE(url.ends_with("obsid=" + rows[r][place("observation")].dump())) << url;
  }
  EXPECT_GT(times, 0u);
  EXPECT_LT(times, rows.size());
  EXPECT_GT(uppers, 0u);
  EXPECT_LT(uppers, rows.size());
  const json catalog = json::parse(api_.description().dump());
  for (const json& column : catalog["columns"]) {
    if (column["name"] == "powlaw_gamma") {
      EXPECT_EQ(column["errors"], json({"powlaw_gamma_lolim", "powlaw_gamma_hilim"}));
    } else if (column["role"] == "feature") {
      EXPECT_EQ(column["errors"], json::array());
    }
  }
}

TEST(SourceAnswer, WithoutTimesAndLimitsSaysSo) {
  const testing::ScratchFolder scratch;
  serve::CatalogApi api(testing::labelled_run(scratch) + "/catalog.sqlite", Threads(2), 2);
  const json source = json::parse(api.source({{"name", "S1007"}}).text);
  EXPECT_TRUE(source["detections"]["times"].is_null());
  EXPECT_EQ(source["detections"]["limits"], json::array());
  EXPECT_EQ(source["detections"]["links"], json::array());
}

TEST(DetectionTimes, OfNamesOfObservationsAreFound) {
  recipe::Recipe recipe;
  recipe.observation_column = "mjd";
  Table table;
  const auto column = [](const char* name, const char* role, Type type) {
    return catalog::CatalogColumn{make_field(name, type, ""), name, role, 3, "", name};
  };
  const std::vector<catalog::CatalogColumn> columns = {
      column("observation", "observation", Type::text), column("period", "carried", Type::float64)};
  for (const catalog::CatalogColumn& one : columns) table.add(one.field);
  table.columns[0].append_text("55058.25");
  table.columns[1].append(3.0);
  const auto times = serve::times_of(table, columns, recipe);
  ASSERT_TRUE(times.has_value());
  EXPECT_EQ(times->column, "observation");
  EXPECT_EQ(times->mjd, std::vector<double>{55058.25});
  recipe.observation_column = "obsid";
  EXPECT_FALSE(serve::times_of(table, columns, recipe).has_value());
}

TEST_F(SourceAnswers, HaveTheLimitsOfAllSources) {
  const std::string bytes = api_.limits({{"column", "powlaw_gamma"}}).text;
  std::vector<float> limits(bytes.size() / sizeof(float));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(limits.data()));
  ASSERT_EQ(limits.size(), 2 * all_.rows());
  const Column& gamma = all_.at("powlaw_gamma");
  const Column& carried = all_.at("powlaw_gamma_hilim");
  size_t uppers = 0;
  for (size_t row = 0; row < all_.rows(); ++row) {
    EXPECT_NEAR(limits[2 * row], gamma.number(row) - gamma_error, 1e-5);
    const float upper = limits[2 * row + 1];
    EXPECT_EQ(std::isnan(upper), carried.missing(row) || carried.number(row) == -999);
    if (std::isnan(upper)) continue;
    EXPECT_NEAR(upper, gamma.number(row) + 1, 1e-5);
    ++uppers;
  }
  EXPECT_GT(uppers, 100u);
  EXPECT_LT(uppers, all_.rows());
  EXPECT_THROW(api_.limits({{"column", "hard_hs"}}), serve::NotFound);
  EXPECT_EQ(error_of([&] { api_.limits({{"column", "gamma"}}); }).where(), "'gamma'");
}

}  // namespace
}  // namespace uhuru
