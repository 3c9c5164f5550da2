// The stages on small artificial data and on the real data.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/support.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/sky/sphere.hpp"

namespace uhuru {
namespace {

/// Simulated detections and labels in a folder.
void simulate_into(const testing::ScratchFolder& scratch, uint64_t rows, uint32_t seed = 42) {
  jobs::SimulateOptions options;
  options.rows = rows;
  options.seed = seed;
  options.out = scratch / "detections.vot";
  options.labels_out = scratch / "labels.csv";
  jobs::simulate(options, model::load_model("csc2-published"));
}

TEST(Simulate, LooksLikeTheCatalog) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 40000);
  const Table detections = io::read_table(scratch / "detections.vot");
  ASSERT_EQ(detections.rows(), 40000u);
  const auto missing = [&](const char* column) {
    return static_cast<double>(detections.at(column).missing_count()) / 40000;
  };
  // Each bound is five standard deviations of a proportion of 40,000.
  EXPECT_NEAR(missing("var_prob_h"), 0.11, 0.008);
  EXPECT_NEAR(missing("var_sigma_s"), 0.11, 0.008);
  EXPECT_NEAR(missing("var_max_b"), 0.012, 0.003);
  EXPECT_NEAR(missing("hard_hm"), 0.014, 0.003);
  EXPECT_NEAR(missing("hard_hs"), 0.02, 0.004);
  EXPECT_EQ(missing("powlaw_gamma"), 0);
  std::map<std::string, int> counts;
  for (size_t row = 0; row < 40000; ++row) ++counts[std::string(detections.at("name").text(row))];
  double one = 0;
  double two = 0;
  double few = 0;
  for (const auto& [name, count] : counts) {
    one += count == 1;
    two += count == 2;
    few += count > 2 && count <= 10;
  }
  const auto sources = static_cast<double>(counts.size());
  EXPECT_NEAR(one / sources, 0.78, 0.02);
  EXPECT_NEAR(two / sources, 0.11, 0.015);
  EXPECT_NEAR(few / sources, 0.10, 0.015);
  for (size_t row = 0; row < 40000; ++row) {
    const double hardness = detections.at("hard_hm").number(row);
    EXPECT_FALSE(std::abs(hardness) > 1);
    EXPECT_FALSE(detections.at("var_min_b").number(row) < 0);
    EXPECT_FALSE(detections.at("var_max_b").number(row) < detections.at("var_min_b").number(row));
  }
  const Table labels = io::read_table(scratch / "labels.csv");
  EXPECT_NEAR(static_cast<double>(labels.rows()) / sources, 0.35, 0.02);
  // Young stars are in their fields, not all over the sky.
  for (size_t row = 0; row < labels.rows(); ++row)
    if (labels.at("main_type").text(row) == "Orion_V*") {
      EXPECT_LT(sky::separation_arcsec({labels.at("ra").number(row), labels.at("dec").number(row)},
                                       {83.82, -5.39}),
                3600);
    }
}

TEST(Simulate, GivesFeaturesBackThroughItsRawColumns) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 3000);
  const auto reader = io::open_table(scratch / "detections.vot");
  const recipe::Detections detections =
      recipe::read_detections(*reader, recipe::load_recipe("csc2"));
  // The model that generated them classifies most of them plausibly.
  const method::Posteriors posteriors =
      method::predict(model::load_model("csc2-published"), detections.rows(), Threads(1));
  const std::set<std::optional<method::ClusterId>> clusters(posteriors.clusters.begin(),
                                                            posteriors.clusters.end());
  EXPECT_EQ(clusters.size(), 6u);
  EXPECT_EQ(clusters.count(std::nullopt), 0u);
}

TEST(Simulate, GivesTheSameBytesForTheSameSeed) {
  const testing::ScratchFolder a, b, c;
  simulate_into(a, 9000, 1);  // more than a block
  simulate_into(b, 9000, 1);
  simulate_into(c, 9000, 2);
  EXPECT_EQ(sha256_of_file(a / "detections.vot"), sha256_of_file(b / "detections.vot"));
  EXPECT_EQ(sha256_of_file(a / "labels.csv"), sha256_of_file(b / "labels.csv"));
  EXPECT_NE(sha256_of_file(a / "detections.vot"), sha256_of_file(c / "detections.vot"));
}

