// SAMP: sends tables to TOPCAT, Aladin, DS9 and others through the SAMP hub.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/vo/samp_table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// The connection to the hub. Both functions return the body of the answer and throw Error
/// (service) if none arrives in time.
struct SampTransport {
  std::function<std::string(const std::string& url)> get;
  std::function<std::string(const std::string& url, const std::string& body,
                            std::chrono::seconds timeout)>
      post_xml;
};

/// HTTP without proxy: hubs run on the user's machine. `stop` is called every second while waiting;
/// true aborts with Error (service).
SampTransport samp_over_http(const std::function<bool()>& stop = {});

/// The content of a running hub's lockfile.
struct SampLockfile {
  std::string place;    // path or URL of the lockfile, for messages
  std::string hub_url;  // http or https
  std::string secret;
};

/// Throws Error (service) if the text is not a lockfile. Thread-safe. Source: SAMP 1.3 sec. 4.3.1.
SampLockfile parse_samp_lockfile(std::string_view text, const std::string& place);

/// Finds and reads the lockfile: the one named by `samp_hub`, the value of the environment variable
/// SAMP_HUB ("std-lockurl:URL"; file, http and https), otherwise .samp in the folder `home`. Throws
/// Error (service) if there is none, or it cannot be read or is invalid; Error (usage) for another
/// kind of SAMP_HUB. Source: SAMP 1.3 sec. 4.3.
SampLockfile find_samp_hub(const std::string& home, const std::string& samp_hub,
                           const SampTransport& transport);

/// An application connected to the hub.
struct SampClient {
  std::string id;    // assigned by the hub, unique
  std::string name;  // declared by the application; the id if it declares none
  bool takes_votable = false;
  bool takes_fits = false;

  bool takes_tables() const { return takes_votable || takes_fits; }
};

/// The receivers of a table: all clients that accept tables, or with `to` the one with this name or
/// id, otherwise the one whose name contains it; upper and lower case are the same. Of several
/// whose names contain it, those that accept no tables do not count. Throws Error (service) if no
/// client accepts tables, Error (usage) if `to` matches none, several, or one that does not accept
/// tables. Thread-safe.
std::vector<SampClient> samp_receivers(const std::vector<SampClient>& clients,
                                       const std::string& to);

/// A registration with a hub, which ends with the object. Not thread-safe.
class SampConnection {
 public:
  /// Throws Error (service) if the hub does not answer or refuses.
  SampConnection(const SampLockfile& hub, const SampTransport& transport);
  ~SampConnection();
  SampConnection(const SampConnection&) = delete;
  SampConnection& operator=(const SampConnection&) = delete;

  /// The other registered clients, including the hub itself. Throws Error (service).
  std::vector<SampClient> clients() const;

  /// Has the client load the table, and waits for its confirmation. Returns its warning, or "".
  /// Throws Error (service) if it reports an error or does not answer in time, and as
  /// SampTable::url.
  std::string send(SampTable& table, const SampClient& client, std::chrono::seconds timeout) const;

 private:
  SampConnection(SampLockfile hub, SampTransport transport, std::string key);
  nlohmann::json call(const std::string& method, nlohmann::json parameters,
                      std::chrono::seconds timeout = std::chrono::seconds(10)) const;

  SampLockfile hub_;
  SampTransport transport_;
  std::string key_;  // our id at the hub
};

}  // namespace uhuru::vo
#pragma GCC visibility pop
