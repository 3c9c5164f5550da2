// Selects the sources of a catalog that satisfy conditions.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/catalog/sky_map.hpp"
#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// The vertices of a closed polygon in a plane. Points enclosed an odd number of times are inside.
using Lasso = std::vector<sky::MapPoint>;

bool is_inside(const sky::MapPoint& point, const Lasso& lasso);

/// Conditions on a source; all must hold. Columns are named as in the ColumnStore.
struct SourceFilter {
  /// A text column has one of these values; an empty one stands for a missing value.
  struct Values {
    std::string column;
    std::vector<std::string> any_of;
    bool operator==(const Values&) const = default;
  };
  /// A number is within inclusive bounds; a missing one is not.
  struct Range {
    std::string column;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    bool operator==(const Range&) const = default;
  };
  struct Cone {
    sky::SkyPosition center;
    double radius_deg = 0;
    bool operator==(const Cone&) const = default;
  };
  /// Positions inside a lasso on a map of the sky.
  struct OnSky {
    MapFrame frame = MapFrame::galactic;
    Lasso lasso;
    bool operator==(const OnSky&) const = default;
  };
  /// Two numbers inside a lasso in their plane; on a logarithmic axis as decimal logarithms.
  struct OnPlane {
    std::string x, y;
    bool x_log = false, y_log = false;
    Lasso lasso;
    bool operator==(const OnPlane&) const = default;
  };

  std::vector<Values> values = {};
  std::vector<Range> ranges = {};
  std::string name_prefix = {};  // case-insensitive for ASCII letters
  std::optional<Cone> cone = {};
  std::optional<OnSky> on_sky = {};
  std::optional<OnPlane> on_plane = {};
  std::vector<std::string> where = {};  // expressions, see evaluate_where

  bool operator==(const SourceFilter&) const = default;
};

/// A set of sources. Thread-safe for reading.
class Selection {
 public:
  /// All of them.
  explicit Selection(size_t size);

  size_t size() const { return size_; }
  size_t count() const { return count_; }
  /// The number of sources that are not selected only because an expression of the filter has no
  /// value for them.
  size_t missing() const { return missing_; }
  bool holds(size_t source) const { return words_[source / 64] >> (source % 64) & 1; }
  /// One bit per source, 64 to a word, the lowest first; zeros beyond the last source.
  const std::vector<uint64_t>& words() const { return words_; }
  /// Calls `visit(source)` for each selected source, in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (size_t w = 0; w < words_.size(); ++w)
      for (uint64_t word = words_[w]; word != 0; word &= word - 1)
        visit(64 * w + static_cast<size_t>(std::countr_zero(word)));
  }
  /// The selected sources with indices `first` … `first + most` among the selected, in order.
  std::vector<size_t> part(size_t first, size_t most) const;

 private:
  friend class Selector;
  size_t size_, count_, missing_ = 0;
  std::vector<uint64_t> words_;
};

/// How sources are found by name, as with SourceLookup: the ids of all names that begin with a
/// text, and of the sources with these names, as far as there are any. Case does not matter.
struct SourceNames {
  std::function<std::vector<int64_t>(const std::string& prefix)> of_prefix;
  std::function<std::vector<int64_t>(std::span<const std::string> names)> of_names;
};

/// Selects the sources that satisfy a filter. Throws Error (input) if a column is not held or has
/// the wrong type, or an expression is invalid. The result is the same for any number of threads.
/// Thread-safe.
Selection select_sources(const ColumnStore& store, const SkyMaps& maps, const SourceFilter& filter,
                         const SourceNames& names, const Threads& threads);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
