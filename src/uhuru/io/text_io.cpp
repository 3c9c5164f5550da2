// CSV, TSV and the tab-separated tables of the Chandra catalog's command-line interface.
// Source: RFC 4180 for quoting.

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru {
namespace {

constexpr size_t max_record_bytes = size_t{1} << 26;
constexpr size_t max_columns = 20000;

/// Takes a source apart into records (lines, or more where quotes hold a line end) and cells.
class RecordReader {
 public:
  explicit RecordReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// The next physical line without its line feed; false at the end of the file.
  bool line(std::string_view& text) {
    carry_.clear();
    while (true) {
      if (block_.empty()) {
        block_ = source_->next();
        if (first_ && block_.starts_with("\xef\xbb\xbf")) block_.remove_prefix(3);
        first_ = false;
        if (block_.empty()) {
          if (carry_.empty()) return false;
          text = carry_;
          break;
        }
      }
      const size_t end = block_.find('\n');
      const auto piece = block_.substr(0, end);
      if (carry_.size() + piece.size() > max_record_bytes)
        throw input_error("a line is too long", fmt::format("line {}", line_ + 1),
                          "less than 64 MiB");
      const bool whole = end != std::string_view::npos;
      block_.remove_prefix(whole ? end + 1 : block_.size());
      if (whole && carry_.empty()) {
        text = piece;
        break;
      }
      carry_ += piece;
      if (whole) {
        text = carry_;
        break;
      }
    }
    ++line_;
    return true;
  }

  /// The next record's cells, valid until the next call. Blank lines are passed over where a record
  /// has more than one cell.
  bool record(char delimiter, std::vector<std::string_view>& cells, bool skip_blank) {
    std::string_view text;
    do {
      if (!line(text)) return false;
    } while (skip_blank && trim(text).empty());
    split(text, delimiter, cells);
    return true;
  }

  /// Cuts a line that was read into cells; an open quote takes in the lines that follow.
  void split(std::string_view text, char delimiter, std::vector<std::string_view>& cells) {
    cells.clear();
    if (text.find('"') == std::string_view::npos) {
      if (text.ends_with('\r')) text.remove_suffix(1);
      while (true) {
        const size_t end = text.find(delimiter);
        cells.push_back(blanks_trimmed(text.substr(0, end), delimiter));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
      }
    }
    split_quoted(std::string(text), delimiter, cells);
  }

  uint64_t line_number() const { return line_; }
  const ByteSource& source() const { return *source_; }

 private:
  /// Tab-separated tables are padded with blanks; quotes keep those that belong to a text.
  static std::string_view blanks_trimmed(std::string_view cell, char delimiter) {
    return delimiter == '\t' ? trim(cell) : cell;
  }

  void split_quoted(std::string text, char delimiter, std::vector<std::string_view>& cells) {
    const uint64_t first_line = line_;
    unquoted_.clear();
    std::vector<std::pair<size_t, size_t>> bounds;  // of each cell in unquoted_
    size_t at = 0;
    while (true) {
      const size_t begin = unquoted_.size();
      const bool was_quoted = at < text.size() && text[at] == '"';
      if (was_quoted) {
        ++at;
        while (true) {
          const size_t quote = text.find('"', at);
          if (quote != std::string::npos) {
            unquoted_.append(text, at, quote - at);
            at = quote + 1;
            if (at >= text.size() || text[at] != '"') break;
            unquoted_ += '"';
            ++at;
            continue;
          }
          unquoted_.append(text, at);
          std::string_view more;
          if (unquoted_.size() > max_record_bytes || !line(more))
            throw input_error("a quote is not closed", fmt::format("line {}", first_line),
                              "a closing \"", "the end of the file");
          unquoted_ += '\n';
          text = std::string(more);
          at = 0;
        }
      }
      const size_t end = std::min(text.find(delimiter, at), text.size());
      const bool line_end = end == text.size() && end > at && text.back() == '\r';
      unquoted_.append(text, at, end - at - line_end);
      const auto whole = std::string_view(unquoted_).substr(begin);
      const auto cell = was_quoted ? whole : blanks_trimmed(whole, delimiter);
      bounds.emplace_back(cell.empty() ? begin : cell.data() - unquoted_.data(), cell.size());
      if (end >= text.size()) break;
      at = end + 1;
    }
    for (const auto& [begin, size] : bounds)
      cells.push_back(std::string_view(unquoted_).substr(begin, size));
  }

  std::unique_ptr<ByteSource> source_;
  std::string_view block_;
  std::string carry_, unquoted_;
  uint64_t line_ = 0;
  bool first_ = true;
};

/// In a column of numbers, these too mean that there is none.
bool means_missing(std::string_view cell) {
  if (cell.empty()) return true;
  if (cell.size() != 3 && cell.size() != 4) return false;
  const std::string word = lower(cell);
  return word == "nan" || word == "null";
}

bool is_boolean(std::string_view cell) {
  if (cell.size() != 4 && cell.size() != 5) return false;
  const std::string word = lower(cell);
  return word == "true" || word == "false";
}

/// What a column's cells have in common so far.
struct Guess {
  bool any = false;     // a cell that is not empty
  bool marked = false;  // a cell that says "NaN" or "null"
  bool boolean = true, integer = true, real = true;
  bool unicode = false;

  void look(std::string_view cell) {
    if (!boolean && !integer && !real) {
      if (!unicode) check_unicode(cell);
      return;
    }
    cell = trim(cell);
    if (cell.empty()) return;
    if (means_missing(cell)) {
      marked = true;
      return;
    }
    any = true;
    if (boolean) boolean = is_boolean(cell);
    if (integer) integer = parse_int(cell).has_value();
    if (real) real = parse_double(cell).has_value() && (integer || !beyond_long(cell));
    if (!boolean && !integer && !real) check_unicode(cell);
  }
  void check_unicode(std::string_view cell) {
    bool ascii = true;
    is_utf8(cell, &ascii);
    unicode = !ascii;
  }
  /// A whole number with more digits than a double holds is an identifier: it stays text.
  static bool beyond_long(std::string_view cell) {
    return cell.size() > 17 && cell.find_first_not_of("+-0123456789") == std::string_view::npos;
  }
  Type type() const {
    if (!any) return marked ? Type::float64 : Type::text;
    return boolean ? Type::boolean : integer ? Type::int64 : real ? Type::float64 : Type::text;
  }
};

/// Reads the lines before the records: metadata of the Chandra command-line interface
/// ("#Column <name> <format> <description> <origin> <unit> <ucd>"), comments, the header line.
struct Header {
  char delimiter;
  Table table;

  Header(RecordReader& reader, char wanted) : delimiter(wanted) {
    std::vector<Field> described;
    std::string_view line;
    bool found = false;
    while (!found && reader.line(line)) {
      if (line.starts_with("#Column\t"))
        described.push_back(described_column(reader, line));
      else
        found = !line.starts_with('#') && !trim(line).empty();
    }
    if (!found) throw input_error("the file holds no table", "", "a line of column names");
    if (!delimiter) delimiter = line.find('\t') != std::string_view::npos ? '\t' : ',';
    std::vector<std::string_view> names;
    reader.split(line, delimiter, names);
    if (names.size() > max_columns)
      throw input_error("the table has too many columns", "",
                        fmt::format("at most {} columns", max_columns),
                        fmt::format("{}", names.size()));
    for (const auto cell : names) {
      Field field;
      field.name = to_utf8(trim(cell));
      if (field.name.empty()) field.name = fmt::format("col{}", table.columns.size() + 1);
      for (const Field& known : described)
        if (known.name == field.name) field = known;
      table.add(std::move(field));
    }
  }

  static Field described_column(RecordReader& reader, std::string_view line) {
    std::vector<std::string_view> cells;
    std::string text(line);
    std::erase(text, '"');
    reader.split(text, '\t', cells);
    const auto cell = [&](size_t i) { return i < cells.size() ? trim(cells[i]) : ""; };
    const auto inside = [&](size_t i) {
      const auto bracketed = cell(i);
      return to_utf8(bracketed.size() > 2 ? bracketed.substr(1, bracketed.size() - 2) : "");
    };
    Field field;
    field.name = to_utf8(cell(1));
    field.description = to_utf8(cell(3));
    field.unit = inside(5);
    field.ucd = inside(6);
    return field;
  }
};

class TextReader : public TableReader {
 public:
  TextReader(const SourceOpener& open, char delimiter, const Threads& threads)
      : TableReader(""), first_(open()), reader_(nullptr), threads_(threads) {
    // First pass: the types, which depend on every cell.
    RecordReader scan(std::move(first_));
    name_ = scan.source().name();
    Header header(scan, delimiter);
    delimiter_ = header.delimiter;
    header_ = std::move(header.table);
    std::vector<Guess> guesses(header_.columns.size());
    while (next_record(scan))
      for (size_t c = 0; c < cells_.size(); ++c) guesses[c].look(cells_[c]);
    record_ = 0;
    Table typed;
    for (size_t c = 0; c < guesses.size(); ++c) {
      Field field = header_.columns[c].field;
      field.type = guesses[c].type();
      field.unicode = guesses[c].unicode;
      typed.add(std::move(field));
    }
    header_.columns = std::move(typed.columns);
    // Second pass: the values.
    reader_ = std::make_unique<RecordReader>(open());
    Header again(*reader_, delimiter_);
  }

  double fraction_read() const override {
    const auto& source = reader_->source();
    return source.size()
               ? static_cast<double>(source.position()) / static_cast<double>(source.size())
               : 0;
  }

 private:
  bool next_record(RecordReader& reader) {
    if (!reader.record(delimiter_, cells_, header_.columns.size() > 1)) return false;
    ++record_;
    if (cells_.size() != header_.columns.size())
      throw input_error("a row has a wrong number of cells",
                        fmt::format("row {} (line {})", record_, reader.line_number()),
                        fmt::format("{} cells, as in the header", header_.columns.size()),
                        fmt::format("{}", cells_.size()));
    return true;
  }

  void read_rows(Table& batch, size_t max_rows) override {
    for (size_t row = 0; row < max_rows && next_record(*reader_); ++row)
      for (size_t c = 0; c < cells_.size(); ++c) store(batch.columns[c], cells_[c]);
  }

  void store(Column& column, std::string_view cell) const {
    if (column.field.type == Type::text) return column.append_text(to_utf8(cell));
    cell = trim(cell);
    if (means_missing(cell)) return column.append_missing();
    switch (column.field.type) {
      case Type::boolean:
        return column.append(uint8_t{cell[0] == 't' || cell[0] == 'T'});
      case Type::int64:
        if (const auto value = parse_int(cell)) return column.append(int64_t{*value});
        break;
      default:
        if (const auto value = parse_double(cell)) return column.append(*value);
    }
    throw input_error("the file changed while it was read",
                      fmt::format("row {}, column {}", record_, column.field.name),
                      std::string(type_name(column.field.type)), in_quotes(cell));
  }

  std::unique_ptr<ByteSource> first_;
  std::unique_ptr<RecordReader> reader_;
  char delimiter_ = ',';
  Threads threads_;
  std::vector<std::string_view> cells_;
  uint64_t record_ = 0;
};

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

std::unique_ptr<TableReader> open_text(const SourceOpener& open, char delimiter,
                                       const Threads& threads) {
  return std::make_unique<TextReader>(open, delimiter, threads);
}

std::unique_ptr<TableWriter> create_text(const std::string& path, const Table& header,
                                         const WriteOptions& options, char delimiter) {
  return std::make_unique<TextWriter>(path, header, options, delimiter);
}

}  // namespace uhuru
