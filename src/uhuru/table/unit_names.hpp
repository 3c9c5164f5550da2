// The names of units, for units.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace uhuru {

/// What is measured: powers of these. Angles and things that are counted are kept apart.
enum class Measure : uint8_t {
  length,
  mass,
  time,
  current,
  temperature,
  amount,
  angle,
  magnitude,
  count,
  photon,
  pixel,
  crab,
  channel
};
constexpr size_t measures = 13;  // how many there are
/// What a unit is: mantissa × 10^exponent of the product of the own units of the measures. Powers
/// of ten are kept apart, so that they are exact.
struct Quantity {
  long double mantissa = 1;
  int exponent = 0;
  std::array<int, measures> powers{};
};

/// Multiplies by a power of another quantity. Returns false if the product is out of bounds.
bool multiply(Quantity& product, const Quantity& by, int power);

/// The unit of this name, which may have a prefix: "keV"; empty if it is not known. Thread-safe.
std::optional<Quantity> unit_of_name(std::string_view name);

}  // namespace uhuru
