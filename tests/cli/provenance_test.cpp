// What outputs say of their making, in every format of every command, and that they say no more
// than what made them.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/table/provenance.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::run_program;
using testing::run_shell;

const std::map<std::string, std::string> endings = {{"csv", ".csv"},
                                                    {"tsv", ".tsv"},
                                                    {"fits", ".fits"},
                                                    {"ecsv", ".ecsv"},
                                                    {"votable", ".vot"},
                                                    {"votable-binary", ".vot"},
                                                    {"votable-binary2", ".vot"}};

class ProvenanceCli : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = new testing::ScratchFolder;
    must("simulate --rows 1500 --out " + data("d.vot") + " --labels-out " + data("l.csv"));
  }
  static void TearDownTestSuite() { delete data_; }
  static std::string data(const std::string& name) { return *data_ / name; }
  static void must(const std::string& arguments) {
    const auto result = run_program(arguments + " --quiet");
    ASSERT_EQ(result.code, 0) << arguments << "\n" << result.err;
  }
  static std::string run_line() {
    return "run --detections " + data("d.vot") + " --labels " + data("l.csv") + " ";
  }
  /// Names in lower case; the software under one name.
  static std::map<std::string, std::string> facts_of(const std::string& path) {
    std::map<std::string, std::string> facts;
    const auto reader = io::open_table(path);
    for (const Parameter& parameter : reader->header().parameters) {
      const std::string name = lower(parameter.field.name);
      facts[name == "creator" ? "software" : name] = parameter.value;
    }
    return facts;
  }
  static std::string digest_text(const std::string& path) {
    return fs::path(path).filename().string() + " sha256:" + sha256_of_file(path);
  }

  testing::ScratchFolder scratch_;
  static testing::ScratchFolder* data_;
};
testing::ScratchFolder* ProvenanceCli::data_ = nullptr;

TEST_F(ProvenanceCli, IsInEveryOutput) {
  must(run_line() + "--out " + data("run") + " --overwrite");
  const std::string d = data("d.vot"), clusters = data("run/clusters.csv"),
                    model = data("run/model.json");
  struct Case {
    std::string arguments, command;
    std::vector<std::string> inputs;
    std::string recipe, model;
  };
  for (const Case& of : std::vector<Case>{
           {"predict " + d + " --model " + model,
            "uhuru predict d.vot --model model.json",
            {d},
            "csc2",
            digest_text(model)},
           {"cluster " + d + " --components 4 --checkpoint " + data("kept"),
            "uhuru cluster d.vot --components 4",
            {d},
            "csc2 sha256:",
            ""},
           {"classify " + clusters, "uhuru classify clusters.csv", {clusters}, "csc2 sha256:", ""},
           {"crossmatch " + d + " " + data("l.csv") + " --radius 2",
            "uhuru crossmatch d.vot l.csv --radius 2",
            {d, data("l.csv")},
            "csc2",  // of the simulated detections
            "csc2-published sha256:"},
           {"select " + d + " --to 2", "uhuru select d.vot --to 2", {d}, "csc2 sha256:", ""},
           {"simulate --rows 20 --seed 7",
            "uhuru simulate --rows 20 --seed 7",
            {},
            "csc2",
            "csc2-published sha256:"},
           {"convert " + clusters, "uhuru convert clusters.csv", {clusters}, "", ""}})
    for (const char* ending : {".vot", ".fits", ".ecsv"}) {
      const std::string out = scratch_ / (of.command.substr(6, 3) + ending);
      must(of.arguments + " --out " + out);
      auto facts = facts_of(out);
      EXPECT_EQ(facts["software"], "uhuru " UHURU_VERSION) << of.command;
      EXPECT_EQ(facts["command"], of.command);
      for (size_t i = 0; i < of.inputs.size(); ++i)
        EXPECT_EQ(facts[i == 0 ? "input" : "input_2"], digest_text(of.inputs[i])) << of.command;
      EXPECT_EQ(facts.contains(of.inputs.empty() ? "input" : "input_3"), false) << of.command;
      EXPECT_TRUE(facts["recipe"].starts_with(of.recipe)) << of.command << facts["recipe"];
      EXPECT_EQ(facts["recipe"].empty(), of.recipe.empty()) << of.command << facts["recipe"];
      EXPECT_TRUE(facts["model"].starts_with(of.model)) << of.command << facts["model"];
      EXPECT_EQ(facts["model"].empty(), of.model.empty()) << of.command;
      EXPECT_FALSE(facts.contains("date"));
      EXPECT_EQ(read_file(out).find(data("")), std::string::npos) << "a path of this machine";
    }
}