jobs::RunSummary run_in(const testing::ScratchFolder& scratch, const std::string& out,
                        int threads) {
  jobs::RunOptions options;
  options.detections = scratch / "detections.vot";
  options.labels = scratch / "labels.csv";
  options.out = scratch / out;
  return jobs::run(options, recipe::load_recipe("csc2"), Threads(threads));
}

TEST(Run, GivesTheSameBytesAtAnyNumberOfThreads) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 6000);
  run_in(scratch, "1", 1);
  run_in(scratch, "2", 2);
  const jobs::RunSummary summary = run_in(scratch, "7", 7);
  for (const std::string& file : summary.files) {
    if (file == "run.json") continue;  // contains times
    const std::string one = testing::read_file(scratch / ("1/" + file));
    EXPECT_FALSE(one.empty());
    EXPECT_EQ(testing::read_file(scratch / ("2/" + file)), one) << file;
    EXPECT_EQ(testing::read_file(scratch / ("7/" + file)), one) << file;
  }
}

TEST(Run, AccountsForEveryRow) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 6000);
  const jobs::RunSummary summary = run_in(scratch, "out", 2);
  const recipe::SelectionCounts& selection = summary.selection;
  uint64_t dropped = selection.not_selected;
  for (const auto& [kind, count] : selection.missing) dropped += count;
  EXPECT_EQ(selection.read, 6000u);
  EXPECT_EQ(selection.read, selection.kept + dropped);
  const jobs::ClassificationCounts& classes = summary.classification;
  EXPECT_EQ(selection.kept, classes.labels.with_class + classes.labels.ambiguous +
                                classes.labels.other_label + classes.labels.without_label);
  EXPECT_EQ(classes.classified + classes.without_class,
            classes.labels.ambiguous + classes.labels.without_label);
  const auto record = nlohmann::json::parse(testing::read_file(scratch / "out/run.json"));
  EXPECT_EQ(record["counts"]["read"], 6000);
  EXPECT_EQ(record["counts"]["classified"], classes.classified);
  EXPECT_EQ(record["detections"]["sha256"], sha256_of_file(scratch / "detections.vot"));
  EXPECT_EQ(record["seed"], 42);
  EXPECT_EQ(record["mixture"]["iterations"], summary.iterations);
  EXPECT_EQ(io::read_table(scratch / "out/detection_level_classification.csv").rows(),
            classes.classified + classes.without_class);
  EXPECT_EQ(io::read_table(scratch / "out/clusters.csv").rows(), selection.kept);
  EXPECT_EQ(io::read_table(scratch / "out/uniquely_classified.csv").rows(), summary.sources_unique);
}

TEST(Run, ModelClassifiesLikeTheRun) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 6000);
  run_in(scratch, "out", 2);
  jobs::PredictOptions options;
  options.detections = scratch / "out/clusters.csv";
  options.out = scratch / "predicted.csv";
  const jobs::PredictSummary summary =
      jobs::predict_table(options, model::load_model(scratch / "out/model.json"), Threads(2));
  EXPECT_EQ(summary.with_missing, 0u);
  const Table predicted = io::read_table(scratch / "predicted.csv");
  const Table clusters = io::read_table(scratch / "out/clusters.csv");
  ASSERT_EQ(predicted.rows(), clusters.rows());
  for (size_t row = 0; row < predicted.rows(); ++row)
    EXPECT_EQ(predicted.at("cluster").number(row), clusters.at("cluster").number(row));
  const Table classes = io::read_table(scratch / "out/detection_level_classification.csv");
  std::map<std::string, size_t> rows;
  const auto key = [](const Table& table, size_t row) {
    return cell_text(table.at("name"), row) + " " + cell_text(table.at("obsid"), row);
  };
  for (size_t row = 0; row < predicted.rows(); ++row) rows[key(predicted, row)] = row;
  for (size_t row = 0; row < classes.rows(); ++row)
    for (const auto& [ours, c] : {std::pair("p_agn", "AGN"), std::pair("p_hmxb", "HMXB"),
                                  std::pair("p_yso", "YSO"), std::pair("p_orion_v", "Orion_V*")})
      EXPECT_NEAR(predicted.at(ours).number(rows.at(key(classes, row))), classes.at(c).number(row),
                  1e-12);
  // QSO was not learned: as published it has 0, in our tables nothing.
  EXPECT_EQ(classes.at("QSO").number(0), 0);
  EXPECT_TRUE(predicted.at("p_qso").missing(0));
}

