// The classifier of the method bayes in a model file.
#include "uhuru/model/bayes_json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/model/numbers_text.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using BayesJson = nlohmann::ordered_json;

/// The built-in model with a small classifier of the method bayes, learned with gaps.
model::RecipeModel model_with_bayes(bool missing_informs = true) {
  model::RecipeModel model = model::load_model("csc2-published");
  RandomState random(1);
  method::LabelledRows rows;
  rows.data = Matrix(60, 12);
  for (double& value : rows.data.reshaped()) value = 0.5 + 0.1 * random.normal();
  for (size_t row = 0; row < 60; ++row) {
    rows.classes.push_back(method::ClassId(row % 2 ? 4 : 0));
    rows.sources.push_back(row / 2);
    if (row % 5 == 0) rows.data(static_cast<long>(row), 3) = std::nan("");
    if (row % 4 == 0) rows.data(static_cast<long>(row), 7) = std::nan("");
  }
  for (size_t row = 0; row < 60; ++row) rows.sources[row] = 2 * (row / 4) + row % 2;
  method::BayesSettings settings;
  settings.replicates = 2;
  settings.trees = 3;
  model.bayes = method::train_bayes(rows, model.mixture, model.recipe.group_places(), settings,
                                    missing_informs, 1, Threads(1));
  model.bayes->typical_variance = Vector::Constant(12, 0.001 / 3);
  model.bayes->collapsed = {{method::ClassId(4), method::ClusterId(2)}};
  return model;
}

model::RecipeModel again(const model::RecipeModel& model) {
  return model::parse_model(model::model_json(model), "m.json");
}

TEST(BayesJson, ComesBackToTheLastBit) {
  RandomState random(2);
  Matrix x(40, 12), variance = Matrix::Zero(40, 12);
  for (double& value : x.reshaped())
    value = random.uniform() < 0.1 ? std::nan("") : 0.5 + 0.15 * random.normal();
  for (double& value : variance.reshaped()) value = random.uniform() < 0.1 ? 0.01 : 0;
  for (const bool informs : {false, true}) {
    const model::RecipeModel model = model_with_bayes(informs);
    const model::RecipeModel read = again(model);
    EXPECT_EQ(model::model_json(read), model::model_json(model));
    EXPECT_EQ(read.method(), method::Method::bayes);
    EXPECT_EQ(read.bayes->learned, (std::vector{method::ClassId(0), method::ClassId(4)}));
    EXPECT_EQ(read.bayes->group_of, model.bayes->group_of);
    EXPECT_EQ(read.bayes->informing, model.bayes->informing);
    EXPECT_EQ(read.bayes->informing.size(), informs ? 2u : 0u);
    EXPECT_EQ(read.bayes->collapsed, model.bayes->collapsed);
    EXPECT_EQ(read.bayes->typical_variance, model.bayes->typical_variance);
    for (const method::Drawn drawn : {method::Drawn::sources, method::Drawn::detections}) {
      const method::Prior prior{drawn, {}};
      const auto found = method::BayesDensity(*read.bayes, prior)(x, variance, Threads(1));
      const auto expected = method::BayesDensity(*model.bayes, prior)(x, variance, Threads(1));
      EXPECT_EQ(found.probabilities, expected.probabilities);
      EXPECT_EQ(found.p_known, expected.p_known);
      const method::Answer& answer = model.bayes->answer(drawn);
      const method::Answer& of_read = read.bayes->answer(drawn);
      EXPECT_EQ(of_read.evidence.prior, answer.evidence.prior);
      EXPECT_EQ(of_read.evidence.slope, answer.evidence.slope);
      EXPECT_EQ(of_read.evidence.exponent, answer.evidence.exponent);
      EXPECT_EQ(of_read.evidence.learned, answer.evidence.learned);
      ASSERT_EQ(of_read.ratios.size(), answer.ratios.size());
      for (size_t g = 0; g < answer.ratios.size(); ++g) {
        EXPECT_EQ(of_read.ratios[g].values(), answer.ratios[g].values());
        EXPECT_EQ(of_read.ratios[g].count(), answer.ratios[g].count());
      }
    }
    ASSERT_EQ(read.bayes->replicates.size(), 2u);
    for (size_t b = 0; b < 2; ++b) {
      const method::BayesReplicate& of_read = read.bayes->replicates[b];
      const method::BayesReplicate& of_model = model.bayes->replicates[b];
      EXPECT_EQ(of_read.prior, of_model.prior);
      EXPECT_EQ(of_read.gaussians.weights, of_model.gaussians.weights);
      EXPECT_EQ(of_read.gaussians.means, of_model.gaussians.means);
      EXPECT_EQ(of_read.gaussians.covariances, of_model.gaussians.covariances);
      ASSERT_EQ(of_read.trees.size(), 3u);
      for (size_t t = 0; t < 3; ++t) {
        EXPECT_EQ(of_read.trees[t].leaves, of_model.trees[t].leaves);
        ASSERT_EQ(of_read.trees[t].nodes.size(), of_model.trees[t].nodes.size());
        for (size_t n = 0; n < of_read.trees[t].nodes.size(); ++n) {
          EXPECT_EQ(of_read.trees[t].nodes[n].feature, of_model.trees[t].nodes[n].feature);
          EXPECT_EQ(of_read.trees[t].nodes[n].right, of_model.trees[t].nodes[n].right);
          EXPECT_EQ(of_read.trees[t].nodes[n].threshold, of_model.trees[t].nodes[n].threshold);
          EXPECT_EQ(of_read.trees[t].nodes[n].left_part, of_model.trees[t].nodes[n].left_part);
        }
      }
    }
  }
}

