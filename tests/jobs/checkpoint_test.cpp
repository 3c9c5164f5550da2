// Fits that were stopped go on from where they were kept, with another number of ranks, and come to
// what they would have come to. Ranks are threads here.
#include "uhuru/jobs/checkpoint.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/thread_transport.hpp"
#include "support/support.hpp"
#include "uhuru/jobs/cluster.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/select.hpp"
#include "uhuru/jobs/simulate.hpp"

namespace uhuru::jobs {
namespace {

namespace fs = std::filesystem;
using testing::as_ranks;
using testing::error_of;
using testing::read_file;
using testing::ScratchFolder;
using testing::write_file;

class CheckpointTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SimulateOptions options;
    options.rows = 1500;
    options.out = folder_ / "d.csv";
    options.labels_out = folder_ / "l.csv";
    simulate(options, model::load_model("csc2-published"));
  }

  CheckpointOptions kept() const { return {folder_ / "kept", 0}; }

  /// Stops `work` where it reports a stage for the `last`-th time, first with two ranks, then with
  /// three, then with one, and lets it end with eight.
  void stop_and_go_on(std::string_view stage, int last,
                      const std::function<void(const Threads&, const Progress&)>& work) {
    struct Stopped {};
    for (const int count : {2, 3, 1}) {
      const auto until_stopped = [&](const Communicator& ranks) {
        int reported = 0;
        work(Threads(1).across(ranks), [&](std::string_view now, uint64_t, uint64_t) {
          if (now == stage && ++reported == last) throw Stopped();
        });
      };
      EXPECT_THROW(as_ranks(count, until_stopped), Stopped) << count;
      EXPECT_FALSE(fs::is_empty(kept().folder)) << count;
    }
    as_ranks(8, [&](const Communicator& ranks) {
      uint64_t first = 0;
      work(Threads(1).across(ranks), [&](std::string_view now, uint64_t done, uint64_t) {
        if (now == stage && first == 0) first = done;
      });
      EXPECT_GT(first, 1u) << "began anew";
    });
    EXPECT_FALSE(fs::exists(kept().folder));
  }

  const ScratchFolder folder_;
  const recipe::Recipe recipe_ = recipe::load_recipe("csc2");
};

TEST_F(CheckpointTest, Cluster) {
  recipe::Recipe recipe = recipe_;
  recipe.mixture.starts = 2;
  ClusterOptions options;
  options.detections = folder_ / "d.csv";
  options.out = folder_ / "expected.csv";
  const ClusterSummary expected = cluster_file(options, recipe, Threads(2));
  ASSERT_GT(expected.iterations, 10);
  options.out = folder_ / "c.csv";
  options.checkpoint = kept();
  stop_and_go_on("mixture", 4, [&](const Threads& threads, const Progress& progress) {
    EXPECT_EQ(cluster_file(options, recipe, threads, progress).iterations, expected.iterations);
  });
  EXPECT_EQ(read_file(folder_ / "c.csv"), read_file(folder_ / "expected.csv"));
}

TEST_F(CheckpointTest, Run) {
  for (const char* name : {"csc2", "csc2-bayes"}) {  // without and with incomplete detections
    const recipe::Recipe recipe = recipe::load_recipe(name);
    RunOptions options;
    options.detections = folder_ / "d.csv";
    options.labels = folder_ / "l.csv";
    options.join = recipe::LabelJoin::position;
    options.out = folder_ / name + "-expected";
    run(options, recipe, Threads(2));
    options.out = folder_ / name;
    options.checkpoint = kept();
    stop_and_go_on("mixture", 4, [&](const Threads& threads, const Progress& progress) {
      run(options, recipe, threads, progress);
    });
    EXPECT_EQ(read_file(options.out + "/model.json"),
              read_file(options.out + "-expected/model.json"));
  }
}

