// Texts that are sent compressed to clients that accept it, and not again to those that have them.
#include "uhuru/serve/constant_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "uhuru/io/byte_source.hpp"

namespace uhuru {
namespace {

std::string unpacked(const std::string& packed) {
  const auto source = io::ByteSource::from_memory(packed, "packed");
  std::string out;
  for (auto bytes = source->next(); !bytes.empty(); bytes = source->next()) out += bytes;
  return out;
}

httpd::Request request_with(const std::string& header, const std::string& value) {
  httpd::Request request;
  request.headers[header] = value;
  return request;
}

std::string header_of(const httpd::Answer& answer, const std::string& name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return "";
}

const std::string long_text(5000, 'x');

TEST(ConstantText, IsPackedWithGzip) {
  for (const std::string& text : {std::string(), std::string("a\0b", 3), long_text})
    EXPECT_EQ(unpacked(serve::gzipped(text)), text);
  EXPECT_LT(serve::gzipped(long_text).size(), 100u);
}

TEST(ConstantText, IsPackedForThoseWhoAcceptIt) {
  for (const char* accepts : {"gzip", "br, GZIP", "deflate;q=0.5,gzip;q=0.01", "gzip ; q=1.0"})
    EXPECT_TRUE(serve::accepts_gzip(request_with("accept-encoding", accepts))) << accepts;
  for (const char* refuses : {"", "identity", "gzip;q=0", "gzip; q=0.000, br", "xgzip", "*;q=0"})
    EXPECT_FALSE(serve::accepts_gzip(request_with("accept-encoding", refuses))) << refuses;
  const auto handler = serve::constant_text("text/css", long_text, {{"X-Own", "1"}});
  const httpd::Answer packed = handler(request_with("accept-encoding", "gzip"));
  EXPECT_EQ(header_of(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(unpacked(*packed.text), long_text);
  const httpd::Answer whole = handler({});
  EXPECT_EQ(header_of(whole, "Content-Encoding"), "");
  EXPECT_EQ(*whole.text, long_text);
  for (const httpd::Answer& answer : {packed, whole}) {
    EXPECT_EQ(answer.type, "text/css");
    EXPECT_EQ(header_of(answer, "X-Own"), "1");
    EXPECT_EQ(header_of(answer, "Vary"), "Accept-Encoding");
  }
  EXPECT_NE(header_of(packed, "ETag"), header_of(whole, "ETag"));
}

TEST(ConstantText, IsNotPackedIfThatIsLonger) {
  const auto handler = serve::constant_text("text/plain", "short", {});
  const httpd::Answer answer = handler(request_with("accept-encoding", "gzip"));
  EXPECT_EQ(*answer.text, "short");
  EXPECT_EQ(header_of(answer, "Content-Encoding"), "");
}

TEST(ConstantText, IsNotSentToThoseWhoHaveIt) {
  const auto handler = serve::constant_text("text/css", long_text, {});
  for (const char* encoding : {"gzip", "identity"}) {
    httpd::Request request = request_with("accept-encoding", encoding);
    const std::string tag = header_of(handler(request), "ETag");
    for (const std::string& known : {tag, "\"other\", W/" + tag, std::string("*")}) {
      request.headers["if-none-match"] = known;
      const httpd::Answer answer = handler(request);
      EXPECT_EQ(answer.status, 304) << known;
      EXPECT_EQ(answer.size(), 0u);
      EXPECT_EQ(header_of(answer, "ETag"), tag);
    }
    request.headers["if-none-match"] = "\"other\"";
    EXPECT_EQ(handler(request).status, 200);
  }
}

}  // namespace
}  // namespace uhuru
