#include "uhuru/study/figures.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "figure/svg_reader.hpp"
#include "study/random_predictions.hpp"
#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::random_predictions;
using testing::SvgReader;

study::Evaluation evaluation_of(const study::Predictions& predictions) {
  study::EvaluateOptions options;
  options.replicates = 0;
  return study::evaluate({predictions}, options, Threads(1));
}

TEST(Figures, ShowWhatTheEvaluationSays) {
  study::Evaluation evaluation = evaluation_of(random_predictions(1, 500, 3));
  evaluation.labels[1] = "<YSO> & others";
  const auto figures = study::evaluation_figures(evaluation);
  ASSERT_EQ(figures.size(), 4u);
  for (const study::Figure& figure : figures) {
    const SvgReader reader(figure.svg);
    EXPECT_NE(reader.elements[2].text.find("500 predictions"), std::string::npos);
    if (figure.name == "reliability") continue;
    for (const std::string& label : evaluation.labels) EXPECT_TRUE(reader.has_text(label)) << label;
  }
  EXPECT_EQ(figures[0].name, "confusion");
  EXPECT_TRUE(SvgReader(figures[0].svg).has_text(fmt::format("{}", evaluation.confusion(0, 0))));
  size_t bins = 0;
  for (const auto& bin : evaluation.reliability) bins += bin.count > 0;
  EXPECT_EQ(SvgReader(figures[1].svg).with_class("mark").size(), bins);
  EXPECT_EQ(SvgReader(figures[1].svg).with_class("bar").size(), study::reliability_bins);
  for (const size_t curves : {2, 3}) {
    const SvgReader reader(figures[curves].svg);
    EXPECT_EQ(reader.with_class("curve").size(), 6u);  // with the legend's
    const auto& scores = evaluation.scores.labels[2];
    const double area = curves == 2 ? scores.roc_auc.value : scores.average_precision.value;
    EXPECT_TRUE(reader.has_text(fmt::format("{:.3f}", area)));
  }
  EXPECT_EQ(study::evaluation_figures(evaluation)[2].svg, figures[2].svg);
}

TEST(Figures, KeepLabelsThatNoRowHas) {
  study::Predictions predictions = random_predictions(2, 100, 3);
  for (int& truth : predictions.truth) truth = truth == 2 ? 1 : truth;
  const study::Evaluation evaluation = evaluation_of(predictions);
  const SvgReader reader(study::roc_figure(evaluation));
  EXPECT_TRUE(reader.has_text("label2"));
  EXPECT_TRUE(reader.has_text("–"));
}

TEST(Figures, OfHardVotesAreTheConfusionAlone) {
  study::Predictions predictions = random_predictions(3, 100, 3);
  predictions.probabilities.resize(0, 0);
  predictions.priors.resize(0, 0);
  const study::Evaluation evaluation = evaluation_of(predictions);
  EXPECT_EQ(study::evaluation_figures(evaluation).size(), 1u);
  for (const auto figure :
       {study::reliability_figure, study::roc_figure, study::precision_recall_figure})
    EXPECT_EQ(error_of([&] { figure(evaluation); }).kind(), ErrorKind::bug);
}

}  // namespace
}  // namespace uhuru
