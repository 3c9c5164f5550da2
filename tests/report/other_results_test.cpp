// The page of tables with classes that are not a run's: what it has, and what it says it lacks.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/report/report.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using testing::write_file;

class OtherResults : public ::testing::Test {
 protected:
  json data(const std::string& name, const std::string& text) {
    write_file(scratch_ / name, text);
    report::ReportOptions options;
    options.folder = scratch_ / name;
    report_ = {};
    return json::parse(report::report_data(options, Threads(2), report_));
  }

  testing::ScratchFolder scratch_;
  report::ReportSummary report_;
};

TEST_F(OtherResults, HaveTheSectionsThatTheDataAllow) {
  const json page = data("t.csv",
                         "name,ra,dec,class,P_AGN,P_CV,hr1,hr2,cluster,tail_probability\n"
                         "a,10,20,AGN,0.9,0.1,0.5,-0.1,0,0.4\n"
                         "b,11,21,CV,0.2,0.8,-0.5,0.2,1,0.01\n"
                         "c,12,22,,,,0.1,,,\n");
  EXPECT_EQ(page["folder"], "t.csv");
  EXPECT_EQ(page["is_run"], false);
  EXPECT_EQ(page["rows_are_sources"], true);
  EXPECT_EQ(page["clusters"]["whole"]["size"], 3);
  EXPECT_EQ(page["clusters"]["whole"]["without_class"], 1);
  EXPECT_EQ(page["clusters"]["each"].size(), 2u);
  EXPECT_EQ(page["clusters"]["each"][1]["size"], 1);
  EXPECT_EQ(page["sample"]["clusters"], json({0, 1, -1}));
  EXPECT_EQ(page["histograms"].size(), 2u);
  EXPECT_EQ(page["histograms"][1]["missing"], 1);
  EXPECT_EQ(page["sources"]["groups"][0]["most_certain"][0]["name"], "a");
  EXPECT_TRUE(page["sources"]["groups"][0]["most_certain"][0]["detections"].is_null());
  EXPECT_EQ(page["anomalies"][0]["name"], "b");
  EXPECT_TRUE(page["anomalies"][0]["unusual"].empty());
  EXPECT_FALSE(page["run"]["counts"].contains("sources_unique"));  // nothing tells of votes
  EXPECT_EQ(page["lacking"].size(), 1u);
  EXPECT_TRUE(page["lacking"].contains("validation"));
  EXPECT_EQ(page["files"][0]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(report_.sources, 2u);
  EXPECT_EQ(report_.detections, 0u);
}

TEST_F(OtherResults, SayWhatTheyLackAndWhy) {
  const json page = data("c.csv", "name,class\na,AGN\nb,CV\n");
  const json& lacking = page["lacking"];
  for (const char* section :
       {"clusters", "sky", "planes", "features", "sources", "validation", "anomalies"})
    EXPECT_FALSE(lacking.value(section, "").empty()) << section;
  EXPECT_EQ(report_.notes.size(), 7u);
  EXPECT_TRUE(page["sources"]["groups"].empty());
  EXPECT_EQ(page["sources"]["count"], 2);
  EXPECT_EQ(page["sources"]["classes"], json({1, 1}));
}

TEST_F(OtherResults, NameThePageAfterTheTable) {
  write_file(scratch_ / "t.csv", "name,class\na,AGN\nb,CV\n");
  report::ReportOptions options;
  options.folder = scratch_ / "t.csv";
  try {
    EXPECT_EQ(report::write_report(options, Threads(1)).out, scratch_ / "t.html");
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("without its web pages"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace uhuru
