// Files and folders that have a temporary name until they are complete.
#pragma once

#include <span>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::io {

class PendingLock;

enum class Overwrite { no, yes };
inline Overwrite overwrite_if(bool wanted) { return wanted ? Overwrite::yes : Overwrite::no; }

/// A rename that can be undone. Each member returns whether it succeeded, with errno.
class UndoableRename {
 public:
  UndoableRename(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}
  /// Names `from` `to`; with Overwrite::no, fails with EEXIST if something has that name.
  bool make(Overwrite overwrite);
  void undo() noexcept;
  /// Removes a file that was replaced; a folder that was is at `from`.
  void finish() noexcept;
  bool exchanged() const { return state_ == State::exchanged; }
  const std::string& to() const { return to_; }

 private:
  bool create() const;
  bool replace_by_link();

  enum class State { none, created, exchanged, kept_by_link, replaced };
  std::string from_, to_, kept_;
  State state_ = State::none;
};

/// A future file or folder `target`: written at path(), a unique name in the same folder, and
/// renamed by commit(). Without commit() nothing remains; leftovers of killed processes of this
/// machine for the same target are removed. If `target` is a symbolic link, what it refers to is
/// replaced, and the link stays.
///
/// A folder that exists is exchanged as a whole, after its other files have been linked into the
/// new one; where that is not possible (it contains folders, or is the current one, or the file
/// system cannot exchange), its files are renamed one after the other. Not thread-safe.
class PendingPath {
 public:
  /// A file. Throws Error (input) if the links cannot be followed.
  explicit PendingPath(const std::string& target, Overwrite overwrite = Overwrite::yes);
  /// A folder, which is created, with these files; those that are not written are removed from a
  /// folder that exists. Throws Error (input) if it cannot be created.
  PendingPath(const std::string& target, std::vector<std::string> files, Overwrite overwrite);
  ~PendingPath();
  PendingPath(PendingPath&& other) noexcept;
  PendingPath(const PendingPath&) = delete;
  PendingPath& operator=(const PendingPath&) = delete;

  const std::string& path() const { return path_; }
  /// Where it will be, without symbolic links at the end.
  const std::string& target() const { return target_; }
  /// Creates the file, with mode and owner of the file to be replaced, and returns its descriptor,
  /// or -1 with errno.
  int create_file();
  /// Whether it must be on the disk before it is renamed: not if it is in a folder that is itself
  /// pending, whose sync() does it for all, or temporary.
  bool needs_sync() const { return needs_sync_; }
  /// Writes the file, or the files of the folder, to the disk. Throws Error (input) if that fails.
  void sync() const;
  /// Throws Error (usage) if the target exists and may not be replaced, Error (input) if it cannot
  /// be renamed to, or the disk fails; then the target is as before.
  void commit();

 private:
  friend void commit_together(std::span<PendingPath> outputs);
  void choose_path(const std::string& folder);
  void keep_mode(int descriptor) const;
  void place();
  void place_folder();
  bool link_other_files(std::vector<std::string>& linked) const;
  bool keeps_owner() const;
  void undo() noexcept;
  void remove_old_folder() const;
  void finish(const PendingLock& lock) noexcept;
  std::string parent() const;
  [[noreturn]] void fail(const std::string& what) const;

  std::string name_, target_, path_;  // as given; without links; the temporary one
  Overwrite overwrite_;
  bool is_folder_ = false;
  bool needs_sync_ = true;
  bool is_inside_ = false;          // the temporary folder is in the target
  std::vector<std::string> files_;  // of the folder
  std::vector<UndoableRename> renames_;
  void* entry_ = nullptr;  // in the list of what a signal removes
};

/// Commits all or none: if one cannot be renamed, those before it are renamed back, and a signal
/// handled by remove_pending_paths() comes before or after all of them. Only a process that is
/// killed, or a machine that stops, between two of the renames leaves some of them. Throws Error:
/// see PendingPath::commit.
void commit_together(std::span<PendingPath> outputs);

/// Removes everything pending and every temporary folder of this process, and lets no output appear
/// any more: the process must end then. For signal handlers: async-signal-safe.
void remove_pending_paths() noexcept;

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
  void* entry_ = nullptr;
};

}  // namespace uhuru::io
#pragma GCC visibility pop
