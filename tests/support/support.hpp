// Shared by the tests: scratch folders, the program, the real data.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "uhuru/base/error.hpp"

namespace uhuru::testing {

/// A folder that is removed at the end of the test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Names in the folder, including hidden ones, sorted.
  std::vector<std::string> files() const;

 private:
  std::filesystem::path path_;
};

void write_file(const std::string& path, const std::string& content);
/// What our tables call the probability of a class: "p_ttau".
std::string class_column(const std::string& of_class);
std::string read_file(const std::string& path);
std::string gzip(const std::string& content);

struct ProgramResult {
  int code = 0;
  std::string out, err;
};
/// Runs the program with these arguments, as shell words; quote where necessary.
ProgramResult run_program(const std::string& arguments);
/// The same with a shell command line in which %uhuru is replaced by the program.
ProgramResult run_shell(std::string command);

/// A file of the real data, or "" if the data are absent.
std::string real_data(const std::string& name);

/// The error thrown by `work`; the test fails if it throws none.
template <class Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error was thrown";
  return input_error("no error was thrown");
}

}  // namespace uhuru::testing

/// Skips a test with a message if the real data are absent.
#define UHURU_REAL_DATA(variable, name)                         \
  const std::string variable = uhuru::testing::real_data(name); \
  if (variable.empty()) GTEST_SKIP() << "real data ../shared/data/" << (name) << " not found"
