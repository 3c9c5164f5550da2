#include "uhuru/study/validate.hpp"
#include "uhuru/recipe/source_columns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/support.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru {
namespace {

using testing::error_of;

class Validate : public ::testing::Test {
 protected:
  void SetUp() override {
    jobs::SimulateOptions simulated;
    simulated.rows = 3000;
    simulated.out = scratch_ / "d.csv";
    simulated.labels_out = scratch_ / "l.csv";
    jobs::simulate(simulated, model::load_model("csc2-published"));
    options_.detections = scratch_ / "d.csv";
    options_.labels = scratch_ / "l.csv";
    options_.replicates = 20;
    options_.folds = 3;
  }

  study::ValidateSummary run(const std::string& out,
                             method::Method method = method::Method::mahalanobis, int threads = 2) {
    recipe::Recipe recipe = recipe::load_recipe("csc2");
    recipe.method = method;
    recipe.bayes.replicates = 4;
    recipe.bayes.trees = 3;
    options_.out = scratch_ / out;
    return study::validate(options_, recipe, Threads(threads));
  }

  /// Replaces the labels.
  void write_labels(const std::string& lines) {
    testing::write_file(scratch_ / "l.csv", "name,ra,dec,main_type\n" + lines);
    options_.join = recipe::LabelJoin::name;
  }
  /// Labels the first `count` sources, `type(i)` for number i.
  template <class TypeOf>
  void label_sources(size_t count, const TypeOf& type) {
    const Table table = io::read_table(scratch_ / "d.csv");
    std::set<std::string> names;
    std::string lines;
    for (size_t row = 0; row < table.rows() && names.size() < count; ++row)
      if (const std::string name = cell_text(table.at("name"), row); names.insert(name).second)
        lines += name + ",1,1," + type(names.size() - 1) + "\n";
    write_labels(lines);
  }

