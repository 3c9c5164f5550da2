#include "uhuru/figure/axis.hpp"

#include <algorithm>
#include <cmath>

#include "uhuru/figure/labels.hpp"

namespace uhuru::figure {
namespace {

constexpr double greatest = 1e300;  // so that no difference of two values is infinite
constexpr double least = 1e-300;    // of differences, and of values on a logarithmic axis

/// 10^exponent × factor. Dividing by a power of ten is exact where multiplying by its inverse is
/// not.
double scaled(double factor, int exponent) {
  return exponent < 0 ? factor / std::pow(10.0, -exponent) : factor * std::pow(10.0, exponent);
}

}  // namespace

AxisScale::AxisScale(const Axis& axis, std::span<const double> values)
    : scale_(axis.scale), whole_(axis.whole) {
  const auto coordinate = [&](double v) { return scale_ == Scale::log ? std::log10(v) : v; };
  double low = greatest;
  double high = -greatest;
  const auto include = [&](double value) {
    if (!has_place(value)) return;
    low = std::min(low, coordinate(value));
    high = std::max(high, coordinate(value));
  };
  for (const double value : values) include(value);
  include(axis.low);
  include(axis.high);
  if (low > high) return;
  // If values differ by less, the digits of labels and soon those of doubles are insufficient.
  const double hardly =
      scale_ == Scale::log ? 1e-9 : std::max(1e-9 * std::max(std::abs(low), std::abs(high)), least);
  if (high - low <= hardly) {
    const double middle = (low + high) / 2;
    const double half = scale_ == Scale::log ? 0.5 : hardly > least ? std::abs(middle) / 20 : 1;
    low -= half;
    high += half;
  } else {
    const double room = (high - low) / 20;
    if (!(has_place(axis.low) && low >= coordinate(axis.low))) low -= room;
    if (!(has_place(axis.high) && high <= coordinate(axis.high))) high += room;
  }
  const double end = coordinate(greatest);
  low_ = std::clamp(low, -end, end);
  high_ = std::clamp(high, -end, end);
}

bool AxisScale::has_place(double value) const {
  constexpr double slip = 1e-9;  // ticks at the very end are rounded
  return std::abs(value) <= greatest * (1 + slip) &&
         (scale_ == Scale::linear || value >= least * (1 - slip));
}

double AxisScale::place(double value) const {
  if (!has_place(value)) return std::numeric_limits<double>::quiet_NaN();
  const double coordinate = scale_ == Scale::log ? std::log10(value) : value;
  return (coordinate - low_) / (high_ - low_);
}

double AxisScale::low() const { return scale_ == Scale::log ? std::pow(10.0, low_) : low_; }

double AxisScale::high() const { return scale_ == Scale::log ? std::pow(10.0, high_) : high_; }

Ticks AxisScale::ticks(size_t most) const {
  return scale_ == Scale::log ? log_ticks(most) : linear_ticks(most);
}

Ticks AxisScale::linear_ticks(size_t most) const {
  const double span = high_ - low_;
  const double slip = 1e-6;  // of a step, by which rounding may push an end to the wrong side
  int exponent = static_cast<int>(std::floor(std::log10(span / static_cast<double>(most)))) - 1;
  if (whole_) exponent = std::max(exponent, 0);
  for (;; ++exponent)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double step = scaled(factor, exponent);
      const double first = std::ceil(low_ / step - slip);
      const double last = std::floor(high_ / step + slip);
      if (last - first + 1 > static_cast<double>(most)) continue;
      Ticks ticks;
      const double largest = std::max(std::abs(first), std::abs(last)) * step;
      if (largest >= 1e6 || (largest < 1e-3 && largest > 0))
        ticks.exponent = 3 * static_cast<int>(std::floor(std::log10(largest) / 3 + slip));
      const int decimals = std::max(0, ticks.exponent - exponent);
      for (int i = 0; i <= last - first; ++i) {
        const double multiple = factor * (first + i);
        ticks.values.push_back(scaled(multiple, exponent));
        ticks.labels.push_back(decimal_text(scaled(multiple, exponent - ticks.exponent), decimals));
      }
      return ticks;
    }
}

Ticks AxisScale::log_ticks(size_t most) const {
  Ticks ticks;
  const auto add = [&](double factor, int exponent) {
    const double at = std::log10(factor) + exponent;
    if (at >= low_ - 1e-9 && at <= high_ + 1e-9) ticks.values.push_back(scaled(factor, exponent));
  };
  const int first = static_cast<int>(std::floor(low_));
  const int last = static_cast<int>(std::ceil(high_));
  for (int exponent = first; exponent <= last; ++exponent)
    for (const double factor : {1.0, 2.0, 5.0}) add(factor, exponent);
  for (int stride = 1; ticks.values.size() > most; ++stride) {
    ticks.values.clear();
    for (int exponent = first; exponent <= last; ++exponent)
      if (exponent % stride == 0) add(1, exponent);
  }
  if (ticks.values.size() < 2 && high_ - low_ < 1) {  // as for a linear axis
    AxisScale linear(Axis{}, {});
    linear.low_ = low();
    linear.high_ = high();
    return linear.linear_ticks(most);
  }
  const bool plain = ticks.values.front() >= 1e-3 && ticks.values.back() < 1e5;
  for (const double value : ticks.values) {
    const double exponent = std::floor(std::log10(value) + 1e-9);
    const double factor = std::round(value / std::pow(10.0, exponent));
    const std::string power = power_of_ten(static_cast<int>(exponent));
    if (plain)
      ticks.labels.push_back(short_number(value));
    else
      ticks.labels.push_back(factor == 1 ? power : short_number(factor) + "×" + power);
  }
  return ticks;
}

}  // namespace uhuru::figure
