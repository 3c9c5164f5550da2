// Tables for download, as temporary files.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/catalog/database_file.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/serve/table_facts.hpp"

namespace uhuru::serve {

/// A file that has no name on disk.
struct TableFile {
  std::shared_ptr<const Descriptor> descriptor;
  size_t size = 0;
  std::string name;  // for the client: "sources.vot"
};

/// The file that `write(folder)` writes into a temporary folder; `write` returns its name. Throws
/// what `write` throws, and Error (input) if there is no space for the file. Thread-safe.
TableFile make_table_file(const std::function<std::string(const io::TemporaryFolder&)>& write);

/// The media type of a file, by the extension of its name.
std::string media_type(const std::string& name);

/// All sources of a catalog in one of the table formats, written on first use, with `known` in its
/// header. Thread-safe.
class WholeTable {
 public:
  /// `name` determines the format: "catalog.vot", "catalog.fits".
  WholeTable(catalog::DatabaseFile catalog, std::string name, CatalogOrigin known = {})
      : catalog_(std::move(catalog)), name_(std::move(name)), known_(std::move(known)) {}

  /// The table. `check_wanted` is called between batches while the table is written. Throws Error
  /// (input) if the catalog is damaged or the disk is full, and what `check_wanted` throws.
  TableFile file(const std::function<void()>& check_wanted);

 private:
  catalog::DatabaseFile catalog_;
  std::string name_;
  CatalogOrigin known_;
  std::mutex mutex_;
  TableFile file_;
};

}  // namespace uhuru::serve
