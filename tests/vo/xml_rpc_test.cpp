#include "uhuru/vo/xml_rpc.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"

namespace uhuru {
namespace {

using nlohmann::json;

std::string answer(const std::string& value) {
  return "<?xml version='1.0'?>\n<methodResponse><params><param>" + value +
         "</param></params></methodResponse>";
}
json parsed(const std::string& value) { return vo::parse_xml_rpc_answer(answer(value), "hub"); }

TEST(XmlRpc, WritesCalls) {
  EXPECT_EQ(vo::xml_rpc_call("samp.hub.ping", json::array()),
            "<?xml version=\"1.0\"?>\n<methodCall><methodName>samp.hub.ping</methodName><params>"
            "</params></methodCall>\n");
  EXPECT_EQ(vo::xml_rpc_call("m", json::array({"a<b", json::array({"c"}), {{"k&", "v"}}})),
            "<?xml version=\"1.0\"?>\n<methodCall><methodName>m</methodName><params>"
            "<param><value><string>a&lt;b</string></value></param>"
            "<param><value><array><data><value><string>c</string></value></data></array></value>"
            "</param><param><value><struct><member><name>k&amp;</name><value><string>v</string>"
            "</value></member></struct></value></param></params></methodCall>\n");
  EXPECT_EQ(testing::error_of([] { vo::xml_rpc_call("m", json::array({1})); }).kind(),
            ErrorKind::bug);
}

TEST(XmlRpc, ReadsValues) {
  EXPECT_EQ(parsed("<value><string> a &lt;&#x41; </string></value>"), " a <A ");
  EXPECT_EQ(parsed("<value>no type</value>"), "no type");
  EXPECT_EQ(parsed("<value/>"), "");
  EXPECT_EQ(parsed("<value><![CDATA[<a>]]></value>"), "<a>");
  EXPECT_EQ(parsed("<value><i4> 12 </i4></value>"), "12");
  EXPECT_EQ(parsed("<value><boolean>1</boolean></value>"), "1");
  EXPECT_EQ(parsed("<value><double>-1.5</double></value>"), "-1.5");
  EXPECT_EQ(parsed("<value><nil/></value>"), "");
  EXPECT_EQ(parsed("<value xmlns:ex='x'><ex:nil/></value>"), "");
  EXPECT_EQ(parsed("<value> <array> <data> <value>a</value> <value><array><data/></array></value>"
                   " </data> </array> </value>"),
            json::array({"a", json::array()}));
  EXPECT_EQ(parsed("<value><struct><member><name>a.b</name><value>1</value></member><member>"
                   "<name>c</name><value><struct/></value></member></struct></value>"),
            (json{{"a.b", "1"}, {"c", json::object()}}));
}

TEST(XmlRpc, ReadsBackWhatItWrites) {
  const json value = {{"key \"<&>\"", json::array({"\t\n ü", "", json::object()})}};
  const std::string call = vo::xml_rpc_call("m", json::array({value}));
  const size_t begin = call.find("<value>");
  EXPECT_EQ(parsed(call.substr(begin, call.rfind("</param>") - begin)), value);
}

TEST(XmlRpc, TellsFaults) {
  const Error error = testing::error_of([] {
    vo::parse_xml_rpc_answer(
        "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int>"
        "</value></member><member><name>faultString</name><value>no such\nclient</value></member>"
        "</struct></value></fault></methodResponse>",
        "http://hub/");
  });
  EXPECT_EQ(error.kind(), ErrorKind::service);
  EXPECT_EQ(error.where(), "http://hub/");
  EXPECT_EQ(error.found(), "no such?client");
}

TEST(XmlRpc, RefusesWhatIsNone) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<value><array><data>";
  const std::string bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>" +
                           answer("<value>&b;</value>");
  for (const std::string& bad :
       {std::string(), std::string("Not Found"), std::string("<html><body/></html>"),
        std::string("<methodResponse/>"), std::string("<methodResponse><params/></methodResponse>"),
        std::string("<value>a</value>"), answer("<value>a</value>").substr(0, 60),
        answer("<value>a</value><value>b</value>"), answer("<string>a</string>"),
        answer("<value><string>a</string><string>b</string></value>"),
        answer("<value><string><b/></string></value>"), answer("<value><data/></value>"),
        answer("<value><array><value>a</value></array></value>"),
        answer("<value><struct><name>a</name></struct></value>"), answer(deep), bomb,
        std::string("<methodResponse><fault/></methodResponse>"),
        std::string(vo::largest_xml_rpc_answer + 1, ' '), std::string("\0\xff", 2)}) {
    const Error error = testing::error_of([&] { vo::parse_xml_rpc_answer(bad, "hub"); });
    EXPECT_EQ(error.kind(), ErrorKind::service) << bad.substr(0, 100);
    EXPECT_EQ(error.where(), "hub");
    EXPECT_FALSE(error.found().empty()) << bad.substr(0, 100);
  }
}

}  // namespace
}  // namespace uhuru
