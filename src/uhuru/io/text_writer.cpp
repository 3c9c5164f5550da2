// Writes CSV and TSV.
// Source: RFC 4180 for quoting.

#include <cmath>

#include "uhuru/base/text.hpp"
#include "uhuru/io/format_rows.hpp"
#include "uhuru/io/formats.hpp"

namespace uhuru {
namespace {

class TextWriter : public TableWriter {
 public:
  TextWriter(const std::string& path, const Table& header, const WriteOptions& options,
             char delimiter)
      : file_(path, options.overwrite, options.group),
        delimiter_(delimiter),
        threads_(options.threads) {
    std::string line;
    for (size_t c = 0; c < header.columns.size(); ++c) {
      if (c) line += delimiter_;
      put(header.columns[c].field.name, line);
    }
    file_.write(line + "\n");
  }

  void write(const Table& batch) override {
    write_rows(batch.rows(), threads_, file_, [&](size_t row, std::string& out) {
      for (size_t c = 0; c < batch.columns.size(); ++c) {
        if (c) out += delimiter_;
        put_cell(batch.columns[c], row, out);
      }
      out += '\n';
    });
  }

  void commit() override { file_.commit(); }

 private:
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
    } else {
      put(cell_text(column, row), out);
    }
  }

  void put(std::string_view cell, std::string& out) const {
    const bool needs_quotes = cell.find_first_of("\"\n\r") != std::string_view::npos ||
                              cell.find(delimiter_) != std::string_view::npos ||
                              cell.starts_with('#') ||
                              (delimiter_ == '\t' && trim(cell).size() < cell.size());
    if (!needs_quotes) {
      out += cell;
      return;
    }
    out += '"';
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }

  OutputFile file_;
  char delimiter_;
  Threads threads_;
};

}  // namespace

std::unique_ptr<TableWriter> create_text(const std::string& path, const Table& header,
                                         const WriteOptions& options, char delimiter) {
  return std::make_unique<TextWriter>(path, header, options, delimiter);
}

}  // namespace uhuru
