#include "uhuru/study/evaluation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "study/random_predictions.hpp"
#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::random_predictions;
using Json = nlohmann::ordered_json;

study::EvaluateOptions replicates(size_t count) {
  study::EvaluateOptions options;
  options.replicates = count;
  return options;
}

TEST(Evaluate, GivesTheSameAtAnyNumberOfThreads) {
  const std::vector<study::Predictions> repeats = {random_predictions(1, 200, 4),
                                                   random_predictions(2, 200, 4)};
  const std::string one =
      study::evaluation_json(study::evaluate(repeats, replicates(50), Threads(1))).dump();
  for (const int threads : {2, 5})
    EXPECT_EQ(
        study::evaluation_json(study::evaluate(repeats, replicates(50), Threads(threads))).dump(),
        one);
  study::EvaluateOptions other = replicates(50);
  other.seed = 1;
  EXPECT_NE(study::evaluation_json(study::evaluate(repeats, other, Threads(1))).dump(), one);
}

TEST(Evaluate, IntervalsHoldTheValueAndShrinkWithTheSample) {
  double last = 1;
  for (const size_t rows : {100, 1000, 10000}) {
    const auto scores =
        study::evaluate({random_predictions(3, rows, 3)}, replicates(300), Threads(2)).scores;
    study::visit_scores(scores, [](const char* name, const study::Interval& score) {
      if (std::string(name) == "calibration_error") return;  // resampling biases it upwards
      EXPECT_LT(score.low, score.value) << name;
      EXPECT_GT(score.high, score.value) << name;
    });
    EXPECT_LT(scores.accuracy.high - scores.accuracy.low, last);
    last = scores.accuracy.high - scores.accuracy.low;
  }
}

TEST(Evaluate, DrawsTheRowsOfASourceTogether) {
  // Each row three times: as sources of three rows they carry no more information than one row.
  const study::Predictions p = random_predictions(4, 200, 3);
  study::Predictions copies = study::concatenated({p, p, p});
  for (size_t row = 0; row < copies.rows(); ++row) copies.sources[row] = row % 200;
  study::Predictions alone = p;
  alone.sources.clear();
  const auto expected = study::evaluate({alone}, replicates(200), Threads(2)).scores.accuracy;
  const auto together = study::evaluate({copies}, replicates(200), Threads(2)).scores.accuracy;
  EXPECT_NEAR(together.low, expected.low, 1e-12);
  EXPECT_NEAR(together.high, expected.high, 1e-12);
  copies.sources.clear();
  const auto apart = study::evaluate({copies}, replicates(200), Threads(2)).scores.accuracy;
  EXPECT_LT(apart.high - apart.low, 0.8 * (expected.high - expected.low));
}

TEST(Evaluate, LeavesOutWhatHasNoPrediction) {
  study::Predictions p = random_predictions(5, 100, 3);
  std::vector<size_t> kept;
  for (size_t row = 0; row < 100; ++row) {
    if (row % 3 == 0)
      p.predicted[row] = -1;
    else
      kept.push_back(row);
  }
  Json found = study::evaluation_json(study::evaluate({p}, replicates(20), Threads(1)));
  EXPECT_EQ(found["left_out"], 34);
  EXPECT_EQ(found["rows"], 66);
  found["left_out"] = 0;
  EXPECT_EQ(found, study::evaluation_json(
                       study::evaluate({study::select_rows(p, kept)}, replicates(20), Threads(1))));
  p.predicted.assign(100, -1);
  const Json none = study::evaluation_json(study::evaluate({p}, replicates(20), Threads(1)));
  EXPECT_EQ(none["rows"], 0);
  EXPECT_EQ(none["sources"], 0);
  EXPECT_EQ(none["left_out"], 100);
  EXPECT_TRUE(none["accuracy"].is_null());
  EXPECT_TRUE(none["log_loss"].is_null());
}

TEST(Evaluate, AddsCountsOfRepeatsAndAveragesScores) {
  const study::Predictions a = random_predictions(6, 100, 3);
  const study::Predictions b = random_predictions(7, 100, 3);
  const study::Evaluation both = study::evaluate({a, b}, replicates(0), Threads(1));
  const study::Evaluation first = study::evaluate({a}, replicates(0), Threads(1));
  const study::Evaluation second = study::evaluate({b}, replicates(0), Threads(1));
  EXPECT_EQ(both.rows, 200);
  EXPECT_EQ(both.confusion, first.confusion + second.confusion);
  EXPECT_DOUBLE_EQ(
      both.scores.labels[1].roc_auc.value,
      (first.scores.labels[1].roc_auc.value + second.scores.labels[1].roc_auc.value) / 2);
  EXPECT_EQ(both.roc[0].x.size(), 201u);
  EXPECT_TRUE(std::isnan(both.scores.accuracy.low));
}

