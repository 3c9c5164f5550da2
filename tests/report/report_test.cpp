// The page of a run: its data, rejected input, omitted parts.
#include "uhuru/report/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/simulated_run.hpp"
#include "support/support.hpp"
#include "uhuru/base/embedded.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/sky/galactic.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using testing::error_of;
using testing::read_file;
using testing::write_file;

bool has_page() {
  for (const EmbeddedFile& file : embedded_files())
    if (file.path == "web/report.html") return true;
  return false;
}

/// Changes each line of a table; the header is line 0.
void edit_lines(const std::string& path,
                const std::function<std::string(const std::string&, size_t)>& edit) {
  std::istringstream lines(read_file(path));
  std::string line, text;
  for (size_t i = 0; std::getline(lines, line); ++i) text += edit(line, i) + "\n";
  write_file(path, text);
}

/// The line without its last cells.
std::string without_last(std::string line, int cells) {
  while (cells-- > 0) line.resize(line.rfind(','));
  return line;
}

/// A run on simulated detections.
class Report : public ::testing::Test {
 protected:
  void make_run(uint64_t rows, const std::string& name_prefix = "") {
    jobs::SimulateOptions simulation;
    simulation.rows = rows;
    simulation.out = scratch_ / "d.csv";
    simulation.labels_out = scratch_ / "l.csv";
    jobs::simulate(simulation, model::load_model("csc2-published"));
    Table detections = io::read_table(scratch_ / "d.csv");
    if (!name_prefix.empty()) {
      for (Column& column : detections.columns) {
        if (column.field.name != "name") continue;
        Column changed(column.field);
        for (size_t row = 0; row < column.size(); ++row)
          changed.append_text(name_prefix + std::string(column.text(row)));
        column = changed;
      }
      io::WriteOptions write;
      write.overwrite = io::Overwrite::yes;
      io::write_table(scratch_ / "d.csv", detections, write);
    }
    jobs::RunOptions options;
    options.detections = scratch_ / "d.csv";
    options.labels = scratch_ / "l.csv";
    options.out = scratch_ / "run";
    summary_ = jobs::run(options, recipe::load_recipe("csc2"), Threads(2));
  }
  /// As by versions that did not note the SHA-256 of a run's files, so that these can be edited.
  void forget_digests() const {
    auto record = nlohmann::ordered_json::parse(read_file(file("run.json")));
    EXPECT_EQ(record.erase("files"), 1u);
    write_file(file("run.json"), record.dump(1));
  }
  std::string file(const std::string& name) const { return scratch_ / ("run/" + name); }
  std::string text(int threads = 2) {
    report::ReportOptions options;
    options.folder = scratch_ / "run";
    report_ = {};
    return report::report_data(options, Threads(threads), report_);
  }
  json data() { return json::parse(text()); }
  void expect_refused(const std::string& message, const std::string& where) {
    const Error error = error_of([&] { text(); });
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    EXPECT_NE(error.where().find(where), std::string::npos) << error.what();
    EXPECT_EQ(error.kind(), ErrorKind::input);
  }

  testing::ScratchFolder scratch_;
  jobs::RunSummary summary_;
  report::ReportSummary report_;
};

TEST_F(Report, RefusesClustersThatTheModelLacks) {
  make_run(1000);
  forget_digests();
  const std::string whole = read_file(file("clusters.csv"));
  const size_t column = 5;  // name, obsid, ra, dec, main_type, cluster
  for (const char* wrong : {"6", "-1", "1.5", ""}) {
    write_file(file("clusters.csv"), whole);
    edit_lines(file("clusters.csv"), [&](const std::string& line, size_t i) {
      if (i != 3) return line;
      size_t begin = 0;
      for (size_t c = 0; c < column; ++c) begin = line.find(',', begin) + 1;
      return line.substr(0, begin) + wrong + line.substr(line.find(',', begin));
    });
    expect_refused("invalid cluster", "row 3");
  }
}

