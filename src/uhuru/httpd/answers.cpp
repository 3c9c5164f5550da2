#include "uhuru/httpd/answers.hpp"

#include "uhuru/httpd/exchange.hpp"

namespace uhuru {
namespace {

/// Answers with `size` bytes that `send(offset, length, sink)` sends. A provider is also what keeps
/// httplib from packing answers as small as it can.
void answer_with(httplib::Response& response, const std::string& type, size_t size,
                 const httplib::ContentProvider& send) {
  response.set_header("Accept-Ranges", "none");
  if (size == 0) return response.set_content("", type);  // 0 bytes stand for an unknown length
  response.set_content_provider(size, type, send);
}

}  // namespace

void answer_text(httplib::Response& response, const std::string& type, std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  answer_with(response, type, shared->size(),
              [shared](size_t offset, size_t length, httplib::DataSink& sink) {
                // A short one goes out together with what stands before it.
                constexpr size_t most_copied = 32768;
                if (length > most_copied) Exchange::current()->attach(shared, offset, length);
                return sink.write(shared->data() + offset, length);
              });
}

void answer_file(httplib::Response& response, const std::string& type,
                 std::shared_ptr<const Descriptor> file, size_t size) {
  answer_with(response, type, size,
              [file = std::move(file)](size_t offset, size_t length, httplib::DataSink& sink) {
                Exchange::current()->attach(file, offset, length);
                return sink.write("", length);  // whose bytes nobody looks at
              });
}

}  // namespace uhuru
