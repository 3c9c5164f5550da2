// Catalogs, pages and servers of classes that are not a run's, as the user sees them.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::run_program;
using testing::run_shell;
using testing::write_file;

TEST(OtherClasses, HaveACatalog) {
  const testing::ScratchFolder scratch;
  ASSERT_EQ(run_program("simulate --rows 400 --out " + (scratch / "d.csv")).code, 0);
  ASSERT_EQ(run_program("predict " + (scratch / "d.csv") + " --out " + (scratch / "c.vot") +
                        " --vote " + (scratch / "votes"))
                .code,
            0);
  auto made = run_program("catalog " + (scratch / "votes"));
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(made.out.starts_with("catalog     sources ")) << made.out;
  EXPECT_TRUE(std::filesystem::exists(scratch / "votes/catalog.sqlite"));
  made = run_program("catalog " + (scratch / "c.vot"));
  EXPECT_NE(made.out.find("detections 400"), std::string::npos) << made.out << made.err;
  EXPECT_TRUE(std::filesystem::exists(scratch / "c.sqlite"));
  EXPECT_EQ(run_program("catalog " + (scratch / "c.vot")).code, 2);  // exists
}

TEST(OtherClasses, AreServedWithoutWritingBesideThem) {
  const testing::ScratchFolder scratch;
  write_file(scratch / "t.csv", "name,ra,dec,class\na,10,20,AGN\nb,11,21,CV\n");
  std::filesystem::create_directory(scratch / "tmp");
  const auto served =
      run_shell("cd " + (scratch / "") +
                "; TMPDIR=tmp %uhuru serve t.csv --port 0 --vo-only > tmp/out 2> tmp/err & pid=$!; "
                "until grep -q Ctrl-C tmp/out || ! kill -0 $pid; do sleep 0.05; done; "
                "ls tmp | wc -l; kill -TERM $pid; wait $pid; ls tmp; cat tmp/err");
  EXPECT_TRUE(served.out.starts_with("3\nerr\nout\n")) << served.out;
  EXPECT_NE(served.out.find("`uhuru catalog` keeps it"), std::string::npos) << served.out;
  EXPECT_EQ(scratch.files(), (std::vector<std::string>{"t.csv", "tmp"}));
}

TEST(OtherClasses, AreRefusedWithWhatWasLookedFor) {
  const testing::ScratchFolder scratch;
  write_file(scratch / "t.csv", "name,x\na,1\n");
  write_file(scratch / "unknown.csv", "name,main_type\na,Quasar\n");
  for (const char* command : {"serve", "report", "catalog"}) {
    const std::string begin = std::string(command) + " ";
    auto refused = run_program(begin + (scratch / "t.csv"));
    EXPECT_EQ(refused.code, 1) << refused.err;
    for (const char* word : {"t.csv", "no classes", "--class-column", "columns name, x"})
      EXPECT_NE(refused.err.find(word), std::string::npos) << word << " in " << refused.err;
    refused = run_program(begin + (scratch / "unknown.csv") + " --recipe csc2");
    for (const char* word : {"unknown.csv", "row 1", "main_type", "QSO", "'Quasar'"})
      EXPECT_NE(refused.err.find(word), std::string::npos) << word << " in " << refused.err;
    EXPECT_EQ(run_program(begin + (scratch / "nowhere")).code, 1);
  }
  EXPECT_EQ(scratch.files(), (std::vector<std::string>{"t.csv", "unknown.csv"}));
}

}  // namespace
}  // namespace uhuru
