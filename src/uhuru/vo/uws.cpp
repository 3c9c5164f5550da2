#include "uhuru/vo/uws.hpp"

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/xml_parser.hpp"

namespace uhuru::vo {
namespace {

class JobParser : public io::XmlParser {
 public:
  explicit JobParser(const std::string& name) : io::XmlParser(name, "job's document") {}
  UwsJob job;

 private:
  void start_element(std::string_view name, const io::XmlAttributes&) override {
    text_.clear();
    is_job_ = is_job_ || name == "job";
  }
  void end_element(std::string_view name) override {
    if (is_job_ && name == "phase") job.phase = trim(text_);
    if (is_job_ && name == "message") job.error = trim(text_);
    text_.clear();
  }
  void text(std::string_view characters) override {
    text_ += characters.substr(0, longest_text - text_.size());
  }

  static constexpr size_t longest_text = 4096;
  bool is_job_ = false;
  std::string text_;
};

}  // namespace

UwsJob parse_job(const std::string& text, const std::string& name) {
  JobParser parser(name);
  parser.feed(text, true);
  if (parser.job.phase.empty())
    throw input_error("the job document has no phase", name, "a UWS job document", in_quotes(text));
  return std::move(parser.job);
}

}  // namespace uhuru::vo
