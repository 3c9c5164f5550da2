// All sources of a catalog as a file to send.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

#include "uhuru/serve/listener.hpp"

namespace uhuru {

/// The table of sources in one of the formats of tables, made when first asked for, in a temporary
/// file that has no name. Thread-safe.
class WholeTable {
 public:
  /// `name` stands for the format: "catalog.vot", "catalog.fits".
  WholeTable(std::string catalog, std::string name)
      : catalog_(std::move(catalog)), name_(std::move(name)) {}

  /// Bytes of the file; makes it where it is not there yet. Throws Error (input) where the catalog
  /// is damaged or the disk is full.
  size_t size();
  /// Bytes from `offset` on into `bytes`, after size(); fewer than `size` at the end, 0 beyond it.
  size_t read(size_t offset, char* bytes, size_t size) const;

 private:
  std::string catalog_, name_;
  std::mutex mutex_;
  Descriptor file_;
  size_t size_ = 0;
};

}  // namespace uhuru
