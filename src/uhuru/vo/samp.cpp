#include "uhuru/vo/samp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/vo/http.hpp"
#include "uhuru/vo/xml_rpc.hpp"

namespace fs = std::filesystem;

namespace uhuru::vo {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr size_t largest_lockfile = 1 << 16;  // bytes
constexpr size_t most_clients = 200;
constexpr const char* votable_message = "table.load.votable";
constexpr const char* fits_message = "table.load.fits";

Error hub_error(std::string message, std::string where, std::string expected = {},
                std::string found = {}) {
  return Error(ErrorKind::service, std::move(message), std::move(where), std::move(expected),
               std::move(found));
}

/// The cause of an error, as a phrase.
std::string reason(const Error& error) {
  return error.found().empty() ? error.message() : error.message() + ": " + error.found();
}

bool is_http(std::string_view url) {
  return lower(url).starts_with("http://") || lower(url).starts_with("https://");
}

Error no_hub(const std::string& place, const std::string& found) {
  return hub_error("no SAMP hub is running", place,
                   "the lockfile of a hub; start TOPCAT or Aladin and try again", found);
}

/// The path in file:///path, file://localhost/path or file:/path; empty for any other URL.
std::string path_of_url(std::string_view url) {
  if (!lower(url).starts_with("file:/")) return "";
  url.remove_prefix(5);
  if (url.starts_with("//")) {
    const std::string_view host = url.substr(2, url.find('/', 2) - 2);
    if (!host.empty() && lower(host) != "localhost") return "";
    url.remove_prefix(std::min(url.size(), 2 + host.size()));
  }
  std::string path;
  for (size_t i = 0; i < url.size(); ++i) {
    unsigned byte = 0;
    const char* digits = url.data() + i + 1;
    if (url[i] == '%' && i + 2 < url.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      path += static_cast<char>(byte);
      i += 2;
    } else {
      path += url[i];
    }
  }
  return path;
}

SampLockfile read_lockfile(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw no_hub(path, "no such file");
  std::ifstream file;
  if (fs::is_regular_file(path, ignored)) file.open(path, std::ios::binary);
  if (!file.is_open()) throw hub_error("cannot read the lockfile of the SAMP hub", path, "a file");
  std::string text(largest_lockfile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return parse_samp_lockfile(text, path);
}

json call_hub(const SampLockfile& hub, const SampTransport& transport, const std::string& method,
              const json& parameters, seconds timeout) {
  const std::string body = xml_rpc_call(method, parameters);
  return parse_xml_rpc_answer(transport.post_xml(hub.hub_url, body, timeout), hub.hub_url);
}

/// Registers; returns the private key for all other calls.
std::string registered(const SampLockfile& hub, SampTransport transport) {
  transport.post_xml = [&, post = transport.post_xml](const auto& url, const auto& body,
                                                      seconds timeout) {
    try {
      return post(url, body, timeout);
    } catch (const Error& error) {
      throw hub_error(
          "the SAMP hub does not answer", hub.place,
          "a running hub at " + hub.hub_url + "; if it has crashed, restart TOPCAT or Aladin",
          reason(error));
    }
  };
  std::string key = text_of(
      call_hub(hub, transport, "samp.hub.register", {hub.secret}, seconds(10)), "samp.private-key");
  if (key.empty()) throw hub_error("the SAMP hub returned no private key", hub.hub_url);
  return key;
}

/// SAMP strings are ASCII.
std::string samp_text(std::string_view text) {
  std::string ascii;
  for (const char c : text)
    if (const auto byte = static_cast<unsigned char>(c); byte < 0x80 || byte >= 0xc0)
      ascii += byte >= 0x20 && byte < 0x80 ? c : '?';
  return ascii;
}

std::string names_of(const std::vector<SampClient>& clients) {
  std::vector<std::string> names;
  for (const SampClient& client : clients)
    if (std::find(names.begin(), names.end(), client.name) == names.end())
      names.push_back(client.name);
  return names.empty() ? "none" : join(names, ", ");
}

std::vector<SampClient> that_take_tables(std::vector<SampClient> clients) {
  std::erase_if(clients, [](const SampClient& client) { return !client.takes_tables(); });
  return clients;
}

/// DS9 shows a FITS table as an event image, but a VOTable as a catalog.
bool is_ds9(const SampClient& client) {
  return lower(client.name).find("ds9") != std::string::npos;
}

/// The first non-empty text of an error report.
std::string error_text(const json& answer) {
  const json error = answer.is_object() ? answer.value("samp.error", json()) : json();
  for (const char* key : {"samp.errortxt", "samp.usertxt", "samp.debugtxt", "samp.code"})
    if (std::string text = text_of(error, key); !trim(text).empty()) return shown(text, 300);
  return "no reason given";
}

}  // namespace

SampTransport samp_over_http(const std::function<bool()>& stop) {
  const auto answer = [stop](const HttpRequest& request, seconds timeout) {
    HttpSettings settings;
    settings.requests_per_second = 1e6;
    settings.connect_timeout_s = std::min(10.0, static_cast<double>(timeout.count()));
    settings.stall_timeout_s = settings.longest_answer_s = static_cast<double>(timeout.count());
    settings.retries = 0;
    settings.largest_answer = largest_xml_rpc_answer;
    settings.past_proxy = true;
    settings.stop = stop;
    const HttpResponse response = HttpClient(settings).send(request);
    if (response.status != 200) throw_status(response, "HTTP status 200");
    return response.text(largest_xml_rpc_answer);
  };
  using Method = HttpRequest::Method;
  return {[answer](const std::string& url) {
            return answer({.method = Method::get, .url = url}, seconds(10));
          },
          // The secret is sent only to the hub of the lockfile: no redirects.
          [answer](const std::string& url, const std::string& body, seconds timeout) {
            return answer({.method = Method::post,
                           .url = url,
                           .body = body,
                           .content_type = "text/xml",
                           .follow = HttpRequest::Follow::none},
                          timeout);
          }};
}

SampLockfile parse_samp_lockfile(std::string_view text, const std::string& place) {
  std::map<std::string_view, std::string_view> values;
  while (!text.empty()) {
    const std::string_view line = trim(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), text.find('\n')));
    if (!text.empty()) text.remove_prefix(1);
    const size_t equals = line.find('=');
    if (!line.starts_with('#') && equals != std::string_view::npos)
      values.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  SampLockfile hub{place, std::string(values["samp.hub.xmlrpc.url"]),
                   std::string(values["samp.secret"])};
  if (hub.secret.empty() || !is_http(hub.hub_url))
    throw hub_error("the file is not a SAMP lockfile", place,
                    "lines samp.secret=... and samp.hub.xmlrpc.url=http://...",
                    hub.secret.empty() ? "no samp.secret" : in_quotes(hub.hub_url));
  return hub;
}