TEST_F(ProvenanceCli, DoesNotDependOnNamesAndThreads) {
  fs::create_directory(scratch_ / "elsewhere");
  fs::copy_file(data("d.vot"), scratch_ / "elsewhere/d.vot");
  for (const std::string ending : {".vot", ".fits", ".ecsv"}) {
    const std::string one = scratch_ / ("a" + ending), other = scratch_ / ("elsewhere/b" + ending);
    must("predict " + data("d.vot") + " --threads 1 --out " + one);
    must("predict --overwrite --verbose --anomalies 3 --out " + other + " --threads 4 --vote " +
         (scratch_ / ("v" + ending)) + " " + (scratch_ / "elsewhere/d.vot"));
    EXPECT_EQ(read_file(one), read_file(other)) << ending;
  }
  for (const std::string format : {"votable", "fits"}) {
    const std::string one = scratch_ / ("1" + format), other = scratch_ / ("4" + format);
    must(run_line() + "--format " + format + " --threads 1 --out " + one);
    must(run_line() + "--format " + format + " --threads 4 --out " + other + " --overwrite");
    for (const auto& entry : fs::directory_iterator(one)) {
      const std::string name = entry.path().filename().string();
      if (name == "run.json") continue;  // it has times
      EXPECT_EQ(read_file(one + "/" + name), read_file(other + "/" + name)) << name;
    }
  }
}

TEST_F(ProvenanceCli, HasADateOnlyFromTheEnvironment) {
  const auto convert = [&](const std::string& seconds, const std::string& out) {
    return run_shell("SOURCE_DATE_EPOCH=" + seconds + " %uhuru convert " + data("d.vot") +
                     " --quiet --overwrite --out " + (scratch_ / out));
  };
  for (const char* out : {"d.vot", "d.fits", "d.ecsv"}) {
    EXPECT_EQ(convert("1796000000", out).err, "");
    EXPECT_EQ(facts_of(scratch_ / out)["date"], "2026-11-30T00:53:20");
  }
  for (const char* wrong : {"yesterday", "-1", "1e9", "999999999999999"}) {
    const auto result = convert(wrong, "x.vot");
    EXPECT_EQ(result.code, 2) << wrong;
    EXPECT_NE(result.err.find("SOURCE_DATE_EPOCH"), std::string::npos) << result.err;
  }
  EXPECT_EQ(convert("yesterday", "x.csv").code, 0) << "CSV has no date";
}

TEST_F(ProvenanceCli, OfAStreamHasNoDigest) {
  for (const std::string& line : {"cat " + data("d.vot") + " | %uhuru convert - ",
                                  "%uhuru convert <(cat " + data("d.vot") + ") ",
                                  "cat " + data("d.vot") + " | %uhuru convert /dev/stdin "}) {
    const auto result = run_shell(line + "--quiet --overwrite --out " + (scratch_ / "c.fits"));
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(facts_of(scratch_ / "c.fits")["command"], "uhuru convert -") << line;
    EXPECT_EQ(facts_of(scratch_ / "c.fits")["input"], "-") << line;
  }
  // `run` copies a stream first, so that it has one.
  const auto result = run_shell("cat " + data("d.vot") + " | %uhuru run --detections - --labels " +
                                data("l.csv") + " --quiet --format fits --out " + (scratch_ / "o"));
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(facts_of(scratch_ / "o/sources.fits")["input"],
            "standard input sha256:" + sha256_of_file(data("d.vot")));
}

