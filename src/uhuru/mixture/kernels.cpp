#include "uhuru/mixture/kernels.hpp"

#include <algorithm>
#include <limits>

#include "uhuru/mixture/row_blocks.hpp"

// AVX2, AVX-512 and NEON are enough, besides the machine's baseline: each costs a compilation of
// this file.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "uhuru/mixture/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// (after foreach_target.h)
#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace uhuru::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Loops over registers must not remain loops.
#undef UHURU_UNROLL
#define UHURU_UNROLL _Pragma("GCC unroll 16")

using Lanes = hn::CappedTag<double, sum_lanes>;
using V = hn::Vec<Lanes>;
constexpr Lanes tag;
constexpr size_t lanes = hn::MaxLanes(tag);
constexpr size_t parts = sum_lanes / lanes;  // vectors that make up the partial sums

// Registers decide how much of a product is kept in them at a time: 32 or 16.
constexpr bool many_registers = !HWY_ARCH_X86 || HWY_TARGET <= HWY_AVX3;
constexpr size_t row_vectors = many_registers ? 4 : 2;  // of a tile of rows
constexpr size_t tile_rows = row_vectors * lanes;
constexpr size_t moment_tile = many_registers ? 4 : 3;
constexpr size_t whiten_outputs = 4;

/// Adds to `squares` the squares of `outputs` rows, from j0 on, of inverse_cholesky × differences.
template <size_t outputs>
HWY_INLINE void add_whitened_squares(const double* HWY_RESTRICT differences, size_t features,
                                     const double* HWY_RESTRICT inverse_cholesky, size_t j0,
                                     V (&squares)[row_vectors]) {
  V sums[outputs][row_vectors];
  UHURU_UNROLL
  for (size_t o = 0; o < outputs; ++o) UHURU_UNROLL
  for (size_t v = 0; v < row_vectors; ++v) sums[o][v] = hn::Zero(tag);
  const double* factors = inverse_cholesky + j0 * features;
  for (size_t i = 0; i < j0; ++i) {
    V x[row_vectors];
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v)
      x[v] = hn::Load(tag, differences + i * tile_rows + v * lanes);
    UHURU_UNROLL
    for (size_t o = 0; o < outputs; ++o) {
      const V factor = hn::Set(tag, factors[o * features + i]);
      UHURU_UNROLL
      for (size_t v = 0; v < row_vectors; ++v) sums[o][v] = hn::MulAdd(factor, x[v], sums[o][v]);
    }
  }
  UHURU_UNROLL
  for (size_t t = 0; t < outputs; ++t) {
    V x[row_vectors];
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v)
      x[v] = hn::Load(tag, differences + (j0 + t) * tile_rows + v * lanes);
    UHURU_UNROLL
    for (size_t o = t; o < outputs; ++o) {
      const V factor = hn::Set(tag, factors[o * features + j0 + t]);
      UHURU_UNROLL
      for (size_t v = 0; v < row_vectors; ++v) sums[o][v] = hn::MulAdd(factor, x[v], sums[o][v]);
    }
  }
  UHURU_UNROLL
  for (size_t o = 0; o < outputs; ++o) UHURU_UNROLL
  for (size_t v = 0; v < row_vectors; ++v)
    squares[v] = hn::MulAdd(sums[o][v], sums[o][v], squares[v]);
}

void log_joint_block(const double* HWY_RESTRICT rows, size_t features,
                     const ComponentView& component, double* HWY_RESTRICT out,
                     double* HWY_RESTRICT differences) {
  const V half = hn::Set(tag, -0.5);
  const V constant = hn::Set(tag, component.constant);
  for (size_t row = 0; row < block_rows; row += tile_rows) {
    for (size_t i = 0; i < features; ++i) {
      const V mean = hn::Set(tag, component.mean[i]);
      UHURU_UNROLL
      for (size_t v = 0; v < row_vectors; ++v)
        hn::Store(hn::Sub(hn::Load(tag, rows + i * block_rows + row + v * lanes), mean), tag,
                  differences + i * tile_rows + v * lanes);
    }
    V squares[row_vectors];
    UHURU_UNROLL
    for (V& s : squares) s = hn::Zero(tag);
    size_t j = 0;
    for (; j + whiten_outputs <= features; j += whiten_outputs)
      add_whitened_squares<whiten_outputs>(differences, features, component.inverse_cholesky, j,
                                           squares);
    for (; j < features; ++j)
      add_whitened_squares<1>(differences, features, component.inverse_cholesky, j, squares);
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v)
      hn::Store(hn::MulAdd(half, squares[v], constant), tag, out + row + v * lanes);
  }
}

