// Documents of Sesame. What a server may do is in tests/servers.
#include "uhuru/vo/name_resolver.hpp"

#include <gtest/gtest.h>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

std::string sesame(const std::string& content) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n"
         "<Sesame xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
         "<Target option=\"SNV\">\n<name>M31</name>\n" +
         content + "</Target>\n</Sesame>\n";
}

const std::string andromeda =
    "<Resolver name=\"S=Simbad (via url)\"><!--Q22661 #1-->\n"
    "<otype>AGN</otype>\n<jpos>00:42:44.33 +41:16:07.5</jpos>\n<jradeg>10.684708</jradeg>\n"
    "<jdedeg>41.268750</jdedeg>\n<oname>M  31 &amp; all</oname>\n<nrefs>12345</nrefs>\n"
    "</Resolver>\n";

TEST(Sesame, GivesTheFirstObjectWithAPosition) {
  const auto found = vo::parse_sesame(sesame(andromeda), "there");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "M  31 & all");
  EXPECT_EQ(found->type, "AGN");
  EXPECT_EQ(found->resolver, "Simbad");
  EXPECT_EQ(found->position.ra_deg, 10.684708);
  EXPECT_EQ(found->position.dec_deg, 41.26875);
  const std::string none = "<Resolver name=\"N=NED\"><INFO>*** Nothing found ***</INFO></Resolver>";
  EXPECT_EQ(vo::parse_sesame(sesame(none + andromeda), "there")->resolver, "Simbad");
  EXPECT_EQ(vo::parse_sesame(sesame(andromeda + none), "there")->name, "M  31 & all");
}

TEST(Sesame, MayKnowNothing) {
  EXPECT_FALSE(vo::parse_sesame(sesame("<INFO>*** Nothing found ***</INFO>\n"), "there"));
  // An object without a position, and one at an impossible position.
  for (const char* degrees : {"", "<jradeg>10</jradeg>", "<jradeg>10</jradeg><jdedeg>x</jdedeg>",
                              "<jradeg>10</jradeg><jdedeg>91</jdedeg>"})
    EXPECT_FALSE(vo::parse_sesame(
        sesame(std::string("<Resolver name=\"S=Simbad\">") + degrees + "</Resolver>"), "there"))
        << degrees;
}

TEST(Sesame, AllElseIsAnErrorOfTheService) {
  for (const char* text :
       {"", "Service Unavailable", "<html><body>busy</body></html>", "<Sesame><Target>"}) {
    const Error error = error_of([&] { vo::parse_sesame(text, "https://there"); });
    EXPECT_EQ(error.kind(), ErrorKind::service) << text;
    EXPECT_EQ(error.where(), "https://there") << text;
  }
}

TEST(Sesame, NeedsAnAddressWithTheName) {
  vo::HttpClient http{vo::HttpSettings()};
  EXPECT_EQ(error_of([&] { vo::resolve_name(http, "http://127.0.0.1:1/", "M31"); }).kind(),
            ErrorKind::usage);
}

}  // namespace
}  // namespace uhuru
