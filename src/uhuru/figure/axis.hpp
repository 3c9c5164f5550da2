// Axes: from values to places, and where the ticks are.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

namespace uhuru {

enum class Scale { linear, log };

/// An axis goes as far as its values, and at least from `low` to `high` where these are given.
struct Axis {
  std::string title;
  Scale scale = Scale::linear;
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  bool whole = false;    // ticks at whole numbers only
  bool labelled = true;  // false: without numbers and title, above a panel with the same axis
};

struct Ticks {
  std::vector<double> values;
  std::vector<std::string> labels;  // the values / 10^exponent
  int exponent = 0;
};

/// Places on an axis. Values that are not finite, beyond ±1e300, or on a logarithmic axis not above
/// 1e-300 have none and count for nothing. Thread-safe.
class AxisScale {
 public:
  /// Some room is left beyond the values, but not at an end that is given. Values that hardly
  /// differ stand in the middle of an axis that is wider than they are; without values it goes from
  /// 0 to 1, or from 1 to 10.
  AxisScale(const Axis& axis, std::span<const double> values);

  bool has_place(double value) const;
  /// 0 at the low end, 1 at the high end; NaN where the value has no place.
  double place(double value) const;
  double low() const;
  double high() const;

  /// Round values within the axis, low to high, `most` (2 or more) or fewer: multiples of 1, 2 or 5
  /// × 10^n, on a logarithmic axis powers of ten, or 1, 2 and 5 × them on a short one. Labels have
  /// as many digits as tell them apart.
  Ticks ticks(size_t most) const;

 private:
  Ticks linear_ticks(size_t most) const;
  Ticks log_ticks(size_t most) const;

  Scale scale_;
  bool whole_;
  double low_ = 0, high_ = 1;  // of a logarithmic axis their logarithms to base 10
};

}  // namespace uhuru