  testing::ScratchFolder scratch_;
  study::ValidateOptions options_;
};

TEST_F(Validate, TestsEveryLabelledDetectionOnceApartFromItsSource) {
  for (const method::Method method : {method::Method::mahalanobis, method::Method::bayes}) {
    const std::string out = method == method::Method::bayes ? "bayes" : "mahalanobis";
    options_.repeats = 2;
    const study::ValidateSummary summary = run(out, method);
    EXPECT_EQ(summary.evaluations.size(), 6u);
    const Table table = io::read_table(scratch_ / (out + "/predictions.csv"));
    EXPECT_EQ(table.rows(), 2 * summary.detections);
    std::map<std::pair<double, std::string>, std::set<double>> folds;
    uint64_t without = 0;
    for (size_t row = 0; row < table.rows(); ++row) {
      folds[{table.at("repeat").number(row), cell_text(table.at("name"), row)}].insert(
          table.at("fold").number(row));
      const bool has_class = !table.at("predicted").missing(row);
      without += !has_class;
      // Probabilities, if there is a class, whichever.
      for (const Column& column : table.columns)
        if (column.field.name == "p_qso" || column.field.name == "p_yso") {
          EXPECT_EQ(column.missing(row), !has_class) << column.field.name;
        }
    }
    EXPECT_EQ(without, summary.without_class);
    if (method == method::Method::bayes) {
      EXPECT_EQ(without, 0u);
    }
    for (const auto& [source, of_source] : folds) EXPECT_EQ(of_source.size(), 1u);
    const auto json =
        nlohmann::json::parse(testing::read_file(scratch_ / (out + "/validation.json")));
    EXPECT_EQ(json["method"], out);
    EXPECT_EQ(json["evaluations"].size(), 6u);
    EXPECT_EQ(json["sample"]["detections"], summary.detections);
    EXPECT_GT(summary.evaluations[1].scores.accuracy.value, 0.4);
  }
}

TEST_F(Validate, GivesTheSameBytesAtAnyNumberOfThreads) {
  run("one", method::Method::bayes, 1);
  const study::ValidateSummary summary = run("three", method::Method::bayes, 3);
  for (const std::string& file : summary.files)
    EXPECT_EQ(testing::read_file(scratch_ / ("one/" + file)),
              testing::read_file(scratch_ / ("three/" + file)))
        << file;
}

TEST_F(Validate, SplitsByDetectionAndByRegion) {
  options_.split = study::SplitBy::detection;
  const study::ValidateSummary by_detection = run("detection");
  std::map<std::string, std::set<double>> folds;
  const Table table = io::read_table(scratch_ / "detection/predictions.csv");
  for (size_t row = 0; row < table.rows(); ++row)
    folds[cell_text(table.at("name"), row)].insert(table.at("fold").number(row));
  EXPECT_TRUE(std::any_of(folds.begin(), folds.end(),
                          [](const auto& source) { return source.second.size() > 1; }));
  options_.split = study::SplitBy::region;
  options_.region_order = 5;
  EXPECT_EQ(run("region").detections, by_detection.detections);
  options_.region_order = 0;  // twelve cells, only one of them for some classes
  EXPECT_LE(run("coarse").detections, by_detection.detections);
}

TEST_F(Validate, LeavesOutWhatIsLessProbableThanTheThreshold) {
  options_.threshold = 0.9;
  const study::ValidateSummary summary = run("out");
  for (const study::Evaluation& evaluation : summary.evaluations)
    EXPECT_GT(evaluation.left_out, 0u);
  const Table table = io::read_table(scratch_ / "out/predictions.csv");
  uint64_t below = 0;
  for (size_t row = 0; row < table.rows(); ++row)
    if (!table.at("predicted").missing(row))
      below += table.at(testing::class_column(std::string(table.at("predicted").text(row))))
                   .number(row) < 0.9;
  EXPECT_EQ(summary.evaluations[0].left_out, below);
}

TEST_F(Validate, LeavesOutAClassWithOneSource) {
  label_sources(400, [](size_t i) { return i == 0 ? "QSO" : i % 2 ? "HMXB" : "YSO"; });
  const study::ValidateSummary summary = run("out", method::Method::bayes);
  ASSERT_EQ(summary.classes.size(), 3u);
  EXPECT_EQ(summary.classes[0].name, "QSO");
  EXPECT_EQ(summary.classes[0].excluded, "only one source");
  EXPECT_EQ(summary.classes[1].excluded, "");
  const Table table = io::read_table(scratch_ / "out/predictions.csv");
  EXPECT_EQ(table.find("p_qso"), nullptr);
  for (size_t row = 0; row < table.rows(); ++row) EXPECT_NE(table.at("truth").text(row), "QSO");
}

TEST_F(Validate, BreaksTiesOfTheHardVoteLikeVote) {
  // A sample in which the rule for ties changes the accuracy.
  jobs::SimulateOptions simulated;
  simulated.rows = 3000;
  simulated.seed = 1;
  simulated.out = scratch_ / "d.csv";
  simulated.labels_out = scratch_ / "l.csv";
  simulated.write.overwrite = io::Overwrite::yes;
  jobs::simulate(simulated, model::load_model("csc2-published"));
  // From the last observation to the first, so that the order of the file is another one.
  const Table detections = io::read_table(scratch_ / "d.csv");
  std::vector<size_t> rows = recipe::source_rows(detections, recipe::load_recipe("csc2")).rows;
  std::reverse(rows.begin(), rows.end());
  io::WriteOptions replace;
  replace.overwrite = io::Overwrite::yes;
  io::write_table(scratch_ / "d.csv", detections.select(rows), replace);
  const study::ValidateSummary summary = run("out");
  const Table table = io::read_table(scratch_ / "out/predictions.csv");
  std::map<std::string, std::vector<size_t>> sources;
  for (size_t row = 0; row < table.rows(); ++row)
    if (!table.at("predicted").missing(row))
      sources[cell_text(table.at("name"), row)].push_back(row);
  // The accuracy of the hard vote if ties go to the first or the last observation.
  const auto accuracy = [&](bool first) {
    double right = 0;
    for (auto& [name, of_source] : sources) {
      std::sort(of_source.begin(), of_source.end(), [&](size_t a, size_t b) {
        const bool before = table.at("obsid").number(a) < table.at("obsid").number(b);
        return first == before;
      });
      std::map<std::string, int> counts;
      for (const size_t row : of_source) ++counts[cell_text(table.at("predicted"), row)];
      std::string most = cell_text(table.at("predicted"), of_source[0]);
      for (const size_t row : of_source)
        if (const std::string c = cell_text(table.at("predicted"), row); counts[c] > counts[most])
          most = c;
      right += most == cell_text(table.at("truth"), of_source[0]);
    }
    return right / static_cast<double>(sources.size());
  };
  ASSERT_EQ(summary.evaluations[4].level, "hard vote");
  EXPECT_NE(accuracy(true), accuracy(false));
  EXPECT_DOUBLE_EQ(summary.evaluations[4].scores.accuracy.value, accuracy(true));
}

TEST_F(Validate, SaysWhichClassIsNotInEveryFold) {
  label_sources(400, [](size_t i) { return i < 2 ? "QSO" : i % 2 ? "HMXB" : "YSO"; });
  const study::ValidateSummary summary = run("out", method::Method::bayes);
  ASSERT_FALSE(summary.notes.empty());
  EXPECT_EQ(summary.notes.back(), "class QSO has 2 sources, so some of the 3 folds lack it");
}

TEST_F(Validate, SaysWhatIsWrong) {
  const auto error = [&](method::Method method = method::Method::bayes) {
    return error_of([&] { run("out", method); });
  };
  write_labels("");
  EXPECT_EQ(error().message(), "too few classes to validate");
  EXPECT_EQ(error().found(), "0 labelled detections");
  label_sources(50, [](size_t) { return "QSO"; });
  EXPECT_EQ(error().found(), "only QSO");
  label_sources(4, [](size_t i) { return i % 2 ? "HMXB" : "YSO"; });
  options_.folds = 100;
  EXPECT_EQ(error().kind(), ErrorKind::input);
  options_.folds = 3;
  label_sources(20, [](size_t i) { return i % 2 ? "HMXB" : "YSO"; });
  EXPECT_EQ(error(method::Method::mahalanobis).message(), "no class can be learned");
  recipe::Recipe recipe = recipe::load_recipe("csc2");
  recipe.mixture.components = 3000;
  EXPECT_EQ(error_of([&] { study::validate(options_, recipe, Threads(1)); }).message(),
            "fewer detections than components");
  EXPECT_EQ(scratch_.files(),
            (std::vector<std::string>{"d.csv", "l.csv"}));  // nothing half-written
}

}  // namespace
}  // namespace uhuru
