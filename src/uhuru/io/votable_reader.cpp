// Reads VOTable 1.1 to 1.5: TABLEDATA, BINARY, BINARY2 and FITS, with streams inline or in a file
// in the same folder. Source: IVOA Recommendation VOTable 1.5 (2025).

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "uhuru/base/error.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/tabledata_scanner.hpp"
#include "uhuru/io/votable_parser.hpp"
#include "uhuru/io/votable_part.hpp"

namespace uhuru::io {
namespace {

/// The columns of a table without what rows do not need.
Table bare_columns(const Table& header) {
  Table result;
  for (const Column& column : header.columns) {
    Field field;
    field.type = column.field.type;
    field.arraysize = column.field.arraysize;
    field.null_marker = column.field.null_marker;
    field.unicode = column.field.unicode;
    result.add(std::move(field));
  }
  return result;
}

class VotableReader : public TableReader {
 public:
  VotableReader(std::unique_ptr<ByteSource> source, size_t table, const std::string& folder,
                const Threads& threads, const Communicator& ranks)
      : TableReader(source->name()),
        ranks_(&ranks),
        source_(std::move(source)),
        parser_(name_, table),
        wanted_(table),
        folder_(folder),
        threads_(threads) {
    const std::string_view head = source_->peek().substr(0, 2);
    one_byte_characters_ = head != "\xff\xfe" && head != "\xfe\xff" && head.find('\0') == npos;
    while (!parser_.header_complete && feed(true)) {
    }
    if (!parser_.header_complete && parser_.service_error.empty())
      parser_.service_error = parser_.error_info;
    if (!parser_.header_complete) throw_service_error();
    if (!parser_.header_complete)
      throw input_error(
          parser_.tables_seen ? "no table with this number" : "the VOTable contains no table",
          name_, fmt::format("table {}", table),
          fmt::format("{} table{}", parser_.tables_seen, parser_.tables_seen == 1 ? "" : "s"));
    header_ = parser_.header.table;
    if (!ranks.is_alone()) go_to_part();
  }

  const Communicator& ranks() const override { return *ranks_; }
  uint64_t rows_before() const override { return part_.rows_before; }
  double fraction_read() const override {
    if (source_->size() == 0) return 0;
    const uint64_t end = part_.goes_on ? source_->size() : part_.end;
    if (end <= part_.begin) return 1;
    return std::min(1.0, static_cast<double>(source_->position() - part_.begin) /
                             static_cast<double>(end - part_.begin));
  }

  bool overflow() const override { return parser_.overflow; }

  std::vector<std::string> notes() const override {
    auto result = parser_.notes.sentences(header_);
    if (inner_)
      for (const std::string& note : inner_->notes()) result.push_back(note);
    result.insert(result.end(), notes_of_others_.begin(), notes_of_others_.end());
    return result;
  }

  std::vector<std::string> other_tables() const override {
    std::vector<std::string> result;
    for (size_t table = 1; table <= parser_.tables_seen; ++table)
      if (table != wanted_) result.push_back(std::to_string(table));
    return result;
  }

 private:
  /// Goes to the rows that this rank reads.
  void go_to_part() {
    const auto is_before_data = [&] {
      return parser_.data == VotableParser::Data::none && !parser_.table_ended;
    };
    // Tags in UTF-16 end later than feed() thinks.
    while (one_byte_characters_ && is_before_data() && feed(true)) {
    }
    const bool can_divide = one_byte_characters_ && parser_.between_rows();
    part_ = votable_part_of_rank(*source_, bytes_taken_ - block_.size(), can_divide, *ranks_);
    source_->seek(part_.begin);
    block_ = {};
    bytes_taken_ = part_.begin;
    parser_.skip(part_.lines_before, part_.rows_before);
  }

  void share_findings() override {
    if (ranks_->is_alone()) return;
    parser_.notes.share(*ranks_);
    Packer own;
    own(parser_.overflow, parser_.tables_seen,
        inner_ ? inner_->notes() : std::vector<std::string>());
    const auto of_all = ranks_->all_gather(own.bytes);
    for (size_t rank = 0; rank < of_all.size(); ++rank) {
      bool overflow = false;
      size_t tables_seen = 0;
      std::vector<std::string> notes;
      unpack(of_all[rank], overflow, tables_seen, notes);
      parser_.overflow |= overflow;
      parser_.tables_seen = std::max(parser_.tables_seen, tables_seen);
      if (rank != static_cast<size_t>(ranks_->rank()))
        notes_of_others_.insert(notes_of_others_.end(), notes.begin(), notes.end());
    }
  }