/// eˣ of x <= 0 within 2 ulp; 0 below e⁻⁵⁰⁰, which is nothing beside e⁰, because denormal numbers
/// would cost a hundred times the time. x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 being two
/// numbers, the first of which times n is exact; eʳ by its series.
HWY_INLINE V exp_of_negative(V x) {
  const V lowest = hn::Set(tag, -500.0);
  const auto counts = hn::Gt(x, lowest);
  x = hn::Max(x, lowest);
  // Adding 1.5 × 2⁵² leaves n in the lowest bits.
  const V shifter = hn::Set(tag, 0x1.8p52);
  const V shifted = hn::MulAdd(x, hn::Set(tag, 0x1.71547652b82fep0), shifter);
  const V n = hn::Sub(shifted, shifter);
  const V r = hn::NegMulAdd(n, hn::Set(tag, 0x1.a39ef35793c76p-33),
                            hn::NegMulAdd(n, hn::Set(tag, 0x1.62e42feep-1), x));
  V sum = hn::Set(tag, 1.0 / 6227020800);  // 1/13!
  for (const double term :
       {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
        1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0})
    sum = hn::MulAdd(sum, r, hn::Set(tag, term));
  const hn::RebindToSigned<Lanes> whole;
  const auto exponent = hn::Add(hn::BitCast(whole, shifted), hn::Set(whole, 1023));
  const V power = hn::BitCast(tag, hn::ShiftLeft<52>(exponent));
  return hn::IfThenElseZero(counts, hn::Mul(sum, power));
}

void normalize_block(double* HWY_RESTRICT joint, size_t components, size_t valid,
                     double* HWY_RESTRICT log_density) {
  for (size_t row = 0; row < block_rows; row += lanes) {
    V largest = hn::Load(tag, joint + row);
    for (size_t c = 1; c < components; ++c)
      largest = hn::Max(largest, hn::Load(tag, joint + c * block_rows + row));
    V sum = hn::Zero(tag);
    for (size_t c = 0; c < components; ++c) {
      double* at = joint + c * block_rows + row;
      const V e = exp_of_negative(hn::Sub(hn::Load(tag, at), largest));
      hn::Store(e, tag, at);
      sum = hn::Add(sum, e);
    }
    hn::Store(hn::Add(largest, hn::Log(tag, sum)), tag, log_density + row);
    const V scale = hn::Div(hn::Set(tag, 1.0), sum);
    for (size_t c = 0; c < components; ++c) {
      double* at = joint + c * block_rows + row;
      hn::Store(hn::Mul(hn::Load(tag, at), scale), tag, at);
    }
  }
  for (size_t row = valid; row < block_rows; ++row) {
    log_density[row] = 0;
    for (size_t c = 0; c < components; ++c) joint[c * block_rows + row] = 0;
  }
}

