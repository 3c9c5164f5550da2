// Outputs that are whole or absent: links, modes, pairs, folders, competitors.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/support.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::read_file;
using testing::write_file;
using Names = std::vector<std::string>;

class Outputs : public ::testing::Test {
 protected:
  static void put(const std::string& path, const std::string& text,
                  io::Overwrite overwrite = io::Overwrite::no, io::OutputGroup* group = nullptr) {
    io::OutputFile file(path, overwrite, group);
    file.write(text);
    file.commit();
  }
  static Names names_in(const std::string& folder) {
    Names names;
    for (const auto& entry : fs::directory_iterator(folder))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  static ino_t inode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return status.st_ino;
  }
  /// Writes a folder with two files.
  void put_folder(const std::string& path, const std::string& text, io::Overwrite overwrite,
                  io::OutputGroup* group = nullptr) const {
    io::OutputFolder folder(path, {"a", "b", "a"}, overwrite, group);  // a name may come twice
    put(folder.file("a"), text + " a");
    put(folder.file("b"), text + " b");
    folder.commit();
  }

  testing::ScratchFolder scratch_;
};

TEST_F(Outputs, GoThroughSymbolicLinks) {
  fs::create_directory(scratch_ / "real");
  write_file(scratch_ / "real/target.csv", "old");
  fs::create_symlink("real/target.csv", scratch_ / "link.csv");
  fs::create_symlink("link.csv", scratch_ / "chain.csv");
  EXPECT_EQ(error_of([&] { put(scratch_ / "chain.csv", "new"); }).kind(), ErrorKind::usage);
  {
    io::OutputFile file(scratch_ / "chain.csv", io::Overwrite::yes);
    file.write("new");
    EXPECT_EQ(names_in(scratch_ / "real").size(), 2u);  // beside the target, on its file system
    file.commit();
  }
  EXPECT_EQ(read_file(scratch_ / "real/target.csv"), "new");
  EXPECT_TRUE(fs::is_symlink(scratch_ / "link.csv"));
  EXPECT_TRUE(fs::is_symlink(scratch_ / "chain.csv"));
  EXPECT_EQ(names_in(scratch_ / "real"), Names{"target.csv"});

  fs::create_symlink("real/absent.csv", scratch_ / "dangling.csv");
  put(scratch_ / "dangling.csv", "first");
  EXPECT_EQ(read_file(scratch_ / "real/absent.csv"), "first");
  EXPECT_TRUE(fs::is_symlink(scratch_ / "dangling.csv"));

  fs::create_symlink("loop", scratch_ / "loop");
  const Error error = error_of([&] { put(scratch_ / "loop", "x", io::Overwrite::yes); });
  EXPECT_EQ(error.kind(), ErrorKind::input);
  EXPECT_EQ(error.found(), "Too many levels of symbolic links");
}

TEST_F(Outputs, GoThroughLinksToFolders) {
  fs::create_directory(scratch_ / "real");
  fs::create_directory_symlink("real", scratch_ / "link");
  put_folder(scratch_ / "link", "new", io::Overwrite::no);
  EXPECT_TRUE(fs::is_symlink(scratch_ / "link"));
  EXPECT_EQ(read_file(scratch_ / "real/b"), "new b");
  EXPECT_EQ(scratch_.files(), (Names{"link", "real"}));
}

TEST_F(Outputs, KeepTheModeOfWhatTheyReplace) {
  for (const mode_t mode : {0600, 0664, 0444, 0755}) {
    const std::string path = scratch_ / "a.csv";
    write_file(path, "old");
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    put(path, "new", io::Overwrite::yes);
    EXPECT_EQ(mode_of(path), mode);
    EXPECT_EQ(read_file(path), "new");
    fs::remove(path);
  }
  const mode_t mask = ::umask(027);
  put(scratch_ / "b.csv", "new");
  ::umask(mask);
  EXPECT_EQ(mode_of(scratch_ / "b.csv"), 0640u);
}

