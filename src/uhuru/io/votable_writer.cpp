// Writes VOTable 1.4 in TABLEDATA, BINARY or BINARY2.

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/io/base64.hpp"
#include "uhuru/io/binary_rows.hpp"
#include "uhuru/io/format_rows.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/utf8.hpp"
#include "uhuru/io/xml_text.hpp"

namespace uhuru {
namespace {

void put_attribute(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  out += fmt::format(" {}=\"", name);
  escape_xml(to_utf8(value), true, out);
  out += '"';
}

std::string_view datatype(const Field& field) {
  switch (field.type) {
    case Type::boolean:
      return "boolean";
    case Type::byte:
      return "unsignedByte";
    case Type::int16:
      return "short";
    case Type::int32:
      return "int";
    case Type::int64:
      return "long";
    case Type::float32:
      return "float";
    case Type::float64:
      return "double";
    case Type::text:
      return field.unicode ? "unicodeChar" : "char";
  }
  return "";
}

std::string_view arraysize(const Field& field) {
  return field.type == Type::text && field.arraysize.empty() ? "*"
                                                             : std::string_view(field.arraysize);
}

class VotableWriter : public TableWriter {
 public:
  VotableWriter(std::unique_ptr<OutputFile> file, const Table& header, Threads threads,
                Format format)
      : file_(std::move(file)), format_(format), threads_(std::move(threads)) {
    for (const Column& column : header.columns) fields_.push_back(field_for(column.field));
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">\n"
        "<RESOURCE>\n<TABLE";
    put_attribute("name", header.name, out);
    out += ">\n";
    put_description(header.description, out);
    for (size_t c = 0; c < header.columns.size(); ++c) put_field(header.columns[c].field, c, out);
    out += "<DATA>\n";
    out += format == Format::votable          ? "<TABLEDATA>\n"
           : format == Format::votable_binary ? "<BINARY>\n<STREAM encoding=\"base64\">\n"
                                              : "<BINARY2>\n<STREAM encoding=\"base64\">\n";
    file_->write(out);
  }

  void write(const Table& batch) override {
    if (format_ == Format::votable)
      return write_rows(batch.rows(), threads_, *file_,
                        [&](size_t row, std::string& out) { put_row(batch, row, out); });
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
  /// In BINARY a missing whole number needs a number set aside for it: the source's, else the
  /// smallest, except for bytes, which can spare none. In arrays the source's marks missing
  /// elements.
  WireField field_for(const Field& field) const {
    Field ignored;
    WireField wire = wire_field(datatype(field), arraysize(field), ignored);
    if (!is_integer(field.type)) return wire;
    const bool needed = format_ == Format::votable_binary && field.is_scalar();
    if (field.null_marker && (needed || !field.is_scalar()))
      wire.null.whole = *field.null_marker;
    else if (needed && field.type != Type::byte)
      wire.null.whole = smallest_whole(field.type);
    return wire;
  }

  void put_field(const Field& field, size_t column, std::string& out) {
    out += "<FIELD";
    put_attribute("name", field.name.empty() ? fmt::format("col{}", column + 1) : field.name, out);
    put_attribute("datatype", datatype(field), out);
    put_attribute("arraysize", arraysize(field), out);
    put_attribute("unit", field.unit, out);
    put_attribute("ucd", field.ucd, out);
    put_attribute("utype", field.utype, out);
    put_attribute("xtype", field.xtype, out);
    const auto& null = fields_[column].null.whole;
    if (field.description.empty() && !null) {
      out += "/>\n";
      return;
    }
    out += ">";
    put_description(field.description, out);
    if (null) out += fmt::format("<VALUES null=\"{}\"/>\n", *null);
    out += "</FIELD>\n";
  }

  static void put_description(std::string_view description, std::string& out) {
    if (description.empty()) return;
    out += "<DESCRIPTION>";
    escape_xml(to_utf8(description), false, out);
    out += "</DESCRIPTION>\n";
  }

  static void put_row(const Table& batch, size_t row, std::string& out) {
    out += "<TR>";
    for (const Column& column : batch.columns) {
      const size_t begin = out.size();
      out += "<TD>";
      const size_t empty = out.size();
      if (column.field.type == Type::text)
        escape_xml(column.text(row), false, out);
      else if (column.field.is_scalar() && column.field.type == Type::float64)
        put_float(column.cell<double>(row)[0], out);
      else if (!column.missing(row))
        put_numbers(column, row, out);
      if (out.size() == empty)
        out.replace(begin, std::string::npos, "<TD/>");
      else
        out += "</TD>";
    }
    out += "</TR>\n";
  }

  /// Nothing for NaN.
  template <class T>
  static void put_float(T value, std::string& out) {
    if (std::isfinite(value))
      put_number(value, out);
    else if (!std::isnan(value))
      out += value > 0 ? "+Inf" : "-Inf";
  }

  static void put_numbers(const Column& column, size_t row, std::string& out) {
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      bool first = true;
      for (const T value : column.cell<T>(row)) {
        if (!first) out += ' ';
        first = false;
        if constexpr (std::is_floating_point_v<T>) {
          if (std::isnan(value))
            out += "NaN";
          else
            put_float(value, out);
        } else if (column.field.type == Type::boolean) {
          out += value == T{unknown_boolean} ? '?' : value != T{} ? 'T' : 'F';
        } else {
          put_number(value, out);
        }
      }
    });
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

}  // namespace uhuru
