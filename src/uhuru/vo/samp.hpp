// SAMP: hands tables to TOPCAT, Aladin, DS9 and others through the hub that connects them.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/vo/samp_table.hpp"

namespace uhuru {

/// How the hub is reached. Both return the body of the answer and throw Error (service) where none
/// comes in time.
struct SampTransport {
  std::function<std::string(const std::string& url)> get;
  std::function<std::string(const std::string& url, const std::string& body,
                            std::chrono::seconds timeout)>
      post_xml;
};

/// HTTP, past any proxy: hubs run on the user's machine. `stop` is asked every second while it
/// waits; true breaks off with Error (service).
SampTransport samp_over_http(const std::function<bool()>& stop = {});

/// What a running hub writes into its lockfile.
struct SampLockfile {
  std::string place;    // path or URL of the lockfile, for messages
  std::string hub_url;  // http or https
  std::string secret;
};

/// Throws Error (service) where the text is no lockfile. Thread-safe. Source: SAMP 1.3 sec. 4.3.1.
SampLockfile parse_samp_lockfile(std::string_view text, const std::string& place);

/// Finds and reads the lockfile: the one that `samp_hub`, the value of the environment variable
/// SAMP_HUB, names ("std-lockurl:URL"; file, http and https), else .samp in the folder `home`.
/// Throws Error (service) where there is none, it cannot be read or is none; Error (usage) for
/// another kind of SAMP_HUB. Source: SAMP 1.3 sec. 4.3.
SampLockfile find_samp_hub(const std::string& home, const std::string& samp_hub,
                           const SampTransport& transport);

/// An application that is connected to the hub.
struct SampClient {
  std::string id;    // the hub's, unique
  std::string name;  // as it calls itself; the id where it does not
  bool takes_votable = false;
  bool takes_fits = false;

  bool takes_tables() const { return takes_votable || takes_fits; }
};

/// Those that a table goes to: all that take tables, or with `to` the one of this name (in any
/// case) or id. Throws Error (service) where no client takes tables, Error (usage) where `to` names
/// none, several, or one that takes none. Thread-safe.
std::vector<SampClient> samp_receivers(const std::vector<SampClient>& clients,
                                       const std::string& to);

/// A registration with a hub; it ends with the object. Not thread-safe.
class SampConnection {
 public:
  /// Throws Error (service) where the hub does not answer or refuses.
  SampConnection(const SampLockfile& hub, const SampTransport& transport);
  ~SampConnection();
  SampConnection(const SampConnection&) = delete;
  SampConnection& operator=(const SampConnection&) = delete;

  /// The others that are registered, the hub itself included. Throws Error (service).
  std::vector<SampClient> clients() const;

  /// Has the client load the table, and waits until it says that it has. The result is its warning,
  /// or empty. Throws Error (service) where it reports an error or does not answer in time, and
  /// what SampTable::url throws.
  std::string send(SampTable& table, const SampClient& client, std::chrono::seconds timeout) const;

 private:
  SampConnection(SampLockfile hub, SampTransport transport, std::string key);
  nlohmann::json call(const std::string& method, nlohmann::json parameters,
                      std::chrono::seconds timeout = std::chrono::seconds(10)) const;

  SampLockfile hub_;
  SampTransport transport_;
  std::string key_;  // that the hub knows us by
};

}  // namespace uhuru
