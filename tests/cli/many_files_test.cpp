// Several input files that are one table.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::read_file;
using testing::run_program;
using testing::run_shell;

/// A simulated catalog, whole and cut into five files in three formats.
class ManyFiles : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = new testing::ScratchFolder;
    ASSERT_EQ(run_program("simulate --rows 2000 --out " + data("whole.csv") + " --labels-out " +
                          data("labels.csv"))
                  .code,
              0);
    std::filesystem::create_directories(data("parts"));
    const Table whole = io::read_table(data("whole.csv"));
    const size_t ends[] = {1, 400, 1000, 1001, 2000};
    const char* names[] = {"1.csv", "2.fits", "3.vot", "4.csv", "5.csv.gz"};
    size_t begin = 0;
    for (size_t part = 0; part < 5; ++part) {
      std::vector<size_t> rows;
      for (; begin < ends[part]; ++begin) rows.push_back(begin);
      io::write_table(data(std::string("parts/") + names[part]), whole.select(rows));
    }
  }
  static void TearDownTestSuite() { delete data_; }

  static std::string data(const std::string& name) { return *data_ / name; }
  /// What predict makes of tables given so.
  std::string predicted(const std::string& tables) const {
    const auto result = run_shell("%uhuru predict --quiet " + tables + " --overwrite --out " +
                                  (scratch_ / "p.csv"));
    EXPECT_EQ(result.code, 0) << tables << result.err;
    return read_file(scratch_ / "p.csv");
  }
  static void expect_error(const std::string& arguments, const std::vector<std::string>& words,
                           int code = 1) {
    const auto result = run_shell("%uhuru " + arguments);
    EXPECT_EQ(result.code, code) << arguments << result.err;
    for (const std::string& word : words)
      EXPECT_NE(result.err.find(word), std::string::npos) << word << " in:\n" << result.err;
  }

  testing::ScratchFolder scratch_;
  static testing::ScratchFolder* data_;
};
testing::ScratchFolder* ManyFiles::data_ = nullptr;

TEST_F(ManyFiles, AreOneTable) {
  const std::string whole = predicted(data("whole.csv"));
  ASSERT_GT(whole.size(), 100000u);
  const std::string parts = data("parts");
  testing::write_file(scratch_ / "list.txt", parts + "/1.csv\n" + parts + "/2.fits\n# the rest\n" +
                                                 parts + "/3*\n" + parts + "/4*\n" + parts +
                                                 "/5*\n");
  for (const std::string& tables : {parts + "/*", "'" + parts + "/*'", "'" + parts + "/?.*'", parts,
                                    parts + "/", "@" + (scratch_ / "list.txt"),
                                    parts + "/1.csv " + parts + "/2.fits '" + parts + "/3*' " +
                                        parts + "/4.csv " + parts + "/5.csv.gz",
                                    "@<(ls -d " + parts + "/*)", "@- < <(ls -d " + parts + "/*)",
                                    "- " + parts + "/2.fits " + parts + "/3.vot <(cat " + parts +
                                        "/4.csv) " + parts + "/5.csv.gz < " + parts + "/1.csv"})
    EXPECT_TRUE(predicted(tables) == whole) << tables;
  EXPECT_TRUE(predicted("--unique-detections " + parts) ==
              predicted("--unique-detections " + data("whole.csv")));
  EXPECT_NE(predicted("'" + parts + "/?.csv'"), whole);
}

TEST_F(ManyFiles, TrainAsOneTable) {
  const auto run = [&](const std::string& detections, const std::string& out) {
    const auto result =
        run_shell("%uhuru run --quiet " + detections + " --out " + (scratch_ / out));
    EXPECT_EQ(result.code, 0) << result.err;
    return read_file(scratch_ / (out + "/detection_level_classification.csv"));
  };
  const std::string labels = " --labels " + data("labels.csv");
  const std::string whole = run("--detections " + data("whole.csv") + labels, "one");
  EXPECT_TRUE(run("--detections " + data("parts") + "/*" + labels, "two") == whole);
  const auto record = nlohmann::json::parse(read_file(scratch_ / "two/run.json"));
  ASSERT_EQ(record["detections"]["files"].size(), 5u);
  EXPECT_EQ(record["detections"]["files"][1]["name"], "2.fits");
  EXPECT_EQ(record["detections"]["files"][1]["sha256"], sha256_of_file(data("parts/2.fits")));
  EXPECT_EQ(record["detections"]["name"], data("parts/1.csv") + " and 4 more");
  EXPECT_FALSE(record["labels"].contains("files"));
  // An option may also be given several times.
  EXPECT_TRUE(
      run("--detections " + data("parts/1.csv") + labels + " --detections " + data("parts/[2-5]*"),
          "three") == whole);
}

