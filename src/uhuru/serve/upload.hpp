// A table in the body of a request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/httpd/message.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/query.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// The name of an uploaded file, from the parameter `file`, for messages: without folders, control
/// characters and what a terminal or a page could take for something else, at most 100 bytes.
/// "upload.csv" if there is none, since a text with such a name may have a single column.
/// Thread-safe.
std::string upload_name(const Query::Parameters& parameters);

/// An uploaded table, open for reading. Not thread-safe.
class Upload {
 public:
  /// `request` must outlive it. Gzip is unpacked up to `unpacked_bytes`, since it could expand
  /// without end and readers read a table twice. Throws Error (input) if it is larger or compressed
  /// twice, and as open_table.
  Upload(const httpd::Request& request, size_t unpacked_bytes, const Threads& threads);
  io::TableReader& reader() { return *reader_; }

 private:
  std::optional<io::SpooledFile> unpacked_;
  std::unique_ptr<io::TableReader> reader_;
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
