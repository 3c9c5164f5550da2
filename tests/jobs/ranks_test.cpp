// What several ranks write together. Ranks are threads here; the slow twin of each output is that
// of one rank.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <regex>

#include "base/thread_transport.hpp"
#include "support/support.hpp"
#include "uhuru/io/ranks_writer.hpp"
#include "uhuru/jobs/cluster.hpp"
#include "uhuru/jobs/crossmatch.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/select.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/recipe/measurements.hpp"
#include "uhuru/study/validate.hpp"

namespace uhuru {
namespace {

using testing::as_ranks;
using testing::error_of;
using testing::ScratchFolder;

/// Detections and labels, and what commands write.
class RanksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    jobs::SimulateOptions options;
    options.rows = 1500;
    options.out = inputs_ / "d.csv";
    options.labels_out = inputs_ / "l.csv";
    jobs::simulate(options, model::load_model("csc2-published"));
  }

  /// The files that `work`, which gets a folder, writes; without the times in run.json.
  static std::map<std::string, std::string> written(
      int count, const std::function<void(const std::string&, const Threads&)>& work) {
    const ScratchFolder scratch;
    if (count == 0)
      work(scratch / "", Threads(2));
    else
      as_ranks(count,
               [&](const Communicator& ranks) { work(scratch / "", Threads(1).across(ranks)); });
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch / "")) {
      if (!entry.is_regular_file()) continue;
      std::string content = testing::read_file(entry.path().string());
      if (entry.path().filename() == "run.json")
        content = std::regex_replace(
            content, std::regex(R"("seconds": \{[^}]*\}|"threads": \d+|"[^"]*": "[0-9a-f]{64}")"),
            "");
      files[entry.path().filename().string()] = std::move(content);
    }
    return files;
  }
  static void expect_same(const std::function<void(const std::string&, const Threads&)>& work) {
    const auto alone = written(0, work);
    EXPECT_FALSE(alone.empty());
    for (const int count : {1, 2, 3, 8}) {
      const auto found = written(count, work);
      ASSERT_EQ(found.size(), alone.size()) << count;
      for (const auto& [name, content] : alone)
        EXPECT_TRUE(found.at(name) == content) << name << " of " << count << " ranks";
    }
  }

  const ScratchFolder inputs_;
};

TEST_F(RanksTest, Cluster) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  for (const char* name : {"c.csv", "c.fits", "c.vot"})
    expect_same([&](const std::string& folder, const Threads& threads) {
      jobs::ClusterOptions options;
      options.detections = inputs_ / "d.csv";
      options.out = folder + name;
      options.model_out = folder + "m.json";
      const auto summary = jobs::cluster_file(options, recipe, threads);
      EXPECT_EQ(summary.counts.read, 1500u);
    });
}

TEST_F(RanksTest, Select) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  for (const bool fits : {true, false}) {  // whether all rows fit into each rank
    std::string expected;
    for (const int count : {0, 1, 2, 3, 8}) {
      const auto work = [&](const Threads& threads) {
        const auto reader = io::open_table_part(inputs_ / "d.csv", threads);
        recipe::DetectionReader detections(*reader, recipe);
        method::RowBlocks rows(recipe.features.size(), fits ? 1 << 29 : 1, threads.ranks());
        Table table = detections.header().empty_copy();
        Matrix features;
        while (detections.next(table, features))
          for (Eigen::Index row = 0; row < features.rows(); ++row)
            rows.append(features.row(row).data());
        rows.deal();
        jobs::SelectOptions options;
        options.least = 2;
        options.most = 4;
        options.starts = 3;
        options.silhouette_rows = 500;
        std::string text;
        for (const jobs::SelectRow& row :
             jobs::select_components(rows, recipe.mixture, options, threads))
          text += std::to_string(row.components) + " " + std::to_string(row.bic) + " " +
                  std::to_string(*row.silhouette) + " " + std::to_string(row.iterations) + "\n";
        return text;
      };
      if (count == 0)
        expected = work(Threads(2));
      else
        as_ranks(count, [&](const Communicator& ranks) {
          EXPECT_EQ(work(Threads(1).across(ranks)), expected) << count << fits;
        });
    }
  }
}

