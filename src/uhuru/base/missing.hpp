// The number that stands for a missing value.
#pragma once

#include <limits>

namespace uhuru {

inline constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace uhuru
