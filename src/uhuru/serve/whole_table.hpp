// All sources of a catalog as a file to send.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "uhuru/serve/listener.hpp"

namespace uhuru {

/// The table of sources in one of the formats of tables, made when first asked for, in a temporary
/// file that has no name. Thread-safe.
class WholeTable {
 public:
  struct File {
    std::shared_ptr<const Descriptor> descriptor;
    size_t size = 0;
  };

  /// `name` stands for the format: "catalog.vot", "catalog.fits".
  WholeTable(std::string catalog, std::string name)
      : catalog_(std::move(catalog)), name_(std::move(name)) {}

  /// The file; makes it where it is not there yet. Throws Error (input) where the catalog is
  /// damaged or the disk is full.
  File file();

 private:
  std::string catalog_, name_;
  std::mutex mutex_;
  File file_;
};

}  // namespace uhuru
