// Every command that reads a table says once what is odd in it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::read_file;
using testing::run_program;
using testing::write_file;

/// Simulated tables as VOTables with one more column, in which one cell is no number.
class Notes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = new testing::ScratchFolder;
    const auto made = run_program("simulate --rows 3000 --out " + (*data_ / "d.vot") +
                                  " --labels-out " + (*data_ / "l.vot"));
    ASSERT_EQ(made.code, 0) << made.err;
    make_odd(*data_ / "d.vot");
    make_odd(*data_ / "l.vot");
  }
  static void TearDownTestSuite() { delete data_; }

  static void make_odd(const std::string& path) {
    std::string text = read_file(path);
    text.insert(text.find("<DATA>"), "<FIELD name=\"odd\" datatype=\"int\"/>\n");
    std::string cell = "<TD>null</TD>";
    for (size_t at = 0; (at = text.find("</TR>", at)) != std::string::npos;) {
      text.insert(at, cell);
      at += cell.size() + 5;
      cell = "<TD>1</TD>";
    }
    write_file(path, text);
  }
  static std::string data(const std::string& name) { return *data_ / name; }
  std::string out(const std::string& name) const { return scratch_ / name; }

  static std::string note_of(const std::string& path) {
    return path + ": column odd: 1 cell is not a whole number of type int and counts as missing, " +
           "row 1, 'null'";
  }
  /// Runs the command, and expects one note about each of these files.
  static void expect_notes(const std::string& arguments, const std::vector<std::string>& paths) {
    const auto result = run_program(arguments);
    ASSERT_EQ(result.code, 0) << arguments << "\n" << result.err;
    for (const std::string& path : paths) {
      const std::string note = "note: " + note_of(path) + "\n";
      const size_t at = result.err.find(note);
      ASSERT_NE(at, std::string::npos) << arguments << "\n" << result.err;
      EXPECT_EQ(result.err.find(note, at + 1), std::string::npos) << arguments;
    }
  }

  testing::ScratchFolder scratch_;
  static testing::ScratchFolder* data_;
};
testing::ScratchFolder* Notes::data_ = nullptr;

TEST_F(Notes, AreSaidByCommandsThatReadATable) {
  const std::string d = data("d.vot"), l = data("l.vot");
  expect_notes("show " + d, {d});
  expect_notes("convert " + d + " --out " + out("a.csv"), {d});
  expect_notes("crossmatch " + d + " " + l + " --out " + out("x.csv"), {d, l});
  expect_notes("select " + d + " --from 2 --to 3 --starts 1 --silhouette-rows 100", {d});
  expect_notes("cluster " + d + " --out " + out("c.vot") + " --components 3", {d});
  expect_notes("predict " + d + " --out " + out("p.vot"), {d});
  make_odd(out("p.vot"));
  expect_notes("vote " + out("p.vot") + " --out " + out("votes"), {out("p.vot")});
}

TEST_F(Notes, AreSaidByRunAndValidateAndRecorded) {
  const std::string d = data("d.vot"), l = data("l.vot");
  const std::string input = " --detections " + d + " --labels " + l + " --components 3";
  for (const std::string& command : {std::string("run"), std::string("validate --bootstrap 0")}) {
    const std::string folder = out(command.substr(0, 3));
    expect_notes(command + input + " --out " + folder, {d, l});
    const auto record = nlohmann::json::parse(
        read_file(folder + (command == "run" ? "/run.json" : "/validation.json")));
    for (const std::string& path : {d, l})
      EXPECT_NE(record["notes"].dump().find(note_of(path)), std::string::npos)
          << record["notes"].dump();
  }
  io::write_table(out("c.vot"), io::read_table(out("run/clusters.csv")));
  make_odd(out("c.vot"));
  expect_notes("classify " + out("c.vot") + " --out " + out("k.csv"), {out("c.vot")});
}

TEST_F(Notes, AreSaidByCompare) {
  write_file(out("ours.csv"), "name,class\na,QSO\nb,HMXB\n");
  write_file(out("theirs.csv"),
             "CSCv2_name,CSCv2_RA,CSCv2_DEC,True_Class\na,1,1,AGN\nb,2,2,LMXB\n");
  for (const std::string name : {"ours", "theirs"}) {
    io::write_table(out(name + ".vot"), io::read_table(out(name + ".csv")));
    make_odd(out(name + ".vot"));
  }
  expect_notes("compare " + out("ours.vot") + " " + out("theirs.vot") + " --map muwclass",
               {out("ours.vot"), out("theirs.vot")});
}

TEST_F(Notes, SayThatAServiceCutATableShort) {
  write_file(out("a.vot"),
             "<?xml version=\"1.0\"?><VOTABLE version=\"1.4\"><RESOURCE>"
             "<INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE><FIELD name=\"a\" datatype=\"int\"/>"
             "<DATA><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></DATA></TABLE>"
             "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/></RESOURCE></VOTABLE>");
  const std::string note =
      "note: " + out("a.vot") + ": the service cut the table short: rows are missing\n";
  for (const std::string& arguments :
       {"show " + out("a.vot"), "convert " + out("a.vot") + " --out " + out("a.csv")}) {
    const auto result = run_program(arguments);
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.err, note) << arguments;
  }
}

TEST_F(Notes, ShowPrintsWholeNumbersExactly) {
  write_file(out("a.csv"),
             "id,one\n9007199254740993,-9223372036854775807\n9223372036854775807,"
             "-9223372036854775807\n");
  io::write_table(out("a.fits"), io::read_table(out("a.csv")));
  io::write_table(out("a.vot"), io::read_table(out("a.csv")));
  for (const char* name : {"a.csv", "a.fits", "a.vot"}) {
    const auto result = run_program("show " + out(name));
    EXPECT_NE(result.out.find("9007199254740993 … 9223372036854775807"), std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("  -9223372036854775807\n"), std::string::npos) << result.out;
  }
}

}  // namespace
}  // namespace uhuru
