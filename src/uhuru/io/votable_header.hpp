// The header of a VOTable's table: fields, parameters, reference systems.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/io/binary_rows.hpp"
#include "uhuru/io/reader_notes.hpp"
#include "uhuru/io/xml_parser.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// The value of an attribute; empty if it is absent.
std::string_view xml_attribute(const XmlAttributes& attributes, std::string_view name);

/// Builds the header of a table from the elements before its data.
///
/// Kept are the PARAMs and INFOs of the table and of the RESOURCEs around it, those in GROUPs too;
/// all COOSYS and TIMESYS before the data; and references to them. Not kept: GROUP, FIELDref,
/// OPTION, the LINKs of tables and resources, INFO QUERY_STATUS. An unknown datatype is read as
/// text. What is odd goes to `notes`. Not thread-safe.
class VotableHeader {
 public:
  explicit VotableHeader(ReaderNotes& notes) : notes_(notes) {}

  Table table;  // without rows
  std::vector<WireField> fields;

  /// An element begins: one of the table, or outside of any table. Throws Error (input), without a
  /// place, if the header is too large or an array.
  void start(std::string_view name, const XmlAttributes& attributes, int depth);
  /// It ends; `text` is what it contains if keeps_text().
  void end(std::string_view name, int depth, std::string_view text);
  static bool keeps_text(std::string_view name) { return name == "DESCRIPTION" || name == "INFO"; }
  /// The data begin: drops references to what is not kept.
  void complete();
  /// Throws Error (input) if the number of bytes of a column's values is unknown.
  void require_sizes() const;

 private:
  enum class Element { other, table, field, parameter, values };

  void start_field(const XmlAttributes& attributes);
  void start_values(const XmlAttributes& attributes);
  void add_parameter(const XmlAttributes& attributes, bool info);
  void add_system(std::string_view name, const XmlAttributes& attributes);
  Element& open(int depth) { return open_[static_cast<size_t>(depth)]; }
  Field& field() { return table.columns.back().field; }

  ReaderNotes& notes_;
  std::vector<Element> open_ = std::vector<Element>(XmlParser::deepest + 1, Element::other);
  std::map<std::string, std::string, std::less<>> null_values_;  // of VALUES with an ID
  std::vector<size_t> outer_parameters_;  // of each open RESOURCE: the parameters before it
  std::string unsized_, unsized_type_;    // a column that BINARY cannot hold
};

}  // namespace uhuru::io
