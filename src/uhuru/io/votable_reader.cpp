// Reads VOTable 1.1 to 1.5: TABLEDATA, BINARY, BINARY2 and FITS, with streams inline or in a file
// in the same folder. Source: IVOA Recommendation VOTable 1.5 (2025).

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/base64.hpp"
#include "uhuru/io/binary_rows.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/tabledata_scanner.hpp"
#include "uhuru/io/votable_values.hpp"
#include "uhuru/io/xml_parser.hpp"

namespace uhuru {
namespace {

constexpr size_t max_votable_columns = 20000;
constexpr size_t max_cell_bytes = size_t{1} << 28;

std::string_view attribute(const XmlAttributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return value;
  return {};
}

/// Parses a VOTable: first the header, then rows into `rows`.
class VotableParser : public XmlParser {
 public:
  VotableParser(const std::string& file_name, size_t wanted_table)
      : XmlParser(file_name, "VOTable"), wanted_(wanted_table) {}

  enum class Data { none, tabledata, binary, binary2, fits };

  Table header;
  std::vector<WireField> fields;
  Table* rows = nullptr;   // destination of rows, set before data are fed
  uint64_t row_count = 0;  // completed rows, for error messages
  Data data = Data::none;
  bool header_complete = false;
  bool table_ended = false;
  bool found_votable = false;
  size_t tables_seen = 0;
  std::string href;
  std::string fits_part;
  std::string fits_bytes;
  std::string pending;  // bytes of incomplete BINARY rows
  std::string service_error;
  bool overflow = false;

  /// Inside a row of TABLEDATA.
  bool in_row() const { return in_row_; }

  /// Between two rows of TABLEDATA, with all fed text parsed: the next rows may be read by other
  /// means and then reported by skip().
  bool between_rows() const {
    return data == Data::tabledata && in_table() && depth() == tabledata_depth_ && !in_error_ &&
           !in_stream_ && all_parsed();
  }
  /// Decodes the base64 of a STREAM at the beginning of `block` and returns the number of bytes
  /// consumed.
  size_t take_base64(std::string_view block) {
    if (!in_stream_ || !in_table() || !href.empty() || depth() != stream_depth_ || !all_parsed())
      return 0;
    if (data != Data::binary && data != Data::binary2) return 0;
    size_t lines = 0;
    const size_t taken = decoder_.decode_plain(block, pending, lines);
    skip_lines(lines);
    decode_pending();
    return taken;
  }
  void skip(size_t lines, uint64_t skipped_rows) {
    skip_lines(lines);
    row_count += skipped_rows;
    if (skipped_rows > 0) cell_ = fields.size();
  }

  void decode_pending() {
    try {
      const size_t before = rows->rows();
      const size_t used = decode_rows(pending, fields, data == Data::binary2, *rows);
      pending.erase(0, used);
      row_count += rows->rows() - before;
      if (pending.size() > max_cell_bytes * 4)
        throw input_error("a row is too large", "", "a row of less than 1 GiB");
    } catch (const Error& error) {
      throw error.within(fmt::format("row {}", row_count + 1));
    }
  }

 private:
  bool in_table() const { return inside_table_ && tables_seen == wanted_; }

  void start_element(std::string_view name, const XmlAttributes& attributes) override {
    if (!found_votable) {
      if (name != "VOTABLE")
        throw input_error("the XML is not a VOTable", fmt::format("line {}", line()),
                          "VOTABLE as the root element", "the element " + in_quotes(name));
      found_votable = true;
    }
    text_.clear();
    collect_ = false;
    if (name == "INFO" && attribute(attributes, "name") == "QUERY_STATUS") {
      const auto status = attribute(attributes, "value");
      if (status == "OVERFLOW") overflow = true;
      in_error_ = status == "ERROR";
      collect_ = in_error_;
    } else if (name == "DESCRIPTION") {
      collect_ = true;
    } else if (name == "TABLE") {
      ++tables_seen;
      inside_table_ = true;
      if (in_table()) header.name = attribute(attributes, "name");
    }
    if (in_table()) start_in_table(name, attributes);
  }

