// Sources on a map of the whole sky.
#pragma once

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/sky/mollweide.hpp"

namespace uhuru {

enum class MapFrame { galactic, equatorial };

/// Where sources lie on Mollweide maps, x and y one after the other, in single precision, as pages
/// draw them; NaN without a position. A map is made when first asked for. Thread-safe.
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

}  // namespace uhuru
