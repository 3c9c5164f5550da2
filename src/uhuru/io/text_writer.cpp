// Writes CSV and TSV.
// Source: RFC 4180 for quoting.

#include "uhuru/base/text.hpp"
#include "uhuru/io/formats.hpp"

namespace uhuru {
namespace {

class TextWriter : public TableWriter {
 public:
  TextWriter(const std::string& path, const Table& header, const WriteOptions& options,
             char delimiter)
      : file_(path, options.overwrite), delimiter_(delimiter), threads_(options.threads) {
    std::string line;
    for (size_t c = 0; c < header.columns.size(); ++c) {
      if (c) line += delimiter_;
      put(header.columns[c].field.name, line);
    }
    file_.write(line + "\n");
  }

  void write(const Table& batch) override {
    std::string out;
    for (size_t row = 0; row < batch.rows(); ++row) {
      for (size_t c = 0; c < batch.columns.size(); ++c) {
        if (c) out += delimiter_;
        put(cell_text(batch.columns[c], row), out);
      }
      out += '\n';
      if (out.size() > 1 << 18) {
        file_.write(out);
        out.clear();
      }
    }
    file_.write(out);
  }

  void commit() override { file_.commit(); }

 private:
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
