// Dense matrices with one row per detection.
#pragma once

#include <Eigen/Core>
#include <span>

#pragma GCC visibility push(default)
namespace uhuru {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
/// Rows that somebody else keeps; an argument without a copy if its rows are contiguous.
using MatrixView = Eigen::Ref<const Matrix>;

/// The given rows, in this order.
inline Matrix take_rows(const MatrixView& matrix, std::span<const size_t> rows) {
  Matrix taken(static_cast<long>(rows.size()), matrix.cols());
  for (size_t i = 0; i < rows.size(); ++i)
    taken.row(static_cast<long>(i)) = matrix.row(static_cast<long>(rows[i]));
  return taken;
}

}  // namespace uhuru
#pragma GCC visibility pop