SampLockfile find_samp_hub(const std::string& home, const std::string& samp_hub,
                           const SampTransport& transport) {
  if (samp_hub.empty()) return read_lockfile(home + "/.samp");
  constexpr std::string_view prefix = "std-lockurl:";
  const std::string url = samp_hub.starts_with(prefix) ? samp_hub.substr(prefix.size()) : "";
  if (const std::string path = path_of_url(url); !path.empty()) return read_lockfile(path);
  if (!is_http(url))
    throw Error(ErrorKind::usage, "the variable does not locate a hub", "SAMP_HUB",
                "std-lockurl: and the URL of a lockfile (file, http, https)", in_quotes(samp_hub));
  std::string text;
  try {
    text = transport.get(url);
  } catch (const Error& error) {
    throw no_hub(url, reason(error));
  }
  return parse_samp_lockfile(text.substr(0, largest_lockfile), url);
}

std::vector<SampClient> samp_receivers(const std::vector<SampClient>& clients,
                                       const std::string& to) {
  std::vector<SampClient> receivers = that_take_tables(clients);
  if (to.empty() && receivers.empty())
    throw hub_error("no application connected to the SAMP hub accepts tables", "",
                    "a running TOPCAT, Aladin or DS9", names_of(clients));
  if (to.empty()) return receivers;
  std::vector<SampClient> named, partly;
  std::vector<std::string> words;
  for (const SampClient& client : clients) {
    words.push_back(client.name);
    if (client.id == to || same_but_case(client.name, to)) named.push_back(client);
    if (lower(client.name).find(lower(to)) != std::string::npos) partly.push_back(client);
  }
  const bool in_part = named.empty();
  if (in_part) named = partly.size() > 1 ? that_take_tables(partly) : partly;
  const auto refuse = [&](const std::string& message, const std::string& expected) {
    return Error(ErrorKind::usage, message, "", expected, in_quotes(to));
  };
  if (named.empty())
    throw refuse(
        "no application with this name is connected to the SAMP hub" + did_you_mean(to, words),
        "one that accepts tables: " + names_of(receivers));
  if (named.size() > 1) {
    std::vector<std::string> ids;
    ids.reserve(named.size());
    for (const SampClient& client : named)
      ids.push_back(in_part ? client.name + " (" + client.id + ")" : client.id);
    throw refuse(in_part ? "several applications have a name with this part"
                         : "several applications have this name",
                 "one of the ids " + join(ids, ", "));
  }
  if (!named[0].takes_tables())
    throw refuse("the application does not accept tables",
                 "one that accepts tables: " + names_of(receivers));
  return named;
}

