// The program as seen by its user: outputs, invalid input, exit codes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::run_program;
using testing::run_shell;
using testing::write_file;

/// Simulated detections and labels, generated once.
class Cli : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = new testing::ScratchFolder;
    const auto made = run_program("simulate --rows 3000 --out " + (*data_ / "d.csv") +
                                  " --labels-out " + (*data_ / "l.csv"));
    ASSERT_EQ(made.code, 0) << made.err;
  }
  static void TearDownTestSuite() { delete data_; }

  static std::string data(const std::string& name) { return *data_ / name; }
  std::string run_line(const std::string& more = "") const {
    return "run --detections " + data("d.csv") + " --labels " + data("l.csv") + " --out " +
           (scratch_ / "out") + " " + more;
  }
  /// Writes the simulated detections, changed, and returns the path.
  std::string changed(const std::function<void(Table&)>& change) const {
    Table table = io::read_table(data("d.csv"));
    change(table);
    io::WriteOptions options;
    options.overwrite = io::Overwrite::yes;
    io::write_table(scratch_ / "changed.csv", table, options);
    return scratch_ / "changed.csv";
  }
  /// Expects the exit code, a message with all the words, and no output files.
  void expect_refused(const std::string& arguments, const std::vector<std::string>& words,
                      int code = 1) const {
    const auto before = scratch_.files();
    const auto result = run_program(arguments);
    EXPECT_EQ(result.code, code) << arguments << "\n" << result.err;
    for (const std::string& word : words)
      EXPECT_NE(result.err.find(word), std::string::npos) << word << " in:\n" << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(scratch_.files(), before) << arguments;
  }
  std::string cluster(const std::string& file) const {
    return "cluster " + file + " --out " + (scratch_ / "c.csv");
  }

  testing::ScratchFolder scratch_;
  static testing::ScratchFolder* data_;
};
testing::ScratchFolder* Cli::data_ = nullptr;

TEST_F(Cli, RunsTheWholeMethod) {
  const auto result = run_program(run_line());
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("detections  read 3,000 · ")) << result.out;
  for (const char* word :
       {"labels      with a class", "mixture     components 6", "sources     unique"})
    EXPECT_NE(result.out.find(word), std::string::npos) << result.out;
  for (const char* file : {"detection_level_classification.csv", "uniquely_classified.csv",
                           "ambiguous_classification.csv", "clusters.csv", "model.json", "run.json",
                           "catalog.sqlite"}) {
    EXPECT_NE(result.out.find(file), std::string::npos);
    EXPECT_FALSE(testing::read_file(scratch_ / ("out/" + std::string(file))).empty());
  }
  // Running the stages one by one gives the same tables.
  ASSERT_EQ(run_program("crossmatch " + data("d.csv") + " " + data("l.csv") + " --out " +
                        (scratch_ / "x.fits"))
                .code,
            0);
  ASSERT_EQ(run_program("cluster " + (scratch_ / "x.fits") + " --out " + (scratch_ / "c.csv") +
                        " --model-out " + (scratch_ / "m.json"))
                .code,
            0);
  ASSERT_EQ(run_program("classify " + (scratch_ / "c.csv") + " --out " + (scratch_ / "k.csv")).code,
            0);
  ASSERT_EQ(run_program("vote " + (scratch_ / "k.csv") + " --out " + (scratch_ / "v")).code, 0);
  EXPECT_EQ(testing::read_file(scratch_ / "c.csv"),
            testing::read_file(scratch_ / "out/clusters.csv"));
  EXPECT_EQ(testing::read_file(scratch_ / "k.csv"),
            testing::read_file(scratch_ / "out/detection_level_classification.csv"));
  for (const char* file : {"uniquely_classified.csv", "ambiguous_classification.csv"})
    EXPECT_EQ(testing::read_file(scratch_ / ("v/" + std::string(file))),
              testing::read_file(scratch_ / ("out/" + std::string(file))));
}

