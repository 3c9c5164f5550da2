// A table: columns of equal length.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/base/communicator.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/table/column.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// A fact about a whole table: a PARAM or INFO of VOTable, a FITS keyword, an entry of ECSV's meta.
struct Parameter {
  Field field;  // name, type, unit, UCD, description ... of the value
  std::string value;
  bool info = false;  // VOTable's INFO, which is a text, not PARAM
};

/// A coordinate or time system that columns refer to by its ID: VOTable's element and attributes.
struct ReferenceSystem {
  std::string element;  // "COOSYS" or "TIMESYS"
  Attributes attributes;
  bool operator==(const ReferenceSystem&) const = default;
};
/// Its ID; empty if it has none.
std::string_view system_id(const ReferenceSystem& system);

/// A file whose rows are in a table, and how many rows of other files are before them there.
struct FileRows {
  std::string name;
  uint64_t rows_before = 0;
};

/// Columns of equal length with a name and a description. Thread-safe for reading.
class Table {
 public:
  std::string name;
  std::string description;
  std::vector<Parameter> parameters;
  std::vector<ReferenceSystem> systems;
  /// What the reader found odd, and how it was understood: see TableReader::remarks().
  std::vector<std::string> notes;
  /// Of a table that was read from files, in the order of its rows: see in_table().
  std::vector<FileRows> files;
  std::vector<Column> columns;

  size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }

  /// Adds an empty column and returns it; the reference is valid until the next column is added.
  Column& add(Field field);
  /// The same for a column from another table, with the system that it refers to; the reference is
  /// dropped if its ID stands for a different system here.
  Column& add_from(const Table& other, Field field);

  /// The column with this name, or nullptr. Upper and lower case are the same, as in FITS, unless
  /// one has exactly this name. Throws Error (input) if several fit; see also find_input_column().
  const Column* find(std::string_view name) const;
  /// The same, but throws Error (input) with the nearest names if there is no such column.
  const Column& at(std::string_view name) const;
  std::vector<std::string> column_names() const;
  /// The system with this ID, or nullptr.
  const ReferenceSystem* find_system(std::string_view id) const;

  /// A table with the same columns, parameters and systems, and no rows, notes or files.
  Table empty_copy() const;
  /// Appends the rows of another table with the same columns.
  void append_rows(const Table& other);
  /// The given rows, in this order.
  Table select(std::span<const size_t> rows) const;
  void clear_rows();

  /// The rows as bytes for another process, and the rows of such bytes in place of those here; the
  /// columns must be the same.
  std::string rows_as_bytes() const;
  void set_rows(std::string_view bytes);
};

/// The error with the name of a file and the row in it, if its place begins with the row of a table
/// with these files, as "row 5"; otherwise as it is.
Error in_files(const Error& error, std::span<const FileRows> files);
/// Does something with a table; an error names its file, if it has only one, and the row there.
template <class Work>
decltype(auto) in_table(const Table& table, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    const Error located = in_files(error, table.files);
    throw table.files.size() == 1 ? located.within(table.files.front().name) : located;
  }
}

/// Collective: the rows of all ranks in the first one; the others keep none.
void gather_rows(Table& rows, const Communicator& ranks);
/// Collective: sends each rank the rows with these numbers, and replaces the rows by those that the
/// ranks sent to this one, in their order.
void exchange_rows(Table& rows, std::span<const std::vector<size_t>> to_each,
                   const Communicator& ranks);

/// Adds the system of the positions as a parameter, as FITS has it: RADESYS = ICRS, FK5 or FK4,
/// that of the first COOSYS to which a column refers. Not if there is none, it is another, or it
/// has an equinox of its own, or the table has a RADESYS already. Thread-safe.
void add_radesys(Table& header);

/// Every value of a numeric column as a double, NaN if missing; booleans as 0 and 1.
///
/// `first_row` is the number of preceding rows in the file. Throws Error (input) for text, arrays
/// and infinite values, with the row (from 1).
std::vector<double> numbers(const Column& column, uint64_t first_row = 0);

/// A column of texts with the values of another as displayed; a missing one is empty.
Column text_column(const Column& column);

/// The value of a cell as displayed text: "" if missing, doubles as in Python, array elements
/// separated by blanks.
std::string cell_text(const Column& column, size_t row);

}  // namespace uhuru
#pragma GCC visibility pop
