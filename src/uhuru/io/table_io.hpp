// Reads and writes tables in all formats, in batches of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/table/provenance.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

enum class Format { votable, votable_binary, votable_binary2, fits, csv, tsv, ecsv };

/// The default number of rows per batch: a few megabytes of a wide table.
constexpr size_t default_batch_rows = 16384;

/// Reads one table from beginning to end. Not thread-safe.
class TableReader {
 public:
  virtual ~TableReader() = default;
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  /// The columns of the table, without rows.
  const Table& header() const { return header_; }
  /// Replaces the rows of `batch`, which must be a header().empty_copy(), by the next rows: about
  /// `max_rows`, at most one block of the file more. Returns false if none are left. Throws Error
  /// (input) with file, row and column if something cannot be read. Collective where it first
  /// returns false: all ranks() must read their parts to the end.
  bool read(Table& batch, size_t max_rows = default_batch_rows);
  /// Those who read the other parts of the table: see open_table_part.
  virtual const Communicator& ranks() const { return Communicator::alone(); }
  /// The rows of the table before this part, if it has any: what is said about a row, here and in
  /// errors, has its number in the whole table.
  virtual uint64_t rows_before() const { return 0; }
  /// After all rows are read: how many more there were before than rows_before() said.
  uint64_t late_rows() const { return late_rows_; }
  /// Rows read so far.
  uint64_t rows_read() const { return rows_read_; }
  /// The fraction of the file, or of this part of it, read so far, from 0 to 1; 0 if unknown.
  virtual double fraction_read() const { return 0; }
  /// Whether the table says that the service truncated it; known after all rows are read.
  virtual bool overflow() const { return false; }
  /// What was odd in the file, and how it was understood: a sentence for each kind, with the number
  /// of cells and the place of the first. Complete after all rows are read.
  virtual std::vector<std::string> notes() const { return {}; }
  /// What stands after '#' in the names of the other tables in the file; complete after all rows
  /// are read.
  virtual std::vector<std::string> other_tables() const { return {}; }
  /// What the user must know about the table: its notes(), and that the service truncated it. Each
  /// sentence begins with the name of the file. Complete after all rows are read.
  virtual std::vector<std::string> remarks() const;
  /// The files whose rows were read, in the order of rows; of a table from one place, its name.
  virtual std::vector<FileRows> files() const {
    return name_.empty() ? std::vector<FileRows>() : std::vector<FileRows>{{name_}};
  }
  /// Does something with the rows that were read; errors about a row, whose place begins with
  /// "row 5", name the file and its row there.
  template <class Work>
  decltype(auto) in_place(Work&& work) const {
    try {
      return work();
    } catch (const Error& error) {
      throw in_files(error, files());
    }
  }

 protected:
  explicit TableReader(std::string name) : name_(std::move(name)) {}
  virtual void read_rows(Table& batch, size_t max_rows) = 0;
  /// Called once, after the last row: tells all ranks() what each has found in its part, so that
  /// overflow(), notes() and other_tables() are those of the whole table. Collective.
  virtual void share_findings() {}
  std::string name_;  // for error messages
  Table header_;
  uint64_t rows_read_ = 0;

 private:
  uint64_t late_rows_ = 0;
  bool shared_ = false;
};

/// Opens a table. `name` is a path, or "-" for standard input, and may end in "#2" or "[2]" for the
/// second table of a VOTable, "#1", "#EXTNAME" or "[EXTNAME,version]" for an extension of a FITS
/// file, "#csv", "#tsv", "#blanks", "#semicolons" or "#bars" to say what separates the columns of a
/// text. The format is detected from the content, including gzip. What cannot be opened twice, such
/// as a pipe, is first copied to an unnamed temporary file if the format needs that.
///
/// Text is parsed on `threads`; the batches are the same for any number. Throws Error (input) if
/// the file is missing, empty or not a table, or has no table with this number, or is a text that
/// can be understood in more than one way.
std::unique_ptr<TableReader> open_table(const std::string& name,
                                        const Threads& threads = Threads(1));
/// Opens the part of a table that this rank of `threads.ranks()`, which must outlive the reader,
/// reads: the parts of all ranks, one after the other, are the table. Header, remarks and errors
/// are those of open_table, except that the guards against files made to fill the memory apply to
/// each part. What cannot be divided is read by the first rank alone, and the others have no rows:
/// gzipped files, pipes and standard input, a VOTable whose rows are not plain TABLEDATA.
/// Collective.
std::unique_ptr<TableReader> open_table_part(const std::string& name, const Threads& threads);
/// A whole table from memory, which must outlive the reader; a `name` that ends in .csv, .tsv or
/// .txt allows a text of one column.
std::unique_ptr<TableReader> open_table_in_memory(std::string_view bytes, const std::string& name,
                                                  const Threads& threads = Threads(1));