/// Adds to `moments` a tile of the weighted products: rows i0 … of `weighted` by rows j0 … of
/// `differences`; of a tile on the diagonal the lower half.
template <size_t height, size_t width, bool diagonal>
HWY_INLINE void add_products(const double* HWY_RESTRICT weights,
                             const double* HWY_RESTRICT differences, size_t i0, size_t j0,
                             double* HWY_RESTRICT moments) {
  const auto place = [&](size_t i, size_t j) {
    return moments + ((i0 + i) * (i0 + i + 1) / 2 + j0 + j) * sum_lanes;
  };
  UHURU_UNROLL
  for (size_t part = 0; part < parts; ++part) {
    V sums[height][width];
    UHURU_UNROLL
    for (size_t i = 0; i < height; ++i) UHURU_UNROLL
    for (size_t j = 0; j < (diagonal ? i + 1 : width); ++j)
      sums[i][j] = hn::Load(tag, place(i, j) + part * lanes);
    for (size_t row = part * lanes; row < block_rows; row += sum_lanes) {
      const V weight = hn::Load(tag, weights + row);
      V x[width];
      UHURU_UNROLL
      for (size_t j = 0; j < width; ++j)
        x[j] = hn::Load(tag, differences + (j0 + j) * block_rows + row);
      UHURU_UNROLL
      for (size_t i = 0; i < height; ++i) {
        const V w = hn::Mul(weight, hn::Load(tag, differences + (i0 + i) * block_rows + row));
        UHURU_UNROLL
        for (size_t j = 0; j < (diagonal ? i + 1 : width); ++j)
          sums[i][j] = hn::MulAdd(w, x[j], sums[i][j]);
      }
    }
    UHURU_UNROLL
    for (size_t i = 0; i < height; ++i) UHURU_UNROLL
    for (size_t j = 0; j < (diagonal ? i + 1 : width); ++j)
      hn::Store(sums[i][j], tag, place(i, j) + part * lanes);
  }
}

template <size_t height>
HWY_INLINE void add_product_rows(const double* weights, const double* differences, size_t i0,
                                 double* moments) {
  for (size_t j = 0; j < i0; j += moment_tile)
    add_products<height, moment_tile, false>(weights, differences, i0, j, moments);
  add_products<height, height, true>(weights, differences, i0, i0, moments);
}

void add_moments_block(const double* HWY_RESTRICT rows, size_t features,
                       const double* HWY_RESTRICT center, const double* HWY_RESTRICT weights,
                       double* HWY_RESTRICT moments, double* HWY_RESTRICT differences) {
  UHURU_UNROLL
  for (size_t part = 0; part < parts; ++part) {
    V sum = hn::Load(tag, moments + part * lanes);
    for (size_t row = part * lanes; row < block_rows; row += sum_lanes)
      sum = hn::Add(sum, hn::Load(tag, weights + row));
    hn::Store(sum, tag, moments + part * lanes);
  }
  double* first = moments + sum_lanes;
  for (size_t i = 0; i < features; ++i) {
    const V mean = hn::Set(tag, center[i]);
    V sums[parts];
    UHURU_UNROLL
    for (size_t part = 0; part < parts; ++part)
      sums[part] = hn::Load(tag, first + i * sum_lanes + part * lanes);
    for (size_t row = 0; row < block_rows; row += sum_lanes) UHURU_UNROLL
    for (size_t part = 0; part < parts; ++part) {
      const size_t at = row + part * lanes;
      const V x = hn::Sub(hn::Load(tag, rows + i * block_rows + at), mean);
      const V w = hn::Mul(hn::Load(tag, weights + at), x);
      hn::Store(x, tag, differences + i * block_rows + at);
      sums[part] = hn::Add(sums[part], w);
    }
    UHURU_UNROLL
    for (size_t part = 0; part < parts; ++part)
      hn::Store(sums[part], tag, first + i * sum_lanes + part * lanes);
  }
  double* second = first + features * sum_lanes;
  size_t i = 0;
  for (; i + moment_tile <= features; i += moment_tile)
    add_product_rows<moment_tile>(weights, differences, i, second);
  switch (features - i) {
    case 3:
      return add_product_rows<(moment_tile > 3 ? 3 : 1)>(weights, differences, i, second);
    case 2:
      return add_product_rows<2>(weights, differences, i, second);
    case 1:
      return add_product_rows<1>(weights, differences, i, second);
    default:
      return;
  }
}

