// Reads tables of text: ECSV, IPAC, CSV, TSV, and others whose layout text_layout.hpp finds.

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <span>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/mark_count.hpp"
#include "uhuru/io/text_head.hpp"
#include "uhuru/io/text_layout.hpp"
#include "uhuru/io/text_part.hpp"

namespace uhuru::io {
namespace {

class TextReader : public TableReader {
 public:
  TextReader(const SourceOpener& open, const TextHints& hints, const Threads& threads,
             const Communicator& ranks)
      : TableReader(""), ranks_(&ranks), threads_(threads) {
    {
      const auto source = open();
      name_ = source->name();
      const TextHead head(*source);
      layout_ = layout_of_text(head.text, head.whole, hints);
      layout_.rules.returns_end_lines = head.returns;
    }
    notes_ = layout_.notes;
    header_ = layout_.table;
    has_arrays_ = std::any_of(layout_.columns.begin(), layout_.columns.end(),
                              [](const auto& c) { return c.cells != TextColumn::Cells::plain; });
    for (const TextColumn& column : layout_.columns) null_marks_.push_back(column.null_mark);
    // First pass: the types, which depend on every cell.
    reader_ = reader_after_header(open);
    const std::vector<ColumnGuess> guesses =
        ranks.is_alone() ? look_at_cells(*reader_) : look_at_all_parts(open);
    if (has_further_tables_) notes_.emplace_back("further tables follow; only the first is read");
    for (size_t c = 0; c < guesses.size(); ++c) add_column(layout_.columns[c], guesses[c]);
    layout_.columns.clear();
    // Second pass: the values.
    record_ = rows_before_;
    reader_ = ranks.is_alone() ? reader_after_header(open) : reader_of_part(open);
  }

  const Communicator& ranks() const override { return *ranks_; }
  uint64_t rows_before() const override { return rows_before_; }
  double fraction_read() const override {
    const auto& source = reader_->source();
    if (source.size() == 0) return 0;
    const uint64_t end = std::min(part_.end, source.size());
    if (end <= part_.begin) return 1;
    return std::min(1.0, static_cast<double>(source.position() - part_.begin) /
                             static_cast<double>(end - part_.begin));
  }

  std::vector<std::string> notes() const override {
    auto notes = notes_;
    if (!marks_.empty()) notes.push_back(marks_.note(header_));
    return notes;
  }

 private:
  void share_findings() override {
    if (!ranks_->is_alone()) marks_.share(*ranks_);
  }

  std::unique_ptr<RecordReader> reader_of_part(const SourceOpener& open) const {
    return std::make_unique<RecordReader>(open(), layout_.rules, part_);
  }
  std::unique_ptr<RecordReader> reader_after_header(const SourceOpener& open) const {
    auto reader = std::make_unique<RecordReader>(open(), layout_.rules);
    std::string_view line;
    while (reader->line_number() < layout_.header_lines && reader->line(line)) {
    }
    return reader;
  }

  /// Adds a column with the type that was declared or guessed.
  void add_column(const TextColumn& column, const ColumnGuess& guess) {
    Field field = column.field;
    const bool fits = column.cells != TextColumn::Cells::plain || guess.is(field.type);
    if (!column.declared) {
      field.type = guess.type();
    } else if (!fits) {
      notes_.push_back(fmt::format("column {} is declared as {}, but has other values: it is text",
                                   field.name, type_name(field.type)));
      field.type = Type::text;
    }
    field.unicode = field.type == Type::text && guess.is_unicode();
    cells_of_.push_back(column.cells);
    is_identifier_.push_back(field.type == Type::text && (!column.declared || !fits) &&
                             guess.is_identifier());
    Field bare;
    bare.type = field.type;
    bare.arraysize = field.arraysize;
    bare.null_marker = field.null_marker;
    empty_piece_.add(std::move(bare));
    header_.add(std::move(field));
  }

  size_t column_count() const {
    return layout_.columns.empty() ? header_.columns.size() : layout_.columns.size();
  }

  bool next_record(RecordReader& reader) {
    const bool found = layout_.bars.empty() ? reader.record(cells_) : fixed_record(reader);
    if (!found) return false;
    ++record_;
    if (layout_.is_framed && cells_.size() > 1) {
      cells_.erase(cells_.begin());
      cells_.pop_back();
    }
    if (cells_.size() != column_count())
      throw input_error("wrong number of cells in a row",
                        fmt::format("row {} (line {})", record_, reader.line_number()),
                        fmt::format("{} cells, as in the header", column_count()),
                        fmt::format("{}", cells_.size()));
    return true;
  }

