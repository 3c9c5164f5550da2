// Tables that are written to be joined.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/support.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::io {

/// The cells of a table as text.
inline std::vector<std::vector<std::string>> cells_of(const Table& table) {
  std::vector<std::vector<std::string>> rows(table.rows());
  for (size_t row = 0; row < table.rows(); ++row)
    for (const Column& column : table.columns)
      rows[row].push_back(column.missing(row) ? "missing" : cell_text(column, row));
  return rows;
}

inline std::string joined_name(const std::vector<std::string>& names) { return join(names, "\n"); }

inline Table joined(const std::vector<std::string>& names) {
  return read_table(joined_name(names));
}

inline bool has_note(const Table& table, const std::string& words) {
  return std::any_of(table.notes.begin(), table.notes.end(), [&](const std::string& note) {
    return note.find(words) != std::string::npos;
  });
}

class JoinedFiles : public ::testing::Test {
 protected:
  /// Writes a text and returns its path.
  std::string file(const std::string& name, const std::string& content) const {
    testing::write_file(folder_ / name, content);
    return folder_ / name;
  }
  std::string table(const std::string& name, const Table& content) const {
    WriteOptions options;
    options.overwrite = Overwrite::yes;
    write_table(folder_ / name, content, options);
    return folder_ / name;
  }
  static Table one_column(Field field, const std::vector<double>& values) {
    Table table;
    Column& column = table.add(std::move(field));
    for (const double value : values) column.append_number(value);
    return table;
  }
  static Field with_unit(const std::string& name, Type type, const std::string& unit) {
    Field field = make_field(name, type, "");
    field.unit = unit;
    return field;
  }

  testing::ScratchFolder folder_;
};

}  // namespace uhuru::io
