// uhuru compare as seen by its user.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::read_file;
using testing::run_program;
using testing::run_shell;
using testing::write_file;

class CompareCommand : public ::testing::Test {
 protected:
  CompareCommand() {
    write_file(scratch_ / "ours.csv", "name,class\na,QSO\nb,HMXB\nc,YSO\n");
    write_file(scratch_ / "theirs.csv",
               "CSCv2_name,CSCv2_RA,CSCv2_DEC,True_Class\na,1,1,AGN\nb,2,2,LMXB\nc,3,3,CV\n");
  }
  std::string line(const std::string& more = "") const {
    return "compare " + (scratch_ / "ours.csv") + " " + (scratch_ / "theirs.csv") +
           " --map muwclass " + more;
  }
  testing::ScratchFolder scratch_;
};

TEST_F(CompareCommand, PrintsAndWritesWhatItFound) {
  const auto shown =
      run_program(line("--out " + (scratch_ / "c.json") + " --csv " + (scratch_ / "c.csv")));
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("compared 2"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("accuracy 1.000 (1.000…1.000)"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("CV    YSO 1"), std::string::npos) << shown.out;
  EXPECT_EQ(read_file(scratch_ / "c.csv"),
            "name,ours,theirs,mapped\na,QSO,AGN,AGN\nb,HMXB,LMXB,XB\nc,YSO,CV,\n");
  const auto json = nlohmann::json::parse(read_file(scratch_ / "c.json"));
  EXPECT_EQ(json["map"], "MUWCLASS");
  EXPECT_EQ(json["ours"]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(json["evaluations"][0]["rows"], 2);
  const auto piped = run_program(line("--out -"));
  EXPECT_EQ(nlohmann::json::parse(piped.out), json);
  EXPECT_NE(piped.err.find("compared 2"), std::string::npos);
}

TEST_F(CompareCommand, ReplacesOutputsOnlyIfAsked) {
  write_file(scratch_ / "c.csv", "mine");
  const std::string outputs = "--out " + (scratch_ / "c.json") + " --csv " + (scratch_ / "c.csv");
  const auto before = scratch_.files();
  const auto refused = run_program(line(outputs));
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("c.csv"), std::string::npos);
  EXPECT_EQ(scratch_.files(), before);
  EXPECT_EQ(run_program(line(outputs + " --overwrite")).code, 0);
  EXPECT_NE(read_file(scratch_ / "c.csv"), "mine");
  EXPECT_EQ(run_program(line("--out " + (scratch_ / "x") + " --csv " + (scratch_ / "x"))).code, 2);
}

TEST_F(CompareCommand, ReportsErrors) {
  const auto before = scratch_.files();
  const std::string out = "--out " + (scratch_ / "c.json");
  EXPECT_EQ(run_program(line(out + " --join place")).code, 2);
  EXPECT_EQ(run_program(line(out + " --radius -1")).code, 2);
  const auto no_position = run_program(line(out + " --join position"));
  EXPECT_EQ(no_position.code, 1);
  EXPECT_NE(no_position.err.find("column ra"), std::string::npos) << no_position.err;
  const auto no_map = run_shell("%uhuru compare " + (scratch_ / "ours.csv") + " " +
                                (scratch_ / "theirs.csv") + " --map nomap " + out);
  EXPECT_EQ(no_map.code, 1);
  EXPECT_NE(no_map.err.find("muwclass"), std::string::npos) << no_map.err;
  EXPECT_EQ(scratch_.files(), before);
}

TEST_F(CompareCommand, FormerNameOfAnOptionIsNoted) {
  const auto now = run_program(line("--out - --join name"));
  const auto former = run_program(line("--out - --by=name"));
  EXPECT_EQ(former.code, 0) << former.err;
  EXPECT_EQ(former.out, now.out);
  EXPECT_NE(former.err.find("note: --by is deprecated, use --join\n"), std::string::npos);
  EXPECT_EQ(now.err.find("deprecated"), std::string::npos);
  EXPECT_EQ(run_program(line("--out - --by place")).code, 2);
  const auto both = run_program(line("--out - --by name --join name"));
  EXPECT_EQ(both.code, 2) << both.err;
  EXPECT_EQ(run_program(line("--out - --by name --quiet")).err, "");
  EXPECT_EQ(run_program("compare --help").out.find("--by"), std::string::npos);
}

}  // namespace
}  // namespace uhuru
