#include "uhuru/recipe/measurements.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/run.hpp"

namespace uhuru {
namespace {

Table table_of(const std::string& csv) {
  return io::read_table(*io::open_table_in_memory(csv, "t.csv"));
}

recipe::MeasurementIndex index_of(const Table& table) {
  recipe::MeasurementIndex index(table, recipe::load_recipe("csc2"));
  index.add(table);
  return index;
}

using Chosen = std::vector<bool>;

TEST(Measurements, StandForTheBestMatchThenTheFirstName) {
  const Table table = table_of(
      "name,obsid,obi,region_id,match_type\n"
      "c,1,0,7,a\nb,1,0,7,a\na,1,0,7,\nd,1,0,7,u\n"  // u wins, although last
      "f,2,0,7,a\ne,2,0,7,a\n"                       // the first name
      "g,2,1,7,a\n"                                  // another interval
      "h,3,,7,u\nh,3,,7,u\n"                         // the same detection twice
      "i,4,0,,u\nj,4,0,,u\n"                         // without region: each alone
      ",5,0,7,u\n");
  const recipe::MeasurementIndex index = index_of(table);
  EXPECT_EQ(index.chosen(),
            (Chosen{false, false, false, true, false, true, true, true, false, true, true, true}));
  const recipe::SharedMeasurements shared = index.shared();
  EXPECT_EQ(shared.measurements, 2U);
  EXPECT_EQ(shared.detections, 6U);
  EXPECT_EQ(shared.note,
            "2 measurements stand under several names, as 6 detections with equal obsid, obi, "
            "region_id (for example obsid 1, obi 0, region_id 7: 4 names)");
}

TEST(Measurements, AreNotKnownWithoutRegions) {
  const Table table = table_of("name,obsid,obi\na,1,0\nb,1,0\n");
  const recipe::MeasurementIndex index = index_of(table);
  EXPECT_EQ(index.shared().measurements, 0U);
  EXPECT_EQ(index.shared().note, "");
  EXPECT_EQ(index.chosen(), (Chosen{true, true}));
}

TEST(Measurements, AreCountedInTheRealCatalogAndTakenOnceOnRequest) {
  UHURU_REAL_DATA(detections, "csc2_detections.vot");
  UHURU_REAL_DATA(labels, "simbad_types_by_name.csv");
  const testing::ScratchFolder scratch;
  jobs::RunOptions options;
  options.detections = detections;
  options.labels = labels;
  options.join = recipe::LabelJoin::name;
  options.clusters = model::load_model("csc2-published");
  options.out = scratch / "all";
  const jobs::RunSummary all = jobs::run(options, recipe::load_recipe("csc2"), Threads(2));
  options.out = scratch / "once";
  options.unique_detections = true;
  const jobs::RunSummary once = jobs::run(options, recipe::load_recipe("csc2"), Threads(2));
  EXPECT_EQ(all.shared.measurements, once.shared.measurements);
  EXPECT_EQ(all.selection.repeated, 0U);
  EXPECT_EQ(once.selection.repeated, all.shared.detections - all.shared.measurements);
  EXPECT_EQ(once.selection.kept + once.selection.repeated, all.selection.kept);
  const auto record = nlohmann::json::parse(testing::read_file(scratch / "once/run.json"));
  EXPECT_EQ(record["counts"]["repeated"], once.selection.repeated);
  EXPECT_EQ(record["unique_detections"], true);
  // Observation 5469, region 1 stands under 15 names.
  const Table clusters = io::read_table(scratch / "once/clusters.csv");
  size_t of_5469 = 0;
  for (size_t row = 0; row < clusters.rows(); ++row)
    of_5469 += cell_text(clusters.at("name"), row).starts_with("2CXO J17011") &&
               clusters.at("obsid").number(row) == 5469;
  EXPECT_EQ(of_5469, 1U);
}

TEST(Predict, TakesEachMeasurementOnceOnRequest) {
  const std::string csv =
      "name,obsid,region_id,hard_hm,match_type\n"
      "b,1,7,0.1,a\na,1,7,0.1,a\nc,2,7,0.2,u\nb,3,7,0.1,a\nd,3,7,0.1,u\n";
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "d.csv", csv);
  jobs::PredictOptions options;
  options.detections = scratch / "d.csv";
  options.out = scratch / "all.csv";
  const model::RecipeModel model = model::load_model("csc2-published");
  const jobs::PredictSummary all = jobs::predict_table(options, model, Threads(1));
  EXPECT_EQ(all.shared.measurements, 2U);
  EXPECT_EQ(all.repeated, 0U);
  EXPECT_EQ(io::read_table(options.out).rows(), 5U);
  options.out = scratch / "once.csv";
  options.unique_detections = true;
  const jobs::PredictSummary once = jobs::predict_table(options, model, Threads(1));
  EXPECT_EQ(once.read, 5U);
  EXPECT_EQ(once.repeated, 2U);
  const Table table = io::read_table(options.out);
  ASSERT_EQ(table.rows(), 3U);
  EXPECT_EQ(table.at("name").text(0), "a");
  EXPECT_EQ(table.at("name").text(1), "c");
  EXPECT_EQ(table.at("name").text(2), "d");
}

}  // namespace
}  // namespace uhuru
