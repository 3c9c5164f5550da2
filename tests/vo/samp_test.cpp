#include "uhuru/vo/samp.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/vo/xml_rpc.hpp"

namespace uhuru {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::error_of;
using testing::write_file;

std::string between(const std::string& text, const std::string& left, const std::string& right) {
  const size_t begin = text.find(left);
  if (begin == std::string::npos) return "";
  return text.substr(begin + left.size(), text.find(right, begin) - begin - left.size());
}

/// A hub that answers each method from a table, and records the calls.
struct FakeHub {
  std::map<std::string, json> answers = {
      {"samp.hub.register", {{"samp.private-key", "k1"}, {"samp.self-id", "c9"}}},
      {"samp.hub.getRegisteredClients", json::array({"hub", "c1", "c2"})},
      {"samp.hub.callAndWait", {{"samp.status", "samp.ok"}, {"samp.result", json::object()}}}};
  std::map<std::string, std::string> names = {{"hub", "Hub"}, {"c1", "TOPCAT"}, {"c2", "ds9"}};
  json votable = {{"c1", json::object()}, {"c2", json::object()}};
  json fits = votable;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;
  std::function<void(const std::string& method)> before;

  std::string answer(const std::string& body) {
    const std::string method = between(body, "<methodName>", "</methodName>");
    asked.push_back(method);
    bodies.push_back(body);
    if (before) before(method);
    json value = answers.contains(method) ? answers.at(method) : json("");
    if (method == "samp.hub.getSubscribedClients")
      value = body.find("table.load.fits") != std::string::npos ? fits : votable;
    if (method == "samp.hub.getMetadata")
      for (const auto& [id, name] : names)
        if (body.find(">" + id + "<") != std::string::npos) value = {{"samp.name", name}};
    return "<methodResponse>" +
           between(vo::xml_rpc_call("x", json::array({value})), "</methodName>", "</methodCall>") +
           "</methodResponse>";
  }
  vo::SampTransport transport() {
    vo::SampTransport result;
    result.get = [](const std::string& url) -> std::string {
      throw Error(ErrorKind::service, "no answer", url);
    };
    result.post_xml = [this](const std::string&, const std::string& body, seconds) {
      return answer(body);
    };
    return result;
  }
};

const vo::SampLockfile lockfile{".samp", "http://localhost:1/", "secret"};
const vo::SampClient hub_itself{"hub", "Hub", false, false};
const vo::SampClient topcat{"c1", "TOPCAT", true, true};
const vo::SampClient ds9{"c2", "SAOImageDS9", true, true};

class Samp : public ::testing::Test {
 protected:
  testing::ScratchFolder scratch_;
  std::string folder_ = scratch_ / "";
  FakeHub hub_;

