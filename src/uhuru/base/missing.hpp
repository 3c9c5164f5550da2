// The number that stands for a missing value.
#pragma once

#include <limits>

#pragma GCC visibility push(default)
namespace uhuru {

inline constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace uhuru
#pragma GCC visibility pop
