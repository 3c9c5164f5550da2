// A run on simulated detections, for tests that show or serve it.
#pragma once

#include <cstdint>
#include <string>

#include "support/support.hpp"

namespace uhuru::testing {

/// Creates a folder of a run in `scratch`, on detections drawn from the built-in model.
std::string simulated_run(const ScratchFolder& scratch, uint64_t detections);

}  // namespace uhuru::testing
