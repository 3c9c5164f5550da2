// Bytes from a file, standard input or memory, decompressed if gzipped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "uhuru/base/descriptor.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// A stream of bytes, read from beginning to end. Not thread-safe.
class ByteSource {
 public:
  /// Opens `path`, or standard input for "-". `name` replaces the path in error messages. Throws
  /// Error (input) if it cannot be read.
  static std::unique_ptr<ByteSource> open(const std::string& path, const std::string& name = "");
  /// Reads from memory, which must outlive the source. `name` is used in error messages.
  static std::unique_ptr<ByteSource> from_memory(std::string_view bytes, std::string name);
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// The next bytes, decompressed; empty at the end. Valid until the next call. Throws Error
  /// (input) if a gzip stream is truncated or the file cannot be read.
  std::string_view next();
  /// The first bytes that next() will return, up to 4096, without consuming them.
  std::string_view peek();
  /// Reads the next bytes into `buffer`; fewer than `size` only at the end.
  size_t read(char* buffer, size_t size);

  /// Goes on at another place of a file that has a seekable_path() and is not gzipped.
  void seek(uint64_t position);

  /// The file name for error messages.
  const std::string& name() const { return name_; }
  /// The path of a file that can be reopened and seeked; empty for a pipe or memory.
  const std::string& seekable_path() const { return seekable_path_; }
  bool was_gzip() const { return inflater_ != nullptr; }
  /// Bytes of the file read so far (before decompression), and in total (0: unknown).
  uint64_t position() const { return position_; }
  uint64_t size() const { return size_; }

 protected:
  explicit ByteSource(std::string name);
  /// Reads up to `size` raw bytes into `buffer`; 0 at the end.
  virtual size_t read_raw(char* buffer, size_t size) = 0;
  virtual void seek_raw(uint64_t) {}
  uint64_t size_ = 0;
  std::string seekable_path_;

 private:
  struct Inflater;
  struct InflaterDeleter {
    void operator()(Inflater* inflater) const;
  };
  size_t fill(char* buffer, size_t size);
  void start();

  std::string name_;
  std::string raw_, buffer_;
  size_t raw_begin_ = 0, raw_end_ = 0;
  size_t begin_ = 0, end_ = 0;
  uint64_t position_ = 0;
  bool started_ = false;
  std::unique_ptr<Inflater, InflaterDeleter> inflater_;
};

/// All remaining bytes of a source. Throws Error (input) if there are more than `largest`; `what`
/// describes the content: "query".
std::string read_text(ByteSource& source, const std::string& what, size_t largest);

/// An unnamed temporary file. Its path, for readers, is valid during the lifetime of the object.
class SpooledFile {
 public:
  SpooledFile();
  /// Contains all bytes of a source; for readers that must seek.
  explicit SpooledFile(ByteSource& source);
  ~SpooledFile();
  SpooledFile(const SpooledFile&) = delete;
  SpooledFile& operator=(const SpooledFile&) = delete;
  /// Appends bytes. Throws Error (input) if the disk is full.
  void write(std::string_view bytes);
  uint64_t size() const { return size_; }
  /// Reads `size` bytes from `at` on, which have been written.
  void read(uint64_t at, char* to, size_t size) const;
  /// A path from which everything written so far can be read.
  std::string path() const;
  /// All that was written so far, to be read while the descriptor lives, which may be longer than
  /// this object.
  Descriptor descriptor() const;

 private:
  void flush() const;
  void put(std::string_view bytes) const;

  Descriptor file_;
  mutable std::string buffer_;  // not yet written
  mutable bool failed_ = false;
  uint64_t size_ = 0;
};

}  // namespace uhuru::io
#pragma GCC visibility pop
