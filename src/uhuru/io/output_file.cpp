#include "uhuru/io/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "uhuru/base/error.hpp"

namespace fs = std::filesystem;

namespace uhuru {

struct OutputFile::Deflater {
  z_stream stream{};
  Deflater() {
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw Error(ErrorKind::bug, "cannot initialize zlib");
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
};

void check_target(const std::string& path, Overwrite overwrite) {
  std::error_code ignored;
  if (path == "-") return;
  const auto status = fs::status(path, ignored);
  if (fs::is_directory(status))
    throw Error(ErrorKind::usage, "cannot write the file", path, "a file name", "a folder");
  if (fs::is_regular_file(status) && overwrite == Overwrite::no)
    throw Error(ErrorKind::usage, "the output already exists", path,
                "a new name, or --overwrite to replace it");
}

namespace {

constexpr std::string_view pending_ending = ".partial";

std::string host_name() {
  char name[65] = "";
  gethostname(name, sizeof(name) - 1);
  return name;
}

/// Removes what dead processes of this machine left in a folder: names consisting of `stem`, a
/// process and a "-", then `ending`. Leftovers of other machines that share the folder, or of other
/// containers, cannot be recognized.
void remove_left(const fs::path& folder, const std::string& stem, std::string_view ending) {
  std::error_code ignored;
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(stem) || !name.ends_with(ending)) continue;
    pid_t process = 0;
    const auto [end, error] =
        std::from_chars(name.data() + stem.size(), name.data() + name.size(), process);
    if (error == std::errc() && *end == '-' && process > 0 && kill(process, 0) != 0 &&
        errno == ESRCH)
      left.push_back(entry.path());
  }
  for (const fs::path& path : left) fs::remove_all(path, ignored);
}

}  // namespace

PendingPath::PendingPath(const std::string& target) : target_(target) {
  static std::atomic<unsigned> counter{0};
  const fs::path path(target);
  const std::string stem = fmt::format(".{}.{}-", path.filename().string(), host_name());
  remove_left(path.has_parent_path() ? path.parent_path() : ".", stem, pending_ending);
  path_ = (path.parent_path() / fmt::format("{}{}-{}{}", stem, getpid(), counter++, pending_ending))
              .string();
}

PendingPath::~PendingPath() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

void PendingPath::commit() {
  std::error_code error;
  fs::rename(path_, target_, error);
  if (error) throw system_error("cannot rename the file", target_, "", error.message());
  path_.clear();
}

OutputFile::OutputFile(const std::string& path, Overwrite overwrite) : path_(path) {
  check_target(path, overwrite);
  if (path.ends_with(".gz")) deflater_ = std::make_unique<Deflater>();
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (path == "-") {
    file_ = stdout;
  } else if (fs::exists(status) && !fs::is_regular_file(status)) {
    file_ = std::fopen(path.c_str(), "wb");
  } else {
    pending_.emplace(path);
    file_ = std::fopen(pending_->path().c_str(), "wbx");
  }
  if (!file_) fail("cannot write the file");
}

OutputFile::OutputFile(std::string& memory) : memory_(&memory) {}

OutputFile::~OutputFile() {
  if (file_ && file_ != stdout) std::fclose(file_);
}

void OutputFile::fail(const std::string& what) const {
  throw system_error(what, path_, "", errno ? std::strerror(errno) : "");
}

void OutputFile::write_raw(const char* bytes, size_t size) {
  if (memory_) {
    memory_->append(bytes, size);
    return;
  }
  errno = 0;
  if (std::fwrite(bytes, 1, size, file_) != size) fail("cannot write the file");
}

void OutputFile::pack(std::string_view bytes, bool finish) {
  char buffer[1 << 15];
  z_stream& z = deflater_->stream;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  do {
    z.next_out = reinterpret_cast<Bytef*>(buffer);
    z.avail_out = sizeof(buffer);
    deflate(&z, finish ? Z_FINISH : Z_NO_FLUSH);
    write_raw(buffer, sizeof(buffer) - z.avail_out);
  } while (z.avail_out == 0);
}

void OutputFile::write(std::string_view bytes) {
  constexpr size_t piece = size_t{1} << 30;  // zlib counts in 32 bits
  while (deflater_ && !bytes.empty()) {
    pack(bytes.substr(0, piece), false);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (!bytes.empty()) write_raw(bytes.data(), bytes.size());
}

void OutputFile::commit() {
  if (deflater_) pack({}, true);
  if (memory_) return;
  errno = 0;
  std::FILE* file = std::exchange(file_, nullptr);
  const bool flushed = std::fflush(file) == 0;
  const bool closed = file == stdout || std::fclose(file) == 0;
  if (!flushed || !closed) fail("cannot write the file");
  if (pending_) pending_->commit();
}

TemporaryFolder::TemporaryFolder(const std::string& parent) {
  const std::string stem = fmt::format("uhuru-{}-", host_name());
  remove_left(parent, stem, "");
  path_ = (fs::path(parent) / fmt::format("{}{}-XXXXXX", stem, getpid())).string();
  if (!mkdtemp(path_.data()))
    throw system_error("cannot create a temporary folder", path_, "", std::strerror(errno));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

OutputFolder::OutputFolder(const std::string& path, const std::vector<std::string>& files,
                           Overwrite overwrite)
    : path_(path) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  if (path_ == "-" || (fs::exists(path_) && !fs::is_directory(path_)))
    throw Error(ErrorKind::usage, "cannot write the tables", path_, "a folder name",
                path_ == "-" ? "standard output" : "a file");
  for (const std::string& name : files) check_target(path_ + "/" + name, overwrite);
  pending_.emplace(path_);
  std::error_code error;
  if (!fs::create_directory(pending_->path(), error)) {
    const std::string found = error.message();
    throw system_error("cannot create the folder", path_, "a writable location", found);
  }
}

void OutputFolder::commit() {
  if (!fs::exists(path_)) return pending_->commit();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(pending_->path())) {
    if (!error) fs::rename(entry.path(), fs::path(path_) / entry.path().filename(), error);
  }
  if (error) throw system_error("cannot rename the folder", path_, "", error.message());
}

}  // namespace uhuru
