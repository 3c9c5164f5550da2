#include "uhuru/base/folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/support.hpp"

namespace uhuru {
namespace {

TEST(NamesInFolder, AreSorted) {
  const testing::ScratchFolder scratch;
  std::error_code error = std::make_error_code(std::errc::io_error);
  EXPECT_TRUE(names_in_folder(scratch / "", error).empty());
  EXPECT_FALSE(error);
  for (const char* name : {"b", ".a", "ä"}) testing::write_file(scratch / name, "");
  std::filesystem::create_directory(scratch / "c");
  EXPECT_EQ(names_in_folder(scratch / "", error), (std::vector<std::string>{".a", "b", "c", "ä"}));
  EXPECT_FALSE(error);
}

TEST(NamesInFolder, SayWhatIsWrong) {
  const testing::ScratchFolder scratch;
  std::error_code error;
  EXPECT_TRUE(names_in_folder(scratch / "absent", error).empty());
  EXPECT_EQ(error, std::errc::no_such_file_or_directory);
  testing::write_file(scratch / "file", "");
  EXPECT_TRUE(names_in_folder(scratch / "file", error).empty());
  EXPECT_EQ(error, std::errc::not_a_directory);
}

}  // namespace
}  // namespace uhuru
