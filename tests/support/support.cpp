#include "support/support.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <span>
#include <sstream>

#include "uhuru/recipe/column_names.hpp"

namespace uhuru::testing {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
  static std::atomic<int> counter{0};
  path_ = fs::temp_directory_path() /
          ("uhuru-test-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
  fs::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> ScratchFolder::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string class_column(const std::string& of_class) {
  return recipe::column_names(std::span(&of_class, 1), recipe::class_prefix)[0];
}

std::string read_file(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

std::string gzip(const std::string& content) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&z, content.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

ProgramResult run_shell(std::string command) {
  const char* other = std::getenv("UHURU_TEST_PROGRAM");  // of tools/mutants
  const std::string program = other ? other : UHURU_PROGRAM;
  for (size_t at; (at = command.find("%uhuru")) != std::string::npos;)
    command.replace(at, 6, program);
  const ScratchFolder scratch;
  const std::string script = scratch / "command.sh";
  write_file(script, command + "\n");
  const std::string line =
      "bash '" + script + "' >'" + (scratch / "out") + "' 2>'" + (scratch / "err") + "' </dev/null";
  const int status = std::system(line.c_str());
  ProgramResult result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = read_file(scratch / "out");
  result.err = read_file(scratch / "err");
  return result;
}

ProgramResult run_program(const std::string& arguments) { return run_shell("%uhuru " + arguments); }

std::string real_data(const std::string& name) {
  const fs::path path = fs::path(UHURU_SOURCE_DIR) / ".." / "shared" / "data" / name;
  return fs::exists(path) ? path.lexically_normal().string() : "";
}

}  // namespace uhuru::testing
