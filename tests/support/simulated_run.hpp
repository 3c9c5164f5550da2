// A run on simulated detections, for tests of what shows it.
#pragma once

#include <cstdint>
#include <string>

#include "support/support.hpp"

namespace uhuru::testing {

/// A folder of a run on so many detections drawn from the built-in model, in `scratch`.
std::string simulated_run(const ScratchFolder& scratch, uint64_t detections);

}  // namespace uhuru::testing
