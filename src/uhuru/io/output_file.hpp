// Output files that are either complete or absent.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/base/communicator.hpp"
#include "uhuru/base/descriptor.hpp"
#include "uhuru/io/pending_path.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// Outputs that appear together or not at all; see commit_together(). Files and folders made with a
/// group are only completed by their own commit(); that of the group names them. Not thread-safe.
class OutputGroup {
 public:
  /// Throws Error (usage) if an output has the name of another.
  void add(PendingPath output);
  /// Files that are removed when the outputs have appeared, since these replace them.
  void remove_then(std::vector<std::string> old) { old_ = std::move(old); }
  /// Throws Error: see PendingPath::commit.
  void commit();
  /// The same for the outputs of all ranks: none appears before all are written. Collective.
  void commit(const Communicator& ranks);

 private:
  std::vector<PendingPath> outputs_;
  std::vector<std::string> old_;
};

/// A file being written, through a pending path. Without commit() nothing remains. A name ending in
/// ".gz" is compressed; "-" is standard output; devices and pipes are written directly. A failure
/// is remembered: all later calls fail as well. Not thread-safe.
class OutputFile {
 public:
  /// `group`, if given, must outlive the object. Throws Error (usage) if the target exists and may
  /// not be replaced, Error (input) if its folder is not writable.
  OutputFile(const std::string& path, Overwrite overwrite, OutputGroup* group = nullptr);
  /// Appends to `memory` instead, which must outlive the object.
  explicit OutputFile(std::string& memory);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws Error (input) if the disk is full.
  void write(std::string_view bytes);
  /// Whether what was written can be read and changed: not in pipes, devices, memory, or if
  /// compressed. The functions that do so throw Error (input) if that fails.
  bool can_change() const { return pending_ && !deflater_; }
  void read_back(uint64_t at, char* to, size_t size);
  void change(uint64_t at, std::string_view bytes);
  /// Forgets all that was written.
  void restart();
  /// Writes the file to the disk and renames it to its target, or hands it to the group. Throws
  /// Error (usage) if the target has appeared meanwhile and may not be replaced.
  void commit();

 private:
  template <class Work>
  void unless_failed(const Work& work);
  void put(std::string_view bytes);
  void flush();
  void write_raw(std::string_view bytes);
  void start_disk();
  void pack(std::string_view bytes, bool finish);
  void close();
  [[noreturn]] void fail(const std::string& what) const;

  struct Deflater;
  std::string path_;
  OutputGroup* group_ = nullptr;
  std::optional<PendingPath> pending_;
  std::string* memory_ = nullptr;
  Descriptor own_;
  int descriptor_ = -1;  // own_, or standard output
  std::string buffer_;
  size_t since_disk_ = 0;  // bytes written since the disk was told to begin
  std::unique_ptr<Deflater> deflater_;
  std::exception_ptr failure_;
};

/// Writes a whole file; see OutputFile.
void write_text(const std::string& path, std::string_view text, Overwrite overwrite,
                OutputGroup* group = nullptr);

/// Throws Error (usage) if `path` exists and may not be replaced, Error (input) if that cannot be
/// determined.
void check_target(const std::string& path, Overwrite overwrite);

/// Throws Error (input) if the folder of this file is missing or not writable.
void check_folder_of(const std::string& path);
/// Both, but only the first for what is no regular file.
void check_file(const std::string& path, Overwrite overwrite);

/// A folder whose files appear all together or not at all: they are written to a temporary folder,
/// which commit() exchanges with the one that exists. Other files in it stay.
class OutputFolder {
 public:
  /// `files` are the names that will be written, or removed if they are there and are not. Throws
  /// Error (usage) if one of them exists and may not be replaced, or `path` is a file; Error
  /// (input) if the folder cannot be created.
  OutputFolder(const std::string& path, const std::vector<std::string>& files, Overwrite overwrite,
               OutputGroup* group = nullptr);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// The temporary path of the file with this name.
  std::string file(const std::string& name) const { return pending_->path() + "/" + name; }
  /// Throws Error: see PendingPath::commit.
  void commit();

 private:
  OutputGroup* group_;
  std::optional<PendingPath> pending_;
};

}  // namespace uhuru::io
#pragma GCC visibility pop