TEST(BayesJson, KeepsWhatIsAsked) {
  constexpr double open = std::numeric_limits<double>::quiet_NaN();
  model::RecipeModel model = model_with_bayes();
  model.coverage = 0.7;
  std::vector<double> own(model.recipe.classes.size(), open);
  own[0] = 0.1 + 0.2;
  own[3] = 0;
  for (const method::Prior& prior : {method::Prior{}, method::Prior{method::Drawn::detections, {}},
                                     method::Prior{method::Drawn::sources, own}}) {
    model.prior = prior;
    const model::RecipeModel read = again(model);
    EXPECT_EQ(read.coverage, 0.7);
    EXPECT_EQ(read.prior.drawn, prior.drawn);
    ASSERT_EQ(read.prior.own.size(), prior.own.size());
    for (size_t c = 0; c < prior.own.size(); ++c) {
      EXPECT_EQ(std::isnan(read.prior.own[c]), std::isnan(prior.own[c]));
      if (!std::isnan(prior.own[c])) {
        EXPECT_EQ(read.prior.own[c], prior.own[c]);
      }
    }
  }
  const BayesJson good = BayesJson::parse(model::model_json(model));
  const auto refused = [&](const std::string& key, const BayesJson& value) {
    BayesJson changed = good;
    changed[key] = value;
    const Error error = error_of([&] { model::parse_model(changed.dump(), "m.json"); });
    EXPECT_EQ(error.message(), "invalid model");
  };
  for (const BayesJson& prior :
       {BayesJson("x"), BayesJson(1), BayesJson::object(), BayesJson{{"no class", 0.5}},
        BayesJson{{"QSO", 1.5}}, BayesJson{{"QSO", "x"}}, BayesJson{{"QSO", 0.7}, {"HMXB", 0.4}}})
    refused("prior", prior);
  for (const BayesJson& coverage : {BayesJson("x"), BayesJson(1.5), BayesJson(-0.1)})
    refused("coverage", coverage);
}

/// The error of the model with a value of its classifier replaced.
Error error_with(const BayesJson& good, const std::string& pointer, const BayesJson& value) {
  BayesJson changed = good;
  changed[BayesJson::json_pointer("/bayes" + pointer)] = value;
  return error_of([&] { model::parse_model(changed.dump(), "m.json"); });
}

