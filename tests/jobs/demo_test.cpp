#include "uhuru/jobs/demo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/jobs/catalog_file.hpp"
#include "uhuru/model/model.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(Demo, IsAWholeRunThatSaysItIsSimulated) {
  const testing::ScratchFolder scratch;
  const std::string folder = scratch / "a/demo";
  const std::string path = jobs::make_simulated_run(folder, 4000, {}, Threads(2));
  EXPECT_EQ(path, folder + "/catalog.sqlite");
  EXPECT_TRUE(model::load_model(folder + "/model.json").has_classes());
  const auto record = nlohmann::json::parse(testing::read_file(folder + "/run.json"));
  EXPECT_EQ(record["simulated_from"], "csc2-published");
  EXPECT_EQ(record["counts"]["read"], 4000);
  EXPECT_GT(record["counts"]["classified"], 1000);
  const catalog::Catalog catalog(path);
  EXPECT_EQ(catalog.meta("simulated"), "yes");
  EXPECT_EQ(catalog.meta("recipe"), "csc2");
  EXPECT_EQ(catalog.meta("method"), "mahalanobis");
  EXPECT_GT(catalog.source_count(), 1000u);

  // Rebuilt from the folder, the catalog is the same.
  jobs::make_catalog({.results = folder, .out = scratch / "again.sqlite"}, Threads(1));
  EXPECT_EQ(testing::read_file(scratch / "again.sqlite"), testing::read_file(path));
  EXPECT_EQ(error_of([&] { jobs::make_simulated_run(folder, 4000, {}, Threads(1)); }).kind(),
            ErrorKind::usage);
}

TEST(Demo, TakesAMethod) {
  const testing::ScratchFolder scratch;
  const std::string path =
      jobs::make_simulated_run(scratch / "demo", 2000, method::Method::bayes, Threads(2));
  EXPECT_EQ(catalog::Catalog(path).meta("method"), "bayes");
  EXPECT_TRUE(model::load_model(scratch / "demo/model.json").bayes);
}

TEST(Demo, ErrorsAreTheUsers) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "file", "");
  EXPECT_EQ(error_of([&] {
              jobs::make_simulated_run(scratch / "file/demo", 4000, {}, Threads(1));
            }).kind(),
            ErrorKind::input);
  EXPECT_EQ(error_of([&] { jobs::make_simulated_run(scratch / "demo", 3, {}, Threads(1)); }).kind(),
            ErrorKind::input);
}

}  // namespace
}  // namespace uhuru