TEST_F(RanksTest, Predict) {
  const model::RecipeModel model = model::load_model("csc2-published");
  for (const bool unique : {false, true})
    expect_same([&](const std::string& folder, const Threads& threads) {
      jobs::PredictOptions options;
      options.detections = inputs_ / "d.csv";
      options.out = folder + "p.csv";
      options.vote_folder = folder + "v";
      options.anomalies = 7;
      options.unique_detections = unique;
      const auto summary = jobs::predict_table(options, model, threads);
      EXPECT_EQ(summary.read, 1500u);
      if (threads.ranks().is_first()) {
        EXPECT_EQ(summary.anomalies.rows(), 7u);
      }
    });
}

TEST_F(RanksTest, PredictWithNamesThatAreNumbers) {
  Table table = io::read_table(inputs_ / "d.csv");
  Field number = table.columns[0].field;
  number.type = Type::int64;
  Column names(number);
  for (size_t row = 0; row < table.rows(); ++row)
    names.append(static_cast<int64_t>(100 * row / table.rows() * 7 % 111));
  table.columns[0] = std::move(names);
  io::write_table(inputs_ / "n.fits", table);
  const model::RecipeModel model = model::load_model("csc2-published");
  expect_same([&](const std::string& folder, const Threads& threads) {
    jobs::PredictOptions options;
    options.detections = inputs_ / "n.fits";
    options.out = folder + "p.csv";
    options.vote_folder = folder + "v";
    jobs::predict_table(options, model, threads);
  });
}

TEST_F(RanksTest, CrossmatchCountsTheRowsOfSeveralFiles) {
  const std::string joined = (inputs_ / "1.csv") + "\n" + (inputs_ / "2.csv");
  testing::write_file(inputs_ / "1.csv", "ra,dec\n1,1\n2,2\n2,x\n");
  testing::write_file(inputs_ / "2.csv", "ra,dec\n3,3\n4,4\n");
  jobs::CrossmatchOptions options;
  options.left = joined;
  options.right = inputs_ / "2.csv";
  const auto notes = [&](int count) {
    const ScratchFolder scratch;
    options.out = scratch / "x.csv";
    std::vector<std::string> found;
    as_ranks(count, [&](const Communicator& ranks) {
      const auto summary = jobs::crossmatch_files(options, Threads(1).across(ranks));
      if (ranks.is_first()) found = summary.notes;
    });
    return found;
  };
  const auto alone = notes(1);
  ASSERT_FALSE(alone.empty());
  EXPECT_NE(alone.back().find("'x' in row 3"), std::string::npos) << alone.back();
  for (const int count : {2, 3}) EXPECT_EQ(notes(count), alone);

  testing::write_file(inputs_ / "2.csv", "ra,dec\n3,3\n4,inf\n");
  const ScratchFolder scratch;
  options.out = scratch / "x.csv";
  for (const int count : {1, 2, 3}) {
    const Error error = error_of([&] {
      as_ranks(count, [&](const Communicator& ranks) {
        jobs::crossmatch_files(options, Threads(1).across(ranks));
      });
    });
    EXPECT_EQ(error.where(), (inputs_ / "2.csv") + ", row 2, column dec") << count;
  }
}

TEST_F(RanksTest, RefuseDifferentLists) {
  testing::write_file(inputs_ / "1.csv", "x\n1\n");
  testing::write_file(inputs_ / "2.csv", "x\n2\n");
  for (const bool more : {false, true}) {
    const Error error = error_of([&] {
      as_ranks(2, [&](const Communicator& ranks) {
        const std::string more_files = ranks.is_first() == more ? (inputs_ / "2.csv") + "\n" : "";
        const std::string one = inputs_ / "1.csv";
        io::read_table(
            *io::open_table_part(more_files + one + "\n" + one, Threads(1).across(ranks)));
      });
    });
    EXPECT_EQ(error.message(), "the ranks find different files");
  }
}