TEST_F(Report, CountsWhatTheRunCounted) {
  make_run(3000);
  const json page = data();
  EXPECT_EQ(page["folder"], "run");
  EXPECT_EQ(page["run"]["counts"]["read"], 3000);
  const json& clusters = page["clusters"];
  EXPECT_EQ(clusters["whole"]["size"], summary_.selection.kept);
  EXPECT_EQ(clusters["whole"]["learned"], summary_.classification.labels.with_class);
  EXPECT_EQ(clusters["whole"]["classified"], summary_.classification.classified);
  uint64_t in_clusters = 0;
  uint64_t north_to_south = 0;
  for (const json& cluster : clusters["each"]) {
    in_clusters += cluster["size"].get<uint64_t>();
    for (const json& count : cluster["latitudes"]) north_to_south += count.get<uint64_t>();
    EXPECT_EQ(cluster["medians"].size(), 12u);
  }
  EXPECT_EQ(in_clusters, summary_.selection.kept);
  EXPECT_EQ(north_to_south, summary_.selection.kept);
  for (const json& histogram : page["histograms"]) {
    auto all = histogram["outside"].get<uint64_t>() + histogram["missing"].get<uint64_t>();
    for (const json& group : histogram["counts"])
      for (const json& count : group) all += count.get<uint64_t>();
    EXPECT_EQ(all, summary_.selection.kept);
  }
  EXPECT_EQ(page["sources"]["count"], summary_.sources_unique + summary_.sources_ambiguous);
  EXPECT_EQ(report_.sources, summary_.sources_unique + summary_.sources_ambiguous);
  EXPECT_EQ(page["anomalies"].size(), 20u);
  EXPECT_EQ(text(1), text(7));
}

TEST_F(Report, OfARunInWhichAllIsLabelled) {
  report::ReportOptions options;
  options.folder = testing::labelled_run(scratch_);
  const json page = json::parse(report::report_data(options, Threads(2), report_));
  const json& recipe = page["recipe"];
  EXPECT_EQ(recipe["has_positions"], false);
  EXPECT_EQ(recipe["has_observations"], false);
  EXPECT_EQ(recipe["citations"],
            json({{{"text", "First & Second 2020"}, {"url", "https://example.org/first"}},
                  {{"text", "Third 2021"}, {"url", nullptr}}}));
  EXPECT_EQ(recipe["groups"],
            json({"g11", "g10", "g9", "g8", "g7", "g6", "g5", "g4", "g3", "g2", "g1"}));
  EXPECT_EQ(recipe["group_of_class"], json({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0}));
  EXPECT_EQ(page["clusters"]["whole"]["size"], 200);
  EXPECT_EQ(page["clusters"]["whole"]["learned"], 200);
  EXPECT_EQ(page["clusters"]["whole"]["classes"],
            json({20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 0, 0}));
  // Its range is from 0 to infinity, its values from 2 to 11.5.
  EXPECT_EQ(page["histograms"][0]["low"], 0);
  EXPECT_GT(page["histograms"][0]["high"], 11);
  EXPECT_LT(page["histograms"][0]["high"], 12);
  EXPECT_EQ(page["sources"]["count"], 0);
  EXPECT_EQ(page["sample"]["l"].size(), 0u);
  EXPECT_EQ(page["sample"]["names"].size(), 200u);
  for (const json& observation : page["sample"]["observations"]) EXPECT_EQ(observation, "");
}

TEST_F(Report, NamesWhatToCite) {
  make_run(1000);
  const json recipe = data()["recipe"];
  EXPECT_EQ(recipe["has_positions"], true);
  EXPECT_EQ(recipe["has_observations"], true);
  const auto citations = recipe::load_recipe("csc2").mission.citations;
  ASSERT_EQ(recipe["citations"].size(), citations.size());
  EXPECT_EQ(recipe["citations"][0]["text"], citations[0].text);
  EXPECT_EQ(recipe["citations"][0]["url"], citations[0].url);
  EXPECT_EQ(recipe["features"][0]["unit"], "");
  EXPECT_EQ(recipe["features"][4]["name"], "bb_kt");
  EXPECT_EQ(recipe["features"][4]["unit"], "keV");
  EXPECT_EQ(recipe["features"][4]["description"],
            "Temperature kT of the best-fitting absorbed black body");
}