TEST(BayesJson, IsChecked) {
  const BayesJson good = BayesJson::parse(model::model_json(model_with_bayes()));
  const auto where = [&](const std::string& pointer, const BayesJson& value) {
    const Error error = error_with(good, pointer, value);
    EXPECT_EQ(error.message(), "invalid model");
    return error.where();
  };
  EXPECT_EQ(where("/classes", {"QSO", "NOVA"}), "m.json, bayes.classes");
  EXPECT_EQ(where("/classes", {"HMXB", "QSO"}), "m.json, bayes.classes");
  EXPECT_EQ(where("/classes", BayesJson::array()), "m.json, bayes.classes");
  EXPECT_EQ(where("/typical_variance", "x"), "m.json, bayes.typical_variance");
  EXPECT_EQ(where("/missing_informs", {"x"}), "m.json, bayes.missing_informs");
  EXPECT_EQ(where("/collapsed", {{{"class", "NOVA"}, {"cluster", 0}}}), "m.json, bayes.collapsed");
  EXPECT_EQ(where("/collapsed", {{{"class", "QSO"}, {"cluster", -1}}}), "m.json, bayes.collapsed");
  for (const std::string answer : {"sources", "detections"}) {
    const std::string at = "m.json, bayes." + answer;
    EXPECT_EQ(where("/" + answer, BayesJson::object()), at);
    EXPECT_EQ(where("/" + answer + "/prior/0", 0), at + ".prior");
    EXPECT_EQ(where("/" + answer + "/prior", {1}), at + ".prior");
    EXPECT_EQ(where("/" + answer + "/calibration/shift/1", 0), at + ".calibration.shift");
    EXPECT_EQ(where("/" + answer + "/calibration/tree_part", 1.5), at + ".calibration.tree_part");
    EXPECT_EQ(where("/" + answer + "/calibration/group_offset", {1}),
              at + ".calibration.group_offset");
    EXPECT_EQ(where("/" + answer + "/calibration/class_offset", {1}),
              at + ".calibration.class_offset");
    EXPECT_EQ(where("/" + answer + "/calibration/class_sharpness", nullptr),
              at + ".calibration.class_sharpness");
    EXPECT_EQ(where("/" + answer + "/evidence/exponent", 2), at + ".evidence.exponent");
    EXPECT_EQ(where("/" + answer + "/evidence/slope", {1, 2, 3}), at + ".evidence.slope");
    EXPECT_EQ(where("/" + answer + "/ratios", BayesJson::array()), at + ".ratios");
    EXPECT_EQ(where("/" + answer + "/ratios/0/sources", -1), at + ".ratios.sources");
    EXPECT_EQ(where("/" + answer + "/ratios/0", {{"sources", 2}, {"quantiles", {0.5, 0.4}}}),
              at + ".ratios.quantiles");
    EXPECT_EQ(where("/" + answer + "/ratios/0", {{"sources", 1}, {"quantiles", {0.4, 0.5}}}),
              at + ".ratios.quantiles");
  }
  EXPECT_EQ(where("/typicality", "x"), "m.json, bayes.typicality");
  EXPECT_EQ(where("/replicates", BayesJson::array()), "m.json, bayes.replicates");
  EXPECT_EQ(where("/replicates/1/prior/1", -1), "m.json, bayes.replicates[1].prior");
  EXPECT_EQ(where("/replicates/1/tree_count", 0), "m.json, bayes.replicates[1].tree_count");
  EXPECT_EQ(where("/replicates/1/tree_count", 1e9), "m.json, bayes.replicates[1].tree_count");
  EXPECT_EQ(where("/replicates/1/tree_count", 2), "m.json, bayes.replicates[1].trees");
  EXPECT_EQ(where("/replicates/1/tree_count", 4), "m.json, bayes.replicates[1].trees");
  BayesJson changed = good;
  changed["density_quantiles"] = {2, 1};
  EXPECT_EQ(error_of([&] { model::parse_model(changed.dump(), "m.json"); }).where(),
            "m.json, density_quantiles");
}

TEST(BayesJson, OfAnEarlierVersionIsRefused) {
  const BayesJson good = BayesJson::parse(model::model_json(model_with_bayes()));
  const Error error = error_with(good, "/calibration", BayesJson::object());
  EXPECT_EQ(error.where(), "m.json, bayes");
  EXPECT_NE(error.expected().find("train it again"), std::string::npos);
  EXPECT_EQ(error.found(), "an earlier version");
}

