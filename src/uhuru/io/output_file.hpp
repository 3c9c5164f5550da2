// Output files that are either complete or absent.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uhuru {

enum class Overwrite { no, yes };

/// A future file or folder `target`: written at path(), a unique name in the same folder, which
/// commit() renames to the target. Without commit() nothing remains; leftovers of killed processes
/// of this machine for the same target are removed. Not thread-safe.
class PendingPath {
 public:
  explicit PendingPath(const std::string& target);
  ~PendingPath();
  PendingPath(const PendingPath&) = delete;
  PendingPath& operator=(const PendingPath&) = delete;

  const std::string& path() const { return path_; }
  /// Throws Error (input) if the target cannot be renamed to.
  void commit();

 private:
  std::string target_, path_;
};

/// A file being written, through a pending path. Without commit() nothing remains. A name ending in
/// ".gz" is compressed; "-" is standard output; devices and pipes are written directly. Not
/// thread-safe.
class OutputFile {
 public:
  /// Throws Error (usage) if the target exists and may not be replaced, Error (input) if its folder
  /// is not writable.
  OutputFile(const std::string& path, Overwrite overwrite);
  /// Appends to `memory` instead, which must outlive the object.
  explicit OutputFile(std::string& memory);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws Error (input) if the disk is full.
  void write(std::string_view bytes);
  /// Closes the file and renames it to its target.
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

/// Throws Error (usage) if `path` exists and may not be replaced.
void check_target(const std::string& path, Overwrite overwrite);

/// A private temporary folder in `parent`, removed with its contents on destruction; leftovers of
/// killed processes of this machine are removed too.
class TemporaryFolder {
 public:
  /// Throws Error (input) if it cannot be created.
  explicit TemporaryFolder(const std::string& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A folder whose files appear all together or not at all: they are written to a temporary folder
/// in the same place, and commit() moves them.
class OutputFolder {
 public:
  /// `files` are the names that will be written. Throws Error (usage) if one of them exists and may
  /// not be replaced, or `path` is a file; Error (input) if the folder cannot be created.
  OutputFolder(const std::string& path, const std::vector<std::string>& files, Overwrite overwrite);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// The temporary path of the file with this name.
  std::string file(const std::string& name) const { return pending_->path() + "/" + name; }
  void commit();

 private:
  std::string path_;
  std::optional<PendingPath> pending_;
};

}  // namespace uhuru