TEST_F(Cli, ReadsAndWritesPipes) {
  const auto piped =
      run_shell("cat " + data("d.csv") + " | gzip | %uhuru predict - --out - | head -n 3");
  EXPECT_EQ(piped.code, 0) << piped.err;
  EXPECT_TRUE(piped.out.starts_with("name,obsid,cluster,ra,dec,class_name,class_group,p_qso"))
      << piped.out;
  const auto whole =
      run_shell("%uhuru convert " + data("d.csv") +
                " --out - --format votable --quiet | %uhuru predict - --out - --quiet | wc -l");
  EXPECT_EQ(whole.out, "3001\n") << whole.err;
  EXPECT_EQ(whole.err, "");
  const auto fits =
      run_shell("%uhuru convert " + data("d.csv") + " --out - --format fits | %uhuru show -");
  EXPECT_NE(fits.out.find("3,000 rows"), std::string::npos) << fits.err;
  const auto run_from_pipe =
      run_shell("cat " + data("d.csv") + " | %uhuru run --detections - --labels " + data("l.csv") +
                " --out " + (scratch_ / "out"));
  EXPECT_EQ(run_from_pipe.code, 0) << run_from_pipe.err;
  const auto record = nlohmann::json::parse(testing::read_file(scratch_ / "out/run.json"));
  EXPECT_EQ(record["detections"]["name"], "standard input");
  EXPECT_EQ(record["detections"]["sha256"].get<std::string>().size(), 64u);
}

TEST_F(Cli, ReadsPipesUnderOtherNames) {
  for (const std::string& command :
       {"%uhuru show <(cat " + data("d.csv") + ")",
        "cat " + data("d.csv") + " | %uhuru show /dev/stdin",
        "cat " + data("d.csv") + " | %uhuru show -#csv",
        "mkfifo " + (scratch_ / "pipe") + " && (cat " + data("d.csv") + " > " +
            (scratch_ / "pipe") + " & %uhuru show " + (scratch_ / "pipe") + ")"}) {
    const auto shown = run_shell(command);
    EXPECT_NE(shown.out.find("3,000 rows"), std::string::npos) << command << shown.err;
  }
  const auto run =
      run_shell("%uhuru run --detections <(cat " + data("d.csv") + ") --labels <(cat " +
                data("l.csv") + ") --quiet --out " + (scratch_ / "out"));
  EXPECT_EQ(run.code, 0) << run.err;
  const auto record = nlohmann::json::parse(testing::read_file(scratch_ / "out/run.json"));
  EXPECT_EQ(record["detections"]["sha256"].get<std::string>().size(), 64u);
}

TEST_F(Cli, ReportsARun) {
  ASSERT_EQ(run_program(run_line("--quiet")).code, 0);
  const auto result = run_program("report " + (scratch_ / "out"));
  if (result.err.find("without its web pages") != std::string::npos)
    GTEST_SKIP() << "built without npm: uhuru report has no page";
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("report      detections ")) << result.out;
  EXPECT_NE(result.err.find("note: there is no validation.json"), std::string::npos) << result.err;
  EXPECT_TRUE(testing::read_file(scratch_ / "out/report.html").starts_with("<!doctype html>"));
  expect_refused("report " + (scratch_ / "out"), {"report.html", "--overwrite"}, 2);
  expect_refused("report " + data("d.csv"), {"the table has no classes", "--class-column"});
  const auto piped = run_shell("%uhuru report " + (scratch_ / "out") + " --out - | head -c 15");
  EXPECT_EQ(piped.out, "<!doctype html>") << piped.err;
}

TEST_F(Cli, SelectsNumbersOfComponents) {
  const auto result = run_program("select " + data("d.csv") +
                                  " --to 3 --starts 1 --verbose --out " + (scratch_ / "s.csv"));
  EXPECT_EQ(result.code, 0) << result.err;
  for (const char* words : {"components  BIC", "suggested   BIC", " s · silhouettes "})
    EXPECT_NE(result.out.find(words), std::string::npos) << result.out;
  EXPECT_EQ(io::read_table(scratch_ / "s.csv").rows(), 3u);
  expect_refused("select " + (scratch_ / "none.csv") + " --from 3 --to 2", {"3 to 2"}, 2);
  expect_refused("select " + data("d.csv") + " --to 2 --out " + (scratch_ / "s.csv"),
                 {"--overwrite"}, 2);
}

