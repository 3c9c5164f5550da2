#include "uhuru/httpd/answers.hpp"

#include <algorithm>

#include "uhuru/httpd/exchange.hpp"

namespace uhuru {
namespace {

/// Answers with `size` bytes that `send(offset, length, sink)` sends. A provider is also what keeps
/// httplib from packing answers as small as it can.
void answer_with(const httplib::Request& request, httplib::Response& response,
                 const std::string& type, size_t size, const httplib::ContentProvider& send) {
  const auto fits = [&](const httplib::Range& range) {
    return range.first < 0 ? range.second <= static_cast<ssize_t>(size)
                           : range.first < static_cast<ssize_t>(size);
  };
  if (request.ranges.size() > 1 ||
      !std::all_of(request.ranges.begin(), request.ranges.end(), fits)) {
    response.status = 416;
    return;
  }
  response.set_content_provider(size, type, send);
}

}  // namespace

void answer_text(const httplib::Request& request, httplib::Response& response,
                 const std::string& type, std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  answer_with(request, response, type, shared->size(),
              [shared](size_t offset, size_t length, httplib::DataSink& sink) {
                // A short one goes out together with what stands before it.
                constexpr size_t most_copied = 32768;
                if (length > most_copied) Exchange::current()->attach(shared, offset, length);
                return sink.write(shared->data() + offset, length);
              });
}

void answer_file(const httplib::Request& request, httplib::Response& response,
                 const std::string& type, std::shared_ptr<const Descriptor> file, size_t size) {
  answer_with(request, response, type, size,
              [file = std::move(file)](size_t offset, size_t length, httplib::DataSink& sink) {
                Exchange::current()->attach(file, offset, length);
                return sink.write("", length);  // whose bytes nobody looks at
              });
}

}  // namespace uhuru
