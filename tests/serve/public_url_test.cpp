// The URL by which clients know a server.
#include "uhuru/serve/public_url.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"
#include "uhuru/base/error.hpp"

namespace uhuru {
namespace {

TEST(PublicUrls, AreOriginAndPrefix) {
  for (const auto& [text, origin, prefix] :
       {std::tuple("https://example.org", "https://example.org", ""),
        {"https://example.org/", "https://example.org", ""},
        {"http://example.org:8443/xray/", "http://example.org:8443", "/xray"},
        {"https://[::1]/a/b_c-1.2//", "https://[::1]", "/a/b_c-1.2"}}) {
    const serve::PublicUrl url = serve::parse_public_url(text);
    EXPECT_EQ(url.origin, origin);
    EXPECT_EQ(url.prefix, prefix);
  }
}

TEST(PublicUrls, AreNotJustAnything) {
  for (const char* text : {"", "example.org", "ftp://example.org", "https://", "https:///xray",
                           "https://example.org/?a", "https://example.org/#a", "https://a b/",
                           "https://example.org/a\"b", "https://example.org/a//b",
                           "https://user@example.org/", "https://example.org/\r\nX: y"}) {
    const Error error = testing::error_of([&] { serve::parse_public_url(text); });
    EXPECT_EQ(error.kind(), ErrorKind::usage) << text;
    EXPECT_EQ(error.where(), "--public-url");
  }
}

}  // namespace
}  // namespace uhuru
