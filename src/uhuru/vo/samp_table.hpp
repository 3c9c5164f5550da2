// A table on its way to other programs: as the file that it is, or as a copy in a format they read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {

/// The URL of a file: absolute, links resolved, all but letters, digits and -._~/ as %XX.
std::string file_url(const std::string& path);

/// A table to send. A VOTable or FITS file goes as it is. Anything else goes as a copy that lives
/// as long as the object: a packed one unpacked; text, standard input and a part of a file
/// ("file.vot#2") written anew. Not thread-safe.
class SampTable {
 public:
  /// `name` is that of open_table; copies are made in a folder of their own in `temporary_folder`.
  /// Throws Error (input) where this is no table; for a folder, the error names the tables in it.
  SampTable(std::string name, std::string temporary_folder, Threads threads = Threads(1));

  /// What people call it: the file's name without its folder.
  std::string label() const;
  bool is_fits() const { return content_.format == Format::fits; }
  /// Where the table lies as `format`: votable or fits. Throws Error (input) where it cannot be
  /// read or copied.
  std::string url(Format format);
  /// The same at each call for the same table.
  std::string id() const;

 private:
  std::string copy(Format format);

  std::string name_, path_, part_;
  std::string temporary_folder_;
  Threads threads_;
  FileContent content_{Format::csv, false};
  std::unique_ptr<TableReader> reader_;    // of what can be read once only, until it is read
  std::optional<TemporaryFolder> folder_;  // of the copies
  std::map<Format, std::string> files_;
};

}  // namespace uhuru
