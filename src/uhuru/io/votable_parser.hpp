// Parses a VOTable: first the header, then rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/io/base64.hpp"
#include "uhuru/io/reader_notes.hpp"
#include "uhuru/io/votable_header.hpp"
#include "uhuru/io/xml_parser.hpp"

namespace uhuru::io {

/// One table of a VOTable that is fed in pieces: when the header is complete, `rows` is set, and
/// what follows is appended to it. Pauses where the data begin. Not thread-safe.
class VotableParser : public XmlParser {
 public:
  VotableParser(const std::string& file_name, size_t wanted_table)
      : XmlParser(file_name, "VOTable"), header(notes), wanted_(wanted_table) {}

  enum class Data { none, tabledata, binary, binary2, fits };

  ReaderNotes notes;
  VotableHeader header;
  Table* rows = nullptr;   // destination of rows, set before data are fed
  uint64_t row_count = 0;  // completed rows
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
  std::string error_info;  // an INFO named Error, in which older services say what failed
  bool overflow = false;

  const std::vector<WireField>& fields() const { return header.fields; }
  /// Inside a row of TABLEDATA.
  bool in_row() const { return in_row_; }
  /// Between two rows of TABLEDATA, with all fed text parsed: the next rows may be read by other
  /// means and then reported by skip().
  bool between_rows() const;
  void skip(size_t lines, uint64_t skipped_rows);
  /// Decodes the base64 of a STREAM at the beginning of `block` and returns the number of bytes
  /// consumed.
  size_t take_base64(std::string_view block);
  /// Decodes the whole rows of `pending`.
  void decode_pending();

 private:
  bool in_table() const { return inside_table_ && tables_seen == wanted_; }
  void start_element(std::string_view name, const XmlAttributes& attributes) override;
  void start_in_table(std::string_view name, const XmlAttributes& attributes);
  void start_data(std::string_view name, const XmlAttributes& attributes);
  void start_stream(const XmlAttributes& attributes);
  void start_cell(const XmlAttributes& attributes);
  void end_element(std::string_view name) override;
  void end_in_table(std::string_view name);
  void end_cell();
  bool append_encoded();
  void end_row();
  void end_stream();
  void text(std::string_view characters) override;
  std::string place() const;

  size_t wanted_;
  bool inside_table_ = false;
  bool in_row_ = false;
  bool in_cell_ = false;
  bool is_encoded_ = false;
  bool in_stream_ = false;
  bool in_error_ = false;
  bool in_error_info_ = false;
  bool collect_ = false;
  int tabledata_depth_ = -1;  // -1: too deep for rows
  int stream_depth_ = -1;
  size_t cell_ = 0;
  uint64_t cells_lacking_ = 0;  // in rows with too few
  std::string text_;
  Base64Decoder decoder_;
};

}  // namespace uhuru::io