TEST_F(Cli, DrawsTheCriteriaOfSelect) {
  const std::string figure = scratch_ / "s.svg";
  const std::string line = "select " + data("d.csv") + " --from 2 --to 2 --starts 1 --figure ";
  EXPECT_EQ(run_program(line + figure).code, 0);
  const std::string svg = testing::read_file(figure);
  for (const char* words : {"<svg ", "Silhouette", "selects 2", "</svg>\n"})
    EXPECT_NE(svg.find(words), std::string::npos) << words;
  const auto piped = run_program(line + "-");
  EXPECT_EQ(piped.out, svg);
  EXPECT_NE(piped.err.find("suggested"), std::string::npos);
  // Fails before reading the table.
  expect_refused("select " + (scratch_ / "none.csv") + " --figure " + figure, {"--overwrite"}, 2);
  expect_refused(line + (scratch_ / "x") + " --out " + (scratch_ / "x"), {"the same name"}, 2);
  EXPECT_EQ(run_program(line + figure + " --overwrite").code, 0);
  EXPECT_EQ(testing::read_file(figure), svg);
}

TEST_F(Cli, HelpsAndRefusesWrongUse) {
  EXPECT_NE(run_program("--help").out.find("predict"), std::string::npos);
  EXPECT_TRUE(run_program("--version").out.starts_with("uhuru "));
  for (const char* command :
       {"run",     "predict",    "validate",     "compare",   "cluster",
        "select",  "crossmatch", "classify",     "vote",      "report",
        "catalog", "serve",      "simulate",     "show",      "convert",
        "send",    "fetch csc",  "fetch simbad", "fetch tap", "fetch services"}) {
    const auto help = run_program(std::string(command) + " --help");
    EXPECT_EQ(help.code, 0);
    EXPECT_NE(help.out.find("--threads"), std::string::npos) << command;
    EXPECT_NE(help.out.find("Example"), std::string::npos) << command;
  }
  expect_refused("", {"Usage"}, 2);
  expect_refused("predikt x", {"did you mean predict?"}, 2);
  expect_refused("fetch csk", {"did you mean csc?"}, 2);
  expect_refused("fetch tap", {"uhuru fetch tap: URL"}, 2);
  expect_refused("run --out " + (scratch_ / "x"), {"--detections", "--live"}, 2);
  expect_refused(run_line("--release 2.0"), {"--release", "--live"}, 2);
  expect_refused("predict " + data("d.csv") + " --ot x", {"--out", "--help"}, 2);
  expect_refused("predict " + data("d.csv"), {"--out"}, 2);
  expect_refused("predict " + data("d.csv") + " --out " + (scratch_ / "a.xls"), {".csv"}, 2);
  expect_refused("predict " + data("d.csv") + " --out " + (scratch_ / "a.csv") + " --format xls",
                 {"fits"}, 2);
  expect_refused("crossmatch " + data("d.csv") + " " + data("l.csv") + " --radius -1 --out " +
                     (scratch_ / "a.csv"),
                 {"radius"}, 2);
  expect_refused(run_line("--join colour"), {"--join"}, 2);
  expect_refused(run_line("--components 0"), {"--components"}, 2);
  expect_refused("simulate --rows 0 --out " + (scratch_ / "a.csv"), {"whole number from 1"}, 2);
}

TEST_F(Cli, RefusesFilesThatAreNotTables) {
  const auto wrong = [&](const std::string& name, const std::string& content,
                         const std::vector<std::string>& words) {
    const testing::ScratchFolder folder;
    write_file(folder / name, content);
    expect_refused(cluster(folder / name), words);
    expect_refused("show " + (folder / name), words);
  };
  expect_refused(cluster(scratch_ / "none.vot"),
                 {"cannot open the file", "none.vot", "no such file"});
  expect_refused(cluster(scratch_ / ""), {"there are no tables in the folder"});
  wrong("empty.vot", "", {"the file is empty"});
  wrong("a.fits", "ra,dec\n1,2\n", {"the content does not match the file name", "a FITS file"});
  wrong("a.vot", std::string("\x89PNG\r\n\x1a\n\0\0", 10),
        {"the file is not a table", "VOTable, FITS, ECSV"});
  wrong("a.vot", "<html><body>404</body></html>", {"web page"});
  // Truncated in the middle.
  for (const char* name : {"d.vot", "d.fits", "d.vot.gz", "d.csv.gz"}) {
    const testing::ScratchFolder folder;
    ASSERT_EQ(run_program("convert " + data("d.csv") + " --out " + (folder / name)).code, 0);
    const std::string whole = testing::read_file(folder / name);
    write_file(folder / name, whole.substr(0, whole.size() / 2));
    expect_refused(cluster(folder / name), {"truncated", name});
    expect_refused("convert " + (folder / name) + " --out " + (scratch_ / "x.csv"), {"truncated"});
  }
}