/// The same for the file `path`, called `name` in error messages. No other file is read.
std::unique_ptr<TableReader> open_table_file(const std::string& path, const std::string& name,
                                             const Threads& threads = Threads(1));

/// Whether text without leading blanks begins like HTML.
bool is_web_page(std::string_view text);

/// The VOTable in the file `path`, called `name` in error messages. No other file is read.
std::unique_ptr<TableReader> open_votable_file(const std::string& path, const std::string& name,
                                               const Threads& threads = Threads(1));

/// The content of a file according to its first bytes: `format` is votable (any serialisation),
/// fits, or csv for text of any kind; `packed` means gzipped. Throws Error (input) if it is not a
/// table.
struct FileContent {
  Format format;
  bool packed;
};
FileContent content_of_file(const std::string& path);

/// Splits a table name into file and part: "file.vot#2" -> {"file.vot", "2"}, "file.fits[EVENTS]"
/// ->
/// {"file.fits", "EVENTS"}. The name of an existing file is not split.
std::pair<std::string, std::string> split_table_name(const std::string& name);

/// A table's name without its folder, for records: "det.vot#2"; "-" for standard input and pipes.
std::string bare_table_name(const std::string& name);

/// A whole table in memory, with the reader's remarks as its notes.
Table read_table(const std::string& name, const Threads& threads = Threads(1));
Table read_table(TableReader& reader);

/// Writes one table from beginning to end. Not thread-safe.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  /// Appends the rows of a batch with the columns of the header passed to create_table.
  virtual void write(const Table& batch) = 0;
  /// Completes the file and renames it to its target, or hands it to the group of the options;
  /// without it, no file appears.
  virtual void commit() = 0;

 protected:
  TableWriter() = default;
};

/// The format implied by a file name (.vot .xml .votable .fits .fit .ecsv .csv .tsv .txt, each also
/// with .gz); empty if none.
std::optional<Format> format_of_name(const std::string& path);

/// Whether tables in this format are text in lines.
bool is_text_format(Format format);
/// Whether tables in this format have a header for more than names: not CSV and TSV.
bool has_metadata(Format format);

/// The format with this name: votable, votable-binary, votable-binary2, fits, ecsv, csv,
/// tsv. Throws Error (usage) for any other.
Format format_from_text(const std::string& text);

/// The ending of the names of files in this format: ".vot", ".fits", ".ecsv", ".csv", ".tsv".
std::string_view format_ending(Format format);

/// The parts of a table that is written as several files.
struct Parts {
  size_t count = 0;  // so many, with about as many rows each, numbered from 0
  /// Otherwise the number of the part of each row; only parts with rows are written.
  std::function<std::vector<uint64_t>(const Table& batch)> key = {};
  std::string prefix = {};  // of the number, in the names of files
  size_t digits = 1;        // of the number, at least
};

struct WriteOptions {
  Overwrite overwrite = Overwrite::no;
  std::optional<Format> format;  // overrides the format implied by the name; "-" needs none: CSV
  Threads threads = Threads(1);  // for formatting rows; the bytes are the same for any number
  OutputGroup* group = nullptr;  // with which the table appears
  /// CSV and TSV begin with the table's parameters as lines "# name: value".
  bool comments = false;
  /// What the header says of the table's making, if the format has a place for it: only then, it is
  /// evaluated. See add_provenance.
  std::shared_future<Provenance> provenance = {};
  /// Heeded by create_table_of_ranks.
  std::optional<Parts> parts = {};
  /// Is told, at the end, what the format could not hold as it was.
  std::function<void(const std::string&)> note = nullptr;
};

/// Throws the errors of create_table for this target, to report them before the table is computed;
/// also Error (input) if its folder is missing or not writable.
void check_target(const std::string& path, const WriteOptions& options);

/// Starts a table at `path` ("-": standard output). `header` defines the columns. Throws Error
/// (usage) if the name implies no format or the target exists, Error (input) if there are no
/// columns.
std::unique_ptr<TableWriter> create_table(const std::string& path, const Table& header,
                                          const WriteOptions& options = {});

/// A whole table as a VOTable in memory.
std::string votable_text(const Table& table, Format format = Format::votable);

/// Writes a whole table.
void write_table(const std::string& path, const Table& table, const WriteOptions& options = {});

}  // namespace uhuru::io
#pragma GCC visibility pop
