// Texts that do not change while the program runs, such as the files of the pages.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/httpd/router.hpp"

namespace uhuru::serve {

/// `text` in the gzip format. Thread-safe.
std::string gzipped(std::string_view text);

/// Whether a client accepts answers compressed with gzip, by its Accept-Encoding, in which
/// "gzip;q=0" means that it does not.
bool accepts_gzip(const httpd::Request& request);

/// A handler that answers with `text`: compressed if the client accepts that and it is shorter, and
/// 304 if the client has it, by its ETag. The handler is thread-safe.
httpd::Route::Handler constant_text(const std::string& type, std::string text,
                                    std::vector<std::pair<std::string, std::string>> headers);

}  // namespace uhuru::serve
