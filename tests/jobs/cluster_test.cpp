// Clustering of files of any size, and selection of the number of components.
#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/jobs/cluster.hpp"
#include "uhuru/jobs/select.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/mixture/silhouette.hpp"
#include "uhuru/model/model.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(ClusterFile, GivesTheClustersOfTheWholeTable) {
  const testing::ScratchFolder scratch;
  jobs::SimulateOptions simulated;
  simulated.rows = 20000;  // more than a batch
  simulated.out = scratch / "d.fits";
  jobs::simulate(simulated, model::load_model("csc2-published"));
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  jobs::ClusterOptions options;
  options.detections = scratch / "d.fits";
  options.out = scratch / "c.fits";
  options.model_out = scratch / "m.json";
  const jobs::ClusterSummary summary = jobs::cluster_file(options, recipe, Threads(2));

  const auto reader = io::open_table(options.detections);
  const recipe::Detections detections = recipe::read_detections(*reader, recipe);
  const method::Fit whole =
      method::fit_clusters(detections.features, recipe.method_settings(), Threads(1));
  const Table clusters = io::read_table(options.out);
  ASSERT_EQ(clusters.rows(), detections.table.rows());
  std::vector<uint64_t> sizes(6);
  for (size_t row = 0; row < clusters.rows(); ++row) {
    const size_t cluster = number_of(*whole.clusters[row]);
    EXPECT_EQ(clusters.at("cluster").number(row), static_cast<double>(cluster));
    EXPECT_EQ(clusters.at("name").text(row), detections.table.at("name").text(row));
    ++sizes[cluster];
  }
  EXPECT_EQ(summary.sizes, sizes);
  EXPECT_EQ(summary.counts.kept, clusters.rows());
  const model::RecipeModel model = model::load_model(options.model_out);
  EXPECT_EQ(model.mixture.means, whole.model.mixture.means);
  EXPECT_EQ(model.medians, method::medians(detections.features));
}

TEST(Select, JudgesEachNumberOfComponents) {
  RandomState random(1);
  Matrix data(900, 2);
  for (Eigen::Index row = 0; row < 900; ++row)
    for (Eigen::Index f = 0; f < 2; ++f)
      data(row, f) = 4 * static_cast<double>(row % 3 == f) + 0.3 * random.normal();
  const method::RowBlocks rows(data);
  jobs::SelectOptions options;
  options.most = 5;
  options.starts = 2;
  const auto judged = jobs::select_components(rows, {}, options, Threads(2));
  ASSERT_EQ(judged.size(), 5u);
  for (const jobs::SelectRow& row : judged) {
    method::MixtureSettings settings;
    settings.components = row.components;
    settings.starts = 2;
    const method::MixtureFit fit = method::fit_mixture(data, settings, Threads(1));
    const double k = row.components;
    const double parameters = k * 3 + k * 2 + k - 1;
    EXPECT_EQ(row.log_likelihood, fit.log_likelihood);
    EXPECT_NEAR(row.bic, -2 * fit.log_likelihood + parameters * std::log(900.0), 1e-9);
    EXPECT_NEAR(row.aic, -2 * fit.log_likelihood + 2 * parameters, 1e-9);
    EXPECT_EQ(row.silhouette.has_value(), row.components > 1);
    const auto score =
        row.components > 1 ? method::silhouette_score(rows, fit.clusters, Threads(1)) : 0.0;
    EXPECT_NEAR(row.silhouette.value_or(0), score, 1e-12);
  }
  EXPECT_EQ(judged[0].bic_gradient, judged[1].bic - judged[0].bic);
  EXPECT_EQ(judged[2].bic_gradient, (judged[3].bic - judged[1].bic) / 2);
  const jobs::Choice choice = jobs::choose(judged);
  EXPECT_EQ(choice.bic, 3);
  const auto bend = [&](size_t i) {
    return judged[i + 1].bic - 2 * judged[i].bic + judged[i - 1].bic;
  };
  for (size_t i = 1; i < 4; ++i)
    EXPECT_GE(bend(static_cast<size_t>(choice.bic_gradient) - 1), bend(i));
  EXPECT_EQ(choice.silhouette, 3);
  EXPECT_EQ(jobs::select_table(judged).rows(), 5u);

  options.silhouette_rows = 300;  // a sample gives similar results
  const auto sampled = jobs::select_components(rows, {}, options, Threads(1));
  EXPECT_NE(*sampled[2].silhouette, *judged[2].silhouette);
  EXPECT_NEAR(*sampled[2].silhouette, *judged[2].silhouette, 0.05);

  options.least = 6;
  EXPECT_EQ(error_of([&] { jobs::select_components(rows, {}, options, Threads(1)); }).kind(),
            ErrorKind::usage);
}

}  // namespace
}  // namespace uhuru
