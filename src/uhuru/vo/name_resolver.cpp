#include "uhuru/vo/name_resolver.hpp"

#include <string_view>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/xml_parser.hpp"

namespace uhuru::vo {
namespace {

/// Collects the texts of the first resolver's element that has a position.
class SesameParser : public io::XmlParser {
 public:
  explicit SesameParser(const std::string& where) : io::XmlParser(where, "answer of Sesame") {}

  bool is_sesame() const { return is_sesame_; }
  const std::optional<ResolvedName>& found() const { return found_; }

 protected:
  void start_element(std::string_view name, const io::XmlAttributes& attributes) override {
    text_.clear();
    if (name == "Sesame") is_sesame_ = true;
    if (name != "Resolver") return;
    object_ = {};
    ra_.reset();
    dec_.reset();
    for (const auto& [key, value] : attributes)
      if (key == "name") object_.resolver = resolver_name(value);
  }

  void text(std::string_view characters) override { text_ += characters; }

  void end_element(std::string_view name) override {
    const std::string value(trim(text_));
    text_.clear();
    if (name == "oname") object_.name = value;
    if (name == "otype") object_.type = value;
    if (name == "jradeg") ra_ = parse_double(value);
    if (name == "jdedeg") dec_ = parse_double(value);
    if (name != "Resolver" || found_ || !ra_ || !dec_) return;
    object_.position = {*ra_, *dec_};
    if (sky::is_valid(object_.position)) found_ = object_;
  }

 private:
  /// "S=Simbad (via url)" is "Simbad".
  static std::string resolver_name(std::string_view value) {
    if (const size_t equals = value.find('='); equals != value.npos)
      value.remove_prefix(equals + 1);
    return std::string(trim(value.substr(0, value.find('('))));
  }

  bool is_sesame_ = false;
  std::string text_;
  ResolvedName object_;
  std::optional<double> ra_, dec_;
  std::optional<ResolvedName> found_;
};

}  // namespace

std::optional<ResolvedName> parse_sesame(const std::string& document, const std::string& where) {
  SesameParser parser(where);
  try {
    parser.feed(document, true);
  } catch (const Error& error) {
    throw Error(ErrorKind::service, "invalid answer from the service: " + error.message(), where,
                error.expected(), error.found());
  }
  if (!parser.is_sesame())
    throw Error(ErrorKind::service, "invalid answer from the service", where,
                "a document of Sesame", words_of(document, 60));
  return parser.found();
}

std::optional<ResolvedName> resolve_name(HttpClient& http, const std::string& address,
                                         const std::string& name) {
  constexpr std::string_view place = "{name}";
  std::string url = address;
  const size_t at = url.find(place);
  if (at == std::string::npos)
    throw Error(ErrorKind::usage, "invalid address of the name resolver", "services file",
                "an address with {name}", in_quotes(address));
  url.replace(at, place.size(), percent_encoded(name));
  const HttpResponse response =
      http.send({.url = url, .longest_s = http.settings().longest_answer_s});
  if (response.status != 200) throw_status(response, "the position of the object");
  return parse_sesame(response.text(), response.url);
}

}  // namespace uhuru::vo
