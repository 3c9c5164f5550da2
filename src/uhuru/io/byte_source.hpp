// Bytes of a file, of standard input or of memory, unpacked from gzip where they are packed.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace uhuru {

/// A stream of bytes, read once from beginning to end. Not thread-safe.
class ByteSource {
 public:
  /// Opens `path`, "-" for standard input. `name` stands in error messages instead of the path.
  /// Throws Error (input) where it cannot be read.
  static std::unique_ptr<ByteSource> open(const std::string& path, const std::string& name = "");
  /// Reads from memory, which must outlive the source. `name` stands in error messages.
  static std::unique_ptr<ByteSource> from_memory(std::string_view bytes, std::string name);
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// The next bytes, unpacked; empty at the end. Valid until the next call. Throws Error (input)
  /// where the file breaks off in the middle of a gzip stream or cannot be read.
  std::string_view next();
  /// The first bytes that next() will return, up to 4096 of them, without taking them.
  std::string_view peek();
  /// The next bytes into `buffer`, less than `size` at the end only.
  size_t read(char* buffer, size_t size);

  /// The file's name for error messages.
  const std::string& name() const { return name_; }
  /// The path of a file that can be opened again and sought in; empty for a pipe or memory.
  const std::string& seekable_path() const { return seekable_path_; }
  bool was_gzip() const { return inflater_ != nullptr; }
  /// Bytes of the file read so far (packed ones, where it is packed), and in all (0: not known).
  uint64_t position() const { return position_; }
  uint64_t size() const { return size_; }

 protected:
  explicit ByteSource(std::string name);
  /// Up to `size` raw bytes into `buffer`; 0 at the end.
  virtual size_t read_raw(char* buffer, size_t size) = 0;
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

/// All bytes of a source that are left. Throws Error (input) where they are more than `largest`;
/// `what` says what it is: "query".
std::string read_text(ByteSource& source, const std::string& what, size_t largest);

/// A temporary file without a name. Its path, for readers, is valid while the object lives.
class SpooledFile {
 public:
  SpooledFile();
  /// With all of a source's bytes; for readers that must seek.
  explicit SpooledFile(ByteSource& source);
  ~SpooledFile();
  SpooledFile(const SpooledFile&) = delete;
  SpooledFile& operator=(const SpooledFile&) = delete;
  /// Adds bytes. Throws Error (input) on a full disk.
  void write(std::string_view bytes);
  uint64_t size() const { return size_; }
  /// Where all that was written so far can be read.
  std::string path() const;

 private:
  std::FILE* file_;
  uint64_t size_ = 0;
};

}  // namespace uhuru