  std::string csv() const {
    write_file(scratch_ / "t.csv", "a,b\n1,x\n2,y\n");
    return scratch_ / "t.csv";
  }
  /// Sends to one client; the type and parameters of the message.
  std::map<std::string, std::string> sent(vo::SampTable& table, const vo::SampClient& client) {
    const vo::SampConnection connection(lockfile, hub_.transport());
    EXPECT_EQ(connection.send(table, client, seconds(60)), "");
    std::map<std::string, std::string> result;
    for (const std::string key : {"samp.mtype", "url", "table-id", "name"})
      result[key] =
          between(hub_.bodies.back(), "<name>" + key + "</name><value><string>", "</string>");
    return result;
  }
};

TEST_F(Samp, ReadsLockfiles) {
  const vo::SampLockfile hub = vo::parse_samp_lockfile(
      "# SAMP lockfile\r\nsamp.secret=a=b\r\n\nsamp.hub.xmlrpc.url=http://127.0.0.1:21012/x\n"
      "samp.profile.version=1.3\nother\n#samp.secret=c",
      "f");
  EXPECT_EQ(hub.secret, "a=b");
  EXPECT_EQ(hub.hub_url, "http://127.0.0.1:21012/x");
  for (const char* bad : {"", "samp.secret=a", "samp.hub.xmlrpc.url=http://a/",
                          "samp.secret=a\nsamp.hub.xmlrpc.url=file:///etc/passwd",
                          "samp.secret=a\nsamp.hub.xmlrpc.url=gopher://a/", "\x01\n\n=="})
    EXPECT_EQ(error_of([&] { vo::parse_samp_lockfile(bad, "f"); }).kind(), ErrorKind::service)
        << bad;
}

TEST_F(Samp, FindsTheHub) {
  const std::string text = "samp.secret=s\nsamp.hub.xmlrpc.url=http://localhost:1/\n";
  const auto transport = hub_.transport();
  const Error none = error_of([&] { vo::find_samp_hub(folder_, "", transport); });
  EXPECT_EQ(none.kind(), ErrorKind::service);
  EXPECT_NE(none.expected().find("start TOPCAT"), std::string::npos);
  write_file(scratch_ / ".samp", text);
  EXPECT_EQ(vo::find_samp_hub(folder_, "", transport).secret, "s");
  write_file(scratch_ / "ü b", text);
  for (const std::string start : {"file://", "file://localhost", "file:"})
    EXPECT_EQ(
        vo::find_samp_hub("", "std-lockurl:" + start + folder_ + "%C3%BC%20b", transport).secret,
        "s");
  auto web = transport;
  web.get = [&](const std::string& url) { return url == "http://h/lock" ? text : ""; };
  EXPECT_EQ(vo::find_samp_hub("", "std-lockurl:http://h/lock", web).secret, "s");
  EXPECT_EQ(error_of([&] { vo::find_samp_hub("", "std-lockurl:http://h/lock", transport); }).kind(),
            ErrorKind::service);
  for (const char* other : {"jsamp-class:x", "std-lockurl:", "std-lockurl:ftp://h/l",
                            "std-lockurl:file://elsewhere/l", "std-lockurl:file:", "nonsense"})
    EXPECT_EQ(error_of([&] { vo::find_samp_hub("", other, transport); }).kind(), ErrorKind::usage)
        << other;
  EXPECT_EQ(
      error_of([&] { vo::find_samp_hub("", "std-lockurl:file://" + folder_, transport); }).kind(),
      ErrorKind::service);  // a folder
}

TEST_F(Samp, ListsClients) {
  hub_.votable.erase("c2");
  hub_.names["c1"] = "TOP\nCAT";
  hub_.names["c2"] = "";
  const auto clients = vo::SampConnection(lockfile, hub_.transport()).clients();
  ASSERT_EQ(clients.size(), 3U);
  EXPECT_EQ(clients[0].name, "Hub");
  EXPECT_FALSE(clients[0].takes_tables());
  EXPECT_EQ(clients[1].name, "TOP?CAT");
  EXPECT_TRUE(clients[1].takes_votable);
  EXPECT_EQ(clients[2].name, "c2");
  EXPECT_TRUE(clients[2].takes_fits && !clients[2].takes_votable);
  EXPECT_EQ(hub_.asked.front(), "samp.hub.register");
  EXPECT_NE(hub_.bodies.front().find(">secret<"), std::string::npos);
  EXPECT_NE(hub_.bodies[1].find("<name>samp.name</name><value><string>uhuru<"), std::string::npos);
  EXPECT_EQ(hub_.asked.back(), "samp.hub.unregister");
}

TEST_F(Samp, ChoosesReceivers) {
  const vo::SampClient again{"c3", "topcat", true, false};
  const std::vector<vo::SampClient> clients = {hub_itself, topcat, ds9};
  EXPECT_EQ(vo::samp_receivers(clients, "").size(), 2U);
  EXPECT_EQ(vo::samp_receivers(clients, "Topcat").at(0).id, "c1");
  EXPECT_EQ(vo::samp_receivers({topcat, again}, "c3").at(0).id, "c3");
  EXPECT_EQ(error_of([&] { vo::samp_receivers({hub_itself}, ""); }).kind(), ErrorKind::service);
  const auto refused = [](const std::vector<vo::SampClient>& connected, const std::string& to) {
    const Error error = error_of([&] { vo::samp_receivers(connected, to); });
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return std::string(error.what());
  };
  EXPECT_NE(refused(clients, "tobcat").find("did you mean TOPCAT?"), std::string::npos);
  // Any part of the name that only one application has, in upper or lower case.
  EXPECT_EQ(vo::samp_receivers(clients, "ds9").at(0).name, "SAOImageDS9");
  EXPECT_EQ(vo::samp_receivers(clients, "topc").at(0).id, "c1");
  EXPECT_NE(refused({topcat, again}, "cat").find("TOPCAT (c1), topcat (c3)"), std::string::npos);
  // A client that accepts no tables does not make a part ambiguous.
  EXPECT_EQ(vo::samp_receivers({{"c7", "DS9 helper", false, false}, ds9}, "ds9").at(0).name,
            "SAOImageDS9");
  EXPECT_NE(refused({topcat, again}, "topcat").find("c1, c3"), std::string::npos);
  EXPECT_NE(refused(clients, "hub").find("does not accept tables"), std::string::npos);
}

TEST_F(Samp, SendsFilesAsTheyAre) {
  const Table table = io::read_table(csv());
  const std::string votable = scratch_ / "ü 1%#&.vot";
  const std::string fits = scratch_ / "t.fits";
  io::write_table(votable, table);
  io::write_table(fits, table);
  vo::SampTable first(votable, folder_);
  auto message = sent(first, topcat);
  EXPECT_EQ(message["samp.mtype"], "table.load.votable");
  EXPECT_TRUE(message["url"].starts_with("file:///"));
  EXPECT_TRUE(message["url"].ends_with("/%C3%BC%201%25%23%26.vot")) << message["url"];
  EXPECT_EQ(message["table-id"], message["url"]);
  EXPECT_EQ(message["name"], "? 1%#&amp;.vot");
  vo::SampTable second(fits, folder_);
  message = sent(second, topcat);
  EXPECT_EQ(message["samp.mtype"], "table.load.fits");
  EXPECT_EQ(message["url"], vo::file_url(fits));
  EXPECT_EQ(scratch_.files().size(), 3U);  // no copy
  // DS9 shows FITS tables as event images.
  message = sent(second, ds9);
  EXPECT_EQ(message["samp.mtype"], "table.load.votable");
  EXPECT_TRUE(message["url"].ends_with("/t.vot"));
  EXPECT_EQ(message["table-id"], vo::file_url(fits));
  // A client that only accepts FITS gets FITS.
  message = sent(first, {"c4", "x", false, true});
  EXPECT_EQ(message["samp.mtype"], "table.load.fits");
}

TEST_F(Samp, CopiesWhatOthersCannotRead) {
  const std::string votable = scratch_ / "t.vot";
  io::write_table(votable, io::read_table(csv()));
  write_file(scratch_ / "t.vot.gz", testing::gzip(testing::read_file(votable)));
  write_file(scratch_ / "u.csv.gz", testing::gzip("a,b\n1,x\n2,y\n"));
  const auto before = scratch_.files();
  for (const std::string name : {"t.csv", "u.csv.gz", "t.vot.gz", "t.vot#1"}) {
    vo::SampTable table(scratch_ / name, folder_);
    EXPECT_EQ(table.label(), name);
    const auto message = sent(table, topcat);
    EXPECT_EQ(message.at("samp.mtype"), "table.load.votable");
    const std::string path = message.at("url").substr(7);
    EXPECT_TRUE(path.ends_with(name[0] == 't' ? "/t.vot" : "/u.vot")) << path;
    EXPECT_NE(message.at("url"), vo::file_url(votable));
    const Table copy = io::read_table(path);
    EXPECT_EQ(copy.rows(), 2U);
    EXPECT_EQ(cell_text(copy.at("b"), 1), "y");
    EXPECT_EQ(table.url(io::Format::votable), message.at("url"));  // created once
    EXPECT_GT(scratch_.files().size(), before.size());
    if (name == "t.vot.gz") {
      EXPECT_EQ(testing::read_file(path), testing::read_file(votable));
    }
  }
  EXPECT_EQ(scratch_.files(), before);
}

TEST_F(Samp, SaysWhatIsOddInATableThatItCopies) {
  write_file(scratch_ / "odd.vot",
             "<VOTABLE><RESOURCE><TABLE><FIELD name='x' datatype='int'/><DATA><TABLEDATA><TR><TD>"
             "null</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
  vo::SampTable table((scratch_ / "odd.vot") + "#1", folder_);
  EXPECT_TRUE(table.take_notes().empty());
  table.url(io::Format::votable);
  const auto notes = table.take_notes();
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("column x: 1 cell is not a whole number"), std::string::npos);
  EXPECT_TRUE(table.take_notes().empty());
}

TEST_F(Samp, RefusesWhatIsNoTable) {
  EXPECT_EQ(error_of([&] { vo::SampTable(scratch_ / "none.vot", folder_); }).kind(),
            ErrorKind::input);
  write_file(scratch_ / "page.vot", "<html></html>");
  EXPECT_EQ(error_of([&] { vo::SampTable(scratch_ / "page.vot", folder_); }).kind(),
            ErrorKind::input);
  csv();
  const Error folder = error_of([&] { vo::SampTable(folder_, folder_); });
  EXPECT_NE(folder.expected().find("t.csv"), std::string::npos);
  vo::SampTable table(scratch_ / "t.csv", scratch_ / "no/such");
  EXPECT_EQ(error_of([&] { table.url(io::Format::votable); }).kind(), ErrorKind::input);
  // As many as are listed, and one more.
  for (int i = 1; i < 11; ++i) write_file(fmt::format("{}/t{}.csv", folder_, i), "x\n1\n");
  const auto listed = [&] { return error_of([&] { vo::SampTable(folder_, folder_); }).expected(); };
  EXPECT_EQ(listed().find("…"), std::string::npos) << listed();
  write_file(folder_ + "/u.csv", "x\n1\n");
  EXPECT_NE(listed().find(", …"), std::string::npos) << listed();
}

TEST_F(Samp, ReportsWhatTheClientSays) {
  vo::SampTable table(csv(), folder_);
  const vo::SampConnection connection(lockfile, hub_.transport());
  const auto error_in = [&](seconds timeout) {
    return error_of([&] { connection.send(table, topcat, timeout); });
  };
  json& answer = hub_.answers["samp.hub.callAndWait"];
  answer = {{"samp.status", "samp.warning"}, {"samp.error", {{"samp.errortxt", "2 odd rows"}}}};
  EXPECT_EQ(connection.send(table, topcat, seconds(60)), "2 odd rows");
  answer = {{"samp.status", "samp.error"},
            {"samp.error", {{"samp.errortxt", ""}, {"samp.usertxt", "too\nlarge"}}}};
  EXPECT_EQ(error_in(seconds(60)).kind(), ErrorKind::service);
  EXPECT_EQ(error_in(seconds(60)).message(), "TOPCAT could not load the table");
  EXPECT_EQ(error_in(seconds(60)).found(), "too?large");
  for (const json& odd : {json("samp.ok"), json::array(), json{{"samp.status", json::array()}},
                          json{{"samp.error", "text"}}}) {
    answer = odd;
    EXPECT_EQ(error_in(seconds(60)).found(), "no reason given");
  }
  hub_.before = [](const std::string&) { throw Error(ErrorKind::service, "gone", "hub"); };
  EXPECT_NE(error_in(seconds(60)).message().find("did not forward the table"), std::string::npos);
  EXPECT_NE(error_in(seconds(0)).message().find("did not confirm"), std::string::npos);
}

TEST_F(Samp, UnregistersAlsoAfterFailures) {
  const auto fail_at = [&](const std::string& failing) {
    hub_.asked.clear();
    hub_.before = [failing](const std::string& method) {
      if (method == failing) throw Error(ErrorKind::service, "no answer");
    };
    return error_of([&] { vo::SampConnection(lockfile, hub_.transport()).clients(); });
  };
  for (const char* method :
       {"samp.hub.declareMetadata", "samp.hub.getRegisteredClients", "samp.hub.getMetadata"}) {
    EXPECT_EQ(fail_at(method).kind(), ErrorKind::service);
    EXPECT_EQ(hub_.asked.back(), "samp.hub.unregister") << method;
  }
  EXPECT_NE(fail_at("samp.hub.register").expected().find("if it has crashed"), std::string::npos);
  EXPECT_EQ(hub_.asked.size(), 1U);
  hub_.before = nullptr;
  hub_.answers["samp.hub.register"] = "";
  EXPECT_EQ(error_of([&] { vo::SampConnection(lockfile, hub_.transport()); }).kind(),
            ErrorKind::service);
}

TEST_F(Samp, RefusesHostileLists) {
  const vo::SampConnection connection(lockfile, hub_.transport());
  json& ids = hub_.answers["samp.hub.getRegisteredClients"];
  ids = json(std::vector<std::string>(1000, "c"));
  EXPECT_EQ(error_of([&] { connection.clients(); }).kind(), ErrorKind::service);
  ids = "c1";
  EXPECT_EQ(error_of([&] { connection.clients(); }).kind(), ErrorKind::service);
  ids = json::array({json::array({"c1"})});
  EXPECT_TRUE(connection.clients().empty());
}

}  // namespace
}  // namespace uhuru
