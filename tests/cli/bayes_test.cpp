// The method bayes as its user sees it: tables of sources, priors, sets, explanations.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::run_program;
using testing::write_file;

/// A run of the method bayes on simulated detections with a quick recipe, made once.
class BayesCli : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = new testing::ScratchFolder;
    std::string recipe = testing::read_file(UHURU_SOURCE_DIR "/recipes/csc2.toml");
    const size_t at = recipe.find("\n[labels]");
    recipe.insert(at, "\n[bayes]\nreplicates = 5\ntrees = 4\n");
    write_file(*data_ / "quick.toml", recipe);
    ASSERT_EQ(run_program("simulate --rows 3000 --out " + (*data_ / "d.csv") + " --labels-out " +
                          (*data_ / "l.csv"))
                  .code,
              0);
    const auto result = run_program(run_line("run"));
    ASSERT_EQ(result.code, 0) << result.err;
  }
  static void TearDownTestSuite() { delete data_; }

  static std::string run_line(const std::string& out, const std::string& more = "") {
    return "run --detections " + (*data_ / "d.csv") + " --labels " + (*data_ / "l.csv") +
           " --recipe " + (*data_ / "quick.toml") + " --method bayes --overwrite --out " +
           (*data_ / out) + " " + more;
  }
  static Table table(const std::string& name) { return io::read_table(*data_ / name); }
  static std::string predict(const std::string& more) {
    return "predict " + (*data_ / "d.csv") + " --model " + (*data_ / "run/model.json") +
           " --overwrite --out " + (*data_ / "p.csv") + " " + more;
  }
  static double number(const Table& table, const std::string& column, size_t row) {
    return numbers(table.at(column))[row];
  }

  static testing::ScratchFolder* data_;
};
testing::ScratchFolder* BayesCli::data_ = nullptr;

const std::map<std::string, std::vector<std::string>> groups = {
    {"AGN", {"QSO", "AGN"}},
    {"Seyfert", {"Seyfert_1", "Seyfert_2"}},
    {"XB", {"HMXB", "LMXB", "XB"}},
    {"YSO", {"YSO", "TTau*", "Orion_V*"}}};

/// Checks probabilities, group and set of each row that has a class. `published`: the classes have
/// their published names.
void expect_consistent(const Table& table, const std::string& class_column, bool published) {
  std::map<std::string, std::vector<double>> values;
  for (const auto& [group, classes] : groups) {
    values["group_" + group] = numbers(table.at(testing::class_column("group_" + group)));
    for (const std::string& c : classes)
      values[c] = numbers(table.at(published ? c : testing::class_column(c)));
  }
  const auto p_known = numbers(table.at("p_known"));
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.at(class_column).missing(row)) continue;
    double total = 0, most = 0, most_of_class = 0;
    std::string best, best_class;
    for (const auto& [group, classes] : groups) {
      double sum = 0;
      for (const std::string& c : classes) {
        const double p = values[c][row];
        if (std::isnan(p)) continue;
        sum += p;
        if (p > most_of_class) {
          most_of_class = p;
          best_class = c;
        }
      }
      const double said = values["group_" + group][row];
      if (std::isnan(said)) continue;  // no class of it was learned
      EXPECT_NEAR(said, sum, 1e-12);
      total += said;
      if (said > most) {
        most = said;
        best = group;
      }
    }
    EXPECT_NEAR(total, 1, 1e-9);
    EXPECT_EQ(table.at("class_group").text(row), best);
    EXPECT_EQ(table.at(class_column).text(row), best_class);
    const std::string set = "|" + std::string(table.at("set_90").text(row)) + "|";
    EXPECT_NE(set.find("|" + best_class + "|"), std::string::npos) << set;
    EXPECT_GT(p_known[row], 0);
    EXPECT_LE(p_known[row], 1);
  }
}

TEST_F(BayesCli, TablesAgreeWithThemselvesAndEachOther) {
  const Table detections = table("run/detection_level_classification.csv");
  const Table sources = table("run/sources.csv");
  expect_consistent(detections, "main_type", true);
  expect_consistent(sources, "class_name", false);
  // A source with one detection has the probabilities of that detection.
  std::map<std::string, std::vector<size_t>> rows_of;
  for (size_t row = 0; row < detections.rows(); ++row)
    rows_of[std::string(detections.at("name").text(row))].push_back(row);
  size_t alone = 0;
  const auto of_sources = numbers(sources.at("p_hmxb")),
             of_detections = numbers(detections.at("HMXB"));
  const auto counts = numbers(sources.at("detection_count"));
  for (size_t row = 0; row < sources.rows(); ++row) {
    const auto& rows = rows_of[std::string(sources.at("name").text(row))];
    EXPECT_EQ(counts[row], static_cast<double>(rows.size()));
    if (rows.size() != 1) continue;
    ++alone;
    EXPECT_NEAR(of_sources[row], of_detections[rows[0]], 1e-12);
    EXPECT_EQ(sources.at("class_name").text(row), detections.at("main_type").text(rows[0]));
    EXPECT_EQ(sources.at("set_90").text(row), detections.at("set_90").text(rows[0]));
    EXPECT_NEAR(number(sources, "p_known", row), number(detections, "p_known", rows[0]), 1e-12);
  }
  EXPECT_GT(alone, 100u);
}