TEST(Run, TakesTablesThatAreNotInFiles) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 3000);
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  jobs::RunOptions options;
  options.detections = scratch / "detections.vot";
  options.labels = scratch / "labels.csv";
  options.out = scratch / "of_files";
  jobs::run(options, recipe, Threads(2));
  jobs::RunOptions elsewhere = options;
  elsewhere.detections = elsewhere.labels = "elsewhere";
  elsewhere.open_detections = [&] { return io::open_table(options.detections); };
  elsewhere.open_labels = [&] { return io::open_table(options.labels); };
  elsewhere.out = scratch / "elsewhere";
  jobs::run(elsewhere, recipe, Threads(2));
  for (const char* name : {"sources.csv", "clusters.csv", "model.json"})
    EXPECT_EQ(testing::read_file(elsewhere.out + "/" + name),
              testing::read_file(options.out + "/" + name));
  // The digest is that of the table as a VOTable in BINARY2.
  io::WriteOptions binary;
  binary.format = io::Format::votable_binary2;
  io::write_table(scratch / "copy.vot", io::read_table(options.detections), binary);
  const auto record = nlohmann::json::parse(testing::read_file(elsewhere.out + "/run.json"));
  EXPECT_EQ(record["detections"]["name"], "elsewhere");
  EXPECT_EQ(record["detections"]["sha256"], sha256_of_file(scratch / "copy.vot"));
  // Only learning gives the same model.
  const jobs::Training training = jobs::train(elsewhere, recipe, Threads(1));
  model::save_model(training.model, scratch / "model.json", io::Overwrite::no);
  EXPECT_EQ(testing::read_file(scratch / "model.json"),
            testing::read_file(options.out + "/model.json"));
}

TEST(Predict, GivesTheNumbersOfItsTable) {
  const testing::ScratchFolder scratch;
  simulate_into(scratch, 20'000);
  const auto model = model::load_model("csc2-published");
  const auto numbers =
      jobs::predict_numbers(*io::open_table(scratch / "detections.vot"), model, Threads(2));
  const auto reader = io::open_table(scratch / "detections.vot");
  jobs::PredictionReader predictions(*reader, model, Threads(1));
  const Table table = io::read_table(predictions);
  ASSERT_EQ(numbers.classes.size(), table.rows());
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto& id = numbers.classes[row];
    EXPECT_EQ(id ? model.recipe.class_name(*id) : "", table.at("class_name").text(row));
    if (id) {
      EXPECT_EQ(numbers.probabilities(static_cast<long>(row), 0), table.at("p_qso").number(row));
    }
  }
}

TEST(FindLabels, JoinsByPositionAndByName) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  recipe::Detections detections;
  detections.table = io::read_table(*io::open_table_in_memory(
      "name,obsid,ra,dec\na,1,10,20\nb,1,30,40\nc,1,,\na,2,10,20\n", "d.csv"));
  const Table by_position = io::read_table(*io::open_table_in_memory(
      "ra,dec,main_type\n10,20.0001,HXB\n10,20.0002,QSO\n30,40.001,AGN\n,,YSO\n", "l.csv"));
  EXPECT_EQ(recipe::find_labels(detections, by_position, recipe::LabelJoin::position, 1, recipe,
                                Threads(1)),
            (std::vector<std::string>{"HMXB", "", "", "HMXB"}));
  const Table by_name = io::read_table(*io::open_table_in_memory(
      "name,main_type,separation_arcsec\na,QSO,0.9\na,TT*,0.5\nb,AGN,1.5\nc,Galaxy,0\n", "l.csv"));
  EXPECT_EQ(
      recipe::find_labels(detections, by_name, recipe::LabelJoin::name, 1, recipe, Threads(1)),
      (std::vector<std::string>{"TTau*", "", "Galaxy", "TTau*"}));
  // The Chandra catalog pads its names with blanks.
  detections.table = io::read_table(*io::open_table_in_memory(
      "<VOTABLE><RESOURCE><TABLE><FIELD name='name' datatype='char' "
      "arraysize='3'/><DATA><TABLEDATA>"
      "<TR><TD> a</TD></TR><TR><TD>c  </TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
      "d.vot"));
  EXPECT_EQ(
      recipe::find_labels(detections, by_name, recipe::LabelJoin::name, 1, recipe, Threads(1)),
      (std::vector<std::string>{"TTau*", "Galaxy"}));
  const recipe::LabelledClasses classes =
      recipe::label_classes({"QSO", "", "Star", "Galaxy"}, recipe);
  EXPECT_EQ(classes.known, (std::vector<std::optional<method::ClassId>>{
                               method::ClassId(0), std::nullopt, std::nullopt, std::nullopt}));
  EXPECT_EQ(classes.to_classify, (std::vector<bool>{false, true, true, false}));
  const recipe::LabelCounts& counts = classes.counts;
  EXPECT_EQ(counts.with_class + counts.without_label + counts.ambiguous + counts.other_label, 4u);
}

