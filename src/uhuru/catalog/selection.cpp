#include "uhuru/catalog/selection.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/catalog/position_tree.hpp"
#include "uhuru/catalog/where.hpp"

namespace uhuru::catalog {
namespace {

const StoredColumn& column_of(const ColumnStore& store, const std::string& name, bool text) {
  const StoredColumn& stored = store.at(name);
  if (stored.is_text() != text)
    throw input_error("the condition does not match the column type", in_quotes(name),
                      text ? "a text column" : "a numeric column", text ? "numbers" : "texts");
  return stored;
}

}  // namespace

bool is_inside(const sky::MapPoint& point, const Lasso& lasso) {
  bool inside = false;
  for (size_t i = 0, j = lasso.size() - 1; i < lasso.size(); j = i++)
    if ((lasso[i].y > point.y) != (lasso[j].y > point.y) &&
        point.x < (lasso[j].x - lasso[i].x) * (point.y - lasso[i].y) / (lasso[j].y - lasso[i].y) +
                      lasso[i].x)
      inside = !inside;
  return inside;
}

Selection::Selection(size_t size) : size_(size), count_(size), words_((size + 63) / 64, ~0ULL) {
  if (size % 64 != 0) words_.back() = (uint64_t{1} << (size % 64)) - 1;
}

std::vector<size_t> Selection::part(size_t first, size_t most) const {
  std::vector<size_t> result;
  for (size_t w = 0; w < words_.size() && result.size() < most; ++w) {
    const auto in_word = static_cast<size_t>(std::popcount(words_[w]));
    if (first >= in_word) {
      first -= in_word;
      continue;
    }
    for (uint64_t word = words_[w]; word != 0 && result.size() < most; word &= word - 1)
      if (first > 0)
        --first;
      else
        result.push_back(64 * w + static_cast<size_t>(std::countr_zero(word)));
  }
  return result;
}

/// Removes sources from a selection, condition by condition.
class Selector {
 public:
  Selector(Selection& selection, const Threads& threads)
      : selection_(selection), threads_(threads) {}

  /// Keeps those for which `holds(source)`.
  template <class Holds>
  void keep(const Holds& holds) {
    constexpr size_t chunk_words = 512;
    auto& words = selection_.words_;
    threads_.for_rows(words.size(), chunk_words, [&](size_t begin, size_t end, size_t) {
      for (size_t w = begin; w < end; ++w) {
        if (words[w] == 0) continue;
        const size_t first = 64 * w;
        const size_t most = std::min<size_t>(64, selection_.size_ - first);
        uint64_t kept = 0;
        for (size_t i = 0; i < most; ++i) kept |= uint64_t{holds(first + i)} << i;
        words[w] &= kept;
      }
    });
  }

  /// Keeps those for which all expressions hold: what `bits(expression, words)` returns.
  template <class Bits>
  void keep_where(const std::vector<std::string>& expressions, const Bits& bits) {
    auto& words = selection_.words_;
    std::vector<uint64_t> possible = words;  // no expression is false
    for (const std::string& expression : expressions) {
      const WhereBits found = bits(expression, possible);
      for (size_t w = 0; w < words.size(); ++w) {
        possible[w] = found.holds[w] | found.missing[w];
        words[w] &= found.holds[w];
      }
    }
    for (size_t w = 0; w < words.size() && !expressions.empty(); ++w)
      selection_.missing_ += static_cast<size_t>(std::popcount(possible[w] & ~words[w]));
  }

  void count() {
    selection_.count_ = 0;
    for (const uint64_t word : selection_.words_)
      selection_.count_ += static_cast<size_t>(std::popcount(word));
  }

