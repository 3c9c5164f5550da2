// Tables to send, as temporary files.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/catalog/database_file.hpp"
#include "uhuru/io/output_file.hpp"

namespace uhuru {

/// A file without a name on the disk.
struct TableFile {
  std::shared_ptr<const Descriptor> descriptor;
  size_t size = 0;
  std::string name;  // that it would have: "sources.vot"
};

/// The file that `write(folder)` writes into a folder and gives the name of. Throws what `write`
/// throws, and Error (input) where there is no place for it. Thread-safe.
TableFile make_table_file(const std::function<std::string(const TemporaryFolder&)>& write);

/// What a file of this name is to a browser.
std::string media_type(const std::string& name);

/// All sources of a catalog in one of the formats of tables, made when first asked for.
/// Thread-safe.
class WholeTable {
 public:
  /// `name` stands for the format: "catalog.vot", "catalog.fits".
  WholeTable(DatabaseFile catalog, std::string name)
      : catalog_(std::move(catalog)), name_(std::move(name)) {}

  /// Throws Error (input) if the catalog is damaged or the disk is full, and what `check_wanted`
  /// throws, which is called between batches while the table is made.
  TableFile file(const std::function<void()>& check_wanted);

 private:
  DatabaseFile catalog_;
  std::string name_;
  std::mutex mutex_;
  TableFile file_;
};

}  // namespace uhuru
