#include "uhuru/io/pending_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/folder.hpp"
#include "uhuru/io/pending_list.hpp"

namespace fs = std::filesystem;

namespace uhuru::io {
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
  for (const std::string& name : names_in_folder(folder.string(), ignored)) {
    if (!name.starts_with(stem) || !name.ends_with(ending)) continue;
    pid_t process = 0;
    const auto [end, error] =
        std::from_chars(name.data() + stem.size(), name.data() + name.size(), process);
    if (error == std::errc() && *end == '-' && process > 0 && kill(process, 0) != 0 &&
        errno == ESRCH)
      remove_tree((folder / name).c_str());
  }
}

/// The file or folder that a name refers to, which need not exist.
std::string without_links(const std::string& name) {
  constexpr int most_links = 40;  // as in Linux
  fs::path path = name;
  for (int links = 0; links < most_links; ++links) {
    std::error_code error;
    const fs::path to = fs::read_symlink(path, error);
    if (error == std::errc::invalid_argument || error == std::errc::no_such_file_or_directory ||
        error == std::errc::not_a_directory)
      return path.string();
    if (error) throw system_error("cannot write the file", name, "", error.message());
    path = path.parent_path() / to;
  }
  throw system_error("cannot write the file", name, "", std::strerror(ELOOP));
}

std::string parent_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

bool is_unsupported(int error) {
  return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

/// Writes a file or folder to the disk; false with errno.
bool sync_path(const std::string& path) {
  Descriptor file(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file) return errno == EACCES;  // it can be written, but not be opened for reading
  return uninterrupted([&] { return ::fsync(file.get()); }) == 0 || is_unsupported(errno);
}

int rename_with(const std::string& from, const std::string& to, unsigned flags) {
  return uninterrupted(
      [&] { return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags); });
}

}  // namespace

bool UndoableRename::create() const {
  if (rename_with(from_, to_, RENAME_NOREPLACE) == 0) return true;
  if (!is_unsupported(errno)) return false;
  struct stat status {};
  if (::lstat(from_.c_str(), &status) != 0) return false;
  if (S_ISDIR(status.st_mode)) return ::rename(from_.c_str(), to_.c_str()) == 0;
  if (::link(from_.c_str(), to_.c_str()) == 0) {
    ::unlink(from_.c_str());
    return true;
  }
  if (!is_unsupported(errno)) return false;
  // Neither is supported: another process may create the file between the next two calls.
  if (::lstat(to_.c_str(), &status) == 0) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from_.c_str(), to_.c_str()) == 0;
}

bool UndoableRename::replace_by_link() {
  kept_ = fmt::format("{}-old{}", from_, pending_ending);
  const bool is_kept = ::link(to_.c_str(), kept_.c_str()) == 0;
  if (::rename(from_.c_str(), to_.c_str()) == 0) {
    state_ = is_kept ? State::kept_by_link : State::replaced;
    return true;
  }
  const int error = errno;
  if (is_kept) ::unlink(kept_.c_str());
  errno = error;
  return false;
}

bool UndoableRename::make(Overwrite overwrite) {
  constexpr int most_tries = 10;
  for (int tries = 0; tries < most_tries; ++tries) {
    if (create()) {
      state_ = State::created;
      return true;
    }
    if ((errno != EEXIST && errno != ENOTEMPTY) || overwrite == Overwrite::no) return false;
    if (rename_with(from_, to_, RENAME_EXCHANGE) == 0) {
      state_ = State::exchanged;
      return true;
    }
    if (is_unsupported(errno)) return replace_by_link();
    if (errno != ENOENT) return false;  // else it has been removed meanwhile
  }
  return false;
}

void UndoableRename::undo() noexcept {
  if (state_ == State::created && rename_with(to_, from_, RENAME_NOREPLACE) != 0)
    ::rename(to_.c_str(), from_.c_str());
  if (state_ == State::exchanged) rename_with(from_, to_, RENAME_EXCHANGE);
  if (state_ == State::kept_by_link) ::rename(kept_.c_str(), to_.c_str());
  state_ = State::none;
}

