// VOTable 1.1 to 1.5: TABLEDATA, BINARY, BINARY2 and FITS, the streams inline or in a file beside.
// Source: IVOA Recommendation VOTable 1.5 (2025).

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/base64.hpp"
#include "uhuru/io/binary_rows.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/utf8.hpp"
#include "uhuru/io/votable_values.hpp"
#include "uhuru/io/xml_parser.hpp"

namespace uhuru {
namespace {

constexpr size_t max_columns = 20000;
constexpr size_t max_cell_bytes = size_t{1} << 28;

std::string_view attribute(const XmlAttributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return value;
  return {};
}

/// The elements of a VOTable as they come: header, then rows into `rows`.
class VotableParser : public XmlParser {
 public:
  VotableParser(const std::string& file_name, size_t wanted_table)
      : XmlParser(file_name), wanted_(wanted_table) {}

  enum class Data { none, tabledata, binary, binary2, fits };

  Table header;
  std::vector<WireField> fields;
  Table* rows = nullptr;   // where rows go, set before data is fed
  uint64_t row_count = 0;  // rows finished, for error messages
  Data data = Data::none;
  bool header_complete = false;
  bool table_ended = false;
  bool found_votable = false;
  size_t tables_seen = 0;
  std::string href;
  std::string fits_part;
  std::string fits_bytes;
  std::string pending;  // bytes of BINARY rows not yet whole
  std::string service_error;

  /// In the middle of a row of TABLEDATA.
  bool in_row() const { return in_row_; }

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
        throw input_error("this XML is no VOTable", fmt::format("line {}", line()),
                          "the element VOTABLE first", "the element " + in_quotes(name));
      found_votable = true;
    }
    text_.clear();
    collect_ = false;
    if (name == "INFO" && attribute(attributes, "name") == "QUERY_STATUS") {
      in_error_ = attribute(attributes, "value") == "ERROR";
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
      if (!header_complete) throw input_error("data outside of DATA", std::string(name));
      data = name == "TABLEDATA" ? Data::tabledata
             : name == "BINARY"  ? Data::binary
             : name == "BINARY2" ? Data::binary2
                                 : Data::fits;
      fits_part = attribute(attributes, "extnum");
    } else if (name == "STREAM") {
      start_stream(attributes);
    } else if (name == "TR") {
      if (in_row_) throw input_error("a TR within a TR", place());
      in_row_ = data == Data::tabledata;
      cell_ = 0;
    } else if (name == "TD") {
      if (!in_row_ || !rows) throw input_error("a TD outside of TABLEDATA", place());
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
    if (header.columns.size() >= max_columns)
      throw input_error("the table has too many columns", "",
                        fmt::format("at most {} columns", max_columns));
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
      throw input_error("unknown encoding of a STREAM", fmt::format("line {}", line()), "base64",
                        in_quotes(encoding));
    in_stream_ = true;
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
        throw input_error("a text is too long", place(), "less than 256 MiB");
      text_ += characters;
    }
  }

  std::string place() const {
    return cell_ < header.columns.size()
               ? fmt::format("row {}, column {}", row_count + 1, header.columns[cell_].field.name)
               : fmt::format("row {}", row_count + 1);
  }
  [[noreturn]] void bad_cell(std::string_view text) const {
    throw input_error("unreadable value", place(),
                      fmt::format("a {}", type_name(header.columns[cell_].field.type)),
                      in_quotes(text));
  }

  [[noreturn]] void wrong_count(size_t expected, size_t found) const {
    throw input_error("an array has a wrong number of values", place(),
                      fmt::format("{} values", expected), fmt::format("{}", found));
  }

  void store_cell() {
    Column& column = rows->columns[cell_];
    const WireField& wire = fields[cell_];
    if (column.field.type == Type::text) return store_text(column, wire);
    const std::string_view value = trim(text_);
    if (value.empty()) return column.append_missing();
    if (column.field.type == Type::boolean) return store_booleans(column, wire, value);
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      store_numbers<T>(column, wire, value);
    });
  }

  void store_text(Column& column, const WireField& wire) {
    if (column.field.is_text_array() && !text_.empty()) {
      if (!column.field.unicode) text_ = ascii_of(text_);
      const size_t units =
          column.field.unicode ? utf16be_from_utf8(text_).size() / 2 : text_.size();
      if (wire.count && units > wire.count) wrong_count(wire.count, units);
      text_.append(wire.count - std::min(wire.count, units), ' ');
    }
    column.append_text(text_);
  }

  void store_booleans(Column& column, const WireField& wire, std::string_view value) {
    std::vector<uint8_t> values;
    const auto add = [&](std::string_view word) {
      const auto boolean = parse_boolean(word);
      if (!boolean) bad_cell(value);
      if (*boolean < 0 && column.field.is_scalar()) return false;
      values.push_back(*boolean < 0 ? unknown_boolean : static_cast<uint8_t>(*boolean));
      return true;
    };
    const bool packed = wire.wire == Wire::bit && value.find(' ') == std::string_view::npos;
    if (packed) {
      for (const char& c : value) add({&c, 1});
    } else if (!for_each_word(value, add)) {
      return column.append_missing();
    }
    if (wire.count && values.size() != wire.count) wrong_count(wire.count, values.size());
    if (std::all_of(values.begin(), values.end(), [](uint8_t v) { return v == unknown_boolean; }))
      return column.append_missing();
    column.append(std::span<const uint8_t>(values));
  }

  template <class T>
  void store_numbers(Column& column, const WireField& wire, std::string_view value) {
    T number{};
    if (column.field.is_scalar()) {
      if (!parse_value(value, number)) bad_cell(value);
      if (wire.null.is(number)) return column.append_missing();
      return column.append(number);
    }
    std::vector<T> values;
    for_each_word(value, [&](std::string_view word) {
      if (!parse_value(word, number)) bad_cell(word);
      values.push_back(number);
      return true;
    });
    const size_t expected = column.field.cell_size();
    if (expected && values.size() != expected) wrong_count(expected, values.size());
    if (std::all_of(values.begin(), values.end(), [&](T v) { return wire.null.is(v); }))
      return column.append_missing();
    column.append(std::span<const T>(values));
  }

  template <class Visit>
  static bool for_each_word(std::string_view text, Visit&& visit) {
    for (text = trim(text); !text.empty(); text = trim(text)) {
      const size_t end = std::min(text.find_first_of(" \t\r\n,"), text.size());
      if (!visit(text.substr(0, end))) return false;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
  }

  size_t wanted_;
  bool inside_table_ = false;
  bool in_field_ = false;
  bool in_row_ = false;
  bool in_cell_ = false;
  bool in_stream_ = false;
  bool in_error_ = false;
  bool collect_ = false;
  int others_ = 0;  // GROUPs and PARAMs that are open: their DESCRIPTION is not the table's
  size_t cell_ = 0;
  std::string text_;
  Base64Decoder decoder_;
};