TEST_F(ProvenanceCli, KeepsTheStepsBefore) {
  must("predict " + data("d.vot") + " --out " + (scratch_ / "p.vot"));
  must("convert " + (scratch_ / "p.vot") + " --out " + (scratch_ / "p.fits"));
  must("crossmatch " + (scratch_ / "p.fits") + " " + data("l.csv") + " --out " +
       (scratch_ / "p.ecsv"));
  auto facts = facts_of(scratch_ / "p.ecsv");
  const std::string software = "uhuru " UHURU_VERSION;
  EXPECT_EQ(facts["step_1"], software + ": uhuru predict d.vot");
  EXPECT_EQ(facts["step_2"], software + ": uhuru convert p.vot");
  EXPECT_EQ(facts["command"], "uhuru crossmatch p.fits l.csv");
  EXPECT_EQ(facts["input"], digest_text(scratch_ / "p.fits"));
  EXPECT_TRUE(facts["model"].starts_with("csc2-published sha256:")) << facts["model"];
  EXPECT_FALSE(facts.contains("input_3"));
}

TEST_F(ProvenanceCli, StandsInCommentsOfCsvOnRequest) {
  must("predict " + data("d.vot") + " --out " + (scratch_ / "plain.csv"));
  must("predict " + data("d.vot") + " --comments --out " + (scratch_ / "with.csv"));
  const std::string plain = read_file(scratch_ / "plain.csv"),
                    with = read_file(scratch_ / "with.csv");
  EXPECT_TRUE(
      with.starts_with("# software: uhuru " UHURU_VERSION "\n# command: uhuru predict d.vot\n"))
      << with.substr(0, 200);
  EXPECT_TRUE(with.ends_with("\n" + plain));
  must("vote " + (scratch_ / "plain.csv") + " --out " + (scratch_ / "v1"));
  must("vote " + (scratch_ / "with.csv") + " --out " + (scratch_ / "v2"));
  EXPECT_EQ(read_file(scratch_ / "v1/sources.csv"), read_file(scratch_ / "v2/sources.csv"));
}

TEST_F(ProvenanceCli, ShowPrintsIt) {
  must("predict " + data("d.vot") + " --out " + (scratch_ / "p.fits"));
  const auto shown = run_program("show " + (scratch_ / "p.fits"));
  for (const char* word : {"CREATOR", "uhuru predict d.vot", "csc2-published sha256:", "RADESYS"})
    EXPECT_NE(shown.out.find(word), std::string::npos) << word << " in " << shown.out;
}

class RunFormats : public ProvenanceCli {
 protected:
  static std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  static void expect_same_values(const std::string& expected, const std::string& path) {
    const Table a = io::read_table(expected), b = io::read_table(path);
    ASSERT_EQ(a.rows(), b.rows()) << path;
    for (const Column& column : b.columns) {
      // Numbers beside the texts of the published tables, in formats with types alone.
      const bool is_twin =
          column.field.name.ends_with("_mean") || column.field.name.ends_with("_std");
      if (is_twin && !a.find(column.field.name)) continue;
      const Column& other = a.at(column.field.name);
      for (size_t row = 0; row < a.rows(); ++row) {
        std::string text = cell_text(other, row);
        if (path.ends_with(".fits") && text.find("±") != std::string::npos)
          text.replace(text.find("±"), 2, "+/-");
        ASSERT_EQ(cell_text(column, row), text) << path << column.field.name << row;
      }
    }
  }
};

TEST_F(RunFormats, HoldTheSameTablesAndAreReadByWhatReadsARun) {
  must(run_line() + "--out " + (scratch_ / "csv"));
  must("catalog " + (scratch_ / "csv") + " --overwrite");
  const std::string catalog = read_file(scratch_ / "csv/catalog.sqlite");
  for (const auto& [format, ending] : endings) {
    const std::string folder = scratch_ / format;
    must(run_line() + "--overwrite --format " + format + " --out " + folder);
    for (const std::string stem : {"detection_level_classification", "uniquely_classified",
                                   "ambiguous_classification", "sources", "clusters"}) {
      ASSERT_TRUE(fs::exists(folder + "/" + stem + ending)) << format << stem;
      expect_same_values(scratch_ / ("csv/" + stem + ".csv"), folder + "/" + stem + ending);
    }
    const auto record = nlohmann::json::parse(read_file(folder + "/run.json"));
    EXPECT_EQ(record["files"]["sources" + ending], sha256_of_file(folder + "/sources" + ending));
    EXPECT_EQ(record["files"].size(), 7u);
    const std::string own = read_file(folder + "/catalog.sqlite");
    must("catalog " + folder + " --overwrite");
    EXPECT_EQ(read_file(folder + "/catalog.sqlite"), own) << format;
    const auto report = run_program("report " + folder + " --quiet");
    EXPECT_TRUE(report.code == 0 || report.err.find("web pages") != std::string::npos)
        << report.err;
    must("vote " + folder + "/detection_level_classification" + ending + " --format " + format +
         " --out " + (scratch_ / ("v-" + format)));
    expect_same_values(folder + "/uniquely_classified" + ending,
                       scratch_ / ("v-" + format + "/uniquely_classified" + ending));
    must("catalog " + (scratch_ / ("v-" + format)));
  }
  EXPECT_EQ(read_file(scratch_ / "csv/catalog.sqlite"), catalog);
}

