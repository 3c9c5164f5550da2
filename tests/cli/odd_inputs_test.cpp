// What users get wrong, or files have that nobody expects: each is told in one message, and what
// must not happen does not.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::read_file;
using testing::run_shell;
using testing::write_file;

class OddInputs : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run_shell("%uhuru simulate --rows 300 --out " + path("d.csv") + " --labels-out " +
                        path("l.csv") + " --quiet")
                  .code,
              0);
  }
  std::string path(const std::string& name) const { return scratch_ / name; }
  void run(const std::string& arguments) const {
    const auto result = run_shell("cd " + path("") + "; %uhuru " + arguments);
    EXPECT_EQ(result.code, 0) << arguments << "\n" << result.err;
  }
  void expect_error(const std::string& arguments, int code,
                    const std::vector<std::string>& words) const {
    const auto before = scratch_.files();
    const auto result = run_shell("cd " + path("") + "; %uhuru " + arguments);
    EXPECT_EQ(result.code, code) << arguments << "\n" << result.err;
    for (const std::string& word : words)
      EXPECT_NE(result.err.find(word), std::string::npos) << word << " in:\n" << result.err;
    EXPECT_EQ(scratch_.files(), before) << arguments;
  }

  testing::ScratchFolder scratch_;
};

TEST_F(OddInputs, VotesWithoutAnyDensity) {
  // All cells of these columns are empty, so that CSV does not say that they are numbers.
  Table table = io::read_table(path("d.csv"));
  std::erase_if(table.columns,
                [](const Column& column) { return column.field.name.starts_with("var_"); });
  io::write_table(path("novar.csv"), table);
  run("predict novar.csv --out p.csv --quiet");
  run("predict novar.csv --out p.fits --quiet");
  run("vote p.csv --out a --quiet");
  run("vote p.fits --out b --quiet");
  EXPECT_EQ(read_file(path("a/sources.csv")), read_file(path("b/sources.csv")));
}

TEST_F(OddInputs, ErrorsNameTheFile) {
  run("predict d.csv --out p.csv --quiet");
  Table classes = io::read_table(path("p.csv"));
  Column& column = classes.columns[5];
  ASSERT_EQ(column.field.name, "class_name");
  Column changed(column.field);
  for (size_t row = 0; row < classes.rows(); ++row)
    changed.append_text(row == 3 ? "Foo" : column.text(row));
  column = std::move(changed);
  io::write_table(path("q.csv"), classes);
  expect_error("vote q.csv --out v", 1, {"q.csv, row 4, column class_name"});
  expect_error("vote p.csv q.csv --out v", 1, {"where     q.csv, row 4, column class_name"});
  write_file(path("both"), "p.csv\nq.csv\n");
  expect_error("report @both --out r.html", 1, {"q.csv, row 4, column class_name"});

  write_file(path("inf.csv"), "name,ra,dec\nx,1,2\ny,inf,2\n");
  expect_error("crossmatch d.csv inf.csv --out x.csv", 1, {"inf.csv, row 2, column ra"});
  expect_error("run --detections d.csv --labels inf.csv --out r", 1, {"inf.csv"});
}

TEST_F(OddInputs, OtherCoordinateSystemsAreRefusedInEachFormat) {
  Table table = io::read_table(path("d.csv"));
  table.parameters.push_back({make_field("RADESYS", Type::text, ""), "FK4"});
  for (const char* name : {"fk4.fits", "fk4.ecsv"}) {
    io::write_table(path(name), table);
    expect_error(fmt::format("crossmatch {} d.csv --out x.csv", name), 1,
                 {"positions in another coordinate system", "FK4"});
  }
  table.parameters = {{make_field("RADESYS", Type::text, ""), "FK5"},
                      {make_field("EQUINOX", Type::float64, ""), "2000.0"}};
  io::write_table(path("fk5.fits"), table);
  run("crossmatch fk5.fits d.csv --out x.csv --quiet");
  table.parameters[1].value = "1975";
  io::write_table(path("fk5b.fits"), table);
  expect_error("crossmatch fk5b.fits d.csv --out y.csv", 1, {"equinox 1975"});
}

TEST_F(OddInputs, PositionsThatAreNotOnTheSphereAreTold) {
  write_file(path("odd.csv"), "ra,dec\n1,2\n3,-95\n1e5,4\n");
  const auto result = run_shell("cd " + path("") + "; %uhuru crossmatch d.csv odd.csv --out x.csv");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.err.find("odd.csv: 2 positions cannot be read and count as missing (first: dec "
                            "'-95' in row 2)"),
            std::string::npos)
      << result.err;
}

TEST_F(OddInputs, NumbersOutOfRange) {
  expect_error("simulate --rows -1 --out s.csv", 2, {"--rows", "whole number", "'-1'"});
  expect_error("simulate --rows 99999999999999999999 --out s.csv", 2, {"--rows"});
  expect_error("simulate --rows 5 --seed -1 --out s.csv", 2, {"--seed"});
  expect_error("predict d.csv --out p.csv --threads 2.5", 2, {"whole number from 0 to 1024"});
  expect_error("cluster d.csv --out c.csv --checkpoint k --checkpoint-minutes nan", 2, {"'nan'"});
  expect_error("cluster d.csv --out c.csv --checkpoint-minutes 3", 2, {"--checkpoint"});
  expect_error("cluster d.csv --out c.csv --checkpoint ''", 2, {"--checkpoint"});
  expect_error("predict d.csv --out p.csv --vote ''", 2, {"--vote"});
  expect_error("predict d.csv --out p.csv --coverage 0.95", 2, {"--coverage", "bayes"});
}

