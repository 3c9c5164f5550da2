// Reads CSV, TSV and the tab-separated tables of the Chandra catalog's command-line interface.

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/text_records.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru {
namespace {

constexpr size_t max_text_columns = 20000;

/// In a numeric column, these also mean a missing value.
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

/// Whether all eight characters are digits.
bool eight_digits(const char* at) {
  uint64_t c = 0;
  std::memcpy(&c, at, 8);
  return (((c + 0x4646464646464646u) | (c - 0x3030303030303030u)) & 0x8080808080808080u) == 0;
}

/// The end of the plain decimal number at `at`; nullptr if there is none, or if only a full parse
/// can tell whether it is in range. `whole`: it consists of digits only.
const char* end_of_number(const char* at, const char* end, bool& whole) {
  constexpr long most_digits = 17;
  const auto digits = [&] {
    const char* const begin = at;
    while (end - at >= 8 && eight_digits(at)) at += 8;
    while (at < end && *at >= '0' && *at <= '9') ++at;
    return at - begin;
  };
  if (at < end && (*at == '-' || *at == '+')) ++at;
  long count = digits();
  whole = true;
  if (count > most_digits - 1) return nullptr;
  if (at < end && *at == '.') {
    whole = false;
    ++at;
    count += digits();
  }
  if (count == 0) return nullptr;
  if (at < end && (*at == 'e' || *at == 'E')) {
    whole = false;
    ++at;
    if (at < end && (*at == '-' || *at == '+')) ++at;
    const long exponent = digits();
    if (exponent == 0 || exponent > 2) return nullptr;
  }
  return at;
}

/// What the cells of a column have in common so far.
struct Guess {
  bool any = false;     // a non-empty cell
  bool marked = false;  // a cell "NaN" or "null"
  bool boolean = true, integer = true, real = true;
  bool identifier = false;  // an integer for which beyond_long() is true
  bool unicode = false;

  /// Examines the cell at `at`, in a line without quotes; returns its end.
  const char* look(const char* at, const char* end, char delimiter) {
    if (integer || real) {
      bool whole = false;
      const char* const stop = end_of_number(at, end, whole);
      if (stop && (stop == end || *stop == delimiter)) {
        any = true;
        boolean = false;
        integer = integer && whole;
        return stop;
      }
    }
    const char* const stop = cell_end(at, end, delimiter);
    if (stop != at) look({at, static_cast<size_t>(stop - at)});
    return stop;
  }

  /// Merges the properties of the cells that follow.
  void add(const Guess& later) {
    // A number too long for a double counts as one only while all before it are integers.
    real = real && later.real && (integer || !later.identifier);
    any = any || later.any;
    marked = marked || later.marked;
    boolean = boolean && later.boolean;
    integer = integer && later.integer;
    identifier = identifier || later.identifier;
    unicode = unicode || later.unicode;
  }

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
    if (real) {
      const bool is_long = beyond_long(cell);
      real = parse_double(cell).has_value() && (integer || !is_long);
      identifier = identifier || is_long;
    }
    if (!boolean && !integer && !real) check_unicode(cell);
  }
  void check_unicode(std::string_view cell) {
    bool ascii = true;
    is_utf8(cell, &ascii);
    unicode = !ascii;
  }
  /// An integer with more digits than a double holds is an identifier: it remains text.
  static bool beyond_long(std::string_view cell) {
    return cell.size() > 17 && cell.find_first_not_of("+-0123456789") == std::string_view::npos;
  }
  Type type() const {
    if (!any) return marked ? Type::float64 : Type::text;
    return boolean ? Type::boolean : integer ? Type::int64 : real ? Type::float64 : Type::text;
  }
};

/// Reads the lines before the records: metadata of the Chandra command-line interface ("#Column
/// <name> <format> <description> <origin> <unit> <ucd>"), comments, the header line.
struct Header {
  char delimiter;
  Table table;

  Header(RecordReader& reader, char wanted) : delimiter(wanted) {
    std::vector<Field> described;
    std::string_view line;
    bool found = false;
    while (!found && reader.line(line)) {
      if (line.starts_with("#Column\t")) {
        if (described.size() < max_text_columns)
          described.push_back(described_column(reader, line));
      } else {
        found = !line.starts_with('#') && !trim(line).empty();
      }
    }
    if (!found) throw input_error("the file contains no table", "", "a line of column names");
    if (!delimiter) delimiter = line.find('\t') != std::string_view::npos ? '\t' : ',';
    std::vector<std::string_view> names;
    reader.split(line, delimiter, names);
    if (names.size() > max_text_columns)
      throw input_error("the table has too many columns", "",
                        fmt::format("at most {} columns", max_text_columns),
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
      : TableReader(""), threads_(threads) {
    // First pass: the types, which depend on every cell.
    RecordReader scan(open());
    name_ = scan.source().name();
    Header header(scan, delimiter);
    delimiter_ = header.delimiter;
    header_ = std::move(header.table);
    const std::vector<Guess> guesses = look_at_cells(scan);
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
      throw input_error("wrong number of cells in a row",
                        fmt::format("row {} (line {})", record_, reader.line_number()),
                        fmt::format("{} cells, as in the header", header_.columns.size()),
                        fmt::format("{}", cells_.size()));
    return true;
  }

  /// Processes the next plain lines: several threads call `visit(fragment, c, begin, end)` for the
  /// cells of one piece each (see visit_plain_records), then `add(fragment)` gets the fragments in
  /// order. Returns false if there are none; a rejected line is left to next_record().
  template <class Fragment, class Visit, class Add>
  bool take_plain_lines(RecordReader& reader, const Fragment& empty, Visit&& visit, Add&& add) {
    constexpr size_t piece_bytes = size_t{1} << 17;
    const std::string_view lines = reader.plain_lines();
    if (lines.empty()) return false;
    std::vector<std::string_view> pieces;
    for (size_t begin = 0; begin < lines.size(); begin += pieces.back().size()) {
      const size_t end = lines.find('\n', std::min(begin + piece_bytes, lines.size() - 1));
      pieces.push_back(lines.substr(begin, end + 1 - begin));
    }
    std::vector<Fragment> fragments(pieces.size(), empty);
    std::vector<PlainRecords> taken(pieces.size());
    threads_.run(pieces.size(), [&](size_t i) {
      taken[i] = visit_plain_records(pieces[i], header_.columns.size(), delimiter_,
                                     [&](size_t c, const char* begin, const char* end) {
                                       return visit(fragments[i], c, begin, end);
                                     });
    });
    for (size_t i = 0; i < pieces.size(); ++i) {
      add(fragments[i], taken[i].records);
      record_ += taken[i].records;
      reader.skip(taken[i].bytes, taken[i].lines);
      if (taken[i].bytes < pieces[i].size()) return false;
    }
    return true;
  }

  std::vector<Guess> look_at_cells(RecordReader& scan) {
    std::vector<Guess> guesses(header_.columns.size());
    while (true) {
      const bool plain = take_plain_lines(
          scan, std::vector<Guess>(guesses.size()),
          [&](std::vector<Guess>& piece, size_t c, const char* begin, const char* end) {
            return piece[c].look(begin, end, delimiter_);
          },
          [&](const std::vector<Guess>& piece, size_t) {
            for (size_t c = 0; c < guesses.size(); ++c) guesses[c].add(piece[c]);
          });
      if (plain) continue;
      if (!next_record(scan)) return guesses;
      for (size_t c = 0; c < cells_.size(); ++c) guesses[c].look(cells_[c]);
    }
  }

  void read_rows(Table& batch, size_t max_rows) override {
    const Table empty = header_.empty_copy();
    while (batch.rows() < max_rows) {
      const bool plain = take_plain_lines(
          *reader_, empty,
          [&](Table& piece, size_t c, const char* begin, const char* end) {
            return store_plain(piece.columns[c], begin, end);
          },
          [&](Table& piece, size_t rows) {
            for (Column& column : piece.columns) column.truncate(rows);
            batch.append_rows(piece);
          });
      if (plain) continue;
      if (!next_record(*reader_)) return;
      for (size_t c = 0; c < cells_.size(); ++c)
        if (!store(batch.columns[c], cells_[c]))
          throw input_error(
              "the file changed while being read",
              fmt::format("row {}, column {}", record_, header_.columns[c].field.name),
              std::string(type_name(batch.columns[c].field.type)), in_quotes(cells_[c]));
    }
  }

  /// Appends the cell at `begin` and returns its end; nullptr if it is not a valid value.
  const char* store_plain(Column& column, const char* begin, const char* end) const {
    if (column.field.type == Type::float64) {
      double value = 0;
      const auto result = fast_float::from_chars(begin, end, value);
      const bool whole = result.ptr == end || *result.ptr == delimiter_;
      if (result.ec == std::errc() && whole && !std::isnan(value)) {
        column.append(value);
        return result.ptr;
      }
    }
    const char* const stop = cell_end(begin, end, delimiter_);
    const std::string_view cell(begin, static_cast<size_t>(stop - begin));
    return store(column, blanks_trimmed(cell, delimiter_)) ? stop : nullptr;
  }

  /// Appends a cell; false if it is not a valid value of the column.
  static bool store(Column& column, std::string_view cell) {
    if (column.field.type == Type::text) {
      std::string scratch;
      column.append_text(to_utf8(cell, scratch));
      return true;
    }
    cell = trim(cell);
    if (means_missing(cell)) {
      column.append_missing();
    } else if (column.field.type == Type::boolean) {
      column.append(uint8_t{cell[0] == 't' || cell[0] == 'T'});
    } else if (column.field.type == Type::int64) {
      const auto value = parse_int(cell);
      if (!value) return false;
      column.append(int64_t{*value});
    } else {
      const auto value = parse_double(cell);
      if (!value) return false;
      column.append(*value);
    }
    return true;
  }

  std::unique_ptr<RecordReader> reader_;
  char delimiter_ = ',';
  Threads threads_;
  std::vector<std::string_view> cells_;
  uint64_t record_ = 0;
};

}  // namespace

std::unique_ptr<TableReader> open_text(const SourceOpener& open, char delimiter,
                                       const Threads& threads) {
  return std::make_unique<TextReader>(open, delimiter, threads);
}

}  // namespace uhuru
