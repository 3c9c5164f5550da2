// E-step and sums of the mixture.

#include "uhuru/method/mixture/row_blocks.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "uhuru/method/mixture/mixture_kernels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include "uhuru/method/mixture/kernels-inl.hpp"

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace uhuru::method::HWY_NAMESPACE {

constexpr size_t moment_tile = many_registers ? 4 : 3;
constexpr size_t whiten_outputs = 4;

/// Adds the squares of `outputs` rows, starting at j0, of inverse_cholesky × differences to
/// `squares`.
template <size_t outputs>
HWY_INLINE void add_whitened_squares(const double* HWY_RESTRICT differences, size_t features,
                                     const double* HWY_RESTRICT inverse_cholesky, size_t j0,
                                     V (&squares)[row_vectors]) {
  V sums[outputs][row_vectors];
  UHURU_UNROLL
  for (size_t o = 0; o < outputs; ++o) {
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v) sums[o][v] = hn::Zero(tag);
  }
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
  for (size_t o = 0; o < outputs; ++o) {
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v)
      squares[v] = hn::MulAdd(sums[o][v], sums[o][v], squares[v]);
  }
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

/// eˣ for x <= 0 within 2 ulp; 0 below e⁻⁵⁰⁰, which is negligible compared with e⁰, because
/// denormal numbers would be a hundred times slower. x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 is
/// split in two numbers, the first of which times n is exact; eʳ from its series.
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

/// Adds a tile of the weighted products to `moments`: features i0 … by features j0 … of
/// `differences`; for a tile on the diagonal only the lower half.
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
    for (size_t i = 0; i < height; ++i) {
      UHURU_UNROLL
      for (size_t j = 0; j < (diagonal ? i + 1 : width); ++j)
        sums[i][j] = hn::Load(tag, place(i, j) + part * lanes);
    }
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
    for (size_t i = 0; i < height; ++i) {
      UHURU_UNROLL
      for (size_t j = 0; j < (diagonal ? i + 1 : width); ++j)
        hn::Store(sums[i][j], tag, place(i, j) + part * lanes);
    }
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
    for (size_t row = 0; row < block_rows; row += sum_lanes) {
      UHURU_UNROLL
      for (size_t part = 0; part < parts; ++part) {
        const size_t at = row + part * lanes;
        const V x = hn::Sub(hn::Load(tag, rows + i * block_rows + at), mean);
        const V w = hn::Mul(hn::Load(tag, weights + at), x);
        hn::Store(x, tag, differences + i * block_rows + at);
        sums[part] = hn::Add(sums[part], w);
      }
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

/// Multiply-adds on `chains` independent registers.
double burn(size_t repeats) {
  constexpr size_t chains = many_registers ? 16 : 10;
  V sums[chains];
  UHURU_UNROLL
  for (size_t i = 0; i < chains; ++i) sums[i] = hn::Set(tag, static_cast<double>(i));
  const V factor = hn::Set(tag, 0.999999);
  for (size_t n = 0; n < repeats; ++n) {
    UHURU_UNROLL
    for (V& sum : sums) sum = hn::MulAdd(sum, factor, factor);
  }
  V total = sums[0];
  UHURU_UNROLL
  for (size_t i = 1; i < chains; ++i) total = hn::Add(total, sums[i]);
  HWY_ALIGN double result[lanes];
  hn::Store(total, tag, result);
  return result[0];
}
double burn_size() { return 2.0 * (many_registers ? 16 : 10) * lanes; }

}  // namespace uhuru::method::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace uhuru::method {
namespace {

HWY_EXPORT(log_joint_block);
HWY_EXPORT(normalize_block);
HWY_EXPORT(add_moments_block);
HWY_EXPORT(burn);
HWY_EXPORT(burn_size);

/// Calls `use` with memory for the differences of a block from a center. It is on the stack unless
/// there are many features: glibc ends the program if it cannot register a thread's own memory.
template <class Use>
void with_scratch(size_t features, const Use& use) {
  constexpr size_t usual = 64;
  if (features > usual) {
    AlignedDoubles memory(features * block_rows);
    return use(memory.data());
  }
  alignas(64) double memory[usual * block_rows];
  use(memory);
}

}  // namespace

void log_joint_block(const double* rows, size_t features, const ComponentView& component,
                     double* out) {
  with_scratch(features, [&](double* memory) {
    HWY_DYNAMIC_DISPATCH(log_joint_block)(rows, features, component, out, memory);
  });
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
  with_scratch(features, [&](double* memory) {
    HWY_DYNAMIC_DISPATCH(add_moments_block)(rows, features, center, weights, moments, memory);
  });
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

}  // namespace uhuru::method
#endif  // HWY_ONCE
