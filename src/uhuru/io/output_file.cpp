#include "uhuru/io/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <utility>

#include "uhuru/base/error.hpp"

namespace fs = std::filesystem;

namespace uhuru::io {
namespace {

constexpr size_t output_buffer_size = size_t{1} << 16;

/// What `path` is; not_found if nothing has this name.
fs::file_status status_of(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none)
    throw system_error("cannot write the file", path, "", error.message());
  return status;
}

}  // namespace

struct OutputFile::Deflater {
  z_stream stream{};
  Deflater() {
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
};

void OutputGroup::add(PendingPath output) {
  const auto place = [](const PendingPath& path) {
    return fs::path(path.target()).lexically_normal();
  };
  for (const PendingPath& other : outputs_)
    if (place(other) == place(output))
      throw Error(ErrorKind::usage, "two outputs have the same name", output.target());
  outputs_.push_back(std::move(output));
}

void OutputGroup::commit() {
  commit_together(outputs_);
  outputs_.clear();
  std::error_code ignored;
  for (const std::string& name : old_) fs::remove(name, ignored);
  old_.clear();
}

void OutputGroup::commit(const Communicator& ranks) {
  ranks.meet();
  commit();
}

void check_target(const std::string& path, Overwrite overwrite) {
  if (path == "-") return;
  const fs::file_status status = status_of(path);
  if (fs::is_directory(status))
    throw Error(ErrorKind::usage, "cannot write the file", path, "a file name", "a folder");
  if (fs::is_regular_file(status) && overwrite == Overwrite::no)
    throw Error(ErrorKind::usage, "the output already exists", path,
                "a new name, or --overwrite to replace it")
        .because(ErrorCause::existing_file);
}

void check_file(const std::string& path, Overwrite overwrite) {
  check_target(path, overwrite);
  const fs::file_status status = status_of(path);
  if (path != "-" && (!fs::exists(status) || fs::is_regular_file(status))) check_folder_of(path);
}

void check_folder_of(const std::string& path) {
  const std::string folder = (fs::path(path).parent_path() / ".").string();
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    throw system_error("cannot write the file", path, "a writable folder", std::strerror(errno));
}

OutputFile::OutputFile(const std::string& path, Overwrite overwrite, OutputGroup* group)
    : path_(path), group_(group) {
  check_target(path, overwrite);
  if (path.ends_with(".gz")) deflater_ = std::make_unique<Deflater>();
  if (path == "-") {
    if (std::fflush(stdout) != 0) fail("cannot write the file");
    descriptor_ = STDOUT_FILENO;
    return;
  }
  const fs::file_status status = status_of(path);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    own_ = Descriptor(
        uninterrupted([&] { return ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC); }));
  } else {
    pending_.emplace(path, overwrite);
    own_ = Descriptor(pending_->create_file());
  }
  if (!own_) fail("cannot write the file");
  descriptor_ = own_.get();
}

OutputFile::OutputFile(std::string& memory) : memory_(&memory) {}

OutputFile::~OutputFile() = default;

void OutputFile::fail(const std::string& what) const {
  throw system_error(what, path_ == "-" ? "standard output" : path_, "", std::strerror(errno));
}

template <class Work>
void OutputFile::unless_failed(const Work& work) {
  if (failure_) std::rethrow_exception(failure_);
  try {
    work();
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

void OutputFile::write_raw(std::string_view bytes) {
  if (!write_all(descriptor_, bytes)) fail("cannot write the file");
  // The disk works while more is computed: close() or the folder waits for it.
  constexpr size_t enough = size_t{1} << 23;
  since_disk_ += bytes.size();
  if (pending_ && since_disk_ >= enough) start_disk();
}

void OutputFile::start_disk() {
  ::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
  since_disk_ = 0;
}

void OutputFile::flush() {
  write_raw(buffer_);
  buffer_.clear();
}

void OutputFile::put(std::string_view bytes) {
  if (memory_) {
    memory_->append(bytes);
    return;
  }
  if (buffer_.size() + bytes.size() > output_buffer_size) flush();
  if (bytes.size() < output_buffer_size)
    buffer_.append(bytes);
  else
    write_raw(bytes);
}

void OutputFile::pack(std::string_view bytes, bool finish) {
  char buffer[1 << 15];
  z_stream& z = deflater_->stream;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  int status = Z_OK;
  do {
    z.next_out = reinterpret_cast<Bytef*>(buffer);
    z.avail_out = sizeof(buffer);
    status = deflate(&z, finish ? Z_FINISH : Z_NO_FLUSH);
    put({buffer, sizeof(buffer) - z.avail_out});
  } while (z.avail_out == 0 && status == Z_OK);
  if (status != (finish ? Z_STREAM_END : Z_OK) && !(status == Z_BUF_ERROR && z.avail_in == 0))
    throw Error(ErrorKind::bug, "zlib cannot compress", path_);
}

void OutputFile::write(std::string_view bytes) {
  unless_failed([&] {
    constexpr size_t piece = size_t{1} << 30;  // zlib counts in 32 bits
    while (deflater_ && !bytes.empty()) {
      pack(bytes.substr(0, piece), false);
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    if (!bytes.empty()) put(bytes);
  });
}

void OutputFile::read_back(uint64_t at, char* to, size_t size) {
  unless_failed([&] {
    flush();
    if (!read_all_at(descriptor_, to, size, static_cast<off_t>(at))) fail("cannot read the file");
  });
}

void OutputFile::change(uint64_t at, std::string_view bytes) {
  unless_failed([&] {
    flush();
    if (!write_all_at(descriptor_, bytes, static_cast<off_t>(at))) fail("cannot write the file");
  });
}

void OutputFile::restart() {
  unless_failed([&] {
    buffer_.clear();
    if (uninterrupted([&] { return ::ftruncate(descriptor_, 0); }) != 0 ||
        ::lseek(descriptor_, 0, SEEK_SET) != 0)
      fail("cannot write the file");
  });
}

void OutputFile::close() {
  flush();
  if (pending_ && !pending_->needs_sync()) start_disk();
  descriptor_ = -1;
  if (!own_) return;
  // Some file systems tell only here that the disk is full.
  if (pending_ && pending_->needs_sync() &&
      uninterrupted([&] { return ::fsync(own_.get()); }) != 0 && errno != EINVAL)
    fail("cannot write the file");
  if (::close(own_.release()) != 0 && errno != EINTR) fail("cannot write the file");
}

void OutputFile::commit() {
  unless_failed([&] {
    if (deflater_) pack({}, true);
    if (memory_) return;
    close();
    if (!pending_) return;
    if (group_)
      group_->add(std::move(*pending_));
    else
      pending_->commit();
  });
}

OutputFolder::OutputFolder(const std::string& path, const std::vector<std::string>& files,
                           Overwrite overwrite, OutputGroup* group)
    : group_(group) {
  std::string folder = path;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  const fs::file_status status = status_of(folder);
  if (folder == "-" || (fs::exists(status) && !fs::is_directory(status)))
    throw Error(ErrorKind::usage, "cannot write the tables", folder, "a folder name",
                folder == "-" ? "standard output" : "a file");
  for (const std::string& name : files) check_target((fs::path(folder) / name).string(), overwrite);
  pending_.emplace(folder, files, overwrite);
}

void OutputFolder::commit() {
  pending_->sync();
  if (group_)
    group_->add(std::move(*pending_));
  else
    pending_->commit();
}

void write_text(const std::string& path, std::string_view text, Overwrite overwrite,
                OutputGroup* group) {
  OutputFile file(path, overwrite, group);
  file.write(text);
  file.commit();
}

}  // namespace uhuru::io
