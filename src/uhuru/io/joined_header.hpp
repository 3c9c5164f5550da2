// How the columns of several tables become those of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "uhuru/io/reader_notes.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// How the cells of a column are turned into those of the joined one.
struct ColumnCast {
  static constexpr size_t absent = static_cast<size_t>(-1);
  size_t from = absent;  // the column of the table; absent: all cells are missing
  bool as_it_is = false;
  double factor = 1, divisor = 1;  // of which one is 1
};

/// The columns of several tables, found by adding their headers one after the other. A column is
/// that of the same name, in upper or lower case. Tables with the same columns share a shape, so
/// that a hundred thousand take little memory. Not thread-safe.
class JoinedHeader {
 public:
  /// Adds the header of the next table; `name` is for messages. Throws Error (input) if a column
  /// has another unit that cannot be converted, another coordinate system or another shape than in
  /// the tables before it, or two columns fit one of them.
  void add(const Table& header, const std::string& name);
  /// The columns of this table that are text while they are numbers in others: they may have no
  /// values, and thus no type. Known after all are added.
  std::vector<size_t> doubtful_columns(size_t table) const;
  /// Says that these columns of a table have no values.
  void set_empty(size_t table, const std::vector<size_t>& columns);
  /// Completes header(): to be called once, after all of the above. Throws Error (input) if the
  /// types of a column have nothing in common.
  void finish();

  /// The columns of all tables, in the order in which they first appear.
  const Table& header() const { return header_; }
  /// For each column of header(), how it comes from this table.
  std::vector<ColumnCast> casts(size_t table) const;
  /// Whether the table has these columns.
  bool has_columns(size_t table, const Table& header) const;
  /// How the tables differ, as sentences.
  std::vector<std::string> notes() const { return notes_.sentences(header_); }

 private:
  /// What several tables have in common.
  struct Shape {
    std::vector<Field> fields;
    std::vector<size_t> joined;  // by field: the column of the joined table
    std::vector<size_t> places;  // by column of the joined table: the field, or absent
    std::vector<bool> is_empty;  // by field: it has no values
    size_t tables = 0, first = 0;
  };
  /// A column of the joined table.
  struct Joined {
    Field field;
    std::optional<ReferenceSystem> system;
    size_t first = 0, unit_from = 0, system_from = 0;  // tables
    bool has_numbers = false;                          // in one of them, it is not text
  };

  Shape make_shape(const Table& header);
  void merge(Joined& column, const Field& field, const Table& header);
  void merge_system(Joined& column, const Field& field, const Table& header);
  void check_frame(const Table& header);
  void keep_parameters(const Table& header);
  void count_tables();
  void find_type(size_t column);
  void join_type(Field& field, const Field& other, size_t first, size_t table) const;
  void note_differences(size_t column);
  /// Calls `use(shape, field)` for each shape that has the column.
  template <class Use>
  void each_shape(size_t column, const Use& use) const;
  double factor_of(size_t column, const Field& field) const;
  std::string in_tables(size_t count, size_t first) const;
  std::string place(size_t table, const std::string& column) const;

  std::vector<std::string> names_;
  std::vector<size_t> shapes_of_tables_;
  std::vector<Shape> shapes_;
  std::unordered_map<std::string, size_t> shape_numbers_;
  std::vector<Joined> columns_;
  std::unordered_map<std::string, std::vector<size_t>> places_;  // by name in lower case
  std::string frame_;                                            // ICRS, FK5 ...
  size_t frame_from_ = 0, tables_without_frame_ = 0, first_without_frame_ = 0;
  std::optional<std::vector<Parameter>> parameters_;
  Table header_;
  ReaderNotes notes_;
};

}  // namespace uhuru::io