TEST_F(Cli, RefusesTablesThatDoNotFit) {
  expect_refused(cluster(changed([](Table& t) {
                   std::erase_if(t.columns,
                                 [](const Column& c) { return c.field.name == "hard_hm"; });
                 })),
                 {"hard_hm (did you mean hard_hs"});
  expect_refused(cluster(changed([](Table& t) {
                   std::erase_if(t.columns,
                                 [](const Column& c) { return c.field.name == "var_sigma_b"; });
                 })),
                 {"var_ratio_b (needs var_sigma_b)"});
  expect_refused(cluster(changed([](Table& t) {
                   std::erase_if(t.columns, [](const Column& c) { return c.field.name == "name"; });
                 })),
                 {"no column name"});
  expect_refused(cluster(changed([](Table& t) { t.columns.push_back(*t.find("hard_hm")); })),
                 {"duplicate column name", "hard_hm"});
  const auto with_cell = [](const std::string& column, size_t row, const std::string& text) {
    return [=](Table& table) {
      Field field = table.at(column).field;
      field.type = Type::text;
      Column changed_column(field);
      for (size_t r = 0; r < table.rows(); ++r)
        changed_column.append_text(r == row ? text : cell_text(table.at(column), r));
      for (Column& c : table.columns)
        if (c.field.name == column) c = changed_column;
    };
  };
  expect_refused(cluster(changed(with_cell("powlaw_gamma", 16, "abc"))),
                 {"row 17, column powlaw_gamma", "'abc'"});
  expect_refused(cluster(changed(with_cell("powlaw_gamma", 2000, "inf"))),
                 {"row 2001, column powlaw_gamma", "infinite"});
  expect_refused(cluster(changed([](Table& t) {
                   for (Column& c : t.columns)
                     if (c.field.name == "bb_kt") {
                       Column none(c.field);
                       for (size_t r = 0; r < c.size(); ++r) none.append_missing();
                       c = none;
                     }
                 })),
                 {"no detections left", "without spectrum"});
  expect_refused(cluster(changed([](Table& t) {
                   for (Column& c : t.columns)
                     if (c.field.name == "bb_kt") {
                       Column same(c.field);
                       for (size_t r = 0; r < c.size(); ++r) same.append(0.5);
                       c = same;
                     }
                 })),
                 {"a feature is constant", "bb_kt"});
  expect_refused(cluster(changed([](Table& t) {
                   const size_t rows[] = {0, 1, 2, 3};
                   t = t.select(rows);
                 })),
                 {"fewer detections than components", "at least 6"});
  write_file(scratch_ / "only_header.csv", "name,obsid\n");
  expect_refused(cluster(scratch_ / "only_header.csv"), {"lacks columns"});
}

TEST_F(Cli, RefusesToReplaceAnOutput) {
  write_file(scratch_ / "a.csv", "mine");
  const std::string line = "predict " + data("d.csv") + " --out " + (scratch_ / "a.csv");
  expect_refused(line, {"the output already exists", "--overwrite"}, 2);
  EXPECT_EQ(testing::read_file(scratch_ / "a.csv"), "mine");
  EXPECT_EQ(run_program(line + " --overwrite").code, 0);
  EXPECT_EQ(run_program(run_line()).code, 0);
  expect_refused(run_line(), {"the output already exists"}, 2);
  EXPECT_EQ(run_program(run_line("--overwrite")).code, 0);
}

