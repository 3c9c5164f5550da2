// What signals leave: nothing, and the exit status says which it was.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "support/support.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;

class Signals : public ::testing::Test {
 protected:
  /// Starts the program in the scratch folder, with its temporary files in `temporary`.
  pid_t start(std::vector<std::string> arguments, int ignored = 0) const {
    const pid_t child = fork();
    if (child != 0) return child;
    std::vector<char*> words;
    arguments.insert(arguments.begin(), UHURU_PROGRAM);
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    setenv("TMPDIR", (scratch_ / "temporary").c_str(), 1);
    const int null = open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) dup2(null, stream);
    if (ignored) std::signal(ignored, SIG_IGN);
    if (chdir((scratch_ / "").c_str()) == 0) execv(UHURU_PROGRAM, words.data());
    _exit(127);
  }
  template <class Condition>
  static bool becomes_true(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return condition();
  }
  bool is_writing() const {
    for (const std::string& name : scratch_.files())
      if (name.ends_with(".partial")) return true;
    return false;
  }

  testing::ScratchFolder scratch_;
};

TEST_F(Signals, LeaveNoUnfinishedOutput) {
  fs::create_directory(scratch_ / "temporary");
  const std::vector<std::string> endless = {"simulate", "--rows",       "2000000000", "--out",
                                            "d.csv",    "--labels-out", "l.csv"};
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    const pid_t child = start(endless);
    EXPECT_TRUE(becomes_true([&] { return is_writing(); }));
    kill(child, number);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
    EXPECT_EQ(scratch_.files(), std::vector<std::string>{"temporary"}) << number;
  }
  // One that is ignored, as under nohup, stays so.
  const pid_t child = start(endless, SIGHUP);
  EXPECT_TRUE(becomes_true([&] { return is_writing(); }));
  kill(child, SIGHUP);
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST_F(Signals, LeaveNoSimulatedCatalog) {
  fs::create_directory(scratch_ / "temporary");
  const pid_t child = start({"serve", "--port", "0"});
  EXPECT_TRUE(becomes_true([&] { return !fs::is_empty(scratch_ / "temporary"); }));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(fs::is_empty(scratch_ / "temporary"));
}

TEST_F(Signals, AreNotNeededForAClosedStream) {
  // The number of a closed stream must not become that of the table.
  const auto result =
      testing::run_shell("%uhuru simulate --rows 10 --out '" + (scratch_ / "d.csv") + "' >&-");
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("standard output"), std::string::npos) << result.err;
  EXPECT_EQ(testing::read_file(scratch_ / "d.csv").find("sources"), std::string::npos);
}

}  // namespace
}  // namespace uhuru
