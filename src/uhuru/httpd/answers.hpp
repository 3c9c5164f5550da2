// What handlers answer with: texts and files, always whole.
#pragma once

#include "uhuru/httpd/httplib.hpp"

#include <memory>
#include <string>

#include "uhuru/base/descriptor.hpp"

namespace uhuru {

// For handlers of an HttpServer. Thread-safe.

/// Answers with this text.
void answer_text(httplib::Response& response, const std::string& type, std::string text);
/// Answers with the first `size` bytes of a file that can be sought in. They are sent from it
/// without being held in memory; the file is held open until then and must not change.
void answer_file(httplib::Response& response, const std::string& type,
                 std::shared_ptr<const Descriptor> file, size_t size);

}  // namespace uhuru
