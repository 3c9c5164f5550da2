// Reading and writing tables in any of the formats, a batch of rows at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

enum class Format { votable, votable_binary, votable_binary2, fits, csv, tsv };

/// Rows that readers hand over at a time unless told otherwise: some megabytes of a wide table.
constexpr size_t default_batch_rows = 16384;

/// Reads one table from beginning to end. Not thread-safe.
class TableReader {
 public:
  virtual ~TableReader() = default;
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  /// The table's columns, without rows.
  const Table& header() const { return header_; }
  /// Replaces the rows of `batch`, which must be a header().empty_copy(), by the next ones: about
  /// `max_rows`, a block of the file more at the most. False when there are none left. Throws Error
  /// (input) that names the file, row and column of what cannot be read.
  bool read(Table& batch, size_t max_rows = default_batch_rows);
  /// Rows read so far.
  uint64_t rows_read() const { return rows_read_; }
  /// The part of the file read so far, from 0 to 1; 0 where that is not known.
  virtual double fraction_read() const { return 0; }
  /// Whether the table says that a service left out rows; known when all rows are read.
  virtual bool overflow() const { return false; }

 protected:
  explicit TableReader(std::string name) : name_(std::move(name)) {}
  virtual void read_rows(Table& batch, size_t max_rows) = 0;
  std::string name_;  // for error messages
  Table header_;
  uint64_t rows_read_ = 0;
};

/// Opens a table. `name` is a path, "-" for standard input, and may end in "#2" for the second
/// table of a VOTable, "#1" or "#EXTNAME" for an extension of a FITS file. The format is sniffed
/// from the content, gzip included.
///
/// Text is taken apart by so many threads; the batches are the same at any number. Throws Error
/// (input): no such file, an empty one, one that is no table, a table number beyond the last.
std::unique_ptr<TableReader> open_table(const std::string& name,
                                        const Threads& threads = Threads(1));
/// The same from memory, which must outlive the reader; `name` helps to tell text formats apart.
std::unique_ptr<TableReader> open_table_in_memory(std::string_view bytes, const std::string& name,
                                                  const Threads& threads = Threads(1));

/// The same for the file `path`, called `name` in error messages. Nothing but this file is read.
std::unique_ptr<TableReader> open_table_file(const std::string& path, const std::string& name,
                                             const Threads& threads = Threads(1));

/// Whether text that does not begin with blanks begins as HTML does.
bool is_web_page(std::string_view text);

/// The VOTable in the file `path`, called `name` in error messages. Nothing but this file is read.
std::unique_ptr<TableReader> open_votable_file(const std::string& path, const std::string& name,
                                               const Threads& threads = Threads(1));

/// What a file holds, as its first bytes say: `format` is votable (of any serialisation), fits, or
/// csv for text of any kind; `packed` with gzip. Throws Error (input) where it is no table.
struct FileContent {
  Format format;
  bool packed;
};
FileContent content_of_file(const std::string& path);

/// The file and the part of a table's name: "file.vot#2" -> {"file.vot", "2"}. A file whose own
/// name has a '#' is taken as it is.
std::pair<std::string, std::string> split_table_name(const std::string& name);

/// A whole table in memory.
Table read_table(const std::string& name, const Threads& threads = Threads(1));
Table read_table(TableReader& reader);

/// Writes one table from beginning to end. Not thread-safe.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  /// Adds the rows of a batch, whose columns must be those of the header given to create_table.
  virtual void write(const Table& batch) = 0;
  /// Completes the file and gives it its name; without it, no file appears.
  virtual void commit() = 0;

 protected:
  TableWriter() = default;
};

/// The format that a file name stands for (.vot .xml .votable .fits .fit .csv .tsv .txt, each also
/// with .gz); empty where it stands for none.
std::optional<Format> format_of_name(const std::string& path);

/// The format of this name: votable, votable-binary, votable-binary2, fits, csv, tsv. Throws Error
/// (usage) for another.
Format format_from_text(const std::string& text);

struct WriteOptions {
  Overwrite overwrite = Overwrite::no;
  std::optional<Format> format;  // instead of the one that the name stands for; "-" needs none: CSV
  Threads threads = Threads(1);  // that format rows; the bytes are the same at any number
};

/// Throws what create_table would for this target, so that it is known before the table is made;
/// also Error (input) where its folder is not there or cannot be written.
void check_target(const std::string& path, const WriteOptions& options);

/// Begins a table at `path` ("-": standard output). `header` gives the columns. Throws Error
/// (usage) where the name stands for no format or the target exists.
std::unique_ptr<TableWriter> create_table(const std::string& path, const Table& header,
                                          const WriteOptions& options = {});

/// A whole table as a VOTable in memory.
std::string votable_text(const Table& table, Format format = Format::votable);

/// Writes a whole table.
void write_table(const std::string& path, const Table& table, const WriteOptions& options = {});

}  // namespace uhuru
