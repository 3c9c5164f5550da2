// Distances, for k-means and silhouettes.

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "uhuru/method/mixture/distance_kernels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include "uhuru/method/mixture/kernels-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace uhuru::method::HWY_NAMESPACE {

void two_nearest_centers_block(const double* HWY_RESTRICT rows, size_t features,
                               const double* HWY_RESTRICT centers,
                               const double* HWY_RESTRICT center_norms, size_t k,
                               int32_t* HWY_RESTRICT labels, double* HWY_RESTRICT nearest,
                               double* HWY_RESTRICT second, double* HWY_RESTRICT norms) {
  HWY_ALIGN double numbers[block_rows];
  const V minus_two = hn::Set(tag, -2.0);
  const V infinity = hn::Set(tag, std::numeric_limits<double>::infinity());
  for (size_t row = 0; row < block_rows; row += tile_rows) {
    V best[row_vectors], next[row_vectors], label[row_vectors], norm_of_row[row_vectors];
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v) {
      best[v] = next[v] = infinity;
      label[v] = norm_of_row[v] = hn::Zero(tag);
    }
    for (size_t f = 0; f < features; ++f) {
      UHURU_UNROLL
      for (size_t v = 0; v < row_vectors; ++v) {
        const V x = hn::Load(tag, rows + f * block_rows + row + v * lanes);
        norm_of_row[v] = hn::MulAdd(x, x, norm_of_row[v]);
      }
    }
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
        next[v] = hn::Min(next[v], hn::Max(best[v], distance));
        best[v] = hn::Min(best[v], distance);
        label[v] = hn::IfThenElse(nearer, hn::Set(tag, static_cast<double>(c)), label[v]);
      }
    }
    UHURU_UNROLL
    for (size_t v = 0; v < row_vectors; ++v) {
      const size_t at = row + v * lanes;
      hn::Store(label[v], tag, numbers + at);
      hn::Store(norm_of_row[v], tag, norms + at);
      hn::Store(hn::Max(hn::Zero(tag), hn::Add(best[v], norm_of_row[v])), tag, nearest + at);
      hn::Store(hn::Max(hn::Zero(tag), hn::Add(next[v], norm_of_row[v])), tag, second + at);
    }
  }
  for (size_t row = 0; row < block_rows; ++row) labels[row] = static_cast<int32_t>(numbers[row]);
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

/// Four rows of four features at a time, as columns; what is left over, value by value.
void block_of_rows(const double* HWY_RESTRICT rows, size_t stride, size_t n, size_t features,
                   const double* HWY_RESTRICT shift, double* HWY_RESTRICT out) {
  const auto shift_of = [&](size_t f) { return shift ? shift[f] : 0.0; };
  const auto copy = [&](size_t first_row, size_t first_feature, size_t end_feature) {
    for (size_t f = first_feature; f < end_feature; ++f)
      for (size_t r = first_row; r < n; ++r)
        out[f * block_rows + r] = rows[r * stride + f] - shift_of(f);
  };
  size_t row = 0;
#if HWY_MAX_BYTES >= 32
  const hn::CappedTag<double, 4> four;
  const size_t whole = features - features % 4;
  for (; row + 4 <= n; row += 4) {
    const double* from = rows + row * stride;
    for (size_t f = 0; f < whole; f += 4) {
      const auto a = hn::LoadU(four, from + f);
      const auto b = hn::LoadU(four, from + stride + f);
      const auto c = hn::LoadU(four, from + 2 * stride + f);
      const auto d = hn::LoadU(four, from + 3 * stride + f);
      const auto even_ab = hn::InterleaveLower(four, a, b);  // a0 b0 a2 b2
      const auto even_cd = hn::InterleaveLower(four, c, d);
      const auto odd_ab = hn::InterleaveUpper(four, a, b);  // a1 b1 a3 b3
      const auto odd_cd = hn::InterleaveUpper(four, c, d);
      const auto store = [&](size_t feature, const auto& column) {
        hn::Store(hn::Sub(column, hn::Set(four, shift_of(feature))), four,
                  out + feature * block_rows + row);
      };
      store(f, hn::ConcatLowerLower(four, even_cd, even_ab));
      store(f + 1, hn::ConcatLowerLower(four, odd_cd, odd_ab));
      store(f + 2, hn::ConcatUpperUpper(four, even_cd, even_ab));
      store(f + 3, hn::ConcatUpperUpper(four, odd_cd, odd_ab));
    }
    for (size_t f = whole; f < features; ++f)
      for (size_t r = 0; r < 4; ++r)
        out[f * block_rows + row + r] = from[r * stride + f] - shift_of(f);
  }
#endif
  copy(row, 0, features);
  for (size_t f = 0; f < features; ++f)
    for (size_t r = n; r < block_rows; ++r) out[f * block_rows + r] = 0.0 - shift_of(f);
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

/// √x with a relative error below 2⁻⁴⁶: a square root in single precision and one Newton step,
/// faster than a square root in double if the numbers fit in single precision, as almost all do.
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
    for (auto& of_row : from_b)
      for (V& sum : of_row) sum = hn::Zero(tag);
    for (size_t row = 0; row < valid_a; row += distance_step) {
      V squares[distance_rows][distance_vectors];
      UHURU_UNROLL
      for (auto& of_row : squares)
        for (V& sum : of_row) sum = hn::Zero(tag);
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

}  // namespace uhuru::method::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace uhuru::method {
namespace {

HWY_EXPORT(two_nearest_centers_block);
HWY_EXPORT(shift_block);
HWY_EXPORT(block_of_rows);
HWY_EXPORT(squared_distances_block);
HWY_EXPORT(add_distances_block);

}  // namespace

void two_nearest_centers_block(const double* rows, size_t features, const double* centers,
                               const double* center_norms, size_t k, int32_t* labels,
                               double* nearest, double* second, double* norms) {
  HWY_DYNAMIC_DISPATCH(two_nearest_centers_block)
  (rows, features, centers, center_norms, k, labels, nearest, second, norms);
}

void shift_block(const double* rows, size_t features, const double* shift, double* out) {
  HWY_DYNAMIC_DISPATCH(shift_block)(rows, features, shift, out);
}

void block_of_rows(const double* rows, size_t stride, size_t n, size_t features,
                   const double* shift, double* out) {
  HWY_DYNAMIC_DISPATCH(block_of_rows)(rows, stride, n, features, shift, out);
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

}  // namespace uhuru::method
#endif  // HWY_ONCE
