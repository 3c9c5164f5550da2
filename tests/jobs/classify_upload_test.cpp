#include "uhuru/jobs/classify_upload.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "support/support.hpp"
#include "uhuru/jobs/demo.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/model/model_inputs.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// Simulated detections as the bytes of a file in this format.
std::string simulated(const std::string& extension, uint64_t rows) {
  const testing::ScratchFolder scratch;
  jobs::SimulateOptions options;
  options.rows = rows;
  options.out = scratch / ("detections" + extension);
  jobs::simulate(options, model::load_model("csc2-published"));
  return testing::read_file(options.out);
}

jobs::UploadClasses classify(
    const std::string& bytes, const jobs::UploadOptions& options,
    const model::RecipeModel& model = model::load_model("csc2-published")) {
  const auto reader = io::open_table_in_memory(bytes, "upload.csv");
  return jobs::classify_upload(*reader, model, options, Threads(2));
}

TEST(ClassifyUpload, RefusesRowsThatTakeMuchMemory) {
  // A few bytes that represent gigabytes.
  const std::string wide =
      "<VOTABLE><RESOURCE><TABLE><FIELD name='hard_hm' datatype='double' arraysize='60000000'/>"
      "<DATA><TABLEDATA><TR><TD/></TR><TR><TD/></TR></TABLEDATA></DATA></TABLE></RESOURCE></"
      "VOTABLE>";
  for (const char* size : {"60000000", "9990"}) {
    std::string table = wide;
    table.replace(table.find("60000000"), 8, size);
    const Error error = error_of([&] { classify(table, {}); });
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_EQ(error.message(), "the table is too wide");
    EXPECT_EQ(error.expected(), "at most 128 values per row");
  }
}

void expect_as_predict_table(const std::string& extension, const model::RecipeModel& model) {
  const testing::ScratchFolder scratch;
  const std::string bytes = simulated(extension, 20000);
  jobs::PredictOptions predict;
  predict.detections = scratch / ("detections" + extension);
  predict.out = scratch / "predicted.csv";
  testing::write_file(predict.detections, bytes);
  const jobs::PredictSummary summary = jobs::predict_table(predict, model, Threads(1));
  jobs::UploadOptions options;
  options.kept_rows = 100000;
  options.out = scratch / "out.csv";
  const jobs::UploadClasses classes = classify(bytes, options, model);
  const std::string expected = testing::read_file(predict.out);
  EXPECT_EQ(testing::read_file(scratch / "out.csv"), expected);
  io::write_table(scratch / "rows.csv", classes.rows);
  EXPECT_EQ(testing::read_file(scratch / "rows.csv"), expected);

  EXPECT_EQ(classes.read, 20000u);
  EXPECT_EQ(classes.classified, summary.classified);
  EXPECT_EQ(classes.with_missing, summary.with_missing);
  EXPECT_GT(classes.with_missing, 1000u);
  EXPECT_EQ(classes.without_features, summary.without_features);
  EXPECT_EQ(classes.without_class, summary.without_class);
  EXPECT_EQ(classes.of_class, summary.of_class);
  EXPECT_EQ(std::accumulate(classes.of_class.begin(), classes.of_class.end(), uint64_t{0}),
            classes.classified);
  EXPECT_TRUE(classes.absent.empty());
}

TEST(ClassifyUpload, IsTheSameAsPredict) {
  const model::RecipeModel published = model::load_model("csc2-published");
  for (const char* extension : {".vot", ".fits", ".csv", ".tsv", ".vot.gz"})
    expect_as_predict_table(extension, published);
}

TEST(ClassifyUpload, IsTheSameAsPredictByPosteriors) {
  const testing::ScratchFolder scratch;
  jobs::make_simulated_run(scratch / "demo", 3000, method::Method::bayes, Threads(2));
  expect_as_predict_table(".vot", model::load_model(scratch / "demo/model.json"));
}

TEST(ClassifyUpload, KeepsTheFirstRows) {
  const std::string bytes = simulated(".csv", 500);
  jobs::UploadOptions options;
  options.kept_rows = 100000;
  const Table all = classify(bytes, options).rows;
  options.kept_rows = 7;
  const jobs::UploadClasses some = classify(bytes, options);
  EXPECT_EQ(some.read, 500u);
  ASSERT_EQ(some.rows.rows(), 7u);
  for (size_t row = 0; row < 7; ++row)
    EXPECT_EQ(cell_text(some.rows.at("p_qso"), row), cell_text(all.at("p_qso"), row));
  options.kept_rows = 0;
  EXPECT_EQ(classify(bytes, options).rows.rows(), 0u);
}

