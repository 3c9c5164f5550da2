// How a long computation tells its caller how far it is. The library never prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace uhuru {

/// Called now and then with the stage's name, the steps done and the steps in all (0: not known).
/// An empty function means that nobody listens. Called from the thread that started the work.
using Progress = std::function<void(std::string_view stage, uint64_t done, uint64_t total)>;

}  // namespace uhuru
