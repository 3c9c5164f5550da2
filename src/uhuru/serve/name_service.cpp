#include "uhuru/serve/name_service.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "uhuru/base/text.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/json_cells.hpp"

namespace uhuru::serve {
namespace {

constexpr double longest_wait_s = 15;  // of a reader, for one answer
constexpr size_t longest_name = 100;

}  // namespace

NameService::NameService(std::string address, vo::HttpSettings http)
    : address_(std::move(address)), http_(std::move(http)) {
  http_.retries = std::min(http_.retries, 1);
  for (double* seconds : {&http_.connect_timeout_s, &http_.stall_timeout_s, &http_.longest_answer_s,
                          &http_.longest_pause_s})
    *seconds = std::min(*seconds, longest_wait_s);
  http_.largest_answer = uint64_t{1} << 20;
}

nlohmann::ordered_json NameService::resolve(const std::string& name,
                                            const std::function<bool()>& is_unwanted) {
  if (name.empty() || name.size() > longest_name)
    throw input_error("invalid parameter", "name", "the name of an object, at most 100 bytes",
                      in_quotes(name));
  const auto found = known_.get(lower(name), [&] {
    std::unique_lock lock(asking_, std::defer_lock);
    if (!lock.try_lock_for(std::chrono::duration<double>(longest_wait_s)))
      throw Error(ErrorKind::service, "the name resolver is being asked for other names", "",
                  "an answer within 15 s", "too many requests; try again");
    vo::HttpSettings settings = http_;
    settings.stop = is_unwanted;
    vo::HttpClient http(settings);
    return vo::resolve_name(http, address_, name);
  });
  if (!*found)
    throw NotFound(ErrorKind::input, "no object has this name", in_quotes(name),
                   "a name that Sesame knows");
  const vo::ResolvedName& object = **found;
  return {{"name", object.name.empty() ? name : object.name},
          {"type", text_or_null(object.type)},
          {"resolver", text_or_null(object.resolver)},
          {"position", {{"ra", object.position.ra_deg}, {"dec", object.position.dec_deg}}}};
}

}  // namespace uhuru::serve
