#include "uhuru/catalog/summaries.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <functional>
#include <limits>

#include "uhuru/base/missing.hpp"

namespace uhuru::catalog {
namespace {

/// Assigns numbers to bins.
class Bins {
 public:
  Bins(const NumberRange& range, bool log, size_t bins) : log_(log), bins_(bins) {
    low_ = scaled(log ? range.least_positive : range.least);
    high_ = scaled(range.most);
    if (low_ == high_) high_ = low_ + 1;  // all are equal: the first bin
  }
  bool any() const { return low_ < high_; }
  /// `bins` if in no bin.
  size_t of(double value) const {
    const double place = (scaled(value) - low_) / (high_ - low_) * static_cast<double>(bins_);
    if (!(place >= 0 && place <= static_cast<double>(bins_))) return bins_;
    return std::min(static_cast<size_t>(place), bins_ - 1);
  }
  double edge(size_t bin) const {
    const double at = low_ + (high_ - low_) * static_cast<double>(bin) / static_cast<double>(bins_);
    return log_ ? std::pow(10, at) : at;
  }

 private:
  double scaled(double value) const { return log_ ? std::log10(value) : value; }

  bool log_;
  size_t bins_;
  double low_, high_;
};

/// `[first, first + count)` of `all` as if it were sorted.
template <class T, class Less>
std::vector<T> sorted_part(std::vector<T> all, size_t first, size_t count, const Less& less) {
  first = std::min(first, all.size());
  const auto begin = all.begin() + static_cast<long>(first);
  const auto end = begin + static_cast<long>(std::min(count, all.size() - first));
  if (begin != all.begin() && begin != all.end())
    std::nth_element(all.begin(), begin, all.end(), less);
  if (end != all.end()) std::nth_element(begin, end, all.end(), less);
  std::sort(begin, end, less);
  return {begin, end};
}

/// What decides the order of sources: missing values are last, ties are in order of name.
struct OrderKey {
  bool missing;
  double value;
  uint32_t source;
  auto operator<=>(const OrderKey&) const = default;
};

OrderKey key_of(const StoredColumn& by, bool descending, size_t source) {
  const double value = by.is_text() ? (by.codes[source] == StoredColumn::no_value
                                           ? missing_number
                                           : static_cast<double>(by.codes[source]))
                                    : by.numbers[source];
  const bool none = std::isnan(value);
  return {none, none ? 0 : (descending ? -value : value), static_cast<uint32_t>(source)};
}

}  // namespace

std::vector<ValueCount> count_values(const StoredColumn& column, const Selection& selection) {
  std::vector<size_t> counts(column.values.size() + 1);
  selection.for_each([&](size_t source) {
    ++counts[std::min<size_t>(column.codes[source], column.values.size())];
  });
  std::vector<ValueCount> result;
  for (size_t code = 0; code < counts.size(); ++code)
    if (counts[code] > 0)
      result.push_back(
          {code < column.values.size() ? static_cast<uint16_t>(code) : StoredColumn::no_value,
           counts[code]});
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return result;
}

Histogram make_histogram(const StoredColumn& numbers, bool log, size_t bins, const StoredColumn* by,
                         const Selection& selection) {
  const Bins binning(numbers.range, log, bins);
  Histogram histogram;
  if (!binning.any()) {
    histogram.missing = selection.count();
    return histogram;
  }
  for (size_t edge = 0; edge <= bins; ++edge) histogram.edges.push_back(binning.edge(edge));
  const size_t codes = by ? by->values.size() + 1 : 1;
  std::vector<size_t> counts(codes * (bins + 1));  // the last of each: in no bin
  selection.for_each([&](size_t source) {
    const size_t code = by ? std::min<size_t>(by->codes[source], codes - 1) : 0;
    ++counts[code * (bins + 1) + binning.of(numbers.numbers[source])];
  });
  for (size_t code = 0; code < codes; ++code) {
    const auto first = counts.begin() + static_cast<long>(code * (bins + 1));
    const auto last = first + static_cast<long>(bins);
    histogram.missing += *last;
    const bool is_value = by && code + 1 < codes;
    if (!by || std::any_of(first, last + 1, [](size_t count) { return count > 0; }))
      histogram.series.push_back({is_value ? static_cast<uint16_t>(code) : StoredColumn::no_value,
                                  std::vector<size_t>(first, last)});
  }
  return histogram;
}

std::vector<size_t> page_of(const Selection& selection, const StoredColumn* by, bool descending,
                            size_t offset, size_t limit) {
  std::vector<size_t> result;
  if (!by) {  // ids are in order of name
    offset = std::min(offset, selection.count());
    const size_t most = std::min(limit, selection.count() - offset);
    result = selection.part(descending ? selection.count() - offset - most : offset, most);
    if (descending) std::reverse(result.begin(), result.end());
    return result;
  }
  std::vector<OrderKey> keys;
  keys.reserve(selection.count());
  selection.for_each([&](size_t source) { keys.push_back(key_of(*by, descending, source)); });
  for (const OrderKey& key : sorted_part(std::move(keys), offset, limit, std::less<>()))
    result.push_back(key.source);
  return result;
}

std::optional<PlaceInOrder> place_of(const Selection& selection, const StoredColumn* by,
                                     bool descending, size_t source) {
  if (source >= selection.size() || !selection.holds(source)) return std::nullopt;
  const auto key = [&](size_t of) {  // ids are in order of name
    return by ? key_of(*by, descending, of)
              : OrderKey{false, descending ? -static_cast<double>(of) : static_cast<double>(of),
                         static_cast<uint32_t>(of)};
  };
  const OrderKey own = key(source);
  PlaceInOrder place;
  std::optional<OrderKey> before, after;
  selection.for_each([&](size_t other) {
    const OrderKey one = key(other);
    if (one < own) {
      ++place.offset;
      if (!before || *before < one) before = one;
    } else if (own < one && (!after || one < *after)) {
      after = one;
    }
  });
  if (before) place.before = before->source;
  if (after) place.after = after->source;
  return place;
}

std::optional<Ranks> ranks_of(const StoredColumn& numbers, const StoredColumn& among,
                              size_t source) {
  const double own = numbers.numbers[source];
  if (std::isnan(own)) return std::nullopt;
  Ranks ranks;
  for (size_t other = 0; other < numbers.numbers.size(); ++other) {
    const double value = numbers.numbers[other];
    if (std::isnan(value)) continue;
    const size_t below = value < own ? 1 : 0;
    const size_t equal = value == own ? 1 : 0;
    const size_t alike = among.codes[other] == among.codes[source] ? 1 : 0;
    ranks.all.below += below;
    ranks.all.equal += equal;
    ++ranks.all.numbers;
    ranks.alike.below += below * alike;
    ranks.alike.equal += equal * alike;
    ranks.alike.numbers += alike;
  }
  return ranks;
}

}  // namespace uhuru::catalog