TEST_F(Cli, LeavesNothingBehindOnAFullDisk) {
  for (const char* name : {"a.csv", "a.vot", "a.fits", "a.csv.gz"}) {
    const auto result =
        run_shell("ulimit -f 8; %uhuru convert " + data("d.csv") + " --out " + (scratch_ / name));
    EXPECT_EQ(result.code, 1) << name << result.err;
    EXPECT_NE(result.err.find("cannot write"), std::string::npos) << result.err;
    EXPECT_TRUE(scratch_.files().empty()) << name;
  }
  const auto result = run_shell("ulimit -f 8; %uhuru " + run_line());
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_TRUE(scratch_.files().empty());
  EXPECT_EQ(run_program("convert " + data("d.csv") + " --out /dev/full --format csv").code, 1);
}

TEST_F(Cli, KeepsDuplicateDetectionsInOrder) {
  const std::string file = changed([](Table& t) {
    const Table copy = t;
    t.append_rows(copy);
  });
  ASSERT_EQ(run_program("predict " + file + " --out " + (scratch_ / "p.csv")).code, 0);
  const Table predicted = io::read_table(scratch_ / "p.csv");
  const Table input = io::read_table(file);
  ASSERT_EQ(predicted.rows(), 6000u);
  for (size_t row = 0; row < 6000; ++row)
    EXPECT_EQ(predicted.at("name").text(row), input.at("name").text(row));
  const auto result = run_program("run --detections " + file + " --labels " + data("l.csv") +
                                  " --out " + (scratch_ / "out"));
  EXPECT_EQ(result.code, 0) << result.err;
}

TEST_F(Cli, ClassifiesRowsThatLackFeatures) {
  write_file(scratch_ / "a.csv", "name,obsid,hard_hm,powlaw_gamma\na,1,0.1,2\nb,1,,\nc,1,0.5,\n");
  const auto result = run_program("predict " + (scratch_ / "a.csv") + " --out " +
                                  (scratch_ / "p.vot") + " --vote " + (scratch_ / "v"));
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find(
                "read 3 · classified 2 · of these with missing features 2 · without any feature 1"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.err.find("treated as missing"), std::string::npos) << result.err;
  const Table table = io::read_table(scratch_ / "p.vot");
  EXPECT_TRUE(table.at("class_name").missing(1));
  EXPECT_TRUE(table.at("cluster").missing(1));
  EXPECT_EQ(table.at("features_missing").number(1), 12);
  EXPECT_EQ(table.at("features_missing").number(2), 11);
  EXPECT_EQ(io::read_table(scratch_ / "v/uniquely_classified.csv").rows(), 2u);
}

TEST_F(Cli, RefusesModelsThatDoNotFit) {
  const std::string line =
      "predict " + data("d.csv") + " --out " + (scratch_ / "p.csv") + " --model ";
  expect_refused(line + "nova", {"no such model", "csc2-published"});
  expect_refused(line + data("d.csv"), {"not valid JSON"});
  ASSERT_EQ(run_program("cluster " + data("d.csv") + " --out " + (scratch_ / "c.csv") +
                        " --model-out " + (scratch_ / "m.json"))
                .code,
            0);
  expect_refused(line + (scratch_ / "m.json"), {"has no classes"});
  std::string model = testing::read_file(scratch_ / "m.json");
  model.replace(model.find("\"format_version\": 1"), 19, "\"format_version\": 9");
  write_file(scratch_ / "m9.json", model);
  expect_refused(line + (scratch_ / "m9.json"), {"unsupported model version"});
  std::string recipe = testing::read_file(std::string(UHURU_SOURCE_DIR) + "/recipes/csc2.toml");
  for (const auto* from = "\"hard_hm\""; recipe.find(from) != std::string::npos;)
    recipe.replace(recipe.find(from), 9, "\"hard_xx\"");
  write_file(scratch_ / "mine.toml", recipe);
  expect_refused(line + "csc2-published --recipe " + (scratch_ / "mine.toml"),
                 {"a different recipe"});
  expect_refused("cluster " + data("d.csv") + " --out " + (scratch_ / "c2.csv") + " --recipe " +
                     (scratch_ / "mine.toml"),
                 {"hard_xx"});
}