TEST(ClassifyUpload, TakesWhatAPersonTypes) {
  std::string names;
  std::string values;
  const model::RecipeModel model = model::load_model("csc2-published");
  for (const model::ModelInput& input : model::model_inputs(model)) {
    names += (names.empty() ? "" : ",") + input.name;
    values += (values.empty() ? "" : ",") + std::to_string(input.example);
  }
  const jobs::UploadClasses whole = classify(names + "\n" + values + "\n", {});
  EXPECT_EQ(whole.classified, 1u);
  EXPECT_EQ(whole.with_missing, 0u);
  // One feature is enough; a row without any has no class.
  const jobs::UploadClasses one = classify("hard_hm\n0.5\n\n0.1\n\"\"\n", {});
  EXPECT_EQ(one.read, one.classified + one.without_features);
  EXPECT_EQ(one.with_missing, one.classified);
  EXPECT_EQ(one.absent.size(), 11u);
  EXPECT_EQ(one.absent.back(), "var_newq_b (needs var_max_b, var_min_b, var_mean_b)");
}

TEST(ClassifyUpload, SaysWhatIsOdd) {
  const jobs::UploadClasses classes = classify(
      "<VOTABLE><RESOURCE><TABLE><FIELD name='hard_hm' datatype='double'/><DATA><TABLEDATA><TR><TD>"
      "0.1</TD></TR><TR><TD>null</TD></TR></TABLEDATA></DATA></TABLE>"
      "<INFO name='QUERY_STATUS' value='OVERFLOW'/></RESOURCE></VOTABLE>",
      {});
  EXPECT_EQ(classes.classified, 1u);
  EXPECT_EQ(classes.without_features, 1u);
  ASSERT_EQ(classes.notes.size(), 2u);
  EXPECT_NE(classes.notes[0].find("rows are missing"), std::string::npos);
  EXPECT_NE(classes.notes[1].find("column hard_hm: 1 cell is not a number"), std::string::npos);
}

TEST(ClassifyUpload, RefusesArraysOfStringsThatAreDeclaredHuge) {
  const Error wide = error_of([&] {
    classify(
        "<VOTABLE><RESOURCE><TABLE><FIELD name='name' datatype='char' arraysize='1x67108864'/>"
        "<FIELD name='hard_hm' datatype='double'/><DATA><TABLEDATA><TR><TD>a</TD><TD>0.1</TD></TR>"
        "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
        {});
  });
  EXPECT_EQ(wide.message(), "the table is too wide");
}

TEST(ClassifyUpload, HasLimits) {
  const testing::ScratchFolder scratch;
  const std::string bytes = simulated(".csv", 300);
  jobs::UploadOptions options;
  options.out = scratch / "out.csv";
  options.max_rows = 299;
  const Error many = error_of([&] { classify(bytes, options); });
  EXPECT_EQ(many.kind(), ErrorKind::input);
  EXPECT_EQ(many.message(), "too many rows");
  EXPECT_EQ(many.expected(), "at most 299");
  int asked = 0;
  options.max_rows = 300;
  options.stop = [&] { return ++asked == 2; };
  EXPECT_NE(error_of([&] { classify(bytes, options); }).message().find("too long"),
            std::string::npos);
  EXPECT_EQ(scratch.files(), std::vector<std::string>{});
  options.stop = [] { return false; };
  EXPECT_EQ(classify(bytes, options).read, 300u);
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"out.csv"});
}

TEST(ClassifyUpload, ErrorsSayWhatIsNeeded) {
  const Error none = error_of([] { classify("name,ra,dec,hard_hn\na,1,2,0.5\n", {}); });
  EXPECT_EQ(none.kind(), ErrorKind::input);
  EXPECT_NE(none.expected().find("hard_hm"), std::string::npos) << none.what();
  EXPECT_NE(none.expected().find("did you mean hard_hn"), std::string::npos) << none.what();
  EXPECT_NE(none.found().find("hard_hn"), std::string::npos) << none.what();
  for (const char* bytes : {"", "<html></html>", "hard_hm\nsoft\n", "hard_hm\ninf\n", "\x1f\x8b"})
    EXPECT_EQ(error_of([&] { classify(bytes, {}); }).kind(), ErrorKind::input) << bytes;
  model::RecipeModel model = model::load_model("csc2-published");
  model.scores = {};
  EXPECT_EQ(error_of([&] { classify("hard_hm\n1\n", {}, model); }).kind(), ErrorKind::input);
}

}  // namespace
}  // namespace uhuru
