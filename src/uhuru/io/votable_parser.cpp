#include "uhuru/io/votable_parser.hpp"

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/votable_values.hpp"

namespace uhuru::io {
namespace {

constexpr size_t max_cell_bytes = size_t{1} << 28;
/// A row without cells takes nine bytes; its missing values may take only so many times more.
constexpr uint64_t free_lacking_cells = 1 << 20;
constexpr uint64_t lacking_cells_per_row = 16;

}  // namespace

bool VotableParser::between_rows() const {
  return data == Data::tabledata && in_table() && depth() == tabledata_depth_ && !in_error_ &&
         !in_stream_ && all_parsed();
}

void VotableParser::skip(size_t lines, uint64_t skipped_rows) {
  skip_lines(lines);
  row_count += skipped_rows;
  if (skipped_rows > 0) cell_ = fields().size();
}

size_t VotableParser::take_base64(std::string_view block) {
  if (!in_stream_ || !in_table() || !href.empty() || depth() != stream_depth_ || !all_parsed())
    return 0;
  if (data != Data::binary && data != Data::binary2) return 0;
  size_t lines = 0;
  const size_t taken = decoder_.decode_plain(block, pending, lines);
  skip_lines(lines);
  decode_pending();
  return taken;
}

void VotableParser::decode_pending() {
  try {
    const size_t before = rows->rows();
    const size_t used =
        decode_rows(pending, fields(), data == Data::binary2, row_count + 1, *rows, notes);
    pending.erase(0, used);
    row_count += rows->rows() - before;
    if (pending.size() > max_cell_bytes * 4)
      throw input_error("a row is too large", "", "a row of less than 1 GiB");
  } catch (const Error& error) {
    throw error.within(fmt::format("row {}", row_count + 1));
  }
}

void VotableParser::start_element(std::string_view name, const XmlAttributes& attributes) {
  if (!found_votable) {
    if (name != "VOTABLE")
      throw input_error("the XML is not a VOTable", fmt::format("line {}", line()),
                        "VOTABLE as the root element", "the element " + in_quotes(name));
    found_votable = true;
  }
  text_.clear();
  collect_ = false;
  if (name == "INFO" && xml_attribute(attributes, "name") == "QUERY_STATUS") {
    const std::string status = lower(trim(xml_attribute(attributes, "value")));
    if (status == "overflow") overflow = true;
    in_error_ = status == "error";
    collect_ = in_error_;
  } else if (name == "INFO" && lower(xml_attribute(attributes, "name")) == "error") {
    error_info = xml_attribute(attributes, "value");
    in_error_info_ = collect_ = true;
  } else if (name == "TABLE") {
    ++tables_seen;
    inside_table_ = true;
  }
  if (!header_complete && (!inside_table_ || in_table())) {
    header.start(name, attributes, depth());
    collect_ = collect_ || VotableHeader::keeps_text(name);
  }
  if (in_table()) start_in_table(name, attributes);
}

void VotableParser::start_in_table(std::string_view name, const XmlAttributes& attributes) {
  if (name == "FIELD") {
    if (header_complete) throw input_error("a FIELD after DATA", fmt::format("line {}", line()));
  } else if (name == "DATA") {
    if (header.table.columns.empty()) throw input_error("the table has no FIELD", "TABLE");
    if (header_complete) return;
    header.complete();
    header_complete = true;
    pause();
  } else if (name == "TABLEDATA" || name == "BINARY" || name == "BINARY2" || name == "FITS") {
    start_data(name, attributes);
  } else if (name == "STREAM") {
    start_stream(attributes);
  } else if (name == "TR") {
    if (in_row_) throw input_error("a TR within a TR", place());
    in_row_ = data == Data::tabledata;
    cell_ = 0;
  } else if (name == "TD") {
    start_cell(attributes);
  }
}

void VotableParser::start_data(std::string_view name, const XmlAttributes& attributes) {
  if (!header_complete) throw input_error("data outside DATA", std::string(name));
  data = name == "TABLEDATA" ? Data::tabledata
         : name == "BINARY"  ? Data::binary
         : name == "BINARY2" ? Data::binary2
                             : Data::fits;
  fits_part = xml_attribute(attributes, "extnum");
  if (data == Data::tabledata) tabledata_depth_ = depth() + 2 <= deepest ? depth() : -1;
  if (data == Data::binary || data == Data::binary2) header.require_sizes();
}

void VotableParser::start_stream(const XmlAttributes& attributes) {
  const auto encoding = xml_attribute(attributes, "encoding");
  href = xml_attribute(attributes, "href");
  if (href.empty() && encoding != "base64")
    throw input_error("unknown STREAM encoding", fmt::format("line {}", line()), "base64",
                      in_quotes(encoding));
  in_stream_ = true;
  stream_depth_ = depth();
}

void VotableParser::start_cell(const XmlAttributes& attributes) {
  if (!in_row_ || !rows) throw input_error("a TD outside TABLEDATA", place());
  const auto encoding = xml_attribute(attributes, "encoding");
  if (!encoding.empty() && encoding != "base64")
    throw input_error("unknown TD encoding", place(), "base64", in_quotes(encoding));
  is_encoded_ = !encoding.empty();
  if (in_cell_) throw input_error("a TD within a TD", place());
  in_cell_ = true;
  collect_ = cell_ < fields().size();
}

void VotableParser::end_element(std::string_view name) {
  if (name == "INFO" && in_error_) {
    service_error = std::string(trim(text_));
    if (service_error.empty()) service_error = "no message";
    in_error_ = false;
  } else if (name == "INFO" && in_error_info_) {
    if (error_info.empty()) error_info = std::string(trim(text_));
    in_error_info_ = false;
  }
  if (!header_complete && (!inside_table_ || in_table()))
    header.end(name, depth() + 1, collect_ ? std::string_view(text_) : std::string_view());
  if (in_table()) end_in_table(name);
  if (name == "TABLE") inside_table_ = false;
  collect_ = false;
}

void VotableParser::end_in_table(std::string_view name) {
  if (name == "TD") {
    end_cell();
  } else if (name == "TR" && data == Data::tabledata) {
    end_row();
  } else if (name == "STREAM") {
    end_stream();
  } else if (name == "TABLE") {
    if (header.table.columns.empty()) throw input_error("the table has no FIELD", "TABLE");
    if (!header_complete) header.complete();
    header_complete = true;
    table_ended = true;
  }
}

void VotableParser::end_cell() {
  if (cell_ < fields().size()) {
    const bool good =
        is_encoded_ ? append_encoded() : append_cell(text_, fields()[cell_], rows->columns[cell_]);
    if (!good) notes.bad_cell(cell_, row_count + 1, text_);
  }
  in_cell_ = false;
  ++cell_;
}

/// A TD in base64 has the bytes of a row of BINARY with this column alone.
bool VotableParser::append_encoded() {
  Column& column = rows->columns[cell_];
  Table cell;
  cell.add(column.field);
  try {
    std::string bytes;
    Base64Decoder().decode(text_, bytes);
    ReaderNotes odd;
    const size_t used = decode_rows(bytes, {fields()[cell_]}, false, 1, cell, odd);
    if (used == bytes.size() && cell.rows() == 1 && odd.sentences(cell).empty()) {
      column.append_from(cell.columns[0], 0);
      return true;
    }
  } catch (const Error&) {
    // Not base64, or an array that is too large.
  }
  column.append_missing();
  return false;
}

/// A row is as long as the table is wide: what it lacks is missing, what it has too much is left
/// out, as in TOPCAT.
void VotableParser::end_row() {
  if (cell_ != fields().size()) notes.odd_row(row_count + 1, cell_, fields().size());
  if (cell_ < fields().size()) {
    cells_lacking_ += fields().size() - cell_;
    if (cells_lacking_ > free_lacking_cells + lacking_cells_per_row * row_count)
      throw input_error("too many rows have too few cells", fmt::format("row {}", row_count + 1),
                        fmt::format("{} cells", fields().size()), fmt::format("{}", cell_));
    for (; cell_ < fields().size(); ++cell_) rows->columns[cell_].append_missing();
  }
  ++row_count;
  in_row_ = false;
}

void VotableParser::end_stream() {
  in_stream_ = false;
  if ((data != Data::binary && data != Data::binary2) || !href.empty()) return;
  decode_pending();
  if (!pending.empty())
    throw input_error("the data ends in the middle of a row", fmt::format("row {}", row_count + 1),
                      "whole rows", fmt::format("{} bytes too many", pending.size()));
}

void VotableParser::text(std::string_view characters) {
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

std::string VotableParser::place() const {
  const auto& columns = header.table.columns;
  return cell_ < columns.size()
             ? fmt::format("row {}, column {}", row_count + 1, columns[cell_].field.name)
             : fmt::format("row {}", row_count + 1);
}

}  // namespace uhuru::io
