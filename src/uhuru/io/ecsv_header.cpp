// The header of ECSV: YAML in comment lines, as astropy and stilts write it. libyaml parses it;
// what it means is decided here.

#include <fmt/format.h>
#include <yaml.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/text_layout.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

struct Node {
  enum class Kind : uint8_t { scalar, sequence, mapping };
  Kind kind = Kind::scalar;
  bool is_plain = false;    // a scalar without quotes, which may be a number
  std::string text;         // of a scalar
  std::vector<Node> items;  // of a sequence; of a mapping: key, value, key, value ...

  const Node* find(std::string_view key) const {
    for (size_t i = 0; kind == Kind::mapping && i + 1 < items.size(); i += 2)
      if (items[i].text == key) return &items[i + 1];
    return nullptr;
  }
  /// The text of a scalar under this key; empty if there is none, or it is null.
  std::string text_of(std::string_view key) const {
    const Node* node = find(key);
    if (!node || node->kind != Kind::scalar) return {};
    const bool is_null = node->is_plain && (node->text == "null" || node->text == "~");
    return is_null ? "" : node->text;
  }
};

/// Builds the nodes of one document. Their number is bounded by the size of the text, also where
/// aliases repeat nodes, and so is their depth.
class YamlReader {
 public:
  explicit YamlReader(const std::string& text) : budget_(text.size() + 100) {
    if (!yaml_parser_initialize(&parser_))
      throw system_error("not enough memory to read an ECSV header");
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  ~YamlReader() { yaml_parser_delete(&parser_); }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;

  Node read() {
    while (true) {
      const Event event = next();
      if (event->type == YAML_STREAM_END_EVENT) return {};
      if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT)
        return node(event, 0);
    }
  }

 private:
  struct EventDeleter {
    void operator()(yaml_event_t* event) const {
      yaml_event_delete(event);
      delete event;
    }
  };
  using Event = std::unique_ptr<yaml_event_t, EventDeleter>;

  Error error(const std::string& problem) const {
    // The first line of the file is not part of the YAML.
    const size_t line = parser_.problem ? parser_.problem_mark.line : parser_.mark.line;
    return input_error("the header of the ECSV table cannot be read",
                       fmt::format("line {}", line + 2), "YAML as astropy writes it", problem);
  }
  Event next() {
    auto* event = new yaml_event_t{};
    if (!yaml_parser_parse(&parser_, event)) {
      delete event;
      throw error(parser_.problem ? parser_.problem : "other text");
    }
    return Event(event);
  }
  void spend(size_t cost) {
    if (cost > budget_) throw error("too many aliases");
    budget_ -= cost;
  }

  Node node(const Event& event, int depth) {
    constexpr int deepest = 60;
    if (depth > deepest) throw error("nested too deeply");
    spend(1);
    Node result;
    const yaml_char_t* anchor = nullptr;
    switch (event->type) {
      case YAML_ALIAS_EVENT:
        return copy_of(reinterpret_cast<const char*>(event->data.alias.anchor));
      case YAML_SCALAR_EVENT: {
        const auto& scalar = event->data.scalar;
        result.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        result.text = to_utf8(result.text);
        result.is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        anchor = scalar.anchor;
        break;
      }
      case YAML_SEQUENCE_START_EVENT:
        result.kind = Node::Kind::sequence;
        anchor = event->data.sequence_start.anchor;
        read_items(result, YAML_SEQUENCE_END_EVENT, depth);
        if (const auto* tag = event->data.sequence_start.tag)
          if (std::string_view(reinterpret_cast<const char*>(tag)).ends_with(":omap"))
            join_pairs(result);
        break;
      case YAML_MAPPING_START_EVENT:
        result.kind = Node::Kind::mapping;
        anchor = event->data.mapping_start.anchor;
        read_items(result, YAML_MAPPING_END_EVENT, depth);
        break;
      default:
        break;  // an empty document
    }
    if (anchor) {
      spend(size_of(result));
      anchors_.insert_or_assign(reinterpret_cast<const char*>(anchor), result);
    }
    return result;
  }
  void read_items(Node& parent, yaml_event_type_t end, int depth) {
    for (Event event = next(); event->type != end; event = next())
      parent.items.push_back(node(event, depth + 1));
  }
  /// An ordered map is a list of mappings of one pair.
  static void join_pairs(Node& list) {
    std::vector<Node> pairs;
    for (Node& item : list.items)
      for (Node& part : item.items) pairs.push_back(std::move(part));
    if (pairs.size() % 2 != 0) return;
    list.items = std::move(pairs);
    list.kind = Node::Kind::mapping;
  }
  static size_t size_of(const Node& node) {
    size_t size = 1 + node.text.size();
    for (const Node& item : node.items) size += size_of(item);
    return size;
  }
  Node copy_of(std::string_view name) {
    const auto found = anchors_.find(std::string(name));
    if (found == anchors_.end()) throw error("an unknown alias " + in_quotes(name));
    spend(size_of(found->second));
    return found->second;
  }

