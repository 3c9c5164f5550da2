#include "uhuru/vo/links.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <cstring>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

vo::Services services_with(const std::string& url) {
  vo::Services services = vo::load_services("default");
  services.links = {{"a", url}};
  return services;
}

/// The services file with an additional link.
vo::Services parsed_with(const std::string& url) {
  return vo::parse_services(
      vo::services_text("default") + "[[links]]\ntitle = \"a\"\nurl = " + url + "\n", "s.toml");
}

TEST(Links, BuiltInOnesLeadToThePosition) {
  const auto links = vo::source_links(vo::load_services("default"), "2CXO J053517.3-052328",
                                      sky::SkyPosition{83.822083, -5.391111});
  ASSERT_EQ(links.size(), 5u);
  EXPECT_EQ(links[0].title, "SIMBAD");
  EXPECT_EQ(links[0].url,
            "https://simbad.cds.unistra.fr/simbad/sim-coo?Coord=83.822083%20-5.391111&CooFrame=ICRS"
            "&Radius=5&Radius.unit=arcsec");
  for (const vo::Link& link : links) {
    EXPECT_FALSE(link.title.empty());
    EXPECT_NE(link.url.find("83.822083"), std::string::npos) << link.url;
    EXPECT_NE(link.url.find("-5.391111"), std::string::npos) << link.url;
    EXPECT_EQ(link.url.find_first_of(" \"<>{}"), std::string::npos) << link.url;
  }
}

TEST(Links, ThoseThatLackSomethingAreLeftOut) {
  vo::Services services = vo::load_services("default");
  services.links = {{"both", "https://a/{name}/{ra}"},
                    {"name", "https://a/{name}"},
                    {"position", "https://a/?{dec}"},
                    {"none", "https://a/b"}};
  const auto titles = [&](const std::string& name,
                          const std::optional<sky::SkyPosition>& position) {
    std::string result;
    for (const vo::Link& link : vo::source_links(services, name, position))
      result += link.title + " ";
    return result;
  };
  EXPECT_EQ(titles("x", sky::SkyPosition{1, 2}), "both name position none ");
  EXPECT_EQ(titles("x", {}), "name none ");
  EXPECT_EQ(titles("", sky::SkyPosition{1, 2}), "position none ");
  EXPECT_EQ(titles(" \n", {}), "none ");
  EXPECT_EQ(titles("x", sky::SkyPosition{1, NAN}), "name none ");
  EXPECT_EQ(titles("x", sky::SkyPosition{1, 91}), "name none ");
}

TEST(Links, PositionsAreDegrees) {
  const auto url = [](sky::SkyPosition position) {
    return vo::source_links(services_with("https://a/{ra}/{dec}/{signed_dec}"), "", position)
        .at(0)
        .url;
  };
  EXPECT_EQ(url({10, 5.5}), "https://a/10.000000/5.500000/%2B5.500000");
  EXPECT_EQ(url({-10, -5.5}), "https://a/350.000000/-5.500000/-5.500000");
  EXPECT_EQ(url({359.9999999, 90}), "https://a/0.000000/90.000000/%2B90.000000");
  EXPECT_EQ(url({1e-12, -1e-300}), "https://a/0.000000/-0.000000/-0.000000");
}

TEST(Links, HostileNamesArePercentEncoded) {
  const auto url = [](const std::string& name) {
    return vo::source_links(services_with("https://a/?q={name}&x={name}"), name, {}).at(0).url;
  };
  EXPECT_EQ(url("\"><script>"), "https://a/?q=%22%3E%3Cscript%3E&x=%22%3E%3Cscript%3E");
  EXPECT_EQ(url("2CXO J1+2"), "https://a/?q=2CXO%20J1%2B2&x=2CXO%20J1%2B2");
  EXPECT_EQ(url("50%#?&=/\\"), "https://a/?q=50%25%23%3F%26%3D%2F%5C&x=50%25%23%3F%26%3D%2F%5C");
  EXPECT_EQ(url("{ra}\n{name}"), "https://a/?q=%7Bra%7D%0A%7Bname%7D&x=%7Bra%7D%0A%7Bname%7D");
  EXPECT_EQ(url("é\xff"), "https://a/?q=%C3%A9%FF&x=%C3%A9%FF");
  EXPECT_EQ(url("javascript:a'b"), "https://a/?q=javascript%3Aa%27b&x=javascript%3Aa%27b");
  EXPECT_EQ(url(std::string("a\0b", 3)), "https://a/?q=a%00b&x=a%00b");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const char c : url("x" + all + "x"))
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || std::strchr("-._~%:/?=&", c)) << c;
}

TEST(Links, FilesWithOtherUrlsAreRefused) {
  EXPECT_EQ(parsed_with("'https://a.b:8080/?n={name}#x'").links.size(), 6u);
  for (const char* url : {"'http://a/'",
                          "'HTTPS://a/'",
                          "'javascript:alert(1)//https://'",
                          "'ftp://a/'",
                          "''",
                          "'https://'",
                          "'https:///a'",
                          "'https://a'",
                          "'https://{name}/'",
                          "'https://a{name}/'",
                          "'https://a@b/'",
                          "'https://a/ b'",
                          "\"https://a/\\n\"",
                          "'https://a/{nam}'",
                          "'https://a/{name'",
                          "'https://a/}'",
                          "'https://a/{}'",
                          "'https://a/\"'",
                          "'https://a/<'",
                          "\"https://a/'\"",
                          "'https://a/é'",
                          "'//a/'"}) {
    const Error error = error_of([&] { parsed_with(url); });
    EXPECT_EQ(error.kind(), ErrorKind::input) << url;
    EXPECT_NE(error.where().find("line "), std::string::npos) << error.what();
  }
  EXPECT_EQ(error_of([] { parsed_with("5"); }).kind(), ErrorKind::input);
  EXPECT_EQ(error_of([] { parsed_with("'https://a/'\nhost = 'b'"); }).kind(), ErrorKind::input);
}

TEST(Links, FilesWithoutLinksAreFine) {
  std::string text = vo::services_text("default");
  text = text.substr(0, text.find("[[links]]"));
  EXPECT_TRUE(vo::parse_services(text, "s.toml").links.empty());
}

}  // namespace
}  // namespace uhuru