 private:
  Selection& selection_;
  const Threads& threads_;
};

namespace {

void keep_values(const ColumnStore& store, const SourceFilter::Values& values, Selector& selector) {
  const StoredColumn& stored = column_of(store, values.column, true);
  std::vector<uint8_t> wanted(StoredColumn::no_value + 1);
  for (const std::string& value : values.any_of)
    if (const uint16_t code = stored.code_of(value);
        value.empty() || code != StoredColumn::no_value)
      wanted[code] = 1;
  selector.keep([&](size_t source) { return wanted[stored.codes[source]] != 0; });
}

/// The bounding box of a lasso, which excludes most points.
struct Box {
  explicit Box(const Lasso& lasso) {
    for (const sky::MapPoint& point : lasso) {
      low = {std::min(low.x, point.x), std::min(low.y, point.y)};
      high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
  }
  bool holds(const sky::MapPoint& point) const {
    return point.x >= low.x && point.x <= high.x && point.y >= low.y && point.y <= high.y;
  }
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  sky::MapPoint low{infinity, infinity}, high{-infinity, -infinity};
};

void keep_on_sky(const SkyMaps& maps, const SourceFilter::OnSky& on_sky, Selector& selector) {
  const std::vector<float>& map = maps.of(on_sky.frame);
  const Box box(on_sky.lasso);
  selector.keep([&](size_t source) {
    const sky::MapPoint point{map[2 * source], map[2 * source + 1]};
    return box.holds(point) && is_inside(point, on_sky.lasso);
  });
}

void keep_on_plane(const ColumnStore& store, const SourceFilter::OnPlane& plane,
                   Selector& selector) {
  const StoredColumn& x = column_of(store, plane.x, false);
  const StoredColumn& y = column_of(store, plane.y, false);
  const auto scaled = [](double value, bool log) { return log ? std::log10(value) : value; };
  const Box box(plane.lasso);
  selector.keep([&](size_t source) {
    // An undefined logarithm is NaN or -inf, which is outside any box.
    const sky::MapPoint point{scaled(x.numbers[source], plane.x_log),
                              scaled(y.numbers[source], plane.y_log)};
    return box.holds(point) && is_inside(point, plane.lasso);
  });
}

void keep_cone(const ColumnStore& store, const SourceFilter::Cone& cone, Selector& selector) {
  const auto center = unit_vector(cone.center);
  const auto& directions = store.directions();
  const double half_chord = std::sin(0.5 * cone.radius_deg * sky::radians_per_degree);
  const double infinity = std::numeric_limits<double>::infinity();
  const double most = cone.radius_deg >= 180 ? infinity : 4 * half_chord * half_chord;
  selector.keep([&](size_t source) {
    double squared = 0;
    for (size_t axis = 0; axis < 3; ++axis) {
      const double difference = directions[axis][source] - center[axis];
      squared += difference * difference;
    }
    return squared <= most;
  });
}

}  // namespace

Selection select_sources(const ColumnStore& store, const SkyMaps& maps, const SourceFilter& filter,
                         const SourceNames& names, const Threads& threads) {
  Selection selection(store.size());
  Selector selector(selection, threads);
  if (!filter.name_prefix.empty()) {
    std::vector<uint8_t> named(store.size());
    for (const int64_t id : names.of_prefix(filter.name_prefix))
      if (id >= 1 && id <= static_cast<int64_t>(named.size()))
        named[static_cast<size_t>(id) - 1] = 1;
    selector.keep([&](size_t source) { return named[source] != 0; });
  }
  for (const auto& values : filter.values) keep_values(store, values, selector);
  for (const auto& range : filter.ranges) {
    const StoredColumn& stored = column_of(store, range.column, false);
    selector.keep([&](size_t source) {
      return stored.numbers[source] >= range.least && stored.numbers[source] <= range.most;
    });
  }
  if (filter.cone) keep_cone(store, *filter.cone, selector);
  if (filter.on_sky) keep_on_sky(maps, *filter.on_sky, selector);
  if (filter.on_plane) keep_on_plane(store, *filter.on_plane, selector);
  selector.keep_where(filter.where, [&](const std::string& expression, const auto& among) {
    return evaluate_where(store, maps, names, expression, among, threads);
  });
  selector.count();
  return selection;
}

}  // namespace uhuru::catalog
