// Progress reports of long computations. The library never prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru {

/// Called repeatedly with the name of the stage, the steps done and the total number of steps (0:
/// unknown). May be empty. Called from the thread that started the work.
using Progress = std::function<void(std::string_view stage, uint64_t done, uint64_t total)>;

}  // namespace uhuru
#pragma GCC visibility pop
