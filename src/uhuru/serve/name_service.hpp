// Asks a name resolver elsewhere, if the server may.
#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "uhuru/serve/recent.hpp"
#include "uhuru/vo/name_resolver.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// Positions of objects by name. One request at a time is sent, and answers are remembered: the
/// resolver does not feel how many use this server. Thread-safe.
class NameService {
 public:
  /// `address`: see vo::resolve_name. `http`: the settings of the services file; a reader does not
  /// wait as long as a job does, so times and retries are cut.
  NameService(std::string address, vo::HttpSettings http);

  /// {"name", "type", "resolver", "position": {"ra", "dec"}} of an object. `is_unwanted` is called
  /// while it waits, and ends that. Throws NotFound if the resolver does not know the name, Error
  /// (input) if the name is empty or too long, Error (service) if there is no answer in time.
  nlohmann::ordered_json resolve(const std::string& name, const std::function<bool()>& is_unwanted);

 private:
  std::string address_;
  vo::HttpSettings http_;
  std::timed_mutex asking_;
  Recent<std::string, std::optional<vo::ResolvedName>> known_{256};
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
