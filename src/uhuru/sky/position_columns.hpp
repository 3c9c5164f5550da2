// Positions in the columns of a table, in whatever unit or notation.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "uhuru/io/table_io.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// The names of the columns of right ascension and declination.
struct PositionColumns {
  std::string ra, dec;
};

/// Reads the positions in two columns of a table, in batches.
///
/// Numbers are degrees, or in the unit that the column states: rad, arcmin, arcsec, mas, for right
/// ascensions also hours. Text is read by parse_angle; sexagesimal right ascensions are in hours
/// unless the text or the unit says degrees. Not thread-safe.
class PositionReader {
 public:
  /// `header`: the columns of all batches. Throws Error (input) if a column is absent or an array,
  /// its unit is not an angle, or its UCD or coordinate system says that it is something else than
  /// an equatorial coordinate for J2000.
  PositionReader(const Table& header, const PositionColumns& columns);

  /// One position in degrees for each row, invalid if a value is missing or cannot be read.
  /// `first_row` is the number of preceding rows in the file. Throws Error (input) with the row for
  /// an infinite value, and if one coordinate is sexagesimal and the other a number without unit.
  std::vector<SkyPosition> read(const Table& batch, uint64_t first_row = 0);
  /// Whether both columns are numbers in degrees already.
  bool is_decimal() const;
  /// The places of both columns in the table.
  std::array<size_t, 2> places() const { return {columns_[0].place, columns_[1].place}; }
  /// Collective: takes what was odd in the rows of all ranks, which follow one another, together.
  /// `late_rows`: what is to be added to the row numbers of this rank.
  void share(const Communicator& ranks, uint64_t late_rows = 0);
  /// Positions that could not be read, and other odd content, in the rows read so far.
  std::vector<std::string> notes() const;
  /// The same if no position could be read, otherwise "".
  std::string why_none() const;

 private:
  struct Coordinate {
    std::string name;
    size_t place = 0;
    bool is_text = false;
    bool is_ra = false;
    bool unit_stated = false;
    bool sexagesimal_degrees = false;  // of right ascensions
    double degrees = 1;                // per unit
  };
  /// A value in degrees; NaN if it is missing or cannot be read.
  struct Value {
    double degrees;
    bool sexagesimal = false, unit_stated = false;
  };
  static Coordinate coordinate(const Table& header, const std::string& name, bool is_ra);
  Value value(const Coordinate& coordinate, const Column& column, size_t row, uint64_t first_row);

  std::array<Coordinate, 2> columns_;
  uint64_t readable_ = 0, unreadable_ = 0, first_unreadable_ = 0;
  std::string unreadable_text_;
  bool hours_despite_degrees_ = false;
};

/// The positions in two columns. Throws Error (input) as PositionReader, and if there are values
/// but none can be read; some that cannot are invalid positions, and noted. Of the rows of several
/// ranks, each has some, after `first_row` others (in errors; in notes, after `late_rows` more),
/// and all get the notes; collective.
std::vector<SkyPosition> positions(const Table& table, const PositionColumns& columns,
                                   std::vector<std::string>* notes = nullptr,
                                   uint64_t first_row = 0,
                                   const Communicator& ranks = Communicator::alone(),
                                   uint64_t late_rows = 0);

/// The table of `inner` with its positions in decimal degrees, or nullptr if it has them already or
/// lacks one of the columns. `inner` must outlive it. Throws Error (input) as PositionReader, at
/// once or when read.
std::unique_ptr<io::TableReader> decimal_positions(io::TableReader& inner,
                                                   const PositionColumns& columns);

/// Says in a header that these columns, if they are there, are ICRS: a COOSYS to which they refer.
/// Not where they refer to a system already. Thread-safe.
void declare_icrs(const PositionColumns& columns, Table& header);

/// A whole table (see read_table) with its positions in decimal degrees.
Table read_decimal_table(const std::string& name, const PositionColumns& columns,
                         const Threads& threads = Threads(1));

}  // namespace uhuru::sky
#pragma GCC visibility pop