  yaml_parser_t parser_{};
  size_t budget_;
  std::unordered_map<std::string, Node> anchors_;
};

/// The lines of the header without "# ", and the rest of the text.
std::string yaml_of(std::string_view& text, uint64_t& lines) {
  std::string yaml;
  take_line(text);  // "# %ECSV 1.0"
  for (lines = 1; text.starts_with('#'); ++lines) {
    std::string_view line = take_line(text);
    line.remove_prefix(line.starts_with("# ") ? 2 : 1);
    yaml.append(line) += '\n';
  }
  return yaml;
}

/// A plain scalar as a floating-point number: in YAML 1.1 it has a point.
std::optional<double> yaml_number(const std::string& text) {
  if (text.find('.') == std::string::npos) return std::nullopt;
  return parse_double(text);
}

nlohmann::ordered_json json_of(const Node& node) {
  if (node.kind == Node::Kind::mapping) {
    auto json = nlohmann::ordered_json::object();
    // Which looks for each key among those before it.
    const size_t most = 2 * max_json_keys;
    for (size_t i = 0; i + 1 < std::min(most, node.items.size()); i += 2)
      json[node.items[i].text] = json_of(node.items[i + 1]);
    return json;
  }
  if (node.kind == Node::Kind::sequence) {
    auto json = nlohmann::ordered_json::array();
    for (const Node& item : node.items) json.push_back(json_of(item));
    return json;
  }
  if (!node.is_plain) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (const auto whole = parse_int(node.text)) return *whole;
  if (const auto number = yaml_number(node.text)) return *number;
  return node.text;
}