TEST_F(Report, SampleHoldsRowsOfTheTable) {
  make_run(9000);
  const json page = data();
  const json& sample = page["sample"];
  ASSERT_GT(summary_.selection.kept, 6000u);
  EXPECT_EQ(sample["names"].size(), 6000u);
  EXPECT_EQ(sample["of"], summary_.selection.kept);
  const Table clusters = io::read_table(file("clusters.csv"));
  std::map<std::string, size_t> rows;
  const auto key = [](const std::string& name, const std::string& observation) {
    return name + "/" + observation;
  };
  for (size_t row = 0; row < clusters.rows(); ++row)
    rows[key(cell_text(clusters.at("name"), row), cell_text(clusters.at("obsid"), row))] = row;
  std::set<size_t> drawn;
  for (size_t i = 0; i < 6000; ++i) {
    const size_t row = rows.at(key(sample["names"][i], sample["observations"][i]));
    drawn.insert(row);
    EXPECT_EQ(sample["clusters"][i], clusters.at("cluster").number(row));
    EXPECT_NEAR(sample["features"][3][i].get<double>(), clusters.at("powlaw_gamma").number(row),
                1e-3);
    const sky::GalacticPosition position =
        sky::galactic({clusters.at("ra").number(row), clusters.at("dec").number(row)});
    EXPECT_NEAR(sample["l"][i].get<double>(), position.l_deg, 1e-3);
    EXPECT_NEAR(sample["b"][i].get<double>(), position.b_deg, 1e-3);
  }
  EXPECT_EQ(drawn.size(), 6000u);
}

TEST_F(Report, NamesCannotLeaveTheScript) {
  const std::string hostile = "</script><!--<script>\"'&\xe2\x80\xa8 ";
  make_run(3000, hostile);
  EXPECT_EQ(text().find('<'), std::string::npos);
  const json page = data();
  for (const json& name : page["sample"]["names"])
    EXPECT_TRUE(name.get<std::string>().starts_with(hostile)) << name;
}

TEST_F(Report, RefusesAMixtureOfRuns) {
  make_run(3000);
  const json record = json::parse(read_file(file("run.json")));
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "run")) {
    const std::string name = entry.path().filename().string();
    if (name == "run.json") continue;
    EXPECT_EQ(record["files"][name], sha256_of_file(file(name))) << name;
    ++files;
  }
  EXPECT_EQ(files, 7u);
  EXPECT_EQ(record["files"].size(), files);
  for (const char* name :
       {"model.json", "clusters.csv", "detection_level_classification.csv", "sources.csv"}) {
    const std::string content = read_file(file(name));
    write_file(file(name), content + "\n");
    expect_refused("not the one that the run wrote", name);
    write_file(file(name), content);
  }
  EXPECT_NO_THROW(text());
}

TEST_F(Report, LeavesOutWhatARunHasNot) {
  make_run(3000);
  forget_digests();
  const json before = data();
  EXPECT_EQ(report_.notes.size(), 1u);
  for (const char* table : {"clusters.csv", "detection_level_classification.csv"})
    edit_lines(file(table), [](const std::string& line, size_t) { return without_last(line, 3); });
  std::filesystem::remove(file("sources.csv"));
  const json page = data();
  EXPECT_EQ(report_.notes.size(), 2u);
  EXPECT_TRUE(page["validation"].is_null());
  EXPECT_TRUE(page["anomalies"].is_null());
  // The two tables of votes contain the same sources, rounded to three decimals.
  EXPECT_EQ(page["sources"]["count"], before["sources"]["count"]);
  EXPECT_EQ(page["sources"]["classes"], before["sources"]["classes"]);
  EXPECT_EQ(page["sample"], before["sample"]);
}

