// Files that appear complete or not at all.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uhuru {

enum class Overwrite { no, yes };

/// A file or folder on its way to `target`: written at path(), a name beside it that no other
/// process uses, which commit() turns into the target. Without commit() nothing remains; what a
/// killed process of this machine left on its way to the same target is removed. Not thread-safe.
class PendingPath {
 public:
  explicit PendingPath(const std::string& target);
  ~PendingPath();
  PendingPath(const PendingPath&) = delete;
  PendingPath& operator=(const PendingPath&) = delete;

  const std::string& path() const { return path_; }
  /// Throws Error (input) where the target cannot take the name.
  void commit();

 private:
  std::string target_, path_;
};

/// A file being written, as a pending path. Without commit() nothing remains. A name that ends in
/// ".gz" is packed; "-" is standard output, and devices and pipes are written straight. Not
/// thread-safe.
class OutputFile {
 public:
  /// Throws Error (usage) where the target exists and may not be replaced, Error (input) where its
  /// folder cannot be written.
  OutputFile(const std::string& path, Overwrite overwrite);
  /// Adds to `memory` instead, which must outlive it.
  explicit OutputFile(std::string& memory);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws Error (input) on a full disk.
  void write(std::string_view bytes);
  /// Closes the file and gives it its name.
  void commit();

 private:
  void write_raw(const char* bytes, size_t size);
  void pack(std::string_view bytes, bool finish);
  [[noreturn]] void fail(const std::string& what) const;

  struct Deflater;
  std::string path_;
  std::optional<PendingPath> pending_;
  std::string* memory_ = nullptr;
  std::FILE* file_ = nullptr;
  std::unique_ptr<Deflater> deflater_;
};

/// Throws Error (usage) where `path` exists and may not be replaced.
void check_target(const std::string& path, Overwrite overwrite);

/// A folder of its own in `parent`, only for its owner, that is removed with all in it; so are
/// those that killed processes of this machine left there.
class TemporaryFolder {
 public:
  /// Throws Error (input) where it cannot be made.
  explicit TemporaryFolder(const std::string& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A folder whose files appear together or not at all: they are written into a folder beside it,
/// and commit() moves them in.
class OutputFolder {
 public:
  /// `files` are the names that will be written. Throws Error (usage) where one of them exists and
  /// may not be replaced, or `path` is a file; Error (input) where the folder cannot be made.
  OutputFolder(const std::string& path, const std::vector<std::string>& files, Overwrite overwrite);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write the file of this name for now.
  std::string file(const std::string& name) const { return pending_->path() + "/" + name; }
  void commit();

 private:
  std::string path_;
  std::optional<PendingPath> pending_;
};

}  // namespace uhuru