TEST(BayesJson, RefusesDamagedNumbers) {
  const BayesJson good = BayesJson::parse(model::model_json(model_with_bayes()));
  for (const std::string name : {"gaussians", "trees"}) {
    const std::string pointer = "/replicates/0/" + name;
    const auto text = good["bayes"]["replicates"][0][name].get<std::string>();
    const std::string where = "m.json, bayes.replicates[0]." + name;
    const auto refused = [&](const std::string& damaged) {
      EXPECT_EQ(error_with(good, pointer, damaged).where(), where);
    };
    refused("");
    refused("?" + text);
    refused(text.substr(0, text.size() / 2) + "ä" + text.substr(text.size() / 2));
    refused("AAAA" + text);
    for (const size_t length :
         {size_t{1}, size_t{3}, size_t{16}, text.size() / 3, text.size() / 2, text.size() - 4})
      refused(text.substr(0, length));
  }
}

/// The replicate's text with its numbers changed.
template <class Change>
Error error_of_gaussians(const BayesJson& good, const model::RecipeModel& model,
                         const Change& change, size_t more = 0) {
  method::GaussianMixture gaussians = model.bayes->replicates[0].gaussians;
  change(gaussians);
  model::NumberWriter to;
  for (long c = 0; c < gaussians.components(); ++c) {
    to.add(gaussians.weights[c]);
    for (const double value : gaussians.means.row(c)) to.add(value);
    for (long i = 0; i < 12; ++i)
      for (long j = 0; j <= i; ++j) to.add(gaussians.covariances[static_cast<size_t>(c)](i, j));
  }
  for (size_t i = 0; i < more; ++i) to.add(1.0);
  return error_with(good, "/replicates/0/gaussians", to.text());
}

TEST(BayesJson, RefusesGaussiansThatAreNone) {
  const model::RecipeModel model = model_with_bayes();
  const BayesJson good = BayesJson::parse(model::model_json(model));
  using Gaussians = method::GaussianMixture;
  const std::string where = "m.json, bayes.replicates[0].gaussians";
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(error_of_gaussians(good, model, [&](Gaussians& g) { g.weights[1] = bad; }).where(),
              where);
    EXPECT_EQ(error_of_gaussians(good, model, [&](Gaussians& g) { g.means(2, 3) = bad; }).where(),
              where);
    EXPECT_EQ(error_of_gaussians(good, model, [&](Gaussians& g) { g.covariances[1](3, 2) = bad; })
                  .where(),
              where);
  }
  EXPECT_EQ(error_of_gaussians(
                good, model, [](Gaussians&) {}, 1)
                .expected(),
            "fewer bytes");
  EXPECT_EQ(error_of_gaussians(good, model, [](Gaussians& g) { g.weights[1] = 0; }).where(), where);
  EXPECT_EQ(error_of_gaussians(good, model, [](Gaussians& g) { g.weights[1] = -1; }).where(),
            where);
  EXPECT_EQ(
      error_of_gaussians(good, model, [](Gaussians& g) { g.covariances[1](3, 3) = -1; }).message(),
      "a mixture component has collapsed");
}

/// A tree as it is written: splits on a feature, or leaves of two classes.
class TreeText {
 public:
  explicit TreeText(uint32_t nodes) { to_.add(nodes); }
  TreeText& split(uint8_t feature = 0, float threshold = 0.5F) {
    to_.add(feature);
    to_.add(threshold);
    to_.add(uint8_t{100});
    return *this;
  }
  TreeText& leaf() {
    to_.add(uint8_t{255});
    to_.add(uint16_t{65535});
    to_.add(uint16_t{0});
    return *this;
  }
  std::string text() const { return to_.text(); }

 private:
  model::NumberWriter to_;
};

