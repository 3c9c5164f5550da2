// Writes VOTable 1.4 in TABLEDATA, BINARY or BINARY2.

#include <fmt/format.h>

#include "uhuru/io/base64.hpp"
#include "uhuru/io/binary_rows.hpp"
#include "uhuru/io/format_rows.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/votable_elements.hpp"

namespace uhuru::io {
namespace {

class VotableWriter : public TableWriter {
 public:
  VotableWriter(std::unique_ptr<OutputFile> file, const Table& header, Threads threads,
                Format format)
      : file_(std::move(file)), format_(format), threads_(std::move(threads)) {
    for (const Column& column : header.columns) fields_.push_back(field_for(column.field));
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">\n"
        "<RESOURCE>\n";
    put_votable_facts(header, out);
    out += "<TABLE";
    put_votable_attribute("name", header.name, out);
    out += ">\n";
    put_votable_description(header.description, out);
    put_votable_parameters(header, out);
    for (size_t c = 0; c < header.columns.size(); ++c)
      put_votable_field(header, c, fields_[c].null.whole, out);
    out += "<DATA>\n";
    out += format == Format::votable          ? "<TABLEDATA>\n"
           : format == Format::votable_binary ? "<BINARY>\n<STREAM encoding=\"base64\">\n"
                                              : "<BINARY2>\n<STREAM encoding=\"base64\">\n";
    file_->write(out);
  }

  void write(const Table& batch) override {
    if (format_ == Format::votable)
      return write_rows(batch.rows(), threads_, *file_,
                        [&](size_t row, std::string& out) { put_votable_row(batch, row, out); });
    std::string out;
    std::string bytes;
    for (size_t row = 0; row < batch.rows(); ++row) {
      bytes.clear();
      encode_row(batch, row, fields_, format_ == Format::votable_binary2, bytes);
      encoder_.encode(bytes, out);
      if (out.size() > 1 << 18) {
        file_->write(out);
        out.clear();
      }
    }
    file_->write(out);
  }

  void commit() override {
    std::string out;
    if (format_ == Format::votable) {
      out = "</TABLEDATA>\n";
    } else {
      encoder_.finish(out);
      out += format_ == Format::votable_binary ? "\n</STREAM>\n</BINARY>\n"
                                               : "\n</STREAM>\n</BINARY2>\n";
    }
    file_->write(out + "</DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n");
    file_->commit();
  }

 private:
  /// In BINARY a missing integer needs a null value: that of the source, else the smallest integer;
  /// bytes have none to spare. In arrays the source's null value marks missing elements.
  WireField field_for(const Field& field) const {
    Field ignored;
    WireField wire = wire_field(votable_datatype(field), votable_arraysize(field), ignored);
    if (!is_integer(field.type)) return wire;
    const bool needed = format_ == Format::votable_binary && field.is_scalar();
    if (field.null_marker && (needed || !field.is_scalar()))
      wire.null.whole = *field.null_marker;
    else if (needed && field.type != Type::byte)
      wire.null.whole = smallest_whole(field.type);
    return wire;
  }

  std::unique_ptr<OutputFile> file_;
  Format format_;
  Threads threads_;
  std::vector<WireField> fields_;
  Base64Encoder encoder_;
};

}  // namespace

std::unique_ptr<TableWriter> create_votable(std::unique_ptr<OutputFile> file, const Table& header,
                                            const Threads& threads, Format format) {
  return std::make_unique<VotableWriter>(std::move(file), header, threads, format);
}

}  // namespace uhuru::io
