#include "uhuru/io/byte_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "uhuru/base/error.hpp"
#include "uhuru/base/temporary.hpp"

namespace uhuru::io {

namespace {

constexpr size_t block_size = 1 << 16;
constexpr size_t peek_size = 4096;

class FileSource : public ByteSource {
 public:
  FileSource(const std::string& path, const std::string& name)
      : ByteSource(path == "-" ? "standard input" : name), descriptor_(STDIN_FILENO) {
    if (path != "-") {
      own_ = Descriptor(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
      if (!own_) {
        const auto cause = errno == ENOENT ? ErrorCause::absent_file : ErrorCause::system;
        throw system_error("cannot open the file", name, "a readable file", error_text())
            .because(cause);
      }
      descriptor_ = own_.get();
    }
    struct stat info {};
    if (fstat(descriptor_, &info) != 0)
      throw system_error("cannot read the file", name, "", error_text());
    if (S_ISDIR(info.st_mode)) throw input_error("cannot read a table", name, "a file", "a folder");
    if (S_ISREG(info.st_mode)) {
      size_ = static_cast<uint64_t>(info.st_size);
      if (path != "-") seekable_path_ = path;
    }
  }

 private:
  static std::string error_text() {
    return errno == ENOENT ? "no such file" : std::strerror(errno);
  }
  size_t read_raw(char* buffer, size_t size) override {
    const ssize_t n = uninterrupted([&] { return ::read(descriptor_, buffer, size); });
    if (n < 0) throw system_error("cannot read the file", name(), "", error_text());
    return static_cast<size_t>(n);
  }
  void seek_raw(uint64_t position) override {
    if (::lseek(descriptor_, static_cast<off_t>(position), SEEK_SET) < 0)
      throw system_error("cannot read the file", name(), "", error_text());
  }
  Descriptor own_;
  int descriptor_;  // own_, or standard input
};

class MemorySource : public ByteSource {
 public:
  MemorySource(std::string_view bytes, std::string name)
      : ByteSource(std::move(name)), bytes_(bytes) {
    size_ = bytes.size();
  }

