// Axes: mapping of values to places, and tick positions.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::figure {

enum class Scale { linear, log };

/// An axis covers its values, and at least `low` to `high` if these are given.
struct Axis {
  std::string title;
  Scale scale = Scale::linear;
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  bool whole = false;    // ticks at integers only
  bool labelled = true;  // false: no numbers and title, for use above a panel with the same axis
};

struct Ticks {
  std::vector<double> values;
  std::vector<std::string> labels;  // the values / 10^exponent
  int exponent = 0;
};

/// Maps values to places on an axis. Values that are not finite, beyond ±1e300, or below 1e-300 on
/// a logarithmic axis have no place and are ignored. Thread-safe.
class AxisScale {
 public:
  /// Leaves some margin around the values, except at a given end. Nearly equal values are centred
  /// on a wider axis; without values the axis is 0 to 1, or 1 to 10.
  AxisScale(const Axis& axis, std::span<const double> values);

  bool has_place(double value) const;
  /// 0 at the low end, 1 at the high end; NaN if the value has no place.
  double place(double value) const;
  double low() const;
  double high() const;

  /// At most `most` (2 or more) round values within the axis, in ascending order: multiples of 1, 2
  /// or 5 × 10^n; on a logarithmic axis powers of ten, or 1, 2 and 5 times these if it is short.
  /// Labels have as many digits as needed to distinguish them.
  Ticks ticks(size_t most) const;

 private:
  Ticks linear_ticks(size_t most) const;
  Ticks log_ticks(size_t most) const;

  Scale scale_;
  bool whole_;
  double low_ = 0, high_ = 1;  // on a logarithmic axis their logarithms to base 10
};

}  // namespace uhuru::figure
#pragma GCC visibility pop