TEST_F(Outputs, OfTwoCompetitorsTheSecondFails) {
  io::OutputFile first(scratch_ / "a", io::Overwrite::no);
  io::OutputFile second(scratch_ / "a", io::Overwrite::no);
  first.write("first");
  second.write("second");
  first.commit();
  const Error error = error_of([&] { second.commit(); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_EQ(error.message(), "the output already exists");
  EXPECT_EQ(error.where(), scratch_ / "a");
  EXPECT_EQ(read_file(scratch_ / "a"), "first");
}

TEST_F(Outputs, OfTwoCompetingFoldersTheSecondFails) {
  for (const bool exists : {false, true}) {
    const std::string path = scratch_ / (exists ? "old" : "new");
    if (exists) {
      fs::create_directory(path);
      write_file(path + "/mine", "");
    }
    io::OutputFolder first(path, {"a", "b"}, io::Overwrite::no),
        second(path, {"a", "b"}, io::Overwrite::no);
    for (io::OutputFolder* folder : {&first, &second})
      for (const char* name : {"a", "b"}) put(folder->file(name), folder == &first ? "1" : "2");
    first.commit();
    EXPECT_EQ(error_of([&] { second.commit(); }).kind(), ErrorKind::usage);
    EXPECT_EQ(read_file(path + "/a") + read_file(path + "/b"), "11");
    EXPECT_EQ(fs::exists(path + "/mine"), exists);
  }
}

TEST_F(Outputs, AppearTogetherOrNotAtAll) {
  write_file(scratch_ / "old", "old");
  {
    io::OutputGroup group;
    put(scratch_ / "new", "1", io::Overwrite::no, &group);
    put(scratch_ / "old", "2", io::Overwrite::yes, &group);
    put_folder(scratch_ / "folder", "3", io::Overwrite::no, &group);
    EXPECT_FALSE(fs::exists(scratch_ / "new"));
    EXPECT_FALSE(fs::exists(scratch_ / "folder"));
    EXPECT_EQ(read_file(scratch_ / "old"), "old");
    group.commit();
  }
  EXPECT_EQ(scratch_.files(), (Names{"folder", "new", "old"}));
  EXPECT_EQ(read_file(scratch_ / "old"), "2");
  // The last of them cannot appear: the others do not either.
  {
    io::OutputGroup group;
    put(scratch_ / "old", "3", io::Overwrite::yes, &group);
    put(scratch_ / "another", "3", io::Overwrite::no, &group);
    put(scratch_ / "late", "3", io::Overwrite::no, &group);
    put_folder(scratch_ / "folder", "4", io::Overwrite::yes, &group);
    write_file(scratch_ / "late", "of somebody");
    EXPECT_EQ(error_of([&] { group.commit(); }).kind(), ErrorKind::usage);
  }
  EXPECT_EQ(scratch_.files(), (Names{"folder", "late", "new", "old"}));
  EXPECT_EQ(read_file(scratch_ / "old"), "2");
  EXPECT_EQ(read_file(scratch_ / "folder/a"), "3 a");
  EXPECT_EQ(read_file(scratch_ / "late"), "of somebody");
}

TEST_F(Outputs, OfAGroupHaveDifferentNames) {
  fs::create_symlink("a", scratch_ / "link");
  io::OutputGroup group;
  put(scratch_ / "a", "1", io::Overwrite::yes, &group);
  EXPECT_EQ(error_of([&] { put(scratch_ / "link", "2", io::Overwrite::yes, &group); }).message(),
            "two outputs have the same name");
}

TEST_F(Outputs, OfAGroupMayBeInTheFolderOfAnother) {
  put_folder(scratch_ / "folder", "old", io::Overwrite::no);
  write_file(scratch_ / "folder/classes", "old");
  io::OutputGroup group;
  put(scratch_ / "folder/classes", "new", io::Overwrite::yes, &group);
  put_folder(scratch_ / "folder", "new", io::Overwrite::yes, &group);
  group.commit();
  EXPECT_EQ(names_in(scratch_ / "folder"), (Names{"a", "b", "classes"}));
  EXPECT_EQ(read_file(scratch_ / "folder/classes") + read_file(scratch_ / "folder/a"), "newnew a");
  EXPECT_EQ(scratch_.files(), Names{"folder"});
}

TEST_F(Outputs, ExchangeAFolderAndKeepItsOtherFiles) {
  put_folder(scratch_ / "result", "old", io::Overwrite::no);
  write_file(scratch_ / "result/report.html", "mine");
  fs::create_symlink("a", scratch_ / "result/latest");
  ASSERT_EQ(::chmod((scratch_ / "result").c_str(), 0750), 0);
  const ino_t folder = inode_of(scratch_ / "result");
  const ino_t report = inode_of(scratch_ / "result/report.html");
  put_folder(scratch_ / "result", "new", io::Overwrite::yes);
  EXPECT_NE(inode_of(scratch_ / "result"), folder);  // as a whole
  EXPECT_EQ(inode_of(scratch_ / "result/report.html"), report);
  EXPECT_EQ(names_in(scratch_ / "result"), (Names{"a", "b", "latest", "report.html"}));
  EXPECT_EQ(read_file(scratch_ / "result/latest"), "new a");
  EXPECT_EQ(mode_of(scratch_ / "result"), 0750u);
  EXPECT_EQ(scratch_.files(), Names{"result"});
}

TEST_F(Outputs, KeepAFolderThatCannotBeExchanged) {
  put_folder(scratch_ / "result", "old", io::Overwrite::no);
  fs::create_directory(scratch_ / "result/mine");
  write_file(scratch_ / "result/mine/x", "mine");
  const ino_t folder = inode_of(scratch_ / "result");
  put_folder(scratch_ / "result", "new", io::Overwrite::yes);
  EXPECT_EQ(inode_of(scratch_ / "result"), folder);
  EXPECT_EQ(read_file(scratch_ / "result/mine/x"), "mine");
  EXPECT_EQ(read_file(scratch_ / "result/a") + read_file(scratch_ / "result/b"), "new anew b");
  EXPECT_EQ(names_in(scratch_ / "result"), (Names{"a", "b", "mine"}));

  // Nor one that somebody works in.
  const fs::path here = fs::current_path();
  fs::current_path(scratch_ / "result");
  put_folder(".", "newer", io::Overwrite::yes);
  EXPECT_EQ(names_in("."), (Names{"a", "b", "mine"}));
  EXPECT_EQ(read_file("a"), "newer a");
  fs::current_path(here);
  EXPECT_EQ(scratch_.files(), Names{"result"});
}

TEST_F(Outputs, OfAFolderThatAreNotWrittenAgainAreRemoved) {
  for (const bool one_by_one : {false, true}) {
    const std::string path = scratch_ / (one_by_one ? "kept" : "exchanged");
    put_folder(path, "old", io::Overwrite::no);
    put(path + "/other", "other");
    if (one_by_one) fs::create_directory(path + "/folder");
    const auto only_b = [&](io::Overwrite overwrite, io::OutputGroup* group) {
      io::OutputFolder folder(path, {"a", "b", "a"}, overwrite, group);  // a name may come twice
      put(folder.file("b"), "new b");
      folder.commit();
    };
    {  // fails: all is as before
      io::OutputGroup group;
      only_b(io::Overwrite::yes, &group);
      put(scratch_ / "later", "x", io::Overwrite::no, &group);
      put(scratch_ / "later", "in between");
      EXPECT_THROW(group.commit(), Error);
      fs::remove(scratch_ / "later");
    }
    EXPECT_EQ(read_file(path + "/a"), "old a");
    EXPECT_EQ(read_file(path + "/b"), "old b");
    only_b(io::Overwrite::yes, nullptr);
    EXPECT_EQ(names_in(path), one_by_one ? (Names{"b", "folder", "other"}) : (Names{"b", "other"}));
    EXPECT_EQ(read_file(path + "/b"), "new b");
  }
  EXPECT_EQ(scratch_.files(), (Names{"exchanged", "kept"}));
}

TEST_F(Outputs, ReplaceNoFolderByAFile) {
  io::OutputFile file(scratch_ / "a", io::Overwrite::yes);
  file.write("x");
  fs::create_directory(scratch_ / "a");
  write_file(scratch_ / "a/mine", "mine");
  EXPECT_EQ(error_of([&] { file.commit(); }).kind(), ErrorKind::input);
  EXPECT_EQ(read_file(scratch_ / "a/mine"), "mine");
}

TEST_F(Outputs, RememberTheFirstFailure) {
  io::OutputFile file("/dev/full", io::Overwrite::no);
  EXPECT_THROW(file.write(std::string(1 << 20, 'x')), Error);
  // Although nothing is written now.
  EXPECT_EQ(error_of([&] { file.write(""); }).found(), "No space left on device");
  EXPECT_EQ(error_of([&] { file.commit(); }).found(), "No space left on device");
}

TEST_F(Outputs, HaveColumns) {
  for (const char* name : {"a.csv", "a.tsv", "a.fits", "a.vot"})
    EXPECT_EQ(error_of([&] { io::write_table(scratch_ / name, Table()); }).message(),
              "the table has no columns");
  EXPECT_TRUE(scratch_.files().empty());
}

TEST_F(Outputs, MayHaveLongNames) {
  const std::string name(255, 'n');
  put(scratch_ / name, "x");
  EXPECT_EQ(scratch_.files(), Names{name});
}

TEST_F(Outputs, AreRemovedByASignalHandler) {
  const pid_t child = fork();
  if (child == 0) {
    io::OutputFile file(scratch_ / "a", io::Overwrite::no);
    file.write("half");
    io::OutputFolder folder(scratch_ / "b", {"a", "b"}, io::Overwrite::no);
    put(folder.file("a"), "half");
    const io::TemporaryFolder temporary(scratch_ / "");
    fs::create_directories(temporary.file("x/y"));
    write_file(temporary.file("x/y/z"), "z");
    io::remove_pending_paths();
    _exit(scratch_.files().empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(scratch_.files().empty());
}

}  // namespace
}  // namespace uhuru