 private:
  size_t read_raw(char* buffer, size_t size) override {
    const size_t n = bytes_.copy(buffer, size);
    bytes_.remove_prefix(n);
    return n;
  }
  std::string_view bytes_;
};

}  // namespace

struct ByteSource::Inflater {
  z_stream stream{};
  bool between_members = false;
};

void ByteSource::InflaterDeleter::operator()(Inflater* inflater) const {
  inflateEnd(&inflater->stream);
  delete inflater;
}

ByteSource::ByteSource(std::string name) : name_(std::move(name)) {}

std::unique_ptr<ByteSource> ByteSource::open(const std::string& path, const std::string& name) {
  return std::make_unique<FileSource>(path, name.empty() ? path : name);
}

std::unique_ptr<ByteSource> ByteSource::from_memory(std::string_view bytes, std::string name) {
  return std::make_unique<MemorySource>(bytes, std::move(name));
}

void ByteSource::start() {
  started_ = true;
  raw_.resize(block_size);
  while (raw_end_ < 2) {  // enough for the two magic bytes of gzip
    const size_t n = read_raw(raw_.data() + raw_end_, block_size - raw_end_);
    if (n == 0) break;
    raw_end_ += n;
    position_ += n;
  }
  if (raw_end_ >= 2 && raw_[0] == '\x1f' && raw_[1] == '\x8b') {
    inflater_.reset(new Inflater);
    if (inflateInit2(&inflater_->stream, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  buffer_.resize(block_size);
}

size_t ByteSource::fill(char* buffer, size_t size) {
  if (!inflater_) {
    if (raw_begin_ < raw_end_) {
      const size_t n = std::min(size, raw_end_ - raw_begin_);
      std::memcpy(buffer, raw_.data() + raw_begin_, n);
      raw_begin_ += n;
      return n;
    }
    const size_t n = read_raw(buffer, size);
    position_ += n;
    return n;
  }
  z_stream& z = inflater_->stream;
  z.next_out = reinterpret_cast<Bytef*>(buffer);
  z.avail_out = static_cast<uInt>(size);
  while (z.avail_out == size) {
    if (raw_begin_ == raw_end_) {
      raw_begin_ = 0;
      raw_end_ = read_raw(raw_.data(), block_size);
      position_ += raw_end_;
      if (raw_end_ == 0) {
        if (inflater_->between_members) return 0;
        throw input_error("the gzip file is truncated", name_, "the end of the compressed data",
                          fmt::format("the end of the file after {} bytes", position_));
      }
    }
    if (inflater_->between_members) {
      // Another member may follow, or zeros that fill a tape.
      while (raw_begin_ < raw_end_ && raw_[raw_begin_] == '\0') ++raw_begin_;
      if (raw_begin_ == raw_end_) continue;
      if (raw_[raw_begin_] != '\x1f')
        throw input_error("the gzip file is corrupt", name_, "another compressed part, or the end",
                          "other data");
      inflateReset(&z);
      inflater_->between_members = false;
    }
    z.next_in = reinterpret_cast<Bytef*>(raw_.data() + raw_begin_);
    z.avail_in = static_cast<uInt>(raw_end_ - raw_begin_);
    const int status = inflate(&z, Z_NO_FLUSH);
    raw_begin_ = raw_end_ - z.avail_in;
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_STREAM_END)
      inflater_->between_members = true;
    else if (status != Z_OK && status != Z_BUF_ERROR)
      throw input_error("the gzip file is corrupt", name_, "compressed data",
                        z.msg ? z.msg : "other data");
  }
  return size - z.avail_out;
}

std::string_view ByteSource::peek() {
  if (!started_) start();
  while (end_ - begin_ < peek_size && end_ < buffer_.size()) {
    const size_t n = fill(buffer_.data() + end_, buffer_.size() - end_);
    if (n == 0) break;
    end_ += n;
  }
  return std::string_view(buffer_).substr(begin_, std::min(peek_size, end_ - begin_));
}

std::string_view ByteSource::next() {
  if (!started_) start();
  if (begin_ == end_) {
    begin_ = 0;
    end_ = fill(buffer_.data(), buffer_.size());
  }
  const auto bytes = std::string_view(buffer_).substr(begin_, end_ - begin_);
  begin_ = end_;
  return bytes;
}

void ByteSource::seek(uint64_t position) {
  if (!started_) start();
  seek_raw(position);
  raw_begin_ = raw_end_ = 0;
  begin_ = end_ = 0;
  position_ = position;
}

size_t ByteSource::read(char* buffer, size_t size) {
  if (!started_) start();
  size_t done = buffer_.copy(buffer, std::min(size, end_ - begin_), begin_);
  begin_ += done;
  while (done < size) {
    const size_t n = fill(buffer + done, size - done);
    if (n == 0) break;
    done += n;
  }
  return done;
}

std::string read_text(ByteSource& source, const std::string& what, size_t largest) {
  std::string text;
  for (auto bytes = source.next(); !bytes.empty(); bytes = source.next()) {
    text += bytes;
    if (text.size() > largest)
      throw input_error("the " + what + " is too large", source.name(),
                        fmt::format("less than {} MiB", largest >> 20));
  }
  return text;
}

namespace {

Error temporary_failed(const char* doing) {
  const std::string why = std::strerror(errno);
  return system_error(fmt::format("cannot {} a temporary file", doing), temporary_parent(),
                      "a folder with enough space, which TMPDIR names", why);
}

}  // namespace

SpooledFile::SpooledFile() : file_(open_temporary_file()) {
  if (!file_) throw temporary_failed("create");
}

SpooledFile::SpooledFile(ByteSource& source) : SpooledFile() {
  for (auto bytes = source.next(); !bytes.empty(); bytes = source.next()) write(bytes);
}

SpooledFile::~SpooledFile() = default;

void SpooledFile::write(std::string_view bytes) {
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > block_size) flush();
  if (bytes.size() < block_size)
    buffer_.append(bytes);
  else
    put(bytes);
}

void SpooledFile::read(uint64_t at, char* to, size_t size) const {
  flush();
  if (!read_all_at(file_.get(), to, size, static_cast<off_t>(at))) throw temporary_failed("read");
}

std::string SpooledFile::path() const {
  flush();
  return fmt::format("/proc/self/fd/{}", file_.get());
}

Descriptor SpooledFile::descriptor() const {
  flush();
  Descriptor copy(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) throw temporary_failed("read");
  return copy;
}

void SpooledFile::flush() const {
  put(buffer_);
  buffer_.clear();
}

void SpooledFile::put(std::string_view bytes) const {
  if (failed_) throw system_error("cannot write a temporary file");  // bytes are missing
  failed_ = !write_all(file_.get(), bytes);
  if (failed_) throw temporary_failed("write");
}

}  // namespace uhuru::io
