// A database file that is kept open.
#pragma once

#include <memory>
#include <string>

#include "uhuru/base/descriptor.hpp"

namespace uhuru {

/// A file that is opened once and shared by many readers: its content stays the same for all of
/// them, even if the name is replaced. Copies refer to the same file. Thread-safe.
class DatabaseFile {
 public:
  /// Throws Error (input) if it cannot be opened. Implicit, so that a name can be passed where a
  /// file is read only once.
  DatabaseFile(std::string name);

  /// For messages.
  const std::string& name() const { return name_; }
  int descriptor() const { return descriptor_->get(); }

  /// The VFS with which SQLite opens descriptors, read-only and immutable: no lock, no journal. Its
  /// file names are the numbers of descriptors, which must outlive the database.
  static const char* opener();

 private:
  std::string name_;
  std::shared_ptr<const Descriptor> descriptor_;
};

}  // namespace uhuru
