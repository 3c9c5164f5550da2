// Shared by the kernels of all instruction sets; included once for each, by Highway's
// foreach_target.
#if defined(UHURU_KERNELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef UHURU_KERNELS_INL
#undef UHURU_KERNELS_INL
#else
#define UHURU_KERNELS_INL
#endif

#include <hwy/highway.h>

#include "uhuru/method/mixture/kernels.hpp"

// Loops over registers must be unrolled.
#undef UHURU_UNROLL
#define UHURU_UNROLL _Pragma("GCC unroll 16")

HWY_BEFORE_NAMESPACE();
namespace uhuru::method::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<double, sum_lanes>;
using V = hn::Vec<Lanes>;
constexpr Lanes tag;
constexpr size_t lanes = hn::MaxLanes(tag);
constexpr size_t parts = sum_lanes / lanes;  // vectors that hold the partial sums

// The tile size depends on the number of registers: 32 or 16.
constexpr bool many_registers = !HWY_ARCH_X86 || HWY_TARGET <= HWY_AVX3;
constexpr size_t row_vectors = many_registers ? 4 : 2;  // of a tile of rows
constexpr size_t tile_rows = row_vectors * lanes;

}  // namespace uhuru::method::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