TEST_F(Report, ShowsTheOptionalParts) {
  make_run(3000);
  forget_digests();
  // The tail probability increases with the row: the first rows are the most unusual.
  edit_lines(file("clusters.csv"), [](const std::string& line, size_t row) {
    if (row == 0) return line;
    return without_last(line, 1) + "," + std::to_string(1e-4 * static_cast<double>(row));
  });
  write_file(file("sources.csv"),
             "name,ra,dec,detection_count,class,group,probability,hard_class,QSO,AGN,Seyfert_1,"
             "Seyfert_2,HMXB,LMXB,XB,YSO,TTau*,Orion_V*\n"
             "a,1,2,3,YSO,YSO,0.75,YSO,0.25,0,0,0,0,0,0,0.75,0,0\n"
             "b,1,2,1,QSO,AGN,1,QSO,1,0,0,0,0,0,0,0,0,0\n");
  std::string curve = "[0";
  for (int i = 1; i < 1000; ++i) curve += ", 0." + std::to_string(100000 + i);
  curve += ", 1]";
  write_file(file("validation.json"),
             R"({"evaluations": [{"level": "soft vote", "of": "groups", "labels": ["AGN", "XB"],)"
             R"("confusion": [[3, 1], [0, 2]], "accuracy": {"value": 0.83333333333, "low": null},)"
             R"("roc": {"AGN": {"false_positive_rate": )" +
                 curve + R"(, "true_positive_rate": )" + curve + "}}}]}");
  const json page = data();
  EXPECT_TRUE(report_.notes.empty());
  const json& anomalies = page["anomalies"];
  ASSERT_EQ(anomalies.size(), 20u);
  const Table clusters = io::read_table(file("clusters.csv"));
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(anomalies[i]["name"], cell_text(clusters.at("name"), i));
    const json& unusual = anomalies[i]["unusual"];
    ASSERT_EQ(unusual.size(), 3u);
    EXPECT_GE(std::abs(unusual[0]["deviations"].get<double>()),
              std::abs(unusual[1]["deviations"].get<double>()));
  }
  EXPECT_EQ(page["sources"]["count"], 2);
  const json& groups = page["sources"]["groups"];
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(page["recipe"]["groups"][groups[0]["group"].get<size_t>()], "AGN");
  EXPECT_EQ(groups[0]["most_certain"][0]["name"], "b");
  // They have no detections, so nothing is known to fill in the links.
  EXPECT_TRUE(groups[0]["most_certain"][0]["link"].is_null());
  EXPECT_EQ(groups[1]["most_certain"][0]["detections"], 3);
  EXPECT_EQ(page["sources"]["classes"][7], 1);
  const json& evaluation = page["validation"]["evaluations"][0];
  EXPECT_EQ(evaluation["accuracy"]["value"], 0.83333);
  const json& rates = evaluation["roc"]["AGN"]["true_positive_rate"];
  EXPECT_EQ(rates.size(), 200u);
  EXPECT_EQ(rates.front(), 0);
  EXPECT_EQ(rates.back(), 1);
}

TEST_F(Report, ListsTheMostAndLeastCertainSourcesOfEachGroup) {
  make_run(6000);
  const json page = data();
  const json& recipe = page["recipe"];
  const Table table = io::read_table(file("sources.csv"));
  std::map<std::string, std::vector<double>> of_groups;  // probabilities of the classes
  std::map<std::string, size_t> rows;
  for (size_t row = 0; row < table.rows(); ++row) {
    const std::string type = cell_text(table.at("class_name"), row);
    if (type.empty()) continue;
    const size_t c = std::find(recipe["classes"].begin(), recipe["classes"].end(), type) -
                     recipe["classes"].begin();
    of_groups[recipe["groups"][recipe["group_of_class"][c].get<size_t>()]].push_back(
        table.at(testing::class_column(type)).number(row));
    rows[cell_text(table.at("name"), row)] = row;
  }
  const json& groups = page["sources"]["groups"];
  ASSERT_EQ(groups.size(), of_groups.size());
  ASSERT_GT(groups.size(), 2u);
  for (const json& group : groups) {
    std::vector<double>& all = of_groups.at(recipe["groups"][group["group"].get<size_t>()]);
    std::sort(all.begin(), all.end(), std::greater<>());
    EXPECT_EQ(group["count"], all.size());
    const json& most = group["most_certain"];
    const json& least = group["least_certain"];
    ASSERT_EQ(most.size(), std::min<size_t>(5, all.size()));
    ASSERT_EQ(least.size(), std::min<size_t>(3, all.size() - most.size()));
    const auto probability = [](const json& source) {
      return source["probabilities"][source["class"].get<size_t>()].get<double>();
    };
    for (size_t i = 0; i < most.size(); ++i) EXPECT_NEAR(probability(most[i]), all[i], 1e-4);
    for (size_t i = 0; i < least.size(); ++i)
      EXPECT_NEAR(probability(least[i]), all[all.size() - 1 - i], 1e-4);
    for (const json& source : most) {
      const size_t row = rows.at(source["name"]);
      EXPECT_EQ(source["detections"], table.at("detection_count").number(row));
      EXPECT_EQ(source["link"]["title"], "SIMBAD");
      EXPECT_NE(source["link"]["url"].get<std::string>().find("Coord="), std::string::npos);
    }
  }
  EXPECT_EQ(text(1), text(5));
}