TEST_F(CheckpointTest, Select) {
  SelectOptions options;
  options.least = 2;
  options.most = 5;
  options.starts = 3;
  std::string expected;
  for (const size_t memory : {1 << 29, 1}) {  // ranks take turns, or work on each fit
    const auto features = [&](const Threads& threads) {
      const auto reader = io::open_table_part(folder_ / "d.csv", threads);
      recipe::DetectionReader detections(*reader, recipe_);
      auto rows =
          std::make_unique<method::RowBlocks>(recipe_.features.size(), memory, threads.ranks());
      Table table = detections.header().empty_copy();
      Matrix values;
      while (detections.next(table, values))
        for (Eigen::Index row = 0; row < values.rows(); ++row) rows->append(values.row(row).data());
      rows->deal();
      return rows;
    };
    const auto text_of = [](const std::vector<SelectRow>& rows) {
      std::string text;
      for (const SelectRow& row : rows)
        text +=
            fmt::format("{} {} {} {}\n", row.components, row.bic, *row.silhouette, row.iterations);
      return text;
    };
    const std::string whole =
        text_of(select_components(*features(Threads(1)), recipe_.mixture, options, Threads(1)));
    stop_and_go_on("select", 2, [&](const Threads& threads, const Progress& progress) {
      const auto rows = features(threads);
      Checkpoint checkpoint(kept(), *rows, recipe_, threads);
      EXPECT_EQ(text_of(select_components(*rows, recipe_.mixture, options, threads, progress,
                                          &checkpoint)),
                whole);
      checkpoint.remove();
    });
  }
}

TEST_F(CheckpointTest, RefusesWhatIsNotItsOwn) {
  const Matrix data = Matrix::Random(200, static_cast<long>(recipe_.features.size()));
  const method::RowBlocks rows(data);
  recipe::Recipe recipe = recipe_;
  recipe.mixture.components = 2;
  const std::string name = kept().folder + "/fit-2-1.json";
  {
    Checkpoint checkpoint(kept(), rows, recipe, Threads(1));
    EXPECT_FALSE(checkpoint.read(2, 0));
    method::fit_mixture(rows, recipe.mixture, Threads(1), {}, &checkpoint);
    EXPECT_TRUE(checkpoint.read(2, 0)->converged);
    EXPECT_FALSE(checkpoint.read(3, 0) || checkpoint.read(2, 1));
  }
  const auto refused = [&](const method::RowBlocks& of, const recipe::Recipe& settings) {
    return error_of([&] { Checkpoint(kept(), of, settings, Threads(1)).read(2, 0); }).message();
  };
  recipe::Recipe other = recipe;
  other.mixture.components = 3;  // has files of its own
  EXPECT_TRUE(Checkpoint(kept(), rows, other, Threads(1)).read(2, 0));
  other.mixture.seed = 7;
  EXPECT_EQ(refused(rows, other), "the checkpoint is of another fit");
  other = recipe;
  other.features[0].transform = method::Transform::log10;
  EXPECT_EQ(refused(rows, other), "the checkpoint is of another fit");
  Matrix missing = data;
  missing(7, 1) = std::nan("");
  EXPECT_EQ(refused(method::RowBlocks(missing), recipe), "the checkpoint is of another fit");

  // The same values in another order, in one feature alone.
  Matrix exchanged = data;
  std::swap(exchanged(3, 1), exchanged(4, 1));
  EXPECT_EQ(refused(method::RowBlocks(exchanged), recipe), "the checkpoint is of another fit");

  const std::string good = read_file(name);
  fs::copy(name, kept().folder + "/fit-3-1.json");
  EXPECT_EQ(error_of([&] { Checkpoint(kept(), rows, recipe, Threads(1)).read(3, 0); }).expected(),
            "3 components");
  for (size_t length = 0; length < good.size(); length += 97) {
    write_file(name, good.substr(0, length));
    const Error error = error_of([&] { Checkpoint(kept(), rows, recipe, Threads(1)).read(2, 0); });
    EXPECT_EQ(error.where().rfind(name, 0), 0u) << length << error.where();
  }
  write_file(folder_ / "file", "");
  EXPECT_EQ(error_of([&] {
              Checkpoint({folder_ / "file", 0}, rows, recipe, Threads(1));
            }).message(),
            "the folder of the checkpoint cannot be made");
}

}  // namespace
}  // namespace uhuru::jobs