TEST_F(BayesCli, EverySourceIsInTheTableOfSources) {
  std::set<std::string> names, listed;
  const Table clusters = table("run/clusters.csv"), sources = table("run/sources.csv");
  for (size_t row = 0; row < clusters.rows(); ++row)
    names.insert(std::string(clusters.at("name").text(row)));
  std::map<std::string, size_t> standings;
  const auto tails = numbers(sources.at("tail_probability"));
  for (size_t row = 0; row < sources.rows(); ++row) {
    listed.insert(std::string(sources.at("name").text(row)));
    ++standings[std::string(sources.at("standing").text(row))];
    EXPECT_EQ(sources.at("class_name").missing(row),
              sources.at("standing").text(row) != "classified");
    EXPECT_FALSE(std::isnan(tails[row]));
  }
  EXPECT_EQ(listed, names);
  EXPECT_EQ(listed.size(), sources.rows());
  EXPECT_GT(standings["classified"], 100u);
  EXPECT_GT(standings["learned"], 100u);
}

TEST_F(BayesCli, APriorMovesProbabilitiesByBayesRule) {
  ASSERT_EQ(run_program(predict("")).code, 0);
  const Table usual = table("p.csv");
  ASSERT_EQ(run_program(predict("--prior HMXB=0.5")).code, 0);
  const Table own = table("p.csv");
  ASSERT_EQ(run_program(predict("--prior HMXB=0.25")).code, 0);
  const Table other = table("p.csv");
  for (size_t row = 0; row < 50; ++row) {
    const auto odds = [&](const Table& of) {
      const double p = number(of, "p_hmxb", row);
      return p / (1 - p);
    };
    // From 1 : 1 to 1 : 3, whatever the detection says.
    EXPECT_NEAR(odds(own) / odds(other), 3, 1e-6);
    EXPECT_EQ(usual.at("set_90").text(row), own.at("set_90").text(row));
  }
  EXPECT_EQ(run_program(predict("--prior detections")).code, 0);
  EXPECT_GT(std::abs(number(table("p.csv"), "p_hmxb", 0) - number(usual, "p_hmxb", 0)), 1e-6);
  // A run keeps its prior in the model.
  ASSERT_EQ(run_program(run_line("own", "--prior HMXB=0.5 --coverage 0.8")).code, 0);
  EXPECT_NE(table("own/sources.csv").find("set_80"), nullptr);
}

TEST_F(BayesCli, RefusesPriorsAndExplanationsThatItCannotUse) {
  const auto refused = [&](const std::string& line, const std::string& words, int code) {
    const auto result = run_program(line);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_NE(result.err.find(words), std::string::npos) << result.err;
  };
  refused(predict("--prior HMXX=0.5"), "did you mean HMXB?", 1);
  refused(predict("--prior HMXB=1,QSO=0.1"), "the prior exceeds 1", 1);
  refused("predict " + (*data_ / "d.csv") + " --prior detections --overwrite --out " +
              (*data_ / "x.csv"),
          "--prior is for the method bayes", 2);
  refused("predict " + (*data_ / "d.csv") + " --explain " + (*data_ / "e.csv") +
              " --overwrite --out " + (*data_ / "x.csv"),
          "cannot explain its classes", 2);
  EXPECT_FALSE(std::filesystem::exists(*data_ / "x.csv"));
  EXPECT_FALSE(std::filesystem::exists(*data_ / "e.csv"));
}

TEST_F(BayesCli, ExplanationsSumToTheLogOdds) {
  const Table all = table("d.csv");
  io::WriteOptions options;
  options.overwrite = io::Overwrite::yes;
  io::write_table(*data_ / "few.csv", all.select(std::vector<size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}),
                  options);
  const auto result =
      run_program("predict " + (*data_ / "few.csv") + " --model " + (*data_ / "run/model.json") +
                  " --overwrite --out " + (*data_ / "p.csv") + " --explain " + (*data_ / "e.csv"));
  ASSERT_EQ(result.code, 0) << result.err;
  const Table predicted = table("p.csv"), explained = table("e.csv");
  constexpr size_t entries = 15;  // prior, twelve features, together, total
  ASSERT_EQ(explained.rows(), 10 * entries);
  EXPECT_EQ(explained.at("feature").text(0), "prior");
  EXPECT_EQ(explained.at("feature").text(1), "hard_hm");
  const auto values = numbers(explained.at("log_odds_lmxb"));
  for (size_t row = 0; row < 10; ++row) {
    double sum = 0;
    for (size_t i = 0; i + 1 < entries; ++i) sum += values[row * entries + i];
    EXPECT_NEAR(sum, values[row * entries + entries - 1], 1e-9);
    const double p = number(predicted, "p_lmxb", row);
    EXPECT_NEAR(values[row * entries + entries - 1], std::log(p / (1 - p)), 1e-9);
  }
}

}  // namespace
}  // namespace uhuru