void nearest_center_block(const double* HWY_RESTRICT rows, size_t features,
                          const double* HWY_RESTRICT centers,
                          const double* HWY_RESTRICT center_norms, size_t k, size_t valid,
                          int32_t* HWY_RESTRICT labels, double* HWY_RESTRICT sums) {
  HWY_ALIGN double nearest[block_rows];
  const V minus_two = hn::Set(tag, -2.0);
  for (size_t row = 0; row < block_rows; row += tile_rows) {
    V best[row_vectors], label[row_vectors];
    UHURU_UNROLL
    for (V& distance : best) distance = hn::Set(tag, std::numeric_limits<double>::infinity());
    UHURU_UNROLL
    for (V& number : label) number = hn::Zero(tag);
    for (size_t c = 0; c < k; ++c) {
      V products[row_vectors];
      UHURU_UNROLL
      for (V& product : products) product = hn::Zero(tag);
      for (size_t f = 0; f < features; ++f) {
        const V center = hn::Set(tag, centers[c * features + f]);
        UHURU_UNROLL
        for (size_t v = 0; v < row_vectors; ++v)
          products[v] = hn::MulAdd(hn::Load(tag, rows + f * block_rows + row + v * lanes), center,
                                   products[v]);
      }
      const V norm = hn::Set(tag, center_norms[c]);
      UHURU_UNROLL
      for (size_t v = 0; v < row_vectors; ++v) {
        const V distance = hn::MulAdd(minus_two, products[v], norm);  // all without |x|²
        const auto nearer = hn::Lt(distance, best[v]);
        best[v] = hn::IfThenElse(nearer, distance, best[v]);
        label[v] = hn::IfThenElse(nearer, hn::Set(tag, static_cast<double>(c)), label[v]);
      }
    }
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v) hn::Store(label[v], tag, nearest + row + v * lanes);
  }
  for (size_t row = 0; row < valid; ++row) labels[row] = static_cast<int32_t>(nearest[row]);
  for (size_t row = valid; row < block_rows; ++row) nearest[row] = -1;
  // A few features at a time, so that the rows of a cluster are found once for all of them.
  const V one = hn::Set(tag, 1.0);
  const auto add_rows = [&]<size_t count>(size_t c, size_t first) {
    const V cluster = hn::Set(tag, static_cast<double>(c));
    double* own = sums + (c * (features + 1) + first) * sum_lanes;
    for (size_t part = 0; part < parts; ++part) {
      V sum[count];
      UHURU_UNROLL
      for (size_t i = 0; i < count; ++i) sum[i] = hn::Load(tag, own + i * sum_lanes + part * lanes);
      for (size_t row = part * lanes; row < block_rows; row += sum_lanes) {
        const auto member = hn::Eq(hn::Load(tag, nearest + row), cluster);
        UHURU_UNROLL
        for (size_t i = 0; i < count; ++i) {
          const V x = first < features ? hn::Load(tag, rows + (first + i) * block_rows + row) : one;
          sum[i] = hn::Add(sum[i], hn::IfThenElseZero(member, x));
        }
      }
      UHURU_UNROLL
      for (size_t i = 0; i < count; ++i) hn::Store(sum[i], tag, own + i * sum_lanes + part * lanes);
    }
  };
  for (size_t c = 0; c < k; ++c) {
    size_t f = 0;
    for (; f + 4 <= features; f += 4) add_rows.template operator()<4>(c, f);
    for (; f <= features; ++f) add_rows.template operator()<1>(c, f);
  }
}

/// Subtracts a row from each row of a block.
void shift_block(const double* HWY_RESTRICT rows, size_t features, const double* shift,
                 double* HWY_RESTRICT out) {
  for (size_t f = 0; f < features; ++f) {
    const V by = hn::Set(tag, shift[f]);
    for (size_t at = f * block_rows; at < (f + 1) * block_rows; at += lanes)
      hn::Store(hn::Sub(hn::Load(tag, rows + at), by), tag, out + at);
  }
}

void squared_distances_block(const double* HWY_RESTRICT rows, size_t features,
                             const double* HWY_RESTRICT center, double center_norm,
                             double* HWY_RESTRICT out) {
  const V norm = hn::Set(tag, center_norm);
  const V minus_two = hn::Set(tag, -2.0);
  for (size_t row = 0; row < block_rows; row += tile_rows) {
    V products[row_vectors], norms[row_vectors];
    UHURU_UNROLL
    for (V& product : products) product = hn::Zero(tag);
    UHURU_UNROLL
    for (V& row_norm : norms) row_norm = norm;
    for (size_t f = 0; f < features; ++f) {
      const V c = hn::Set(tag, center[f]);
      UHURU_UNROLL
      for (size_t v = 0; v < row_vectors; ++v) {
        const V x = hn::Load(tag, rows + f * block_rows + row + v * lanes);
        products[v] = hn::MulAdd(x, c, products[v]);
        norms[v] = hn::MulAdd(x, x, norms[v]);
      }
    }
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v)
      hn::Store(hn::Max(hn::Zero(tag), hn::MulAdd(minus_two, products[v], norms[v])), tag,
                out + row + v * lanes);
  }
}

