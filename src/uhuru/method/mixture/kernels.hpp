// The innermost loops of the mixture, k-means and silhouette over blocks of rows, in the best
// instruction set of the machine (chosen by Highway at run time).
//
// A block holds `block_rows` rows feature by feature: feature f of row r is at f * block_rows + r.
// Rows beyond the end of the data are zeros. Pointers are to doubles aligned to 64 bytes unless
// stated otherwise. Sums over rows are kept in `sum_lanes` partial sums, row r adding to number r %
// sum_lanes in order of r, so that vectors of any width give identical bytes. That holds on every
// machine with fused multiply-add (x86-64 since 2013, all arm64).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::method {

/// On a Xeon with AVX-512 (48 KiB of L1 cache), em_step of bench/mixture_bench.cpp reaches 85 (K =
/// 6) and 100 (K = 20) GFLOP/s with 128 rows and two threads, 80 and 76 with 64.
constexpr size_t block_rows = 128;
constexpr size_t sum_lanes = 8;

/// Adds up partial sums, always in this order.
inline double sum_of_lanes(const double* sums) {
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// A component of a mixture. |inverse_cholesky (x - mean)|² is the squared Mahalanobis distance.
struct ComponentView {
  const double* mean;              // D
  const double* inverse_cholesky;  // D × D, row by row, lower triangular
  double constant;                 // log weight + log normalization
};

/// out[r] = constant - |inverse_cholesky (x_r - mean)|² / 2 for the rows of a block.
void log_joint_block(const double* rows, size_t features, const ComponentView& component,
                     double* out);

/// Converts joint log densities (component c of row r at c * block_rows + r) to responsibilities in
/// place; `log_density` receives the log of each row's sum. Rows from `valid` on get 0 for both.
/// The exponential is accurate to 2 ulp, the logarithm to 4 (Highway's).
void normalize_block(double* joint, size_t components, size_t valid, double* log_density);

/// The component with the largest responsibility for each row, the first if tied. `labels` need not
/// be aligned.
void argmax_block(const double* joint, size_t components, size_t valid, int32_t* labels);

/// The number of sums kept by add_moments_block: of the weights, of weight × (x - center), and of
/// weight × (x - center)(x - center)ᵀ, lower half row by row; each in `sum_lanes` partial sums.
constexpr size_t moment_count(size_t features) {
  return 1 + features + features * (features + 1) / 2;
}
/// Adds the weighted rows of a block. `moments`: moment_count(features) × sum_lanes.
void add_moments_block(const double* rows, size_t features, const double* center,
                       const double* weights, double* moments);

/// The nearest center of each row, the first if tied, the squared distances to it and to the next
/// nearest, and |x|². `centers`: K × D row by row; `labels` need not be aligned.
void two_nearest_centers_block(const double* rows, size_t features, const double* centers,
                               const double* center_norms, size_t k, int32_t* labels,
                               double* nearest, double* second, double* norms);

/// Fills the block `out` with `n` rows, at most block_rows, of `features` consecutive values, each
/// row `stride` values after the one before, and zeros; less `shift`, one value per feature, unless
/// that is nullptr. `rows` need not be aligned.
void block_of_rows(const double* rows, size_t stride, size_t n, size_t features,
                   const double* shift, double* out);

/// out = rows - shift; `shift`: one value per feature. Must not be done in place.
void shift_block(const double* rows, size_t features, const double* shift, double* out);

/// out[r] = max(0, |x_r|² - 2 x_r·center + |center|²).
void squared_distances_block(const double* rows, size_t features, const double* center,
                             double center_norm, double* out);

/// Adds the distances between the rows of two blocks: to_a[r] gets those from row r of `a` to all
/// valid rows of `b`, to_b[r] the reverse. With a == b each pair is computed once and added, for
/// both rows, to to_a only. Relative error of a distance below 2⁻⁴⁶.
void add_distances_block(const double* a, size_t valid_a, const double* b, size_t valid_b,
                         size_t features, double* to_a, double* to_b);

/// The name of the best instruction set of this machine ("AVX3" is AVX-512), and the numbers of
/// all, best first.
const char* instruction_set();
std::vector<int64_t> instruction_sets();
/// Switches to one of instruction_sets(), or back to the best with 0. For tests.
void use_instruction_set(int64_t target);

/// Executes multiply-adds in registers, to measure the peak of a core; returns the number of
/// floating-point operations. For benchmarks.
double burn_flops(size_t repeats);

}  // namespace uhuru::method
#pragma GCC visibility pop
