// uhuru export, as the user sees it.
#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::read_file;
using testing::run_program;
using testing::run_shell;
using testing::write_file;

TEST(Export, WritesAResource) {
  const testing::ScratchFolder scratch;
  write_file(scratch / "t.csv", "name,ra,dec,class\na,10,20,AGN\nb,11,21,CV\n");
  const std::string command =
      "%uhuru export dachs " + (scratch / "t.csv") + " --schema xray --out " + (scratch / "r");
  auto made = run_shell("SOURCE_DATE_EPOCH=86400 " + command);
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(made.out.starts_with("exported    schema xray · sources 2\n")) << made.out;
  EXPECT_NE(read_file(scratch / "r/q.rd").find("1970-01-02T00:00:00Z"), std::string::npos);
  EXPECT_EQ(run_shell(command).code, 2);  // exists
  EXPECT_EQ(run_shell(command + " --overwrite").code, 0);
  EXPECT_EQ(read_file(scratch / "r/q.rd").find("1970-01-02"), std::string::npos);
  EXPECT_EQ(run_shell(command + "2 --schema 'a b'").code, 2);
  EXPECT_EQ(scratch.files(), (std::vector<std::string>{"r", "t.csv"}));
}

TEST(Export, WritesACoverageMap) {
  const testing::ScratchFolder scratch;
  write_file(scratch / "t.csv", "name,ra,dec,class\na,83.822,-5.391,AGN\nb,,,CV\n");
  const std::string command = "export moc " + (scratch / "t.csv") + " --out " + (scratch / "m");
  const auto made = run_program(command + ".txt --order 3");
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(made.out.starts_with("coverage    sources 1 · order 3 · 0.13 % of the sky"))
      << made.out;
  EXPECT_EQ(read_file(scratch / "m.txt"), "3/334\n");
  EXPECT_EQ(run_program(command + ".txt").code, 2);  // exists
  EXPECT_EQ(run_program(command + ".png").code, 2);
  EXPECT_EQ(run_program(command + ".fits --order 30").code, 2);
  EXPECT_EQ(
      run_program("export moc " + (scratch / "nowhere") + " --out " + (scratch / "n.txt")).code, 1);
  EXPECT_EQ(run_program("export").code, 2);
}

}  // namespace
}  // namespace uhuru