TEST_F(ManyFiles, AreConcatenatedByConvert) {
  const auto made =
      run_shell("%uhuru convert " + data("parts") + "/* --out " + (scratch_ / "a.vot"));
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_NE(made.out.find("rows written 2,000"), std::string::npos) << made.out;
  const Table table = io::read_table(scratch_ / "a.vot");
  EXPECT_EQ(table.rows(), 2000u);
  const auto has = [&](const std::string& name, const std::string& value) {
    for (const Parameter& parameter : table.parameters)
      if (parameter.field.name == name && parameter.value == value) return true;
    return false;
  };
  EXPECT_TRUE(has("command", "uhuru convert 1.csv 2.fits 3.vot 4.csv 5.csv.gz"));
  EXPECT_TRUE(has("input", "1.csv sha256:" + sha256_of_file(data("parts/1.csv"))));
  EXPECT_TRUE(has("input_5", "5.csv.gz sha256:" + sha256_of_file(data("parts/5.csv.gz"))));
  ASSERT_EQ(
      run_shell("%uhuru convert '" + data("parts") + "/*' --out " + (scratch_ / "b.vot")).code, 0);
  EXPECT_NE(read_file(scratch_ / "b.vot").find("value=\"uhuru convert '*'\""), std::string::npos)
      << read_file(scratch_ / "b.vot").substr(0, 1000);
}

TEST_F(ManyFiles, TellTheirDifferences) {
  testing::write_file(scratch_ / "a.csv", "ra,dec,x\n1,2,3\n");
  testing::write_file(scratch_ / "b.csv", "dec,ra\n2,1\n");
  testing::write_file(scratch_ / "none.csv", "ra,dec,x\n");
  const std::string a = scratch_ / "a.csv", b = scratch_ / "b.csv";
  const auto shown = run_shell("%uhuru show " + a + " " + b + " " + (scratch_ / "none.csv"));
  EXPECT_EQ(shown.code, 0);
  EXPECT_TRUE(shown.out.starts_with(a + " and 2 more: 2 rows, 3 columns")) << shown.out;
  EXPECT_NE(shown.err.find("column x: missing in " + b), std::string::npos) << shown.err;
  EXPECT_NE(run_shell("%uhuru show " + a + " " + a).err.find("given twice"), std::string::npos);
}

TEST_F(ManyFiles, NameTheRowOfAFile) {
  Table table = io::read_table(data("parts/2.fits"));
  for (Column& column : table.columns)
    if (column.field.name == "powlaw_gamma") {
      Column texts(make_field(column.field.name, Type::text, ""));
      for (size_t row = 0; row < table.rows(); ++row)
        texts.append_text(row == 16 ? "abc" : cell_text(column, row));
      column = texts;
    }
  const std::string bad = scratch_ / "bad.csv";
  io::write_table(bad, table);
  for (const char* command : {"predict", "cluster"})
    expect_error(std::string(command) + " " + data("parts/1.csv") + " " + bad + " --out " +
                     (scratch_ / "x.csv"),
                 {bad + ", row 17, column powlaw_gamma"});
  expect_error("recipe check csc2 " + data("parts/1.csv") + " " + bad, {bad + ", row 17"});
}

TEST_F(ManyFiles, AreCrossmatched) {
  const std::string options = " --radius 1 --out ";
  const auto one = run_program("crossmatch " + data("whole.csv") + " " + data("labels.csv") +
                               options + (scratch_ / "one.csv"));
  const auto two = run_program("crossmatch " + data("parts") + " " + data("labels.csv") + options +
                               (scratch_ / "two.csv"));
  EXPECT_EQ(one.code + two.code, 0) << one.err << two.err;
  EXPECT_TRUE(read_file(scratch_ / "one.csv") == read_file(scratch_ / "two.csv"));
}

TEST_F(ManyFiles, AreRefusedWithAReason) {
  const std::string out = " --out " + (scratch_ / "x.csv");
  const std::string first = data("parts/1.csv");
  expect_error("predict " + first + " " + data("parts/none.csv") + out,
               {"none.csv", "no such file"});
  expect_error("predict '" + data("parts") + "/*.ecsv'" + out, {"no file matches the pattern"});
  expect_error("predict " + (scratch_ / "") + out, {"there are no tables in the folder"});
  expect_error("predict - - " + out + " < " + first, {"standard input is named twice"}, 2);
  testing::write_file(scratch_ / "list.txt", "@list.txt\n");
  expect_error("predict @" + (scratch_ / "list.txt") + out, {"names itself", "line 1"});
  testing::write_file(scratch_ / "list.txt", "\n# nothing\n");
  expect_error("predict @" + (scratch_ / "list.txt") + out, {"the list names no tables"});
  expect_error("predict @" + (scratch_ / "none.txt") + out, {"none.txt"});
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "x.csv"));
  // A folder that is read a second time has the output of the first.
  std::filesystem::create_directories(scratch_ / "both");
  std::filesystem::copy(first, scratch_ / "both/1.csv");
  const std::string line = "predict " + (scratch_ / "both") + " --out " + (scratch_ / "both/p.csv");
  EXPECT_EQ(run_program(line).code, 0);
  expect_error(line + " --overwrite", {"the output is a table that is read"}, 2);
}

}  // namespace
}  // namespace uhuru
