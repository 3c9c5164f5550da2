// A table to send to other programs: the file itself, or a copy in a format they support.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// The URL of a file: absolute, with links resolved, all characters except letters, digits and
/// -._~/ as %XX.
std::string file_url(const std::string& path);

/// A table to send. A VOTable or FITS file is sent as it is. Anything else is sent as a copy that
/// exists as long as the object: compressed files decompressed; text, standard input and part of a
/// file ("file.vot#2") rewritten. Not thread-safe.
class SampTable {
 public:
  /// `name` is as in open_table; copies are created in a private folder in `temporary_folder`.
  /// Throws Error (input) if it is not a table; for a folder, the error names the tables in it.
  SampTable(std::string name, std::string temporary_folder, Threads threads = Threads(1));

  /// The displayed name: the file name without its folder.
  std::string label() const;
  bool is_fits() const { return content_.format == io::Format::fits; }
  /// The URL of the table as `format`: votable or fits. Throws Error (input) if it cannot be read
  /// or copied.
  std::string url(io::Format format);
  /// The same at each call for the same table.
  std::string id() const;
  /// The reader's remarks, if the table has been copied; empty when asked again.
  std::vector<std::string> take_notes();

 private:
  std::string copy(io::Format format);

  std::string name_, path_, part_;
  std::string temporary_folder_;
  Threads threads_;
  io::FileContent content_{io::Format::csv, false};
  std::unique_ptr<io::TableReader>
      reader_;  // of input that can be read only once, until it is read
  std::optional<io::TemporaryFolder> folder_;  // of the copies
  std::map<io::Format, std::string> files_;
  std::vector<std::string> notes_;
};

}  // namespace uhuru::vo
#pragma GCC visibility pop