TEST(BayesJson, RefusesTreesThatAreNone) {
  const BayesJson good = BayesJson::parse(model::model_json(model_with_bayes()));
  const auto with_tree = [&](const TreeText& tree) {
    BayesJson changed = good;
    changed["bayes"]["replicates"][0]["tree_count"] = 1;
    changed["bayes"]["replicates"][0]["trees"] = tree.text();
    return changed.dump();
  };
  const auto expected = [&](const TreeText& tree) {
    const Error error = error_of([&] { model::parse_model(with_tree(tree), "m.json"); });
    EXPECT_EQ(error.where(), "m.json, bayes.replicates[0].trees");
    return error.expected();
  };
  EXPECT_EQ(expected(TreeText(0)), "a tree with at least one node");
  EXPECT_EQ(expected(TreeText(1).split()), "whole trees");
  EXPECT_EQ(expected(TreeText(2).split().leaf()), "whole trees");
  EXPECT_EQ(expected(TreeText(2).leaf().leaf()), "whole trees");
  EXPECT_EQ(expected(TreeText(3).split().leaf().split()), "whole trees");
  EXPECT_EQ(expected(TreeText(4).split().leaf().leaf().leaf()), "whole trees");
  EXPECT_EQ(expected(TreeText(3).split().split().split()), "whole trees");
  EXPECT_EQ(expected(TreeText(3).split().leaf()), "more bytes");
  EXPECT_EQ(expected(TreeText(1).leaf().leaf()), "fewer bytes");
  EXPECT_EQ(expected(TreeText(4'000'000'000U).leaf()), "more bytes");
  // Two features inform, as columns 12 and 13.
  EXPECT_NO_THROW(model::parse_model(with_tree(TreeText(3).split(13).leaf().leaf()), "m.json"));
  EXPECT_EQ(expected(TreeText(3).split(14).leaf().leaf()), "features of its recipe in its trees");
  EXPECT_EQ(expected(TreeText(3).split(0, NAN).leaf().leaf()), "finite numbers");
  EXPECT_EQ(expected(TreeText(3).split(0, INFINITY).leaf().leaf()), "finite numbers");
}

TEST(BayesJson, BearsTreesThatAreDeep) {
  // A chain of 50,000 right children, and one of left children: asked for rows that have all
  // features, lack one, or have errors.
  constexpr uint32_t splits = 50'000;
  for (const bool to_the_right : {true, false}) {
    TreeText tree(2 * splits + 1);
    for (uint32_t i = 0; i < splits; ++i) {
      tree.split();
      if (to_the_right) tree.leaf();
    }
    for (uint32_t i = 0; i < (to_the_right ? 1 : splits + 1); ++i) tree.leaf();
    BayesJson changed = BayesJson::parse(model::model_json(model_with_bayes()));
    changed["bayes"]["replicates"][0]["tree_count"] = 1;
    changed["bayes"]["replicates"][0]["trees"] = tree.text();
    const model::RecipeModel model = model::parse_model(changed.dump(), "m.json");
    EXPECT_EQ(model.bayes->replicates[0].trees[0].nodes.size(), 2 * splits + 1);
    EXPECT_EQ(BayesJson::parse(model::model_json(model)), changed);
    Matrix x = Matrix::Constant(3, 12, to_the_right ? 0.6 : 0.4);
    x(1, 0) = std::nan("");
    Matrix variance = Matrix::Zero(3, 12);
    variance(2, 0) = 1;
    const Matrix p = method::BayesDensity(*model.bayes, {})(x, variance, Threads(1)).probabilities;
    for (long row = 0; row < 3; ++row) EXPECT_NEAR(p.row(row).sum(), 1, 1e-12);
  }
}

TEST(Numbers, ComeBackAsTheyWereWritten) {
  const model::ModelReader reader("m.json");
  model::NumberWriter to;
  const double values[] = {0.1, -0.0, 5e-324, 1.7976931348623157e308};
  for (const double value : values) to.add(value);
  to.add(uint8_t{200});
  to.add(0.1F);
  to.add(uint16_t{65535});
  to.add(uint32_t{1});
  to.add(uint8_t{7});
  model::NumberReader from(reader, to.text(), "x");
  for (const double value : values) {
    const double found = from.number();
    EXPECT_EQ(std::memcmp(&found, &value, sizeof value), 0);
  }
  EXPECT_EQ(from.take<uint8_t>(), 200);
  EXPECT_EQ(from.take<float>(), 0.1F);
  EXPECT_EQ(from.take<uint16_t>(), 65535);
  EXPECT_EQ(error_of([&] { from.finish(); }).expected(), "fewer bytes");
  EXPECT_EQ(from.count(1), 1u);
  EXPECT_EQ(from.take<uint8_t>(), 7);
  from.finish();
  EXPECT_EQ(error_of([&] { from.take<uint8_t>(); }).where(), "m.json, x");
  // In one line, whatever the number of bytes.
  model::NumberWriter many;
  for (int i = 0; i < 100; ++i) many.add(static_cast<double>(i));
  EXPECT_EQ(many.text().find('\n'), std::string::npos);
  EXPECT_EQ(model::NumberWriter().text(), "");
  model::NumberReader(reader, "", "x").finish();
}

}  // namespace
}  // namespace uhuru