  void start_in_table(std::string_view name, const XmlAttributes& attributes) {
    if (name == "FIELD") {
      start_field(attributes);
    } else if (name == "VALUES" && in_field_) {
      if (const auto null = attribute(attributes, "null"); !null.empty()) {
        const auto number = parse_cell_int(trim(null));
        if (is_float(header.columns.back().field.type))
          fields.back().null.real = parse_double(null);
        else if (number && can_hold(header.columns.back().field.type, *number))
          fields.back().null.whole = header.columns.back().field.null_marker = *number;
      }
    } else if (name == "GROUP" || name == "PARAM") {
      ++others_;
    } else if (name == "DATA") {
      if (header.columns.empty()) throw input_error("the table has no FIELD", "TABLE");
      header_complete = true;
    } else if (name == "TABLEDATA" || name == "BINARY" || name == "BINARY2" || name == "FITS") {
      if (!header_complete) throw input_error("data outside DATA", std::string(name));
      data = name == "TABLEDATA" ? Data::tabledata
             : name == "BINARY"  ? Data::binary
             : name == "BINARY2" ? Data::binary2
                                 : Data::fits;
      fits_part = attribute(attributes, "extnum");
      if (data == Data::tabledata) tabledata_depth_ = depth() + 2 <= deepest ? depth() : -1;
    } else if (name == "STREAM") {
      start_stream(attributes);
    } else if (name == "TR") {
      if (in_row_) throw input_error("a TR within a TR", place());
      in_row_ = data == Data::tabledata;
      cell_ = 0;
    } else if (name == "TD") {
      if (!in_row_ || !rows) throw input_error("a TD outside TABLEDATA", place());
      if (!attribute(attributes, "encoding").empty())
        throw input_error("an encoded TD is not supported", place());
      if (cell_ >= fields.size())
        throw input_error("a row has too many cells", fmt::format("row {}", row_count + 1),
                          fmt::format("{} cells", fields.size()), "another TD");
      if (in_cell_) throw input_error("a TD within a TD", place());
      in_cell_ = true;
      collect_ = true;
    }
  }

  void start_field(const XmlAttributes& attributes) {
    if (header_complete) throw input_error("a FIELD after DATA", fmt::format("line {}", line()));
    if (header.columns.size() >= max_votable_columns)
      throw input_error("the table has too many columns", "",
                        fmt::format("at most {} columns", max_votable_columns));
    Field field;
    field.name = attribute(attributes, "name");
    if (field.name.empty()) field.name = attribute(attributes, "ID");
    if (field.name.empty()) field.name = fmt::format("col{}", header.columns.size() + 1);
    field.unit = attribute(attributes, "unit");
    field.ucd = attribute(attributes, "ucd");
    field.utype = attribute(attributes, "utype");
    field.xtype = attribute(attributes, "xtype");
    fields.push_back(
        wire_field(attribute(attributes, "datatype"), attribute(attributes, "arraysize"), field));
    header.add(std::move(field));
    in_field_ = true;
  }

  void start_stream(const XmlAttributes& attributes) {
    const auto encoding = attribute(attributes, "encoding");
    href = attribute(attributes, "href");
    if (href.empty() && encoding != "base64")
      throw input_error("unknown STREAM encoding", fmt::format("line {}", line()), "base64",
                        in_quotes(encoding));
    in_stream_ = true;
    stream_depth_ = depth();
  }

  void end_element(std::string_view name) override {
    if (name == "INFO" && in_error_) {
      service_error = std::string(trim(text_));
      if (service_error.empty()) service_error = "no message";
      in_error_ = false;
    }
    if (in_table()) end_in_table(name);
    if (name == "TABLE") inside_table_ = false;
    collect_ = false;
  }

  void end_in_table(std::string_view name) {
    if (name == "GROUP" || name == "PARAM") {
      --others_;
    } else if (name == "DESCRIPTION") {
      std::string& target =
          in_field_ ? header.columns.back().field.description : header.description;
      if (!header_complete && others_ == 0) target = std::string(trim(text_));
    } else if (name == "FIELD") {
      in_field_ = false;
    } else if (name == "TD") {
      store_cell();
      in_cell_ = false;
      ++cell_;
    } else if (name == "TR" && data == Data::tabledata) {
      if (cell_ != fields.size())
        throw input_error("a row has too few cells", fmt::format("row {}", row_count + 1),
                          fmt::format("{} cells", fields.size()), fmt::format("{}", cell_));
      ++row_count;
      in_row_ = false;
    } else if (name == "STREAM") {
      in_stream_ = false;
      if ((data == Data::binary || data == Data::binary2) && href.empty()) {
        decode_pending();
        if (!pending.empty())
          throw input_error("the data ends in the middle of a row",
                            fmt::format("row {}", row_count + 1), "whole rows",
                            fmt::format("{} bytes too many", pending.size()));
      }
    } else if (name == "TABLE") {
      if (header.columns.empty()) throw input_error("the table has no FIELD", "TABLE");
      header_complete = true;
      table_ended = true;
    }
  }

  void text(std::string_view characters) override {
    if (in_stream_ && in_table()) {
      if (!href.empty()) return;
      if (data == Data::fits) {
        decoder_.decode(characters, fits_bytes);
      } else {
        decoder_.decode(characters, pending);
        if (pending.size() > 1 << 16) decode_pending();
      }
    } else if (collect_) {
      if (text_.size() + characters.size() > max_cell_bytes)
        throw input_error("a text value is too long", place(), "less than 256 MiB");
      text_ += characters;
    }
  }