/// √x within 2⁻⁴⁶ of itself: a root in single precision and one step of Newton's, which is faster
/// than the root in double where the numbers fit into single precision, as almost all do.
HWY_INLINE V root(V x) {
  const hn::Rebind<float, Lanes> single;
  const auto fits = hn::And(hn::Gt(x, hn::Set(tag, 1e-30)), hn::Lt(x, hn::Set(tag, 1e30)));
  const auto start = hn::Sqrt(hn::DemoteTo(single, x));
  const V y = hn::PromoteTo(tag, start);
  const V slope = hn::PromoteTo(tag, hn::Div(hn::Set(single, 0.5f), start));
  const V refined = hn::MulAdd(hn::NegMulAdd(y, y, x), slope, y);
  if (HWY_LIKELY(hn::AllTrue(tag, fits))) return refined;
  return hn::IfThenElse(fits, refined, hn::Sqrt(x));
}

constexpr size_t distance_rows = many_registers ? 4 : 2;    // of b at a time
constexpr size_t distance_vectors = parts > 2 ? parts : 2;  // of rows of a
constexpr size_t distance_step = distance_vectors * lanes;

void add_distances_block(const double* HWY_RESTRICT a, size_t valid_a, const double* HWY_RESTRICT b,
                         size_t valid_b, size_t features, double* to_a, double* to_b, bool both) {
  for (size_t row_b = 0; row_b < valid_b; row_b += distance_rows) {
    const size_t rows_b = HWY_MIN(distance_rows, valid_b - row_b);
    V from_b[distance_rows][parts];
    UHURU_UNROLL
    for (size_t r = 0; r < distance_rows; ++r)
      for (V& sum : from_b[r]) sum = hn::Zero(tag);
    for (size_t row = 0; row < valid_a; row += distance_step) {
      V squares[distance_rows][distance_vectors];
      UHURU_UNROLL
      for (size_t r = 0; r < distance_rows; ++r)
        for (V& sum : squares[r]) sum = hn::Zero(tag);
      for (size_t f = 0; f < features; ++f) {
        V x[distance_vectors];
        UHURU_UNROLL
        for (size_t v = 0; v < distance_vectors; ++v)
          x[v] = hn::Load(tag, a + f * block_rows + row + v * lanes);
        UHURU_UNROLL
        for (size_t r = 0; r < distance_rows; ++r) {
          const V y = hn::Set(tag, b[f * block_rows + row_b + r]);
          UHURU_UNROLL
          for (size_t v = 0; v < distance_vectors; ++v) {
            const V difference = hn::Sub(x[v], y);
            squares[r][v] = hn::MulAdd(difference, difference, squares[r][v]);
          }
        }
      }
      UHURU_UNROLL
      for (size_t v = 0; v < distance_vectors; ++v) {
        const size_t at = row + v * lanes;
        const auto counts = hn::Lt(hn::Iota(tag, static_cast<double>(at)),
                                   hn::Set(tag, static_cast<double>(valid_a)));
        V total = hn::Load(tag, to_a + at);
        UHURU_UNROLL
        for (size_t r = 0; r < distance_rows; ++r) {
          const V distance = hn::IfThenElseZero(counts, root(squares[r][v]));
          if (r < rows_b) total = hn::Add(total, distance);
          from_b[r][v % parts] = hn::Add(from_b[r][v % parts], distance);
        }
        hn::Store(total, tag, to_a + at);
      }
    }
    if (!both) continue;
    HWY_ALIGN double sums[sum_lanes];
    UHURU_UNROLL
    for (size_t r = 0; r < distance_rows; ++r) {
      for (size_t part = 0; part < parts; ++part)
        hn::Store(from_b[r][part], tag, sums + part * lanes);
      if (r < rows_b) to_b[row_b + r] += sum_of_lanes(sums);
    }
  }
}

