#include "uhuru/serve/upload.hpp"

#include <fmt/format.h>

#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru::serve {
namespace {

constexpr size_t most_name_bytes = 100;

/// Unpacks a gzipped table into `file`, which stays empty if it is not compressed.
void unpack(io::ByteSource& source, size_t most_bytes, std::optional<io::SpooledFile>& file) {
  source.peek();
  if (!source.was_gzip()) return;
  file.emplace();
  bool is_first = true;
  for (auto bytes = source.next(); !bytes.empty(); bytes = source.next()) {
    if (std::exchange(is_first, false) && bytes.starts_with("\x1f\x8b"))
      throw input_error("the table is compressed twice", source.name(),
                        "a table compressed once with gzip");
    file->write(bytes);
    if (file->size() > most_bytes)
      throw input_error("the table is too large", source.name(),
                        fmt::format("at most {} MiB uncompressed", most_bytes >> 20));
  }
}

}  // namespace

std::string upload_name(const Query::Parameters& parameters) {
  const auto given = parameters.find("file");
  std::string_view text = given == parameters.end() ? "" : std::string_view(given->second);
  if (const size_t slash = text.find_last_of("/\\"); slash != text.npos)
    text.remove_prefix(slash + 1);
  std::string name;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) name += c;
  if (name.size() > most_name_bytes) {  // the end says what it is
    size_t cut = name.size() - most_name_bytes;
    while (cut < name.size() && (static_cast<unsigned char>(name[cut]) & 0xc0) == 0x80) ++cut;
    name.erase(0, cut);
  }
  name = trim(name);
  return name.empty() ? "upload.csv" : name;
}

Upload::Upload(const httpd::Request& request, size_t unpacked_bytes, const Threads& threads) {
  const std::string name = upload_name(request.parameters);
  const io::SpooledFile* file = request.large_body.get();
  const auto source = file ? io::ByteSource::open(file->path(), name)
                           : io::ByteSource::from_memory(request.small_body, name);
  unpack(*source, unpacked_bytes, unpacked_);
  if (unpacked_) file = &*unpacked_;
  reader_ = file ? io::open_table_file(file->path(), name, threads)
                 : io::open_table_in_memory(request.small_body, name, threads);
}

}  // namespace uhuru::serve
