// The innermost loops of the mixture, k-means and silhouette over blocks of rows, in the
// instruction set that the machine has (Highway chooses it when the program runs).
//
// A block holds `block_rows` rows feature by feature: feature f of row r is at f * block_rows + r.
// Rows beyond the last one of the data are zeros. All pointers are to doubles aligned to 64 bytes
// unless said otherwise. Sums over rows are kept in `sum_lanes` partial sums, row r adding to that
// of r % sum_lanes in order of r, so that vectors of any width give the same bytes. That holds on
// every machine with fused multiply-add (x86-64 from 2013 on, all arm64).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace uhuru {

/// On a Xeon with AVX-512 (48 KiB of first-level cache), em_step of bench/mixture_bench.cpp does 85
/// (K = 6) and 100 (K = 20) GFLOP/s with 128 rows and two threads, 80 and 76 with 64.
constexpr size_t block_rows = 128;
constexpr size_t sum_lanes = 8;

/// The sum that partial sums stand for, always in this order.
inline double sum_of_lanes(const double* sums) {
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// One component of a mixture. |inverse_cholesky (x - mean)|² is Mahalanobis' squared distance.
struct ComponentView {
  const double* mean;              // D
  const double* inverse_cholesky;  // D × D, row by row, lower triangular
  double constant;                 // log weight + log normalisation
};

/// out[r] = constant - |inverse_cholesky (x_r - mean)|² / 2 for the rows of a block.
void log_joint_block(const double* rows, size_t features, const ComponentView& component,
                     double* out);

/// Turns joint log densities (component c of row r at c * block_rows + r) into responsibilities in
/// place; `log_density` takes the log of each row's sum. Rows from `valid` on get 0 for both.
/// The exponential is within 2 ulp, the logarithm within 4 (Highway's).
void normalize_block(double* joint, size_t components, size_t valid, double* log_density);

/// The most responsible component of each row, the first of equals. `labels` need not be aligned.
void argmax_block(const double* joint, size_t components, size_t valid, int32_t* labels);

/// Sums kept by add_moments_block: of the weights, of weight × (x - center), and of weight ×
/// (x - center)(x - center)ᵀ, lower half row by row; each in `sum_lanes` partial sums.
constexpr size_t moment_count(size_t features) {
  return 1 + features + features * (features + 1) / 2;
}
/// Adds the rows of a block, weighted. `moments`: moment_count(features) × sum_lanes.
void add_moments_block(const double* rows, size_t features, const double* center,
                       const double* weights, double* moments);

/// The nearest center of each row, the first of equals. `centers`: K × D row by row; `labels` need
/// not be aligned. `sums`: K × (D + 1) × sum_lanes, to which the rows of each cluster and their
/// number are added.
void nearest_center_block(const double* rows, size_t features, const double* centers,
                          const double* center_norms, size_t k, size_t valid, int32_t* labels,
                          double* sums);

/// out = rows - shift; `shift`: a value each feature. May not be done in place.
void shift_block(const double* rows, size_t features, const double* shift, double* out);

/// out[r] = max(0, |x_r|² - 2 x_r·center + |center|²).
void squared_distances_block(const double* rows, size_t features, const double* center,
                             double center_norm, double* out);

/// Adds the distances between the rows of two blocks to both: to to_a[r] those of row r of `a` to
/// all valid rows of `b`, to to_b[r] the other way around. With a == b each pair counts once, in
/// to_a only, for both rows. Distances within 2⁻⁴⁶ of themselves.
void add_distances_block(const double* a, size_t valid_a, const double* b, size_t valid_b,
                         size_t features, double* to_a, double* to_b);

/// The name of the best instruction set here ("AVX3" is AVX-512), and the numbers of all, best
/// first.
const char* instruction_set();
std::vector<int64_t> instruction_sets();
/// Uses one of instruction_sets() from now on, or the best again with 0. For tests.
void use_instruction_set(int64_t target);

/// Multiply-adds in registers, to learn what a core can do at most; returns how many floating-point
/// operations they were. For benchmarks.
double burn_flops(size_t repeats);

}  // namespace uhuru
