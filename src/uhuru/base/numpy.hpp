// Number handling identical to numpy and Python, to the last bit and character, so that tables and
// figures agree with those of the published programs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#pragma GCC visibility push(default)
namespace uhuru {

/// numpy's legacy generator `numpy.random.RandomState`: MT19937, 53-bit doubles, polar Gaussians.
/// The same seed gives the same numbers. Not thread-safe: one generator per thread.
class RandomState {
 public:
  /// As `RandomState(seed)`.
  explicit RandomState(uint32_t seed);
  /// As `RandomState([a, b, …])`: an independent stream for each key. `key` must not be empty.
  explicit RandomState(std::span<const uint32_t> key);

  uint32_t next_uint32();
  /// As `random_sample()`: uniform in [0, 1).
  double uniform();
  /// As `randint(n)`: uniform integer in [0, n), n >= 1.
  uint64_t integer(uint64_t n);
  /// As `standard_normal()`.
  double normal();
  /// As `shuffle(array)` for a one-dimensional array.
  template <class T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[integer(i)]);
  }

 private:
  void seed(uint32_t value);
  void refill();

  std::array<uint32_t, 624> state_{};
  size_t position_ = 624;
  bool has_spare_ = false;
  double spare_ = 0;
};

/// The sum as numpy computes it for a contiguous array: pairwise, in blocks of 128 with eight
/// partial sums. 0 for no values.
double pairwise_sum(std::span<const double> values);

/// As `numpy.round(value, decimals)`: scale, round half to even, scale back.
double numpy_round(double value, int decimals);

/// The shortest digits that read back as the same double: "1", "1e-05", "nan", "-inf".
std::string shortest_text(double value);

/// As Python's `repr(float)`: the shortest digits that read back as the same double, always with a
/// point or an exponent ("1.0", "1e-05", "nan", "-inf").
std::string python_repr(double value);

}  // namespace uhuru
#pragma GCC visibility pop