/// Entries of the table's meta become its name, its description and its parameters.
void read_table_meta(const Node& meta, Table& table) {
  table.name = meta.text_of("name");
  table.description = meta.text_of("description");
  for (size_t i = 0; meta.kind == Node::Kind::mapping && i + 1 < meta.items.size(); i += 2) {
    const std::string& key = meta.items[i].text;
    const Node& value = meta.items[i + 1];
    // How astropy composes its own objects of the columns.
    if (key == "__serialized_columns__") continue;
    const bool is_scalar = value.kind == Node::Kind::scalar;
    if (is_scalar && (key == "name" || key == "description")) continue;
    if (table.parameters.size() >= max_text_parameters) return;
    Parameter parameter;
    parameter.field.name = key;
    parameter.field.type = Type::text;
    if (is_scalar && value.is_plain) {
      if (value.text == "true" || value.text == "false")
        parameter.field.type = Type::boolean;
      else if (parse_int(value.text))
        parameter.field.type = Type::int64;
      else if (yaml_number(value.text))
        parameter.field.type = Type::float64;
    }
    parameter.value =
        is_scalar ? meta.text_of(key)
                  : json_of(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    table.parameters.push_back(std::move(parameter));
  }
}

/// Sets the type of a column; false if it is unknown.
bool set_ecsv_type(std::string_view name, TextColumn& column) {
  static const std::map<std::string_view, Type> types = {
      {"bool", Type::boolean},     {"int8", Type::int16},      {"uint8", Type::byte},
      {"int16", Type::int16},      {"uint16", Type::int32},    {"int32", Type::int32},
      {"uint32", Type::int64},     {"int64", Type::int64},     {"uint64", Type::int64},
      {"float16", Type::float32},  {"float32", Type::float32}, {"float64", Type::float64},
      {"float128", Type::float64}, {"string", Type::text}};
  column.declared = true;
  if (name == "complex64" || name == "complex128" || name == "complex256") {
    column.field.type = name == "complex64" ? Type::float32 : Type::float64;
    column.field.arraysize = "2";
    column.cells = TextColumn::Cells::complex;
    return true;
  }
  const auto found = types.find(name);
  if (found == types.end()) return false;
  column.field.type = found->second;
  return true;
}

/// Makes a column of JSON one of arrays, if they have one of our shapes: "float64[2,3]", or
/// "float64[null]" for lists of any length. Others stay text.
void set_ecsv_array(std::string_view subtype, TextColumn& column) {
  const size_t open = subtype.find('[');
  if (open == std::string_view::npos || !subtype.ends_with(']')) return;
  std::string_view sizes = subtype.substr(open + 1, subtype.size() - open - 2);
  TextColumn array;
  if (!set_ecsv_type(subtype.substr(0, open), array) || array.field.type == Type::text ||
      array.cells != TextColumn::Cells::plain)
    return;
  std::string arraysize;  // its first dimension varies fastest
  if (trim(sizes) == "null") {
    arraysize = "*";
  } else {
    while (true) {
      const size_t comma = sizes.find(',');
      const auto size = parse_int(sizes.substr(0, comma));
      if (!size || *size < 1) return;
      arraysize.insert(0, fmt::format("{}{}", *size, arraysize.empty() ? "" : "x"));
      if (comma == std::string_view::npos) break;
      sizes.remove_prefix(comma + 1);
    }
  }
  parse_arraysize(arraysize);
  column.field.type = array.field.type;
  column.field.arraysize = arraysize;
  column.cells = TextColumn::Cells::json;
  // Marks missing elements; bytes have no number to spare.
  if (is_integer(column.field.type) && column.field.type != Type::byte)
    column.field.null_marker = smallest_whole(column.field.type);
}

TextColumn ecsv_column(const Node& node, std::vector<std::string>& notes) {
  TextColumn column;
  Field& field = column.field;
  field.name = node.text_of("name");
  field.unit = node.text_of("unit");
  field.description = node.text_of("description");
  if (const Node* meta = node.find("meta")) {
    field.ucd = meta->text_of("ucd");
    field.utype = meta->text_of("utype");
    field.xtype = meta->text_of("xtype");
  }
  const std::string datatype = node.text_of("datatype");
  if (!set_ecsv_type(datatype, column)) {
    column.declared = false;
    notes.push_back(fmt::format("column {}: unknown datatype {}, so its cells decide its type",
                                field.name, in_quotes(datatype)));
  }
  if (datatype == "string") set_ecsv_array(node.text_of("subtype"), column);
  return column;
}

/// The columns of the header line, which must be those of the YAML.
void add_ecsv_columns(const Node& columns, std::string_view rest, TextLayout& layout) {
  RecordReader reader(ByteSource::from_memory(rest, ""), layout.rules);
  std::vector<std::string_view> names;
  if (!reader.record(names))
    throw input_error("the file contains no table", "", "a line of column names after the header");
  if (columns.items.size() != names.size())
    throw input_error("the ECSV header has other columns than the line of names", "",
                      fmt::format("{} names", columns.items.size()),
                      fmt::format("{}", names.size()));
  for (size_t c = 0; c < names.size(); ++c) {
    TextColumn column = ecsv_column(columns.items[c], layout.notes);
    const std::string name = to_utf8(names[c]);
    if (trim(name) != trim(column.field.name))
      throw input_error("the ECSV header has other columns than the line of names",
                        fmt::format("column {}", c + 1), in_quotes(column.field.name),
                        in_quotes(name));
    add_text_column(layout, name, std::move(column));
  }
  layout.header_lines += reader.line_number();
}

}  // namespace

TextLayout layout_of_ecsv(std::string_view head) {
  TextLayout layout;
  const std::string yaml = yaml_of(head, layout.header_lines);
  const Node header = YamlReader(yaml).read();
  const std::string delimiter = header.text_of("delimiter");
  if (!delimiter.empty() && delimiter != " " && delimiter != ",")
    throw input_error("unknown delimiter in an ECSV table", "", "a blank or a comma",
                      in_quotes(delimiter));
  layout.rules.delimiter = delimiter == "," ? ',' : ' ';
  layout.rules.skips_comments = true;
  const Node* columns = header.find("datatype");
  if (!columns || columns->kind != Node::Kind::sequence)
    throw input_error("the ECSV header describes no columns", "", "a list 'datatype'");
  if (const Node* meta = header.find("meta")) read_table_meta(*meta, layout.table);
  add_ecsv_columns(*columns, head, layout);
  return layout;
}

}  // namespace uhuru::io