void UndoableRename::finish() noexcept {
  if (state_ == State::exchanged) ::unlink(from_.c_str());
  if (state_ == State::kept_by_link) ::unlink(kept_.c_str());
}

PendingPath::PendingPath(const std::string& target, Overwrite overwrite)
    : name_(target), target_(without_links(target)), overwrite_(overwrite) {
  choose_path(parent_of(target_));
  const PendingLock lock;
  needs_sync_ = !lock.contains(path_);
  entry_ = lock.add(path_);
  if (!entry_) fail("cannot write the file");
}

PendingPath::PendingPath(const std::string& target, std::vector<std::string> files,
                         Overwrite overwrite)
    : name_(target), target_(without_links(target)), overwrite_(overwrite), is_folder_(true) {
  // A name that came twice would be exchanged back.
  for (std::string& name : files)
    if (std::find(files_.begin(), files_.end(), name) == files_.end())
      files_.push_back(std::move(name));
  struct stat status {
  }, outer{};
  if (::stat(target_.c_str(), &status) == 0) {
    std::error_code error;
    target_ = fs::canonical(target_, error).string();
    if (error) throw system_error("cannot create the folder", name_, "", error.message());
    // A volume, or a folder whose own place belongs to somebody else.
    const std::string place = parent_of(target_);
    is_inside_ = ::stat(place.c_str(), &outer) != 0 || outer.st_dev != status.st_dev ||
                 ::access(place.c_str(), W_OK | X_OK) != 0;
  } else if (errno != ENOENT) {
    fail("cannot create the folder");
  }
  choose_path(is_inside_ ? target_ : parent_of(target_));
  const PendingLock lock;
  entry_ = lock.add(path_);
  if (entry_ && ::mkdir(path_.c_str(), 0777) == 0) return;
  const int error = errno;
  if (entry_) lock.drop(entry_);
  throw system_error("cannot create the folder", name_, "a writable location",
                     std::strerror(error));
}

PendingPath::PendingPath(PendingPath&& other) noexcept
    : name_(std::move(other.name_)),
      target_(std::move(other.target_)),
      path_(std::move(other.path_)),
      overwrite_(other.overwrite_),
      is_folder_(other.is_folder_),
      needs_sync_(other.needs_sync_),
      is_inside_(other.is_inside_),
      files_(std::move(other.files_)),
      renames_(std::move(other.renames_)),
      entry_(std::exchange(other.entry_, nullptr)) {}

PendingPath::~PendingPath() {
  if (!entry_) return;
  const PendingLock lock;
  remove_tree(path_.c_str());
  lock.drop(entry_);
}

void PendingPath::choose_path(const std::string& folder) {
  static std::atomic<unsigned> counter{0};
  constexpr size_t longest = 100;  // a file name has at most 255 bytes
  const std::string stem =
      fmt::format(".{}.{}-", fs::path(target_).filename().string().substr(0, longest), host_name());
  remove_left(folder, stem, pending_ending);
  struct stat status {};
  do {  // in a container, a killed process may have had the same number
    path_ = (fs::path(folder) / fmt::format("{}{}-{}{}", stem, getpid(), counter++, pending_ending))
                .string();
  } while (::lstat(path_.c_str(), &status) == 0);
}

void PendingPath::fail(const std::string& what) const {
  if (errno == EEXIST && overwrite_ == Overwrite::no)
    throw Error(ErrorKind::usage, "the output already exists", name_,
                "a new name, or --overwrite to replace it")
        .because(ErrorCause::existing_file);
  throw system_error(what, name_, "", std::strerror(errno));
}

