#include "uhuru/base/numpy.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <string_view>

namespace uhuru {

namespace {
constexpr size_t mt_size = 624;
constexpr size_t mt_shift = 397;
}  // namespace

RandomState::RandomState(uint32_t value) { seed(value); }

RandomState::RandomState(std::span<const uint32_t> key) {
  // init_by_array of Matsumoto & Nishimura's mt19937ar, as numpy uses it.
  seed(19650218u);
  size_t i = 1;
  size_t j = 0;
  const auto step = [&](uint32_t factor) {
    return state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * factor);
  };
  const auto advance = [&] {
    if (++i >= mt_size) {
      state_[0] = state_[mt_size - 1];
      i = 1;
    }
  };
  for (size_t k = std::max(mt_size, key.size()); k > 0; --k) {
    state_[i] = step(1664525u) + key[j] + static_cast<uint32_t>(j);
    advance();
    if (++j >= key.size()) j = 0;
  }
  for (size_t k = mt_size - 1; k > 0; --k) {
    state_[i] = step(1566083941u) - static_cast<uint32_t>(i);
    advance();
  }
  state_[0] = 0x80000000u;
}

void RandomState::seed(uint32_t value) {
  for (size_t i = 0; i < mt_size; ++i) {
    state_[i] = value;
    value = 1812433253u * (value ^ (value >> 30)) + static_cast<uint32_t>(i) + 1u;
  }
  position_ = mt_size;
}

void RandomState::refill() {
  for (size_t i = 0; i < mt_size; ++i) {
    const uint32_t mixed = (state_[i] & 0x80000000u) | (state_[(i + 1) % mt_size] & 0x7fffffffu);
    state_[i] = state_[(i + mt_shift) % mt_size] ^ (mixed >> 1) ^ ((mixed & 1u) * 0x9908b0dfu);
  }
  position_ = 0;
}

uint32_t RandomState::next_uint32() {
  if (position_ == mt_size) refill();
  uint32_t y = state_[position_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

double RandomState::uniform() {
  const double high = next_uint32() >> 5;
  const double low = next_uint32() >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

uint64_t RandomState::integer(uint64_t n) {
  // Masked rejection: the smallest all-ones mask over the range, redrawn until it fits.
  const uint64_t range = n - 1;
  if (range == 0) return 0;
  uint64_t mask = range;
  for (int shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
  while (true) {
    uint64_t draw = next_uint32();
    if (range > 0xffffffffu) draw = (draw << 32) | next_uint32();
    draw &= mask;
    if (draw <= range) return draw;
  }
}

double RandomState::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x1 = 0;
  double x2 = 0;
  double r2 = 0;
  do {
    x1 = 2.0 * uniform() - 1.0;
    x2 = 2.0 * uniform() - 1.0;
    r2 = x1 * x1 + x2 * x2;
  } while (r2 >= 1.0 || r2 == 0.0);
  const double f = std::sqrt(-2.0 * std::log(r2) / r2);
  spare_ = f * x1;
  has_spare_ = true;
  return f * x2;
}

double pairwise_sum(std::span<const double> values) {
  const size_t n = values.size();
  if (n < 8) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (n <= 128) {
    double r[8];
    for (size_t k = 0; k < 8; ++k) r[k] = values[k];
    size_t i = 8;
    for (; i + 8 <= n; i += 8)
      for (size_t k = 0; k < 8; ++k) r[k] += values[i + k];
    double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; ++i) sum += values[i];
    return sum;
  }
  const size_t half = n / 2 - (n / 2) % 8;
  return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
}

double numpy_round(double value, int decimals) {
  double scale = 1;  // powers of ten are exact up to the 22nd
  for (int i = 0; i < std::abs(decimals); ++i) scale *= 10;
  return decimals >= 0 ? std::rint(value * scale) / scale : std::rint(value / scale) * scale;
}

std::string shortest_text(double value) {
  if (std::isnan(value)) return "nan";
  char text[32];  // "-1.7976931348623157e+308"
  const auto write = [&](std::chars_format format) {
    return std::string_view(text, std::to_chars(text, std::end(text), value, format).ptr - text);
  };
  const std::string_view scientific = write(std::chars_format::scientific);
  const size_t e = scientific.find('e');
  if (e == std::string_view::npos) return std::string(scientific);  // inf
  const int exponent = std::atoi(std::string(scientific.substr(e + 1)).c_str());
  // Where Python changes from one notation to the other.
  if (exponent < -4 || exponent >= 16) return std::string(scientific);
  return std::string(write(std::chars_format::fixed));
}

std::string python_repr(double value) {
  std::string text = shortest_text(value);
  if (text.find_first_of(".ein") == std::string::npos) text += ".0";
  return text;
}

}  // namespace uhuru