  /// Parses the next block, or only up to the end of its next tag; false at the end of the file.
  /// Rows can only be stored once the header is complete: until then, parsing proceeds tag by tag.
  bool feed(bool to_next_tag) {
    if (ended_) return false;
    if (block_.empty()) fill_block();
    ended_ = block_.empty();
    if (ended_ && !part_.goes_on) return false;  // other ranks read what follows
    if (!to_next_tag && one_byte_characters_) {
      if (parser_.between_rows() && take_rows()) return true;
      block_.remove_prefix(parser_.take_base64(block_));
    }
    const bool awaits_rows = parser_.data == VotableParser::Data::none && !parser_.table_ended;
    const bool whole = !to_next_tag && parser_.header_complete && !awaits_rows;
    const size_t tag = block_.find('>', std::min(parser_.bytes_pending(), block_.size()));
    const size_t size = whole || tag == npos ? block_.size() : tag + 1;
    parser_.feed(block_.substr(0, size), ended_);
    block_.remove_prefix(size);
    return !ended_;
  }

  /// Refills the buffer after the unread part of the block.
  void fill_block() {
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(block_bytes);
    const size_t left = block_.size();
    if (left > 0) std::memmove(buffer_.get(), block_.data(), left);
    uint64_t size = block_bytes - left;
    if (!part_.goes_on) size = std::min(size, part_.end - bytes_taken_);
    size = source_->read(buffer_.get() + left, size);
    bytes_taken_ += size;
    block_ = {buffer_.get(), left + size};
  }

  /// Processes the block's whole rows, up to its last </TR>; false if there are none.
  bool take_rows() {
    size_t last = block_.rfind(row_end);
    if (last == npos) {
      fill_block();
      last = block_.rfind(row_end);
    }
    if (last == npos) return false;
    const std::string_view rows = block_.substr(0, last + row_end.size());
    block_.remove_prefix(rows.size());
    if (threads_.count() == 1) {
      take_piece(rows, nullptr);
      return true;
    }
    // The pieces are scanned ahead, assuming that each begins between two rows. Each has columns of
    // its own: there are fewer pieces of a wide table.
    const size_t piece_bytes = std::max(least_piece_bytes, 100 * header_.columns.size());
    std::vector<std::string_view> pieces;
    for (size_t begin = 0; begin < rows.size(); begin += pieces.back().size()) {
      const size_t end = rows.find(row_end, std::min(begin + piece_bytes, last));
      pieces.push_back(rows.substr(begin, end + row_end.size() - begin));
    }
    fragments_.resize(pieces.size(), Fragment{bare_columns(header_), {}});
    threads_.run(pieces.size(), [&](size_t i) {
      fragments_[i].rows.clear_rows();
      fragments_[i].scanned = scan_rows(pieces[i], parser_.fields(), fragments_[i].rows);
    });
    for (size_t i = 0; i < pieces.size(); ++i) take_piece(pieces[i], &fragments_[i]);
    return true;
  }

  struct Fragment {
    Table rows;
    Scanned scanned;
  };
  /// Processes a piece that ends with </TR>: plain rows by the scanner (`ahead` holds those found
  /// at the beginning), everything else by the parser, row by row.
  void take_piece(std::string_view piece, const Fragment* ahead) {
    while (!piece.empty()) {
      if (parser_.between_rows()) {
        const size_t before = parser_.rows->rows();
        if (ahead) parser_.rows->append_rows(ahead->rows);
        const Scanned scanned =
            ahead ? ahead->scanned : scan_rows(piece, parser_.fields(), *parser_.rows);
        parser_.skip(scanned.lines, parser_.rows->rows() - before);
        piece.remove_prefix(scanned.bytes);
      }
      ahead = nullptr;
      const size_t pending = std::min(parser_.bytes_pending(), piece.size());
      const size_t end = parser_.table_ended ? npos : piece.find(row_end, pending);
      const size_t size = end == npos ? piece.size() : end + row_end.size();
      if (size > 0) parser_.feed(piece.substr(0, size), false);
      piece.remove_prefix(size);
    }
  }

  void throw_service_error() const {
    if (!parser_.service_error.empty())
      throw Error(ErrorKind::service, "the service returned an error", name_, "a table",
                  parser_.service_error);
  }

  void read_rows(Table& batch, size_t max_rows) override {
    parser_.rows = &batch;
    if (part_.is_empty()) return;
    if (inner_) return read_inner(batch, max_rows);
    // A batch holds whole rows: the last one is read to its end.
    while ((batch.rows() < max_rows || parser_.in_row()) && feed(batch.rows() >= max_rows)) {
      if (!parser_.href.empty() && !stream_) open_stream();
    }
    if (!parser_.href.empty() && !stream_) open_stream();
    if (parser_.data == VotableParser::Data::fits && ended_) return open_inner(batch, max_rows);
    if (stream_) return read_stream(batch, max_rows);
    if (!parser_.pending.empty()) parser_.decode_pending();
    if (ended_) throw_service_error();
  }

