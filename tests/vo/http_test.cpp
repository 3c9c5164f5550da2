// Tests without a server: rejected addresses, and the display of a service's messages. The rest is
// in tests/servers.
#include "uhuru/vo/http.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

TEST(Http, RefusesOtherAddressesThanOfTheWeb) {
  vo::HttpClient http{vo::HttpSettings()};
  for (const char* url : {"", "nothing", "file:///etc/passwd", "ftp://example.org/", "http://"}) {
    const Error error = error_of([&] { http.send({.url = url}); });
    EXPECT_EQ(error.kind(), ErrorKind::usage) << url;
  }
}

TEST(Http, NeverShowsOrSendsAPassword) {
  vo::HttpClient http{vo::HttpSettings()};
  const Error error = error_of([&] { http.send({.url = "http://me:secret@127.0.0.1:9/tap"}); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
}

TEST(Http, AServiceThatIsNotThereIsAskedAgain) {
  vo::HttpSettings settings;
  settings.retries = 2;
  settings.first_pause_s = 0.01;
  std::vector<double> pauses;
  vo::HttpClient http(settings, [&](const Error&, double pause_s) { pauses.push_back(pause_s); });
  const Error error = error_of([&] { http.send({.url = "http://127.0.0.1:1/"}); });
  EXPECT_EQ(error.kind(), ErrorKind::service);
  EXPECT_NE(error.found().find("3 attempts"), std::string::npos) << error.what();
  EXPECT_EQ(pauses, (std::vector<double>{0.01, 0.02}));
}

TEST(Http, WordsWithoutMarkup) {
  EXPECT_EQ(vo::words_of("<html><h1>Busy</h1>\n\n<p>come\tback</p></html>"), "Busy come back");
  EXPECT_EQ(vo::words_of("\x1b[2Jplain"), "[2Jplain");
  EXPECT_EQ(vo::words_of(std::string(1000, 'x'), 10), "xxxxxxxxxx …");
  EXPECT_EQ(vo::words_of(""), "");
}

}  // namespace
}  // namespace uhuru
