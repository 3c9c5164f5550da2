// Writes CSV, TSV and ECSV.
// Source: RFC 4180 for quoting; astropy's APE 6 for ECSV.

#include <algorithm>
#include <cmath>

#include "uhuru/base/text.hpp"
#include "uhuru/io/ecsv_writer.hpp"
#include "uhuru/io/format_rows.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/text_values.hpp"

namespace uhuru::io {
namespace {

class TextWriter : public TableWriter {
 public:
  TextWriter(const std::string& path, const Table& header, const WriteOptions& options,
             Format format)
      : file_(path, options.overwrite, options.group),
        delimiter_(format == Format::tsv ? '\t' : ','),
        is_ecsv_(format == Format::ecsv),
        one_column_(header.columns.size() == 1),
        threads_(options.threads) {
    std::string line = is_ecsv_ ? ecsv_header(header) : options.comments ? comments(header) : "";
    for (size_t c = 0; c < header.columns.size(); ++c) {
      if (c) line += delimiter_;
      put_name(header.columns[c].field.name, line);
    }
    file_.write(line + "\n");
  }

  void write(const Table& batch) override {
    write_rows(batch.rows(), threads_, file_, [&](size_t row, std::string& out) {
      const size_t before = out.size();
      for (size_t c = 0; c < batch.columns.size(); ++c) {
        if (c) out += delimiter_;
        put_cell(batch.columns[c], row, out);
      }
      // A blank line is a row for few other programs.
      if (batch.columns.size() == 1 && out.size() == before) out += R"("")";
      out += '\n';
    });
  }

  void commit() override { file_.commit(); }

 private:
  /// The parameters, one a line.
  static std::string comments(const Table& header) {
    std::string text;
    for (const Parameter& parameter : header.parameters) {
      std::string line = "# " + parameter.field.name + ": " + parameter.value;
      for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
      text += line + "\n";
    }
    return text;
  }

  /// As cell_text(); avoids creating a string for the usual types.
  void put_cell(const Column& column, size_t row, std::string& out) const {
    if (column.field.type == Type::text) return put(column.text(row), out);
    if (column.field.is_scalar() && column.field.type == Type::float64) {
      const double value = column.cell<double>(row)[0];
      if (std::isnan(value)) return;
      const size_t before = out.size();
      put_number(value, out);
      if (out.find_first_of(".ein", before) == std::string::npos) out += ".0";
    } else if (column.field.is_scalar() && column.field.type == Type::int64) {
      if (!column.missing(row)) put_number(column.cell<int64_t>(row)[0], out);
    } else if (is_ecsv_) {
      put_ecsv_cell(column, row, out);
    } else {
      put(cell_text(column, row), out);
    }
  }

  /// Booleans as Python writes them, arrays as JSON.
  void put_ecsv_cell(const Column& column, size_t row, std::string& out) const {
    const Field& field = column.field;
    if (field.is_scalar() && field.type == Type::boolean) {
      if (!column.missing(row)) out += column.number(row) != 0 ? "True" : "False";
    } else if (field.is_scalar()) {
      put(cell_text(column, row), out);
    } else if (!column.missing(row)) {
      put(ecsv_array(column, row), out);
    }
  }

  /// Quotes tell a name from a number, and text from the first bytes of another format.
  void put_name(std::string_view name, std::string& out) const {
    if (parse_real(name) ||
        (!name.empty() && std::string_view("|\\<{[").find(name[0]) != std::string_view::npos))
      put_quoted(name, out);
    else
      put(name, out);
  }

  /// Whether a cell could be taken for dashes below the names or, in TSV, for a type of RDB.
  bool is_like_header(std::string_view cell) const {
    if (cell.empty()) return false;
    if (cell[0] == '-')
      return cell.size() > 3 && cell.find_first_not_of("-+=:") == std::string_view::npos;
    return delimiter_ == '\t' && cell.size() < 8 &&
           std::string_view("SNMDsnmd")
                   .find(cell[std::min(cell.find_first_not_of("0123456789"), cell.size() - 1)]) !=
               std::string_view::npos;
  }

  void put(std::string_view cell, std::string& out) const {
    const bool has_blanks = trim(cell).size() < cell.size();
    const bool needs_quotes =
        cell.find_first_of("\"\n\r") != std::string_view::npos ||
        cell.find(delimiter_) != std::string_view::npos || cell.starts_with('#') ||
        (has_blanks && (delimiter_ == '\t' || is_ecsv_)) || is_like_header(cell) ||
        // What could separate columns, if there were more.
        (one_column_ && cell.find_first_of("\t,;| ") != std::string_view::npos);
    if (needs_quotes)
      put_quoted(cell, out);
    else
      out += cell;
  }

  static void put_quoted(std::string_view cell, std::string& out) {
    out += '"';
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }

  OutputFile file_;
  char delimiter_;
  bool is_ecsv_, one_column_;
  Threads threads_;
};

}  // namespace

std::unique_ptr<TableWriter> create_text(const std::string& path, const Table& header,
                                         const WriteOptions& options, Format format) {
  return std::make_unique<TextWriter>(path, header, options, format);
}

}  // namespace uhuru::io