class VotableReader : public TableReader {
 public:
  VotableReader(std::unique_ptr<ByteSource> source, size_t table, const std::string& folder)
      : TableReader(source->name()),
        source_(std::move(source)),
        parser_(name_, table),
        folder_(folder) {
    while (!parser_.header_complete && feed(true)) {
    }
    if (!parser_.header_complete) throw_service_error();
    if (!parser_.header_complete)
      throw input_error(
          parser_.tables_seen ? "there is no table of that number" : "the VOTable holds no table",
          name_, fmt::format("table {}", table), fmt::format("{} tables", parser_.tables_seen));
    header_ = parser_.header;
  }

  double fraction_read() const override {
    return source_->size()
               ? static_cast<double>(source_->position()) / static_cast<double>(source_->size())
               : 0;
  }

 private:
  /// Parses the next block, or only to the end of its next tag; false at the end of the file. Until
  /// the header is complete there is no table to fill, so it goes tag by tag.
  bool feed(bool to_next_tag) {
    if (ended_) return false;
    if (block_.empty()) {
      block_ = source_->next();
      ended_ = block_.empty();
    }
    const bool whole = !to_next_tag && parser_.header_complete;
    const size_t tag = block_.find('>');
    const size_t size = whole || tag == std::string_view::npos ? block_.size() : tag + 1;
    parser_.feed(block_.substr(0, size), ended_);
    block_.remove_prefix(size);
    return !ended_;
  }

  void throw_service_error() const {
    if (!parser_.service_error.empty())
      throw Error(ErrorKind::service, "the service answered with an error", name_, "a table",
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

  /// A STREAM in a file of its own: only a plain name beside the VOTable, never a path or address.
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
      throw input_error("the table's data is elsewhere", name_,
                        "data inside the VOTable, or in a file beside it", in_quotes(parser_.href));
    stream_ = ByteSource::open(folder_ + name);
    if (parser_.data == VotableParser::Data::fits)
      inner_ = open_fits(std::move(stream_), parser_.fits_part);
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
    if (!inner_)
      inner_ = open_fits(ByteSource::from_memory(parser_.fits_bytes, name_), parser_.fits_part);
    read_inner(batch, max_rows);
  }

  /// The FITS table's columns become those of the VOTable, which must be as many.
  void read_inner(Table& batch, size_t max_rows) {
    Table rows = inner_->header().empty_copy();
    if (rows.columns.size() != batch.columns.size())
      throw input_error("the FITS stream does not fit its FIELDs", name_,
                        fmt::format("{} columns", batch.columns.size()),
                        fmt::format("{}", rows.columns.size()));
    inner_->read(rows, max_rows);
    for (size_t c = 0; c < rows.columns.size(); ++c) {
      if (rows.columns[c].field.type != batch.columns[c].field.type ||
          rows.columns[c].field.cell_size() != batch.columns[c].field.cell_size())
        throw input_error("the FITS stream does not fit its FIELDs",
                          name_ + ", column " + batch.columns[c].field.name,
                          std::string(type_name(batch.columns[c].field.type)),
                          std::string(type_name(rows.columns[c].field.type)));
    }
    batch.append_rows(rows);
  }

  std::unique_ptr<ByteSource> source_;
  VotableParser parser_;
  std::string folder_;
  std::string_view block_;  // of source_, not yet parsed
  std::unique_ptr<ByteSource> stream_;
  std::unique_ptr<TableReader> inner_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<TableReader> open_votable(std::unique_ptr<ByteSource> source,
                                          const std::string& part, const std::string& folder) {
  size_t table = 1;
  if (!part.empty()) {
    const auto number = parse_int(part);
    if (!number || *number < 1)
      throw input_error("no such table", source->name(), "a number after '#', 1 for the first",
                        in_quotes(part));
    table = static_cast<size_t>(*number);
  }
  return std::make_unique<VotableReader>(std::move(source), table, folder);
}

}  // namespace uhuru