TEST_F(Cli, SaysWhichClassesCouldNotBeLearned) {
  write_file(scratch_ / "l.csv", "name,ra,dec,main_type\nx,0,0,QSO\n");
  expect_refused("run --detections " + data("d.csv") + " --labels " + (scratch_ / "l.csv") +
                     " --out " + (scratch_ / "o"),
                 {"no class can be learned", "at least 12"});
  const auto result = run_shell("grep -v 'TTau' " + data("l.csv") + " > " + (scratch_ / "l2.csv") +
                                "; %uhuru run --detections " + data("d.csv") + " --labels " +
                                (scratch_ / "l2.csv") + " --out " + (scratch_ / "o"));
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.err.find("not learned: "), std::string::npos);
  EXPECT_NE(result.err.find("TTau*"), std::string::npos) << result.err;
  const Table classes = io::read_table(scratch_ / "o/detection_level_classification.csv");
  for (size_t row = 0; row < classes.rows(); ++row)
    EXPECT_FALSE(classes.at("TTau*").number(row) > 0);
}

TEST_F(Cli, KeepsUnmatchedPositions) {
  write_file(scratch_ / "left.csv", "id,ra,dec\n1,10,20\n2,,\n3,10,95\n4,400,20\n");
  write_file(scratch_ / "right.csv", "ra,dec,t\n10,20.0001,x\n40,20,y\n,,z\n");
  const auto result = run_program("crossmatch " + (scratch_ / "left.csv") + " " +
                                  (scratch_ / "right.csv") + " --out " + (scratch_ / "m.csv"));
  EXPECT_EQ(result.out,
            "left rows 4 · matched 2 · unmatched 2 · without position 2 · right rows without "
            "position 1 · rows written 4\n")
      << result.err;
  const Table table = io::read_table(scratch_ / "m.csv");
  const char* texts[] = {"x", "", "", "y"};
  for (size_t row = 0; row < 4; ++row) {
    EXPECT_EQ(table.at("id").number(row), static_cast<double>(row) + 1);
    EXPECT_EQ(table.at("t").text(row), texts[row]);
    EXPECT_EQ(table.at("separation_arcsec").missing(row), texts[row][0] == '\0');
  }
  EXPECT_NEAR(table.at("separation_arcsec").number(0), 0.36, 1e-10);
  EXPECT_EQ(table.at("separation_arcsec").number(3), 0);
}

TEST_F(Cli, RefusesAnEntityBombInLittleMemory) {
#ifdef UHURU_SANITIZED
  GTEST_SKIP() << "the sanitizer exceeds the memory limit of this test";
#endif
  std::string bomb =
      "<?xml version='1.0'?><!DOCTYPE VOTABLE [<!ENTITY a0 '" + std::string(1000, 'x') + "'>";
  for (int i = 1; i < 40; ++i)
    bomb += "<!ENTITY a" + std::to_string(i) + " '&a" + std::to_string(i - 1) + ";&a" +
            std::to_string(i - 1) + ";'>";
  write_file(scratch_ / "bomb.vot", bomb + "]><VOTABLE>&a39;</VOTABLE>");
  const auto result = run_shell("ulimit -v 500000; %uhuru show " + (scratch_ / "bomb.vot"));
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("declares entities"), std::string::npos) << result.err;
}

TEST_F(Cli, ShowsATable) {
  write_file(scratch_ / "a.csv", "name,hard_hm,flag\none,0.25,true\ntwo,,false\n");
  const auto result = run_program("show " + (scratch_ / "a.csv"));
  EXPECT_EQ(result.out, (scratch_ / "a.csv") +
                            ": 2 rows, 3 columns\n\n"
                            "column   type     missing  range         unit  description\n"
                            "name     text     -        one\n"
                            "hard_hm  double   1        0.25\n"
                            "flag     boolean  -        false … true\n\n"
                            "recipe csc2: 1 of 12 features present\n"
                            "  missing: hard_hs · hard_ms · powlaw_gamma · bb_kt · var_prob_b · "
                            "var_ratio_b (needs var_sigma_b, var_mean_b)"
                            " · var_prob_h · var_ratio_h (needs var_sigma_h, var_mean_h) · "
                            "var_prob_s · var_ratio_s (needs var_sigma_s, "
                            "var_mean_s) · var_newq_b (needs var_max_b, var_min_b, var_mean_b)\n");
}

TEST_F(Cli, AcceptsAFolderNamedLikeACommand) {
  std::filesystem::create_directory(scratch_ / "run");
  const auto result = run_shell("cd " + (scratch_ / "") + " && %uhuru serve run");
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("there are no results in the folder"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace uhuru
