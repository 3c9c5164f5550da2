// How something is divided among ranks.
#pragma once

#include <cstdint>

#include "uhuru/base/communicator.hpp"

namespace uhuru::io {

/// Where the part of a rank begins if `size` rows or bytes are divided evenly; that of rank
/// `ranks.count()` would begin at their end.
inline uint64_t part_begin(uint64_t size, int rank, const Communicator& ranks) {
  const auto count = static_cast<uint64_t>(ranks.count());
  const auto before = static_cast<uint64_t>(rank);
  return size / count * before + size % count * before / count;
}

}  // namespace uhuru::io