void PendingPath::keep_mode(int descriptor) const {
  struct stat status {};
  if (overwrite_ == Overwrite::no || ::stat(target_.c_str(), &status) != 0) return;
  // Only the superuser may give files away. The rights of a group are not for another group.
  const bool keeps_group = ::fchown(descriptor, status.st_uid, status.st_gid) == 0 ||
                           ::fchown(descriptor, static_cast<uid_t>(-1), status.st_gid) == 0;
  ::fchmod(descriptor, status.st_mode & (keeps_group ? 0777 : 0707));
}

int PendingPath::create_file() {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
  struct stat status {};
  const bool replaces = overwrite_ == Overwrite::yes && ::stat(target_.c_str(), &status) == 0;
  const mode_t mode = replaces ? status.st_mode & 0777 : 0666;
  int descriptor = -1;
  {
    const PendingLock lock;
    descriptor = uninterrupted([&] { return ::open(path_.c_str(), flags, mode); });
  }
  if (descriptor >= 0) keep_mode(descriptor);
  return descriptor;
}

void PendingPath::sync() const {
  std::error_code error;
  if (!is_folder_) {
    const Descriptor file(
        uninterrupted([&] { return ::open(path_.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (file) keep_mode(file.get());
  } else {
    for (const std::string& name : names_in_folder(path_, error))
      if (!sync_path(path_ + "/" + name)) fail("cannot write the files");
    if (error) throw system_error("cannot write the files", name_, "", error.message());
  }
  if (!sync_path(path_)) fail("cannot write the file");
}

std::string PendingPath::parent() const {
  const bool one_by_one = is_folder_ && (renames_.empty() || renames_[0].to() != target_);
  return one_by_one ? target_ : parent_of(target_);
}

void PendingPath::place() {
  // What has been renamed must be remembered, however short memory is.
  renames_.reserve(files_.size() + 1);
  if (is_folder_) return place_folder();
  struct stat status {};
  if (::lstat(target_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EEXIST;
    throw system_error("cannot rename the file", name_, "", std::strerror(errno));
  }
  UndoableRename rename(path_, target_);
  if (!rename.make(overwrite_)) fail("cannot rename the file");
  renames_.push_back(std::move(rename));
}

bool PendingPath::keeps_owner() const {
  struct stat before {
  }, now{};
  if (::stat(target_.c_str(), &before) != 0 || ::stat(path_.c_str(), &now) != 0) return false;
  if ((before.st_uid != now.st_uid || before.st_gid != now.st_gid) &&
      ::chown(path_.c_str(), before.st_uid, before.st_gid) != 0)
    return false;
  return ::chmod(path_.c_str(), before.st_mode & 07777) == 0 &&
         ::listxattr(target_.c_str(), nullptr, 0) == ::listxattr(path_.c_str(), nullptr, 0);
}

/// Links the files of the target that are not ours into the new folder; false if that is not
/// possible, or if the folder must stay the same.
bool PendingPath::link_other_files(std::vector<std::string>& linked) const {
  constexpr size_t most = 1000;
  std::error_code error;
  const std::string here = fs::current_path(error).string();
  if (error || (here + "/").starts_with(target_ + "/") || !keeps_owner()) return false;
  for (const std::string& name : names_in_folder(target_, error)) {
    if (std::find(files_.begin(), files_.end(), name) != files_.end()) continue;
    const std::string from = target_ + "/" + name, to = path_ + "/" + name;
    struct stat status {};
    if (linked.size() == most || ::lstat(from.c_str(), &status) != 0 || S_ISDIR(status.st_mode) ||
        ::link(from.c_str(), to.c_str()) != 0)
      return false;
    linked.push_back(to);
  }
  return !error;
}

void PendingPath::place_folder() {
  struct stat status {};
  UndoableRename whole(path_, target_);
  if (!is_inside_) {
    if (whole.make(Overwrite::no)) return renames_.push_back(std::move(whole));
    if (errno != EEXIST && errno != ENOTEMPTY) fail("cannot rename the folder");
    if (std::vector<std::string> linked; link_other_files(linked) && whole.make(Overwrite::yes)) {
      renames_.push_back(std::move(whole));
      for (const std::string& name : files_)
        if (overwrite_ == Overwrite::no && ::lstat((path_ + "/" + name).c_str(), &status) == 0) {
          errno = EEXIST;
          fail("cannot rename the folder");
        }
      return;
    } else {
      for (const std::string& name : linked) ::unlink(name.c_str());
    }
  }
  for (const std::string& name : files_) {
    const std::string file = path_ + "/" + name, now = target_ + "/" + name;
    const bool is_written = ::lstat(file.c_str(), &status) == 0;
    if (!is_written && (overwrite_ == Overwrite::no || ::lstat(now.c_str(), &status) != 0))
      continue;
    // One that was not written again goes with the temporary folder.
    UndoableRename rename(is_written ? file : now, is_written ? now : file);
    if (!rename.make(is_written ? overwrite_ : Overwrite::no))
      fail("cannot rename the file " + name);
    renames_.push_back(std::move(rename));
  }
}

void PendingPath::undo() noexcept {
  for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) rename->undo();
  renames_.clear();
}

/// After an exchange: removes the old folder, and keeps what was added to it meanwhile.
void PendingPath::remove_old_folder() const {
  for (const std::string& name : files_) ::unlink((path_ + "/" + name).c_str());
  std::error_code error;
  for (const std::string& name : names_in_folder(path_, error)) {
    const std::string old = path_ + "/" + name, now = target_ + "/" + name;
    struct stat before {
    }, after{};
    if (::lstat(old.c_str(), &before) == 0 && ::lstat(now.c_str(), &after) == 0 &&
        before.st_ino == after.st_ino)
      ::unlink(old.c_str());
    else
      rename_with(old, now, RENAME_NOREPLACE);
  }
  ::rmdir(path_.c_str());
}

void PendingPath::finish(const PendingLock& lock) noexcept {
  const bool whole = is_folder_ && renames_.size() == 1 && renames_[0].to() == target_;
  try {
    if (whole && renames_[0].exchanged()) remove_old_folder();
  } catch (const std::exception&) {
    // No memory: the next process removes it.
  }
  for (UndoableRename& rename : renames_)
    if (!whole) rename.finish();
  if (is_folder_ && !whole) remove_tree(path_.c_str());
  lock.drop(std::exchange(entry_, nullptr));
}

void PendingPath::commit() { commit_together({this, 1}); }

void commit_together(std::span<PendingPath> outputs) {
  // Files before folders, which may contain them, and back in the other order.
  std::vector<PendingPath*> order;
  for (const bool folders : {false, true})
    for (PendingPath& output : outputs)
      if (output.is_folder_ == folders) order.push_back(&output);
  try {
    {
      const PendingLock lock;
      for (PendingPath* output : order) output->place();
    }
    for (const PendingPath* output : order)
      if (output->needs_sync_ && !sync_path(output->parent()))
        output->fail("cannot write the folder");
  } catch (...) {
    const PendingLock lock;
    for (auto output = order.rbegin(); output != order.rend(); ++output) (*output)->undo();
    throw;
  }
  const PendingLock lock;
  for (auto output = order.rbegin(); output != order.rend(); ++output) (*output)->finish(lock);
}

TemporaryFolder::TemporaryFolder(const std::string& parent) {
  const std::string stem = fmt::format("uhuru-{}-", host_name());
  remove_left(parent, stem, "");
  path_ = (fs::path(parent) / fmt::format("{}{}-XXXXXX", stem, getpid())).string();
  const PendingLock lock;
  if (!mkdtemp(path_.data()))
    throw system_error("cannot create a temporary folder", path_, "", std::strerror(errno));
  try {
    entry_ = lock.add(path_);
    if (!entry_) throw system_error("the name is too long", path_);
  } catch (...) {
    ::rmdir(path_.c_str());
    throw;
  }
}

TemporaryFolder::~TemporaryFolder() {
  const PendingLock lock;
  remove_tree(path_.c_str());
  lock.drop(entry_);
}

}  // namespace uhuru::io
