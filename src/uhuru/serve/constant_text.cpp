#include "uhuru/serve/constant_text.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <new>

#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::serve {
namespace {

httpd::Answer unchanged(httpd::Answer answer) {
  answer.status = 304;
  answer.type.clear();
  answer.text.reset();
  return answer;
}

}  // namespace

std::string gzipped(std::string_view text) {
  z_stream z = {};
  constexpr int window_of_gzip = 15 + 16;
  if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, window_of_gzip, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
  std::string out;
  try {
    out.resize(deflateBound(&z, static_cast<uLong>(text.size())));
  } catch (...) {
    deflateEnd(&z);
    throw;
  }
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);  // at once: there is room for all
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

bool accepts_gzip(const httpd::Request& request) {
  std::string_view rest = request.header("accept-encoding");
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const size_t end = std::min(one.size(), one.find(';'));
    if (lower(trim(one.substr(0, end))) != "gzip") continue;
    // A weight of 0, 0.0, … refuses.
    const size_t equals = one.find('=', end);
    return equals == one.npos ||
           one.substr(equals + 1).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

httpd::Route::Handler constant_text(const std::string& type, std::string text,
                                    std::vector<std::pair<std::string, std::string>> headers) {
  const std::string hash = sha256_of_text(text).substr(0, 32);
  const std::string tag = "\"" + hash + "\"", packed_tag = "\"" + hash + "-gzip\"";
  std::string small = gzipped(text);
  const bool is_shorter = small.size() < text.size();
  httpd::Answer whole = httpd::text_answer(type, std::move(text));
  whole.headers = std::move(headers);
  whole.set_header("ETag", tag);
  whole.set_header("Vary", "Accept-Encoding");
  httpd::Answer packed = whole;
  packed.set_header("ETag", packed_tag);
  packed.set_header("Content-Encoding", "gzip");
  packed.text = std::make_shared<const std::string>(std::move(small));
  return [=](const httpd::Request& request) {
    const bool packs = is_shorter && accepts_gzip(request);
    const httpd::Answer& answer = packs ? packed : whole;
    const std::string& known = request.header("if-none-match");
    const bool has = known == "*" || known.find(packs ? packed_tag : tag) != known.npos;
    return has ? unchanged(answer) : answer;
  };
}

}  // namespace uhuru::serve