  /// A STREAM in another file: only a plain file name in the folder of the VOTable, never a path or
  /// address.
  void open_stream() {
    std::string name = parser_.href;
    if (name.starts_with("file:")) name.erase(0, 5);
    if (const size_t slash = name.rfind('/'); slash != std::string::npos) {
      const bool same_folder =
          !folder_.empty() && name.substr(0, slash) == folder_.substr(0, folder_.size() - 1);
      if (same_folder) name.erase(0, slash + 1);
    }
    if (folder_.empty() || name.empty() || name.find_first_of("/\\:") != std::string::npos ||
        name.starts_with('.'))
      throw input_error("the table data are in another place", name_,
                        "data in the VOTable, or in a file in the same folder",
                        in_quotes(parser_.href));
    stream_ = ByteSource::open(folder_ + name);
    if (parser_.data == VotableParser::Data::fits)
      inner_ = open_fits(std::move(stream_), parser_.fits_part, threads_);
  }

  void read_stream(Table& batch, size_t max_rows) {
    while (batch.rows() < max_rows) {
      const auto bytes = stream_->next();
      if (bytes.empty()) {
        if (!parser_.pending.empty())
          throw input_error("the data ends in the middle of a row", stream_->name(), "whole rows",
                            fmt::format("{} bytes too many", parser_.pending.size()));
        return;
      }
      parser_.pending += bytes;
      parser_.decode_pending();
    }
  }

  void open_inner(Table& batch, size_t max_rows) {
    throw_service_error();
    // Compressed bytes would be decompressed to a file without a limit.
    if (parser_.fits_bytes.starts_with("\x1f\x8b"))
      throw input_error("the FITS stream is compressed", name_, "uncompressed FITS in base64",
                        "gzip");
    if (!inner_)
      inner_ = open_fits(ByteSource::from_memory(parser_.fits_bytes, name_), parser_.fits_part,
                         threads_);
    read_inner(batch, max_rows);
  }

  /// The columns of the FITS table become those of the VOTable; their numbers must agree.
  void read_inner(Table& batch, size_t max_rows) {
    Table rows = inner_->header().empty_copy();
    if (rows.columns.size() != batch.columns.size())
      throw input_error("the FITS stream does not match its FIELDs", name_,
                        fmt::format("{} columns", batch.columns.size()),
                        fmt::format("{}", rows.columns.size()));
    inner_->read(rows, max_rows);
    for (size_t c = 0; c < rows.columns.size(); ++c) {
      if (rows.columns[c].field.type != batch.columns[c].field.type ||
          rows.columns[c].field.cell_size() != batch.columns[c].field.cell_size())
        throw input_error("the FITS stream does not match its FIELDs",
                          name_ + ", column " + batch.columns[c].field.name,
                          std::string(type_name(batch.columns[c].field.type)),
                          std::string(type_name(rows.columns[c].field.type)));
    }
    batch.append_rows(rows);
  }

  static constexpr size_t npos = std::string_view::npos;
  static constexpr std::string_view row_end = "</TR>";
  static constexpr size_t block_bytes = size_t{1} << 21;
  static constexpr size_t least_piece_bytes = size_t{1} << 17;
  const Communicator* ranks_;
  VotablePart part_{.goes_on = true};  // of this rank: alone, it reads everything
  uint64_t bytes_taken_ = 0;           // up to which byte the file has been read to block_
  std::vector<std::string> notes_of_others_;
  std::unique_ptr<ByteSource> source_;
  VotableParser parser_;
  size_t wanted_;  // number of the table
  std::string folder_;
  Threads threads_;
  bool one_byte_characters_ = true;  // not UTF-16: tags are plain ASCII bytes
  std::unique_ptr<char[]> buffer_;
  std::string_view block_;  // of buffer_, not yet parsed
  std::vector<Fragment> fragments_;
  std::unique_ptr<ByteSource> stream_;
  std::unique_ptr<TableReader> inner_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<TableReader> open_votable(std::unique_ptr<ByteSource> source,
                                          const std::string& part, const std::string& folder,
                                          const Threads& threads, const Communicator& ranks) {
  size_t table = 1;
  if (!part.empty()) {
    const auto number = parse_int(part);
    if (!number || *number < 1)
      throw input_error("no such table", source->name(), "a number after '#', 1 for the first",
                        in_quotes(part));
    table = static_cast<size_t>(*number);
  }
  return std::make_unique<VotableReader>(std::move(source), table, folder, threads, ranks);
}

}  // namespace uhuru::io