TEST_F(RanksTest, Crossmatch) {
  for (const double radius : {1.0, 120.0})
    for (const auto find : {sky::MatchFind::best, sky::MatchFind::all})
      expect_same([&](const std::string& folder, const Threads& threads) {
        jobs::CrossmatchOptions options;
        options.left = inputs_ / "d.csv";
        options.right = inputs_ / (find == sky::MatchFind::all ? "d.csv" : "l.csv");
        options.out = folder + "x.csv";
        options.radius_arcsec = radius;
        options.find = find;
        EXPECT_EQ(jobs::crossmatch_files(options, threads).left, 1500u);
      });
  expect_same([&](const std::string& folder, const Threads& threads) {
    jobs::CrossmatchOptions options;
    options.left = options.right = inputs_ / "d.csv";
    options.out = folder + "x.csv";
    options.key = "name";
    jobs::crossmatch_files(options, threads);
  });
}

TEST_F(RanksTest, RunAndValidate) {
  for (const char* name : {"csc2", "csc2-bayes"}) {
    recipe::Recipe recipe = recipe::load_recipe(name);
    recipe.bayes.replicates = 3;
    recipe.bayes.trees = 3;
    expect_same([&](const std::string& folder, const Threads& threads) {
      jobs::RunOptions options;
      options.detections = inputs_ / "d.csv";
      options.labels = inputs_ / "l.csv";
      options.out = folder + "r";
      jobs::run(options, recipe, threads);
    });
    expect_same([&](const std::string& folder, const Threads& threads) {
      study::ValidateOptions options;
      options.detections = inputs_ / "d.csv";
      options.labels = inputs_ / "l.csv";
      options.folds = 2;
      options.repeats = 2;
      options.replicates = 20;
      options.out = folder + "v";
      study::validate(options, recipe, threads);
    });
  }
}

TEST_F(RanksTest, FailTogetherAndLeaveNothing) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  const ScratchFolder scratch;
  jobs::ClusterOptions options;
  options.detections = inputs_ / "d.csv";
  options.out = scratch / "none/c.csv";  // only the first rank writes, and fails
  const Error error = error_of([&] {
    as_ranks(3, [&](const Communicator& ranks) {
      jobs::cluster_file(options, recipe, Threads(1).across(ranks));
    });
  });
  EXPECT_NE(error.where().find("none"), std::string::npos);
  EXPECT_TRUE(scratch.files().empty());

  // The parts are written when the first rank fails to write the model.
  options.out = scratch / "c.csv";
  options.model_out = scratch / "none/m.json";
  options.write.parts = io::Parts{2};
  EXPECT_THROW(as_ranks(2,
                        [&](const Communicator& ranks) {
                          jobs::cluster_file(options, recipe, Threads(1).across(ranks));
                        }),
               Error);
  EXPECT_TRUE(scratch.files().empty());
}

TEST(MeasurementIndex, OfSeveralRanksIsThatOfAllRows) {
  const recipe::Recipe recipe = recipe::load_recipe("csc2");
  Table table;
  for (const char* name : {"name", "obsid", "region_id", "match_type"})
    table.add(make_field(name, Type::text, ""));
  const auto add = [&](const std::string& name, int observation, const char* match) {
    table.columns[0].append_text(name);
    table.columns[1].append_text(observation ? std::to_string(observation) : "");
    table.columns[2].append_text("1");
    table.columns[3].append_text(match);
  };
  for (int i = 0; i < 400; ++i)
    add("source " + std::to_string(i * 37 % 100), i * 13 % 90, i % 3 ? "a" : "u");
  recipe::MeasurementIndex alone(table, recipe);
  alone.add(table);
  EXPECT_FALSE(alone.shared().note.empty());
  for (const size_t count : {1, 2, 3, 8})
    as_ranks(static_cast<int>(count), [&](const Communicator& ranks) {
      const auto rank = static_cast<size_t>(ranks.rank());
      std::vector<size_t> rows;
      for (size_t row = rank * rank * 400 / (count * count);
           row < (rank + 1) * (rank + 1) * 400 / (count * count); ++row)
        rows.push_back(row);
      recipe::MeasurementIndex index(table, recipe);
      index.add(table.select(rows));
      index.share(ranks);
      const auto shared = index.shared();
      EXPECT_EQ(shared.note, alone.shared().note);
      EXPECT_EQ(shared.measurements, alone.shared().measurements);
      EXPECT_EQ(shared.detections, alone.shared().detections);
      const auto chosen = index.chosen();
      for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(chosen[i], alone.chosen()[rows[i]]);
    });
}

}  // namespace
}  // namespace uhuru
