// Sources on an all-sky map.
#pragma once

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/sky/mollweide.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

enum class MapFrame { galactic, equatorial };

/// Positions of sources on Mollweide maps, x and y alternating, in single precision, as drawn by
/// the pages; NaN without a position. A map is computed at its first use. Thread-safe.
class SkyMaps {
 public:
  /// `store` must outlive it.
  SkyMaps(const ColumnStore& store, Threads threads)
      : store_(store), threads_(std::move(threads)) {}
  const std::vector<float>& of(MapFrame frame) const;

 private:
  const ColumnStore& store_;
  Threads threads_;
  mutable std::array<std::once_flag, 2> made_;
  mutable std::array<std::vector<float>, 2> maps_;
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
