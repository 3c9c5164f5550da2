// An interface to expat that throws: passes on elements and text of an XML stream as they are
// parsed.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct XML_ParserStruct;

#pragma GCC visibility push(default)
namespace uhuru::io {

using XmlAttributes = std::vector<std::pair<std::string_view, std::string_view>>;

/// Parses XML fed in pieces, in UTF-8, UTF-16, ISO-8859-1 to 16 or windows-1250 to 1258. Names
/// are passed without namespace prefix. Entity declarations and nesting deeper than 64 are
/// rejected: an entity bomb takes no memory.
class XmlParser {
 public:
  /// `what` is the expected kind of file, for error messages: "VOTable".
  XmlParser(std::string file_name, std::string what);
  virtual ~XmlParser();
  XmlParser(const XmlParser&) = delete;
  XmlParser& operator=(const XmlParser&) = delete;

  /// Parses the next piece; `last` if the file ends with it. Throws Error (input) with the line if
  /// the XML is not well-formed, and any exception of the handlers.
  void feed(std::string_view bytes, bool last);
  size_t line() const;
  /// The number of fed bytes that wait for the rest of their tag or comment. They are scanned again
  /// with each piece: feed at least as many at a time, or the time grows with their square.
  size_t bytes_pending() const;

  /// The number of nested elements that is accepted.
  static constexpr int deepest = 64;

 protected:
  /// The number of open elements.
  int depth() const { return depth_; }
  /// Whether no fed text is pending: a partial tag, an open comment or CDATA section.
  bool all_parsed() const { return !in_cdata_ && bytes_pending() == 0; }
  /// For start_element: what follows the tag is parsed by the next feed().
  void pause();
  /// Counts lines that were not fed but lie between those that were and those that will be.
  void skip_lines(size_t lines) { skipped_lines_ += lines; }

  virtual void start_element(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void end_element(std::string_view name) = 0;
  virtual void text(std::string_view characters) = 0;

 private:
  struct Callbacks;
  template <class Work>
  void guarded(Work&& work);

  std::string file_name_, what_;
  XML_ParserStruct* parser_;
  XmlAttributes attributes_;
  int depth_ = 0;
  bool in_cdata_ = false;
  bool paused_ = false;
  uint64_t fed_ = 0;  // bytes
  size_t skipped_lines_ = 0;
  std::exception_ptr failure_;
};

}  // namespace uhuru::io
#pragma GCC visibility pop