TEST(Predict, CountsWhatIsMissing) {
  UHURU_REAL_DATA(example, "example_source.vot");
  const testing::ScratchFolder scratch;
  jobs::PredictOptions options;
  options.detections = example;
  options.out = scratch / "a.csv";
  jobs::predict_table(options, model::load_model("csc2-published"), Threads(1));
  const Table table = io::read_table(scratch / "a.csv");
  ASSERT_EQ(table.rows(), 1u);
  EXPECT_EQ(table.at("cluster").number(0), 5);
  EXPECT_EQ(table.at("features_missing").number(0), 2);
  EXPECT_TRUE(table.at("bb_kt").missing(0));
  EXPECT_NEAR(
      table.at("p_hmxb").number(0) + table.at("p_lmxb").number(0) + table.at("p_xb").number(0),
      0.9853, 0.0002);
}

TEST(Predict, GivesThePublishedClustersAndProbabilities) {
  UHURU_REAL_DATA(features, "published_features.csv");
  UHURU_REAL_DATA(published_file, "published_detection_level.csv");
  const testing::ScratchFolder scratch;
  jobs::PredictOptions options;
  options.detections = features;
  options.out = scratch / "a.csv";
  jobs::predict_table(options, model::load_model("csc2-published"), Threads(2));
  const Table table = io::read_table(scratch / "a.csv");
  const Table input = io::read_table(features);
  const Table published = io::read_table(published_file);
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  std::map<std::string, size_t> rows;
  for (size_t row = 0; row < published.rows(); ++row)
    rows[cell_text(published.at("name"), row) + cell_text(published.at("obsid"), row)] = row;
  size_t other_cluster = 0;
  double worst = 0;
  ASSERT_EQ(table.rows(), input.rows());
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.at("cluster").number(row) != input.at("cluster").number(row)) {
      ++other_cluster;
      continue;
    }
    const size_t there =
        rows.at(cell_text(table.at("name"), row) + cell_text(table.at("obsid"), row));
    for (const std::string& c : recipe.classes)
      worst = std::max(worst, std::abs(table.at(testing::class_column(c)).number(row) -
                                       published.at(c).number(there)));
  }
  EXPECT_LE(other_cluster, 2u);
  EXPECT_LT(worst, 1e-6);
}

TEST(Vote, GivesThePublishedTables) {
  UHURU_REAL_DATA(detections, "published_detection_level.csv");
  UHURU_REAL_DATA(unique_file, "published_uniquely_classified.csv");
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  const tables::SourceTables result =
      tables::vote_on_table(io::read_table(detections), recipe, Threads(2), nullptr);
  EXPECT_EQ(result.unique.rows(), 8271u);
  EXPECT_EQ(result.ambiguous.rows(), 485u);
  const Table published = io::read_table(unique_file);
  std::map<std::string, size_t> rows;
  for (size_t row = 0; row < published.rows(); ++row)
    rows[std::string(published.at("name").text(row))] = row;
  std::vector<std::string> columns = recipe.classes;
  columns.insert(columns.end(), {"name", "agg_master_class", "master_class", "detection_count"});
  ASSERT_EQ(rows.size(), result.unique.rows());
  for (size_t row = 0; row < result.unique.rows(); ++row) {
    const size_t there = rows.at(std::string(result.unique.at("name").text(row)));
    for (const std::string& column : columns)
      ASSERT_EQ(cell_text(result.unique.at(column), row), cell_text(published.at(column), there))
          << column;
    // The published positions went through a parser that loses the last digit.
    for (const char* column : {"ra", "dec"})
      ASSERT_NEAR(result.unique.at(column).number(row), published.at(column).number(there), 1e-12);
  }
}

}  // namespace
}  // namespace uhuru
