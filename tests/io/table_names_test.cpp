// Names that stand for several tables.
#include "uhuru/io/table_names.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::io {
namespace {

using testing::error_of;

class TableNames : public ::testing::Test {
 protected:
  /// Writes a text and returns its path.
  std::string file(const std::string& name, const std::string& content) const {
    testing::write_file(folder_ / name, content);
    return folder_ / name;
  }
  /// Without the folder of the test.
  std::vector<std::string> expanded(const std::string& name) const {
    std::vector<std::string> names;
    for (const std::string& path : expand_table_name(name))
      names.push_back(path.starts_with(folder_ / "") ? path.substr((folder_ / "").size()) : path);
    return names;
  }

  testing::ScratchFolder folder_;
};

TEST_F(TableNames, NamesOfOneTableAreNotExpanded) {
  for (const std::string& name :
       {file("a.csv", "x\n1\n"), file("b*.csv", "x\n1\n"), file("c?[1].csv", "x\n1\n"),
        file("@d.csv", "x\n1\n"), file("e\nf.csv", "x\n1\n"), folder_ / "none.csv",
        std::string("-"), folder_ / "a.csv#2", std::string("")}) {
    EXPECT_FALSE(is_joined(name)) << name;
    EXPECT_EQ(expand_table_name(name), std::vector<std::string>{name});
    EXPECT_EQ(shown_table_name(name), name);
  }
}

TEST_F(TableNames, PatternsAreSortedByBytes) {
  for (const char* name : {"b.csv", "a.csv", "B.csv", "a10.csv", ".hidden.csv", "a.vot", "é.csv"})
    file(name, "x\n1\n");
  std::filesystem::create_directories(folder_ / "sub.csv");
  file("sub.csv/z.csv", "x\n1\n");
  using Names = std::vector<std::string>;
  EXPECT_EQ(expanded(folder_ / "*.csv"), (Names{"B.csv", "a.csv", "a10.csv", "b.csv", "é.csv"}));
  EXPECT_EQ(expanded(folder_ / "?.csv"), (Names{"B.csv", "a.csv", "b.csv", "é.csv"}));
  EXPECT_EQ(expanded(folder_ / "a*.*"), (Names{"a.csv", "a.vot", "a10.csv"}));
  EXPECT_EQ(expanded(folder_ / "*.csv/*.csv"), (Names{"sub.csv/z.csv"}));
  EXPECT_EQ(expanded(folder_ / "s*/?.csv"), (Names{"sub.csv/z.csv"}));
  EXPECT_EQ(expanded(folder_ / ".*.csv"), (Names{".hidden.csv"}));
  EXPECT_EQ(expanded(folder_ / "*a*1*0*.csv"), (Names{"a10.csv"}));
  EXPECT_EQ(expanded(folder_ / "?.vot#2"), (Names{"a.vot#2"}));
  EXPECT_EQ(expanded(folder_ / "?.vot[2]"), (Names{"a.vot#2"}));
  const Error error = error_of([&] { expand_table_name(folder_ / "*.fits"); });
  EXPECT_EQ(error.cause(), ErrorCause::absent_file);
  EXPECT_NE(std::string(error.what()).find("no file matches the pattern"), std::string::npos);
}

TEST_F(TableNames, FoldersAreTheTablesInThem) {
  for (const char* name : {"b.csv", "a.fits", "c.vot.gz", ".d.csv", ".a.csv.host.1-0.partial",
                           "notes.pdf", "e.csv.bak"})
    file(name, "x\n1\n");
  std::filesystem::create_directories(folder_ / "sub.csv");
  const std::vector<std::string> expected = {"a.fits", "b.csv", "c.vot.gz"};
  EXPECT_EQ(expanded(folder_ / ""), expected);
  EXPECT_TRUE(is_joined(folder_ / ""));
  std::filesystem::create_directories(folder_ / "empty");
  const Error error = error_of([&] { expand_table_name(folder_ / "empty"); });
  EXPECT_NE(std::string(error.what()).find("no tables in the folder"), std::string::npos);
  if (geteuid() == 0) return;  // may read all
  chmod((folder_ / "empty").c_str(), 0);
  const Error unreadable = error_of([&] { expand_table_name(folder_ / "empty"); });
  EXPECT_NE(std::string(unreadable.what()).find("cannot read the folder"), std::string::npos);
  chmod((folder_ / "empty").c_str(), 0700);
}

TEST_F(TableNames, ListsNameTables) {
  file("a.csv", "x\n1\n");
  file("b.csv", "x\n2\n");
  std::filesystem::create_directories(folder_ / "sub");
  file("sub/c.csv", "x\n3\n");
  file("sub/more.txt", "c.csv\n../a.csv\n");
  const std::string list =
      file("list.txt", "# my tables\n\nb.csv\r\n  a.csv  \n@sub/more.txt\nsub/*.csv\n" +
                           (folder_ / "a.csv") + "\n");
  EXPECT_EQ(expanded("@" + list), (std::vector<std::string>{"b.csv", "a.csv", "sub/c.csv",
                                                            "sub/../a.csv", "sub/c.csv", "a.csv"}));
  EXPECT_EQ(read_table("@" + list).rows(), 6u);
  EXPECT_NE(
      std::string(error_of([&] { expand_table_name("@" + file("e.txt", "# none\n")); }).what())
          .find("the list names no tables"),
      std::string::npos);
  EXPECT_EQ(error_of([&] { expand_table_name("@" + (folder_ / "no.txt")); }).cause(),
            ErrorCause::absent_file);
  // One that names itself, directly or through another.
  file("x.txt", "a.csv\n@y.txt\n");
  file("y.txt", "@x.txt\n");
  const Error loop = error_of([&] { expand_table_name("@" + (folder_ / "x.txt")); });
  EXPECT_EQ(loop.message(), "a list of tables names itself");
  EXPECT_NE(loop.where().find("line 2"), std::string::npos) << loop.what();
  file("twice.txt", "@e2.txt\n@e2.txt\n");
  file("e2.txt", "a.csv\n");
  EXPECT_EQ(expanded("@" + (folder_ / "twice.txt")).size(), 2u);
}

TEST_F(TableNames, HaveLimits) {
  file("a.csv", "x\n1\n");
  std::string text;
  for (size_t i = 0; i <= most_joined_tables; ++i) text += "a.csv\n";
  const std::string list = file("list.txt", text);
  EXPECT_NE(std::string(error_of([&] { expand_table_name("@" + list); }).what()).find("too many"),
            std::string::npos);
  const std::string large = file("large.txt", std::string(largest_table_list + 1, '\n'));
  error_of([&] { expand_table_name("@" + large); });
  EXPECT_EQ(error_of([&] { expand_table_name("-\n-#csv"); }).kind(), ErrorKind::usage);
}

TEST_F(TableNames, AreShownShortly) {
  EXPECT_EQ(shown_table_name("a/x.csv\nb.csv\nc.csv"), "a/x.csv and 2 more");
  EXPECT_EQ(bare_table_name("a/x.csv#2\nb.csv"), "x.csv#2 and 1 more");
  EXPECT_EQ(bare_table_name("@lists/x.txt"), "@x.txt");
  EXPECT_EQ(bare_table_name("data/*.csv"), "*.csv");
  std::filesystem::create_directories(folder_ / "data");
  EXPECT_EQ(bare_table_name(folder_ / "data/"), "data");
  EXPECT_EQ(table_stem(folder_ / "data/"), "data");
  EXPECT_EQ(table_stem("a/x.csv#2\nb.csv"), "x");
  EXPECT_EQ(table_stem("@lists/x.txt"), "x");
}

}  // namespace
}  // namespace uhuru::io