TEST_F(OddInputs, MissingFoldersAreToldBeforeTheWork) {
  // The table cannot be read: the folder is looked at before.
  for (const char* command :
       {"cluster none.csv --out no/c.csv", "cluster none.csv --out c.csv --model-out no/m.json",
        "select none.csv --out no/s.csv", "select none.csv --figure no/s.svg",
        "cluster none.csv --out no/c.csv --parts 2", "crossmatch none.csv d.csv --out no/x.csv"})
    expect_error(command, 1, {"where     no/", "a writable folder"});
}

TEST_F(OddInputs, TheOutputIsNotAnInput) {
  for (const char* command :
       {"predict d.csv --out d.csv", "cluster d.csv --out ./d.csv", "select d.csv --out d.csv",
        "crossmatch l.csv d.csv --out d.csv", "convert d.csv --out d.csv"}) {
    const std::string before = read_file(path("d.csv"));
    expect_error(std::string(command) + " --overwrite", 2, {"the output is a table that is read"});
    EXPECT_EQ(read_file(path("d.csv")), before);
  }
  run("predict d.csv --out p.csv --parts 3 --quiet");
  expect_error("crossmatch 'p-?.csv' l.csv --out p.csv --parts 2 --overwrite", 2,
               {"the output is a table that is read", "p-0.csv"});
}

TEST_F(OddInputs, ListsOfTables) {
  write_file(path("list"),
             "\xef\xbb\xbf"
             "d.csv\r\n");
  run("convert @list --out e.csv --quiet");
  EXPECT_EQ(read_file(path("e.csv")), read_file(path("d.csv")));
  run("crossmatch @<(echo d.csv) l.csv --out x.csv --quiet");
  expect_error("predict @- --out p.csv < /dev/null", 1, {"the list names no tables"});
  write_file(path("nul"), std::string("d.csv\0x\n", 8));
  expect_error("show @nul", 1, {"NUL"});
  run_shell("mkdir " + path("q") + "; mkfifo " + path("q/a.csv"));
  EXPECT_EQ(run_shell("timeout 20 %uhuru show '" + path("q") + "/*'").code, 1);
  EXPECT_EQ(run_shell("timeout 20 %uhuru show " + path("q")).code, 1);
}

TEST_F(OddInputs, CompressedFilesOfSeveralParts) {
  run_shell("cd " + path("") +
            "; { head -n 100 d.csv | gzip; tail -n +101 d.csv | gzip; } > two.csv.gz; "
            "head -c 1000 /dev/zero | cat two.csv.gz - > padded.csv.gz; "
            "head -n 100 d.csv | gzip | cat - d.csv > other.csv.gz");
  for (const char* name : {"two", "padded"}) {
    run(fmt::format("convert {}.csv.gz --out {}.csv --quiet", name, name));
    EXPECT_EQ(read_file(path(fmt::format("{}.csv", name))), read_file(path("d.csv")));
  }
  expect_error("convert other.csv.gz --out o.csv", 1, {"the gzip file is corrupt", "other data"});
}

TEST_F(OddInputs, TextsThatWouldTakeForEver) {
  std::string key = "a";
  for (int i = 0; i < 100000; ++i) key += ".a";
  write_file(path("key.toml"), key + " = 1\n");
  expect_error("recipe check key.toml d.csv", 1, {"key.toml", "at most 100 parts"});
  write_file(path("value.toml"), "a = [\"" + key + "\",  + key + ] # " + key + "\n");
  const auto read = run_shell("%uhuru recipe check " + path("value.toml") + " " + path("d.csv"));
  EXPECT_EQ(read.err.find("100 parts"), std::string::npos) << read.err;
  std::string keys = "{";
  for (int i = 0; i < 200000; ++i) keys += fmt::format("\"k{}\":1,", i);
  write_file(path("m.json"), keys + "\"z\":1}");
  expect_error("predict d.csv --model m.json --out p.csv", 1, {"too many keys"});
  std::string header = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: x, datatype: int64}\n# meta:\n";
  for (int i = 0; i < 100000; ++i) header += fmt::format("#   k{}: &a{} 1\n", i, i);
  for (int i = 0; i < 100000; ++i) header += fmt::format("#   l{}: *a{}\n", i, i);
  write_file(path("x.ecsv"), header + "x\n1\n");
  run("convert x.ecsv --out x.csv --quiet");
}

TEST_F(OddInputs, ACheckpointThatCannotBeWritten) {
  write_file(path("file"), "");
  expect_error("cluster d.csv --out c.csv --checkpoint file", 1, {"file"});
  // A folder that disappears while it is used, as a full disk would.
  const auto result =
      run_shell("cd " + path("") +
                "; mkdir k; ln -s /dev/full/x k/fit-6-1.json; %uhuru cluster d.csv --out c.csv "
                "--checkpoint k --checkpoint-minutes 0");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.err.find("the fit goes on, but is not kept"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace uhuru
