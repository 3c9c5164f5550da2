#include "uhuru/io/xml_parser.hpp"

#include <expat.h>
#include <fmt/format.h>
#include <iconv.h>

#include <cstdint>
#include <new>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

// Newer versions of Expat have other names for the line and the byte index, and deprecate these,
// which are the only ones of older versions.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace uhuru::io {

namespace {

std::string_view local_name(const char* name) {
  const std::string_view whole(name);
  const size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

/// Tells Expat about an encoding of single bytes that it does not know, such as windows-1252: the
/// character of each byte, -1 if it has none.
int describe_encoding(void*, const XML_Char* name, XML_Encoding* encoding) {
  const std::string known = lower(name);
  if (!known.starts_with("windows-125") && !known.starts_with("iso-8859-")) return XML_STATUS_ERROR;
  const iconv_t converter = iconv_open("UTF-32LE", name);
  if (converter == reinterpret_cast<iconv_t>(-1)) return XML_STATUS_ERROR;
  for (int byte = 0; byte < 256; ++byte) {
    char in[] = {static_cast<char>(byte)};
    unsigned char out[4] = {};
    char *from = in, *to = reinterpret_cast<char*>(out);
    size_t from_left = 1, to_left = sizeof out;
    iconv(converter, nullptr, nullptr, nullptr, nullptr);
    const bool good = iconv(converter, &from, &from_left, &to, &to_left) == 0 && to_left == 0;
    const int character = out[0] | out[1] << 8 | out[2] << 16;
    encoding->map[byte] = good && character <= 0xffff ? character : -1;
  }
  iconv_close(converter);
  return XML_STATUS_OK;
}

}  // namespace

// Exceptions must not propagate through expat: they are stored, and feed() rethrows them.
template <class Work>
void XmlParser::guarded(Work&& work) {
  if (failure_) return;
  try {
    work();
  } catch (...) {
    failure_ = std::current_exception();
    XML_StopParser(parser_, XML_FALSE);
  }
}

struct XmlParser::Callbacks {
  static XmlParser& self(void* data) { return *static_cast<XmlParser*>(data); }

  static void start(void* data, const XML_Char* name, const XML_Char** attributes) {
    XmlParser& parser = self(data);
    parser.guarded([&] {
      if (++parser.depth_ > XmlParser::deepest)
        throw input_error("the XML is nested too deeply", fmt::format("line {}", parser.line()),
                          fmt::format("at most {} levels", deepest));
      parser.attributes_.clear();
      for (; *attributes; attributes += 2)
        parser.attributes_.emplace_back(local_name(attributes[0]), attributes[1]);
      parser.start_element(local_name(name), parser.attributes_);
    });
  }
  static void end(void* data, const XML_Char* name) {
    XmlParser& parser = self(data);
    --parser.depth_;
    parser.guarded([&] { parser.end_element(local_name(name)); });
  }
  static void characters(void* data, const XML_Char* text, int length) {
    XmlParser& parser = self(data);
    parser.guarded([&] { parser.text({text, static_cast<size_t>(length)}); });
  }
  static void start_cdata(void* data) { self(data).in_cdata_ = true; }
  static void end_cdata(void* data) { self(data).in_cdata_ = false; }
  static void entity(void* data, const XML_Char*, int, const XML_Char*, int, const XML_Char*,
                     const XML_Char*, const XML_Char*, const XML_Char*) {
    XmlParser& parser = self(data);
    parser.guarded([&] {
      throw input_error("the XML declares entities, which are not allowed",
                        fmt::format("line {}", parser.line()),
                        "a " + parser.what_ + " without an internal DTD");
    });
  }
};

XmlParser::XmlParser(std::string file_name, std::string what)
    : file_name_(std::move(file_name)), what_(std::move(what)), parser_(XML_ParserCreate(nullptr)) {
  if (!parser_) throw std::bad_alloc();
  XML_SetUserData(parser_, this);
  XML_SetElementHandler(parser_, Callbacks::start, Callbacks::end);
  XML_SetCharacterDataHandler(parser_, Callbacks::characters);
  XML_SetCdataSectionHandler(parser_, Callbacks::start_cdata, Callbacks::end_cdata);
  XML_SetEntityDeclHandler(parser_, Callbacks::entity);
  XML_SetUnknownEncodingHandler(parser_, describe_encoding, nullptr);
}

XmlParser::~XmlParser() { XML_ParserFree(parser_); }

size_t XmlParser::line() const { return XML_GetCurrentLineNumber(parser_) + skipped_lines_; }

size_t XmlParser::bytes_pending() const {
  return fed_ - static_cast<uint64_t>(XML_GetCurrentByteIndex(parser_));
}

void XmlParser::pause() {
  paused_ = true;
  XML_StopParser(parser_, XML_TRUE);
}

void XmlParser::feed(std::string_view bytes, bool last) {
  auto status = XML_STATUS_OK;
  if (std::exchange(paused_, false)) status = XML_ResumeParser(parser_);
  if (status == XML_STATUS_OK) {
    fed_ += bytes.size();
    status = XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()),
                       last ? XML_TRUE : XML_FALSE);
  }
  try {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  } catch (const Error& error) {
    throw error.within(file_name_);
  }
  if (status != XML_STATUS_ERROR) return;
  const auto code = XML_GetErrorCode(parser_);
  const bool cut = last && (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                            code == XML_ERROR_UNCLOSED_CDATA_SECTION ||
                            code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_ASYNC_ENTITY);
  throw input_error("the " + what_ + (cut ? " is truncated" : " is not well-formed XML"),
                    fmt::format("{}, line {}", file_name_, line()),
                    cut ? "its end" : "well-formed XML",
                    cut ? "the end of the file" : XML_ErrorString(code));
}

}  // namespace uhuru::io
