// Which handler answers which request.
#include "uhuru/httpd/router.hpp"

#include <gtest/gtest.h>

namespace uhuru {
namespace {

class Routing : public ::testing::Test {
 protected:
  Routing() {
    const auto named = [](const char* name) {
      return [name](const httpd::Request&) { return httpd::text_answer("text/plain", name); };
    };
    router_.get("/", named("root"));
    router_.get("/a", named("a"));
    router_.get("/a/*", named("below a"));
    router_.add({.method = "POST",
                 .path = "/a",
                 .handler = named("posted"),
                 .is_slow = httpd::Route::always_slow,
                 .max_body_bytes = 7});
  }

  static httpd::Request request(const std::string& method, const std::string& path) {
    httpd::Request made;
    made.method = method;
    made.path = path;
    return made;
  }
  /// Such as "200 root" or "405 GET, HEAD".
  std::string outcome(const std::string& method, const std::string& path) const {
    const httpd::Answer answer = router_.answer(request(method, path));
    std::string text = std::to_string(answer.status);
    for (const auto& [name, value] : answer.headers)
      if (name == "Allow") return text + " " + value;
    return answer.status == 200 ? text + " " + *answer.text : text;
  }

  httpd::Router router_;
};

TEST_F(Routing, FindsWhoAnswers) {
  EXPECT_EQ(outcome("GET", "/"), "200 root");
  EXPECT_EQ(outcome("HEAD", "/a"), "200 a");
  EXPECT_EQ(outcome("POST", "/a"), "200 posted");
  EXPECT_EQ(outcome("GET", "/a/b/c"), "200 below a");
  for (const char* path : {"/a/", "/ab", "/b", "//", "", "a"})
    EXPECT_EQ(outcome("GET", path), "404") << path;
}

TEST_F(Routing, SaysWhichMethodsAPathHas) {
  EXPECT_EQ(outcome("DELETE", "/a"), "405 GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(outcome("POST", "/"), "405 GET, HEAD, OPTIONS");
  EXPECT_EQ(outcome("OPTIONS", "/a"), "204 GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(outcome("OPTIONS", "*"), "204 GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(outcome("OPTIONS", "/b"), "404");
  EXPECT_EQ(outcome("POST", "/b"), "404");
  EXPECT_EQ(outcome("BREW", "/a"), "501");
  EXPECT_EQ(outcome("get", "/a"), "501");
}

TEST_F(Routing, KnowsWhatIsSlowAndWhatHasABody) {
  EXPECT_TRUE(router_.is_slow(request("POST", "/a")));
  EXPECT_FALSE(router_.is_slow(request("GET", "/a")));
  EXPECT_FALSE(router_.is_slow(request("GET", "/b")));
  EXPECT_EQ(router_.max_body_bytes(request("POST", "/a")), 7U);
  EXPECT_EQ(router_.max_body_bytes(request("GET", "/a")), 0U);
  EXPECT_EQ(router_.max_body_bytes(request("POST", "/b")), 0U);
}

TEST(Answers, HaveHeads) {
  httpd::Answer answer = httpd::text_answer("text/plain", "hello", 404);
  answer.set_header("A", "1");
  answer.add_header("A", "2");
  answer.add_header("B", "3");
  const std::string head = httpd::answer_head(answer, true);
  EXPECT_EQ(head.find("HTTP/1.1 404 Not Found\r\nDate: "), 0U) << head;
  EXPECT_NE(head.find(" GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                      "Accept-Ranges: none\r\nConnection: close\r\nA: 1\r\nB: 3\r\n\r\n"),
            std::string::npos)
      << head;
  const std::string unchanged = httpd::answer_head({.status = 304}, false);
  EXPECT_EQ(unchanged.find("HTTP/1.1 304 Not Modified\r\n"), 0U);
  for (const char* name : {"Content-Length", "Content-Type", "Connection"})
    EXPECT_EQ(unchanged.find(name), std::string::npos);
  EXPECT_NE(
      httpd::answer_head(httpd::text_answer("text/plain", ""), false).find("Content-Length: 0\r\n"),
      std::string::npos);
}

}  // namespace
}  // namespace uhuru