  /// A row of columns of fixed width: nothing may stand below the bars of the header.
  bool fixed_record(RecordReader& reader) {
    std::string_view line;
    if (!reader.record_line(line)) return false;
    const std::vector<size_t>& bars = layout_.bars;
    cells_.clear();
    for (size_t c = 0; c + 1 < bars.size(); ++c) {
      const bool is_last = c + 2 == bars.size();
      if (bars[c] < line.size() && trim(line.substr(bars[c], 1)).size() == 1)
        throw input_error(
            "a value does not fit its column",
            fmt::format("row {} (line {})", record_ + 1, reader.line_number()),
            fmt::format("a blank at character {}, below a '|' of the header", bars[c] + 1),
            in_quotes(line.substr(bars[c], 1)));
      const size_t begin = std::min(bars[c] + 1, line.size());
      const auto cell = trim(line.substr(begin, is_last ? line.npos : bars[c + 1] - bars[c] - 1));
      cells_.push_back(null_marks_[c].empty() || cell != null_marks_[c] ? cell : "");
    }
    return true;
  }

  /// Processes the next plain lines: several threads call `visit(fragment, c, begin, end)` for the
  /// cells of one piece each (see visit_plain_records), then `add(fragment, rows)` gets the
  /// fragments in order. Returns false if there are none; a rejected line is left to next_record().
  template <class Fragment, class Visit, class Add>
  bool take_plain_lines(RecordReader& reader, const Fragment& empty, Visit&& visit, Add&& add) {
    // A piece is large compared to what is kept for each of its columns.
    const size_t piece_bytes = std::max(size_t{1} << 17, column_count() * 1024);
    if (!layout_.bars.empty() || layout_.is_framed || has_arrays_ || reader.ended()) return false;
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
      taken[i] = visit_plain_records(pieces[i], column_count(), layout_.rules,
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

  std::vector<ColumnGuess> look_at_cells(RecordReader& scan) {
    std::vector<ColumnGuess> guesses;
    for (const TextColumn& column : layout_.columns) guesses.emplace_back(column);
    const std::vector<ColumnGuess> empty = guesses;
    while (true) {
      const bool plain = take_plain_lines(
          scan, empty,
          [&](std::vector<ColumnGuess>& piece, size_t c, const char* begin, const char* end) {
            return piece[c].look(begin, end, layout_.rules.delimiter);
          },
          [&](const std::vector<ColumnGuess>& piece, size_t) {
            for (size_t c = 0; c < guesses.size(); ++c) guesses[c].add(piece[c]);
          });
      if (plain) continue;
      if (!next_record(scan)) break;
      for (size_t c = 0; c < cells_.size(); ++c) guesses[c].look(cells_[c]);
    }
    has_further_tables_ = scan.ended();
    return guesses;
  }

  /// The same for all parts of the text, after finding that of this rank.
  std::vector<ColumnGuess> look_at_all_parts(const SourceOpener& open) {
    const uint64_t header_lines = reader_->line_number();
    part_ = text_part_of_rank(open(), layout_.rules, layout_.bars.empty(), reader_->position(),
                              *ranks_);
    if (ranks_->is_first()) part_.lines_before = header_lines;
    std::vector<ColumnGuess> guesses;
    const auto look = [&] {
      record_ = rows_before_;
      reader_ = reader_of_part(open);
      guesses = look_at_cells(*reader_);
    };
    std::exception_ptr failure;
    try {
      look();
    } catch (const Error&) {
      failure = std::current_exception();
    }
    if (!find_place()) {
      guesses.clear();
      failure = nullptr;
    }
    if (failure) {
      look();  // again, now that it is known which rows and lines these are
      std::rethrow_exception(failure);
    }
    const size_t columns = layout_.columns.size();
    if (guesses.empty())
      for (const TextColumn& column : layout_.columns) guesses.emplace_back(column);
    const auto of_all = ranks_->all_values(std::span<const ColumnGuess>(guesses));
    for (size_t i = 0; i < of_all.size(); ++i) guesses[i % columns].add(of_all[i]);
    return guesses;
  }

  /// Where the part of this rank stands in the table; false if it is behind the table's end, so
  /// that nothing there is read, whatever it is. Collective.
  bool find_place() {
    struct Read {
      uint64_t records, lines;
      bool ended;
    };
    const auto of_all = ranks_->of_each(Read{record_, reader_->line_number(), reader_->ended()});
    has_further_tables_ =
        std::any_of(of_all.begin(), of_all.end(), [](const Read& read) { return read.ended; });
    for (size_t lower = 0; lower < static_cast<size_t>(ranks_->rank()); ++lower) {
      rows_before_ += of_all[lower].records;
      part_.lines_before += of_all[lower].lines;
      if (!of_all[lower].ended) continue;
      part_.end = part_.begin;
      return false;
    }
    return true;
  }

  /// Rows of plain lines.
  struct Piece {
    Table rows;
    MarkCount marks;
  };

  void read_rows(Table& batch, size_t max_rows) override {
    const Piece empty{empty_piece_, {}};
    while (batch.rows() < max_rows) {
      const bool plain = take_plain_lines(
          *reader_, empty,
          [&](Piece& piece, size_t c, const char* begin, const char* end) {
            return store_plain(piece, c, begin, end);
          },
          [&](Piece& piece, size_t rows) {
            for (Column& column : piece.rows.columns) column.truncate(rows);
            batch.append_rows(piece.rows);
            marks_.add(piece.marks, rows, record_);
          });
      if (plain) continue;
      if (!next_record(*reader_)) return;
      for (size_t c = 0; c < cells_.size(); ++c) store_cell(batch.columns[c], c);
    }
  }

  /// Appends the cell at `begin` and returns its end; nullptr if it is not a valid value.
  const char* store_plain(Piece& piece, size_t c, const char* begin, const char* end) const {
    Column& column = piece.rows.columns[c];
    const char delimiter = layout_.rules.delimiter;
    if (column.field.type == Type::float64) {
      double value = 0;
      const auto result = fast_float::from_chars(begin, end, value);
      const bool whole = result.ptr == end || *result.ptr == delimiter;
      if (result.ec == std::errc() && whole && !std::isnan(value)) {
        column.append(value);
        return result.ptr;
      }
    }
    const char* const stop = cell_end(begin, end, delimiter);
    const std::string_view cell(begin, static_cast<size_t>(stop - begin));
    const Stored stored = store_text_cell(column, TextColumn::Cells::plain, is_identifier_[c],
                                          blanks_trimmed(cell, delimiter));
    if (stored == Stored::as_missing) piece.marks.add(column.size() - 1, c, cell);
    return stored == Stored::no ? nullptr : stop;
  }

  /// Appends cell `c` of the record.
  void store_cell(Column& column, size_t c) {
    const Stored stored = store_text_cell(column, cells_of_[c], is_identifier_[c], cells_[c]);
    if (stored == Stored::as_missing) marks_.add(record_ - 1, c, cells_[c]);
    if (stored != Stored::no) return;
    const Field& field = column.field;
    throw input_error("unreadable value", fmt::format("row {}, column {}", record_, field.name),
                      field.arraysize.empty()
                          ? std::string(type_name(field.type))
                          : fmt::format("{} array of {}", type_name(field.type), field.arraysize),
                      in_quotes(cells_[c]));
  }

  const Communicator* ranks_;
  TextPart part_;  // what this rank reads, unless it is alone
  uint64_t rows_before_ = 0;
  bool has_further_tables_ = false;
  TextLayout layout_;  // without its columns once these are in the header
  std::vector<TextColumn::Cells> cells_of_;
  std::vector<uint8_t> is_identifier_;
  std::vector<std::string> null_marks_;
  bool has_arrays_ = false;
  Table empty_piece_;  // the columns without what they are called
  std::vector<std::string> notes_;
  MarkCount marks_;
  std::unique_ptr<RecordReader> reader_;
  Threads threads_;
  std::vector<std::string_view> cells_;
  uint64_t record_ = 0;
};

}  // namespace

std::unique_ptr<TableReader> open_text(const SourceOpener& open, const TextHints& hints,
                                       const Threads& threads, const Communicator& ranks) {
  return std::make_unique<TextReader>(open, hints, threads, ranks);
}

}  // namespace uhuru::io
