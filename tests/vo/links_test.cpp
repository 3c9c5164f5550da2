#include "uhuru/vo/links.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <cstring>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

using Links = std::vector<recipe::LinkTemplate>;

Links link_to(const std::string& url) { return {{"a", url}}; }

/// A recipe with an additional link.
Links parsed_with(const std::string& url) {
  return recipe::parse_recipe(
             recipe::load_recipe("csc2").text + "[[links]]\ntitle = \"a\"\nurl = " + url + "\n",
             "r.toml")
      .mission.links;
}

TEST(Links, BuiltInOnesLeadToThePosition) {
  const auto links =
      vo::source_links(recipe::load_recipe("csc2").mission.links, "2CXO J053517.3-052328",
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
  const Links links = {{"both", "https://a/{name}/{ra}"},
                       {"name", "https://a/{name}"},
                       {"position", "https://a/?{dec}"},
                       {"none", "https://a/b"}};
  const auto titles = [&](const std::string& name,
                          const std::optional<sky::SkyPosition>& position) {
    std::string result;
    for (const vo::Link& link : vo::source_links(links, name, position)) result += link.title + " ";
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
    return vo::source_links(link_to("https://a/{ra}/{dec}/{signed_dec}"), "", position).at(0).url;
  };
  EXPECT_EQ(url({10, 5.5}), "https://a/10.000000/5.500000/%2B5.500000");
  EXPECT_EQ(url({-10, -5.5}), "https://a/350.000000/-5.500000/-5.500000");
  EXPECT_EQ(url({359.9999999, 90}), "https://a/0.000000/90.000000/%2B90.000000");
  EXPECT_EQ(url({1e-12, -1e-300}), "https://a/0.000000/-0.000000/-0.000000");
}

TEST(Links, HostileNamesArePercentEncoded) {
  const auto url = [](const std::string& name) {
    return vo::source_links(link_to("https://a/?q={name}&x={name}"), name, {}).at(0).url;
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
  EXPECT_EQ(parsed_with("'https://a.b:8080/?n={name}#x'").size(), 7u);
  EXPECT_EQ(parsed_with("'https://a/{flux_aper_b}'").back().url, "https://a/{flux_aper_b}");
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

TEST(Links, OfObservationsAreApart) {
  const Links links = {{"source", "https://a/{name}"},
                       {"observation", "https://a/{observation}/{x}", true}};
  EXPECT_EQ(vo::source_links(links, "n", {}, {{"x", "1"}}).size(), 1u);
  const auto found = vo::observation_links(links, "n", " 04 2", {}, {{"x", "1"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].title, "observation");
  EXPECT_EQ(found[0].url, "https://a/04%202/1");
  EXPECT_TRUE(vo::observation_links(links, "n", "", {}, {{"x", "1"}}).empty());
  EXPECT_TRUE(vo::observation_links(links, "n", "42", {}).empty());
  const auto of_csc = vo::observation_links(recipe::load_recipe("csc2").mission.links, "n", "635",
                                            sky::SkyPosition{1, 2});
  ASSERT_EQ(of_csc.size(), 1u);
  EXPECT_TRUE(of_csc[0].url.ends_with("obsid=635"));
}

TEST(Links, NeedASubjectThatHasTheirValues) {
  EXPECT_TRUE(parsed_with("'https://a/{observation}'\nof = 'observation'").back().of_observation);
  EXPECT_FALSE(parsed_with("'https://a/{name}'\nof = 'source'").back().of_observation);
  EXPECT_EQ(error_of([] { parsed_with("'https://a/{observation}'"); }).message(),
            "invalid link URL");
  EXPECT_EQ(error_of([] { parsed_with("'https://a/b'\nof = 'day'"); }).message(),
            "unknown subject of a link");
}

TEST(Links, CarriedColumnsAreFilledIn) {
  const Links links = link_to("https://a/{srcid}");
  EXPECT_EQ(vo::source_links(links, "x", {}, {{"srcid", " 1/2"}}).at(0).url, "https://a/1%2F2");
  EXPECT_TRUE(vo::source_links(links, "x", {}, {{"srcid", ""}}).empty());
  EXPECT_TRUE(vo::source_links(links, "x", {}).empty());
}

}  // namespace
}  // namespace uhuru