TEST_F(Report, RefusesWhatIsNoRun) {
  for (const std::string& folder : {scratch_ / "nowhere", scratch_ / ""}) {
    report::ReportOptions options;
    options.folder = folder;
    const Error error = error_of([&] { report::report_data(options, Threads(1), report_); });
    EXPECT_NE(error.message().find("there are no results"), std::string::npos) << error.what();
    EXPECT_EQ(error.where(), folder);
  }
  make_run(3000);
  forget_digests();
  const std::string record = read_file(file("run.json"));
  for (const char* broken :
       {"{", "[]", "{\"counts\": 3}", R"({"counts": {"read": "x"}})",
        R"({"counts": {}, "notes": "x"})", R"({"counts": {}, "detections": {"name": "x"}})"}) {
    write_file(file("run.json"), broken);
    expect_refused("invalid record of a run", "run.json");
  }
  write_file(file("run.json"), record);
  const std::vector<std::string> no_validations = {
      "{", "{}", std::string(100000, '['), R"({"evaluations": [3]})",
      R"({"evaluations": [{"level": "a", "of": "b", "labels": ["x"], "confusion": [[1, 2]]}]})"};
  for (const std::string& broken : no_validations) {
    write_file(file("validation.json"), broken);
    expect_refused("invalid record of a validation", "validation.json");
  }
  std::filesystem::remove(file("validation.json"));

  const std::string classes = read_file(file("detection_level_classification.csv"));
  const auto edit_classes = [&](const std::string& from, const std::string& to) {
    std::string changed = classes;
    for (size_t at = 0; (at = changed.find(from, at)) != std::string::npos; at += to.size())
      changed.replace(at, from.size(), to);
    write_file(file("detection_level_classification.csv"), changed);
  };
  edit_classes("SIM J0", "SIM J1");
  expect_refused("does not match clusters.csv", "detection_level_classification.csv");
  write_file(file("detection_level_classification.csv"),
             classes.substr(0, classes.find('\n', 5000)));
  expect_refused("does not match clusters.csv", "detection_level_classification.csv");
  write_file(file("detection_level_classification.csv"), classes);

  edit_lines(file("clusters.csv"), [](const std::string& line, size_t row) {
    return row == 5 ? without_last(line, 1) + ",x" : line;
  });
  expect_refused("number", "clusters.csv");
  std::filesystem::remove(file("clusters.csv"));
  expect_refused("no clusters.csv", "run");
}

TEST_F(Report, WritesOnePageAllOrNothing) {
  make_run(3000);
  report::ReportOptions options;
  options.folder = scratch_ / "run";
  if (!has_page()) {
    const Error error = error_of([&] { report::write_report(options, Threads(1)); });
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(error.message().find("without its web pages"), std::string::npos);
    return;
  }
  const report::ReportSummary summary = report::write_report(options, Threads(1));
  const std::string page = read_file(file("report.html"));
  EXPECT_EQ(page.size(), summary.bytes);
  EXPECT_LT(page.size(), 3'000'000u);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.find("@UHURU_DATA@"), std::string::npos);
  EXPECT_NE(page.find("ISC"), std::string::npos);  // the libraries' licences are included
  EXPECT_EQ(error_of([&] { report::write_report(options, Threads(1)); }).kind(), ErrorKind::usage);
  options.overwrite = io::Overwrite::yes;
  report::write_report(options, Threads(2));
  EXPECT_EQ(read_file(file("report.html")), page);
  options.out = scratch_ / "elsewhere.html";
  write_file(file("model.json"), "{");
  EXPECT_THROW(report::write_report(options, Threads(1)), Error);
  EXPECT_FALSE(std::filesystem::exists(options.out));
}

}  // namespace
}  // namespace uhuru