SampConnection::SampConnection(const SampLockfile& hub, const SampTransport& transport)
    : SampConnection(hub, transport, registered(hub, transport)) {
  call("samp.hub.declareMetadata",
       {{{"samp.name", "uhuru"},
         {"samp.description.text", "Classifies X-ray sources from their X-ray properties"},
         {"uhuru.version", UHURU_VERSION}}});
}

SampConnection::SampConnection(SampLockfile hub, SampTransport transport, std::string key)
    : hub_(std::move(hub)), transport_(std::move(transport)), key_(std::move(key)) {}

SampConnection::~SampConnection() {
  try {
    call("samp.hub.unregister", json::array(), seconds(2));
  } catch (const std::exception&) {  // the hub is gone, and the registration with it
  }
}

json SampConnection::call(const std::string& method, json parameters, seconds timeout) const {
  parameters.insert(parameters.begin(), key_);
  return call_hub(hub_, transport_, method, parameters, timeout);
}

std::vector<SampClient> SampConnection::clients() const {
  const json ids = call("samp.hub.getRegisteredClients", json::array());
  const json votable = call("samp.hub.getSubscribedClients", {votable_message});
  const json fits = call("samp.hub.getSubscribedClients", {fits_message});
  if (!ids.is_array() || ids.size() > most_clients || !votable.is_object() || !fits.is_object())
    throw hub_error("invalid answer from the SAMP hub", hub_.hub_url,
                    fmt::format("a list of up to {} clients", most_clients));
  std::vector<SampClient> clients;
  for (const json& id : ids) {
    if (!id.is_string()) continue;
    SampClient client;
    client.id = id.get<std::string>();
    client.takes_votable = votable.contains(client.id);
    client.takes_fits = fits.contains(client.id);
    const json metadata = call("samp.hub.getMetadata", {client.id});
    client.name = shown(text_of(metadata, "samp.name"), 60);
    if (client.name.empty()) client.name = shown(client.id, 60);
    clients.push_back(std::move(client));
  }
  return clients;
}

std::string SampConnection::send(SampTable& table, const SampClient& client,
                                 seconds timeout) const {
  const bool as_fits =
      client.takes_fits && (!client.takes_votable || (table.is_fits() && !is_ds9(client)));
  const json message = {{"samp.mtype", as_fits ? fits_message : votable_message},
                        {"samp.params",
                         {{"url", table.url(as_fits ? io::Format::fits : io::Format::votable)},
                          {"table-id", table.id()},
                          {"name", samp_text(table.label())}}}};
  const std::string wait = std::to_string(timeout.count());
  const auto begin = std::chrono::steady_clock::now();
  json answer;
  try {
    answer = call("samp.hub.callAndWait", {client.id, message, wait}, timeout + seconds(5));
  } catch (const Error& error) {
    if (std::chrono::steady_clock::now() - begin < timeout)
      throw hub_error("the SAMP hub did not forward the table", table.label(), "",
                      shown(reason(error), 300));
    throw hub_error(client.name + " did not confirm that it loaded the table", table.label(),
                    "an answer within " + wait + " s", "none; it may still be loading");
  }
  const std::string status = text_of(answer, "samp.status");
  if (status == "samp.ok") return "";
  if (status == "samp.warning") return error_text(answer);
  throw hub_error(client.name + " could not load the table", table.label(), "", error_text(answer));
}

}  // namespace uhuru::vo
