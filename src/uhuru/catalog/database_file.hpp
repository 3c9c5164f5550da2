// A database file that is held open.
#pragma once

#include <memory>
#include <string>

#include "uhuru/base/descriptor.hpp"

namespace uhuru {

/// A file that is opened once and read by many: it stays the same for all of them, whatever becomes
/// of its name. Copies are the same file. Thread-safe.
class DatabaseFile {
 public:
  /// Throws Error (input) where it cannot be opened. Not explicit: who reads a file once says its
  /// name.
  DatabaseFile(std::string name);

  /// For messages.
  const std::string& name() const { return name_; }
  int descriptor() const { return descriptor_->get(); }

  /// What SQLite opens descriptors with (a VFS), read only and as immutable: no lock, no journal.
  /// The name of a file is there the number of its descriptor, which must outlive the database.
  static const char* opener();

 private:
  std::string name_;
  std::shared_ptr<const Descriptor> descriptor_;
};

}  // namespace uhuru