TEST_F(RunFormats, LeaveNoTableOfAnotherFormat) {
  const std::string out = scratch_ / "out";
  must(run_line() + "--out " + out);
  fs::copy_file(data("l.csv"), out + "/notes.csv");
  EXPECT_EQ(run_program(run_line() + "--format fits --out " + out).code, 2);
  must(run_line() + "--format fits --overwrite --out " + out);
  EXPECT_EQ(names_in(out), (std::vector<std::string>{
                               "ambiguous_classification.fits", "catalog.sqlite", "clusters.fits",
                               "detection_level_classification.fits", "model.json", "notes.csv",
                               "run.json", "sources.fits", "uniquely_classified.fits"}));
  // What the user converts stands beside, and is not taken for a table of the run.
  testing::write_file(out + "/sources.csv", "name\nother\n");
  must("catalog " + out + " --overwrite");
  must("predict " + data("d.vot") + " --out " + (scratch_ / "p.csv") + " --vote " +
       (scratch_ / "v"));
  must("predict " + data("d.vot") + " --overwrite --format ecsv --out " + (scratch_ / "p.csv") +
       " --vote " + (scratch_ / "v"));
  EXPECT_EQ(names_in(scratch_ / "v"),
            (std::vector<std::string>{"ambiguous_classification.ecsv", "sources.ecsv",
                                      "uniquely_classified.ecsv"}));
}

TEST_F(RunFormats, OfAValidation) {
  const std::string line = "validate --detections " + data("d.vot") + " --labels " + data("l.csv") +
                           " --bootstrap 0 --out ";
  must(line + (scratch_ / "csv"));
  must(line + (scratch_ / "fits") + " --format fits");
  for (const std::string stem : {"metrics", "predictions", "source_predictions"})
    expect_same_values(scratch_ / ("csv/" + stem + ".csv"), scratch_ / ("fits/" + stem + ".fits"));
  EXPECT_EQ(facts_of(scratch_ / "fits/metrics.fits")["input_2"], digest_text(data("l.csv")));
  must(line + (scratch_ / "csv") + " --overwrite --format votable");
  EXPECT_FALSE(fs::exists(scratch_ / "csv/metrics.csv"));
}

TEST_F(RunFormats, OfAComparison) {
  must(run_line() + "--out " + (scratch_ / "run"));
  const auto compared =
      run_program("compare " + (scratch_ / "run/sources.csv") + " " +
                  (scratch_ / "run/sources.csv") + " --new-map " + (scratch_ / "own.toml"));
  ASSERT_EQ(compared.code, 0) << compared.err;
  must("compare " + (scratch_ / "run/sources.csv") + " " + (scratch_ / "run/sources.csv") +
       " --map " + (scratch_ / "own.toml") + " --csv " + (scratch_ / "joined.fits"));
  EXPECT_EQ(facts_of(scratch_ / "joined.fits")["command"],
            "uhuru compare sources.csv sources.csv --map own.toml");
  must("compare " + (scratch_ / "run/sources.csv") + " " + (scratch_ / "run/sources.csv") +
       " --map " + (scratch_ / "own.toml") + " --csv " + (scratch_ / "joined"));
  EXPECT_TRUE(read_file(scratch_ / "joined").starts_with("name,"));
}

}  // namespace
}  // namespace uhuru
