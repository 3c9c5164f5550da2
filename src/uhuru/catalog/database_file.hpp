// A database file that is kept open.
#pragma once

#include <memory>
#include <string>

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// A file that is opened once and shared by many readers: its content stays the same for all of
/// them, even if the name is replaced. If the file itself is written to or truncated, which its
/// size and time of modification tell, reading fails until is_whole(). Copies refer to the same
/// file. Thread-safe.
class DatabaseFile {
 public:
  /// Throws Error (input) if it cannot be opened. Implicit, so that a name can be passed where a
  /// file is read only once.
  DatabaseFile(std::string name);

  /// For messages.
  const std::string& name() const { return name_; }

  /// Notes the SHA-256 of the file, by which is_whole() recognizes it. Throws Error (input) if it
  /// cannot be read or has been changed since it was opened.
  void note_content();
  /// Whether the content is that at the time of opening. A changed file is compared with what
  /// note_content() noted, at most once for each change; without that, it stays changed.
  bool is_whole() const;

  /// The VFS with which SQLite opens such files, read-only and immutable: no lock, no journal.
  static const char* opener();
  /// The name by which it does; the object must outlive the database.
  std::string opener_name() const;

  struct State;

 private:
  std::string name_;
  std::shared_ptr<State> state_;
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