  std::string place() const {
    return cell_ < header.columns.size()
               ? fmt::format("row {}, column {}", row_count + 1, header.columns[cell_].field.name)
               : fmt::format("row {}", row_count + 1);
  }
  /// Appends the completed cell to its column.
  void store_cell() {
    try {
      append_cell(text_, fields[cell_], rows->columns[cell_]);
    } catch (const Error& error) {
      throw error.within(place());
    }
  }

  size_t wanted_;
  bool inside_table_ = false;
  bool in_field_ = false;
  bool in_row_ = false;
  bool in_cell_ = false;
  bool in_stream_ = false;
  bool in_error_ = false;
  bool collect_ = false;
  int tabledata_depth_ = -1;  // -1: too deep for rows
  int stream_depth_ = -1;
  int others_ = 0;  // open GROUPs and PARAMs: their DESCRIPTION is not the table's
  size_t cell_ = 0;
  std::string text_;
  Base64Decoder decoder_;
};

class VotableReader : public TableReader {
 public:
  VotableReader(std::unique_ptr<ByteSource> source, size_t table, const std::string& folder,
                const Threads& threads)
      : TableReader(source->name()),
        source_(std::move(source)),
        parser_(name_, table),
        folder_(folder),
        threads_(threads) {
    const std::string_view head = source_->peek().substr(0, 2);
    one_byte_characters_ = head != "\xff\xfe" && head != "\xfe\xff" && head.find('\0') == npos;
    while (!parser_.header_complete && feed(true)) {
    }
    if (!parser_.header_complete) throw_service_error();
    if (!parser_.header_complete)
      throw input_error(
          parser_.tables_seen ? "no table with this number" : "the VOTable contains no table",
          name_, fmt::format("table {}", table), fmt::format("{} tables", parser_.tables_seen));
    header_ = parser_.header;
  }

  double fraction_read() const override {
    return source_->size()
               ? static_cast<double>(source_->position()) / static_cast<double>(source_->size())
               : 0;
  }

  bool overflow() const override { return parser_.overflow; }

 private:
  /// Parses the next block, or only up to the end of its next tag; false at the end of the file.
  /// Until the header is complete there is no table to fill, so parsing proceeds tag by tag.
  bool feed(bool to_next_tag) {
    if (ended_) return false;
    if (block_.empty()) fill_block();
    ended_ = block_.empty();
    if (!to_next_tag && one_byte_characters_) {
      if (parser_.between_rows() && take_rows()) return true;
      block_.remove_prefix(parser_.take_base64(block_));
    }
    const bool awaits_rows = parser_.data == VotableParser::Data::none && !parser_.table_ended;
    const bool whole = !to_next_tag && parser_.header_complete && !awaits_rows;
    const size_t tag = block_.find('>');
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
    block_ = {buffer_.get(), left + source_->read(buffer_.get() + left, block_bytes - left)};
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
    // The pieces are scanned ahead, assuming that each begins between two rows.
    std::vector<std::string_view> pieces;
    for (size_t begin = 0; begin < rows.size(); begin += pieces.back().size()) {
      const size_t end = rows.find(row_end, std::min(begin + piece_bytes, last));
      pieces.push_back(rows.substr(begin, end + row_end.size() - begin));
    }
    fragments_.resize(pieces.size(), Fragment{header_.empty_copy(), {}});
    threads_.run(pieces.size(), [&](size_t i) {
      fragments_[i].rows.clear_rows();
      fragments_[i].scanned = scan_rows(pieces[i], parser_.fields, fragments_[i].rows);
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
            ahead ? ahead->scanned : scan_rows(piece, parser_.fields, *parser_.rows);
        parser_.skip(scanned.lines, parser_.rows->rows() - before);
        piece.remove_prefix(scanned.bytes);
      }
      ahead = nullptr;
      const size_t end = parser_.table_ended ? npos : piece.find(row_end);
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
  static constexpr size_t piece_bytes = size_t{1} << 17;
  std::unique_ptr<ByteSource> source_;
  VotableParser parser_;
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
                                          const Threads& threads) {
  size_t table = 1;
  if (!part.empty()) {
    const auto number = parse_int(part);
    if (!number || *number < 1)
      throw input_error("no such table", source->name(), "a number after '#', 1 for the first",
                        in_quotes(part));
    table = static_cast<size_t>(*number);
  }
  return std::make_unique<VotableReader>(std::move(source), table, folder, threads);
}

}  // namespace uhuru