TEST(EvaluationJson, HasItsShape) {
  study::EvaluateOptions options = replicates(10);
  options.level = "sources";
  options.of = "groups";
  const Json json =
      study::evaluation_json(study::evaluate({random_predictions(8, 900, 2)}, options, Threads(1)));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{
                      "level", "of", "labels", "rows", "sources", "left_out", "confusion",
                      "confusion_normalized", "accuracy", "balanced_accuracy",
                      "balanced_accuracy_equal_priors", "macro_f1", "log_loss", "brier",
                      "calibration_error", "per_label", "reliability", "roc", "precision_recall"}));
  EXPECT_EQ(json["level"], "sources");
  EXPECT_EQ(json["of"], "groups");
  EXPECT_TRUE(json["rows"].is_number_integer());
  EXPECT_TRUE(json["confusion"][0][1].is_number_integer());
  EXPECT_LE(json["accuracy"]["low"], json["accuracy"]["value"]);
  EXPECT_EQ(json["per_label"][1]["label"], "label1");
  EXPECT_TRUE(json["reliability"][0]["accuracy"].is_null());
  EXPECT_EQ(json["reliability"][9]["high"], 1.0);
  const Json& roc = json["roc"]["label0"];
  EXPECT_EQ(roc["false_positive_rate"].size(), 400u);
  EXPECT_EQ(roc["true_positive_rate"].size(), 400u);
  EXPECT_EQ(roc["true_positive_rate"].front(), 0);
  EXPECT_EQ(roc["true_positive_rate"].back(), 1);
  EXPECT_EQ(json["precision_recall"]["label0"]["precision"].back(), 1);
}

TEST(EvaluationJson, LeavesOutWhatHardVotesDontHave) {
  study::Predictions p = random_predictions(9, 50, 3);
  p.probabilities = p.priors = Matrix();
  const Json json = study::evaluation_json(study::evaluate({p}, replicates(10), Threads(1)));
  for (const char* key : {"log_loss", "brier", "calibration_error"})
    EXPECT_TRUE(json[key].is_null()) << key;
  EXPECT_TRUE(json["balanced_accuracy_equal_priors"].is_null());
  EXPECT_TRUE(json["per_label"][0]["roc_auc"].is_null());
  EXPECT_TRUE(json["macro_f1"]["value"].is_number());
  for (const char* key : {"reliability", "roc", "precision_recall"})
    EXPECT_FALSE(json.contains(key)) << key;
}

TEST(EvaluationJson, SaysZeroOfALabelThatIsNotThereAndNothingOfItsCurves) {
  study::Predictions p = random_predictions(10, 50, 2);
  p.truth.assign(50, 0);
  p.predicted.assign(50, 0);
  const Json json = study::evaluation_json(study::evaluate({p}, replicates(10), Threads(1)));
  const Json& missing = json["per_label"][1];
  EXPECT_EQ(missing["support"], 0);
  EXPECT_EQ(missing["recall"], Json({{"value", 0.0}, {"low", nullptr}, {"high", nullptr}}));
  EXPECT_TRUE(missing["roc_auc"].is_null());
  EXPECT_TRUE(json["confusion_normalized"][1][0].is_null());
  EXPECT_TRUE(json["roc"].empty());
  EXPECT_EQ(json["balanced_accuracy"]["value"], 1.0);
  EXPECT_EQ(json["macro_f1"]["value"], 1.0);
}

TEST(Grouped, SumsProbabilitiesAndTakesTheLargestSum) {
  study::Predictions p;
  p.labels = {"QSO", "YSO", "AGN"};
  p.truth = {2, 1, 0};
  p.predicted = {1, 1, -1};
  p.probabilities.resize(3, 3);
  p.probabilities << 0.3, 0.4, 0.3, 0.1, 0.8, 0.1, 0.5, 0.25, 0.25;
  p.priors = Matrix::Constant(3, 3, 0.25);
  p.sources = {5, 6, 7};
  const study::Predictions groups = study::grouped(p, {"AGN", "YSO", "AGN"});
  EXPECT_EQ(groups.labels, (std::vector<std::string>{"AGN", "YSO"}));
  EXPECT_EQ(groups.truth, (std::vector<int>{0, 1, 0}));
  EXPECT_EQ(groups.predicted, (std::vector<int>{0, 1, -1}));
  EXPECT_EQ(groups.probabilities(0, 0), 0.6);
  EXPECT_EQ(groups.probabilities(0, 1), 0.4);
  EXPECT_EQ(groups.priors(2, 0), 0.5);
  EXPECT_EQ(groups.sources, p.sources);
  p.probabilities = p.priors = Matrix();
  EXPECT_EQ(study::grouped(p, {"AGN", "YSO", "AGN"}).predicted, (std::vector<int>{1, 1, -1}));
}

TEST(Predictions, AreChecked) {
  const study::Predictions good = random_predictions(11, 10, 3);
  study::check_predictions(good);
  const auto kind_of = [&](const auto& spoil) {
    study::Predictions bad = good;
    spoil(bad);
    return error_of([&] { study::evaluate({good, bad}, replicates(0), Threads(1)); }).kind();
  };
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.truth[3] = 3; }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.truth[3] = -1; }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.predicted[3] = -2; }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.predicted.pop_back(); }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.sources.pop_back(); }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.weights = {1}; }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.weights.assign(10, -1); }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.probabilities(2, 1) = std::nan(""); }),
            ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.probabilities(2, 1) = 1.1; }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.priors.resize(9, 3); }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.labels[0] = "other"; }), ErrorKind::bug);
  EXPECT_EQ(kind_of([](study::Predictions& p) { p.priors = Matrix(); }), ErrorKind::bug);
  EXPECT_EQ(error_of([] { study::evaluate({}, {}, Threads(1)); }).kind(), ErrorKind::bug);
}

}  // namespace
}  // namespace uhuru