/// Multiply-adds on `chains` independent registers.
double burn(size_t repeats) {
  constexpr size_t chains = many_registers ? 16 : 10;
  V sums[chains];
  UHURU_UNROLL
  for (size_t i = 0; i < chains; ++i) sums[i] = hn::Set(tag, static_cast<double>(i));
  const V factor = hn::Set(tag, 0.999999);
  for (size_t n = 0; n < repeats; ++n) UHURU_UNROLL
  for (size_t i = 0; i < chains; ++i) sums[i] = hn::MulAdd(sums[i], factor, factor);
  V total = sums[0];
  UHURU_UNROLL
  for (size_t i = 1; i < chains; ++i) total = hn::Add(total, sums[i]);
  HWY_ALIGN double result[lanes];
  hn::Store(total, tag, result);
  return result[0];
}
double burn_size() { return 2.0 * (many_registers ? 16 : 10) * lanes; }

}  // namespace uhuru::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace uhuru {
namespace {

HWY_EXPORT(log_joint_block);
HWY_EXPORT(normalize_block);
HWY_EXPORT(add_moments_block);
HWY_EXPORT(nearest_center_block);
HWY_EXPORT(shift_block);
HWY_EXPORT(squared_distances_block);
HWY_EXPORT(add_distances_block);
HWY_EXPORT(burn);
HWY_EXPORT(burn_size);

/// Memory of the calling thread for the differences of a block from a center.
double* scratch(size_t doubles) {
  thread_local AlignedDoubles memory;
  if (memory.size() < doubles) memory = AlignedDoubles(doubles);
  return memory.data();
}

}  // namespace

void log_joint_block(const double* rows, size_t features, const ComponentView& component,
                     double* out) {
  HWY_DYNAMIC_DISPATCH(log_joint_block)
  (rows, features, component, out, scratch(features * block_rows));
}

void normalize_block(double* joint, size_t components, size_t valid, double* log_density) {
  HWY_DYNAMIC_DISPATCH(normalize_block)(joint, components, valid, log_density);
}

void argmax_block(const double* joint, size_t components, size_t valid, int32_t* labels) {
  for (size_t row = 0; row < valid; ++row) {
    size_t best = 0;
    for (size_t c = 1; c < components; ++c)
      if (joint[c * block_rows + row] > joint[best * block_rows + row]) best = c;
    labels[row] = static_cast<int32_t>(best);
  }
}

void add_moments_block(const double* rows, size_t features, const double* center,
                       const double* weights, double* moments) {
  HWY_DYNAMIC_DISPATCH(add_moments_block)
  (rows, features, center, weights, moments, scratch(features * block_rows));
}

void nearest_center_block(const double* rows, size_t features, const double* centers,
                          const double* center_norms, size_t k, size_t valid, int32_t* labels,
                          double* sums) {
  HWY_DYNAMIC_DISPATCH(nearest_center_block)
  (rows, features, centers, center_norms, k, valid, labels, sums);
}

void shift_block(const double* rows, size_t features, const double* shift, double* out) {
  HWY_DYNAMIC_DISPATCH(shift_block)(rows, features, shift, out);
}

void squared_distances_block(const double* rows, size_t features, const double* center,
                             double center_norm, double* out) {
  HWY_DYNAMIC_DISPATCH(squared_distances_block)(rows, features, center, center_norm, out);
}

void add_distances_block(const double* a, size_t valid_a, const double* b, size_t valid_b,
                         size_t features, double* to_a, double* to_b) {
  HWY_DYNAMIC_DISPATCH(add_distances_block)
  (a, valid_a, b, valid_b, features, to_a, to_b, a != b);
}

const char* instruction_set() { return hwy::TargetName(instruction_sets().front()); }

std::vector<int64_t> instruction_sets() { return hwy::SupportedAndGeneratedTargets(); }

void use_instruction_set(int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

double burn_flops(size_t repeats) {
  volatile double sink = HWY_DYNAMIC_DISPATCH(burn)(repeats);
  (void)sink;
  return HWY_DYNAMIC_DISPATCH(burn_size)() * static_cast<double>(repeats);
}

}  // namespace uhuru
#endif  // HWY_ONCE
