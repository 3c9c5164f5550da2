// Dense matrices with one detection a row.
#pragma once

#include <Eigen/Core>

namespace uhuru {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

}  // namespace uhuru
