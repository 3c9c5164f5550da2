#include "uhuru/method/classify/replicate.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace uhuru::method {
namespace {

/// Adds the class posteriors and distances of a block's rows. `joint`: joint densities of the
/// components as MixtureDensity::log_joint writes them, with the prior of the classes; overwritten.
void add_block(const MixtureDensity& density, std::span<const size_t> group_of, double* joint,
               std::span<const size_t> rows, BasePredictions& sums) {
  const size_t clusters = density.components() / group_of.size();
  const auto groups = static_cast<size_t>(sums.distances.cols());
  std::vector<double> distances(groups * block_rows, std::numeric_limits<double>::infinity());
  for (size_t c = 0; c < density.components(); ++c) {
    double* nearest = distances.data() + group_of[c / clusters] * block_rows;
    const double* of = joint + c * block_rows;
    const double constant = density.constant(c);
    for (size_t i = 0; i < rows.size(); ++i)
      nearest[i] = std::min(nearest[i], 2 * (constant - of[i]));
  }
  alignas(64) double log_density[block_rows];
  normalize_block(joint, density.components(), rows.size(), log_density);
  for (size_t i = 0; i < rows.size(); ++i) {
    double* gaussians = sums.gaussians.row(static_cast<long>(rows[i])).data();
    for (size_t c = 0; c < density.components(); ++c)
      gaussians[c / clusters] += joint[c * block_rows + i];
    double* to = sums.distances.row(static_cast<long>(rows[i])).data();
    for (size_t g = 0; g < groups; ++g) to[g] += std::max(0.0, distances[g * block_rows + i]);
  }
}

/// The predictions of the trees: alike.rows × classes, row by row.
std::vector<double> votes_of_trees(const BayesReplicate& replicate, const Matrix& tree_data,
                                   const AlikeRows& alike, size_t classes) {
  std::vector<double> votes(alike.rows.size() * classes, 0.0);
  const auto first = static_cast<Eigen::Index>(alike.rows[0]);
  if (alike.extra.empty() && !tree_data.row(first).hasNaN()) {
    for (const Tree& tree : replicate.trees)
      tree.add_probabilities(tree_data, alike.rows, classes, votes);
    return votes;
  }
  std::vector<double> extra(static_cast<size_t>(tree_data.cols()), 0.0);
  for (size_t f = 0; f < alike.extra.size(); ++f)
    extra[static_cast<size_t>(alike.present[f])] = alike.extra[f];
  for (const Tree& tree : replicate.trees)
    for (size_t i = 0; i < alike.rows.size(); ++i)
      tree.add_probabilities(tree_data.row(static_cast<long>(alike.rows[i])).data(),
                             alike.extra.empty() ? nullptr : extra.data(),
                             std::span(votes).subspan(i * classes, classes));
  return votes;
}

}  // namespace

BasePredictions BasePredictions::zero(size_t rows, size_t classes, size_t groups) {
  const auto n = static_cast<Eigen::Index>(rows);
  const auto l = static_cast<Eigen::Index>(classes);
  return {Matrix::Zero(n, l), Matrix::Zero(n, l), Matrix::Zero(n, static_cast<long>(groups))};
}

std::vector<AlikeRows> alike_rows(const MatrixView& data, const MatrixView& extra,
                                  std::span<const size_t> rows, size_t most) {
  std::vector<AlikeRows> result;
  for (const Pattern& pattern : patterns_of(data, rows)) {
    std::map<std::vector<double>, std::vector<size_t>> by_extra;
    std::vector<double> key;
    for (const size_t row : pattern.rows) {
      key.clear();
      if (extra.rows() > 0) {
        for (const Eigen::Index f : pattern.present)
          key.push_back(extra(static_cast<long>(row), f));
        if (std::all_of(key.begin(), key.end(), [](double value) { return value == 0; }))
          key.clear();
      }
      by_extra[key].push_back(row);
    }
    for (const auto& [of_rows, alike] : by_extra)
      for (size_t begin = 0; begin < alike.size(); begin += most)
        result.push_back({{alike.begin() + static_cast<long>(begin),
                           alike.begin() + static_cast<long>(std::min(begin + most, alike.size()))},
                          pattern.present,
                          of_rows});
  }
  return result;
}

void add_predictions(const BayesReplicate& replicate, const Matrix& data, const Matrix& tree_data,
                     const AlikeRows& alike, std::span<const size_t> group_of,
                     BasePredictions& sums) {
  const size_t classes = group_of.size();
  const std::vector<double> votes = votes_of_trees(replicate, tree_data, alike, classes);
  for (size_t i = 0; i < alike.rows.size(); ++i)
    for (size_t l = 0; l < classes; ++l)
      sums.trees(static_cast<long>(alike.rows[i]), static_cast<long>(l)) +=
          votes[i * classes + l] / static_cast<double>(replicate.trees.size());
  GaussianMixture gaussians = marginal(replicate.gaussians, alike.present, alike.extra);
  const auto clusters = gaussians.components() / static_cast<Eigen::Index>(classes);
  for (Eigen::Index l = 0; l < replicate.prior.size(); ++l)
    gaussians.weights.segment(l * clusters, clusters) *= replicate.prior[l];
  const MixtureDensity density(gaussians);
  const Matrix values = Pattern{alike.present, alike.rows}.values(data);
  AlignedDoubles block(density.features() * block_rows), joint(density.components() * block_rows);
  for (size_t begin = 0; begin < alike.rows.size(); begin += block_rows) {
    load_block(values, begin, block.data());
    density.log_joint(block.data(), joint.data());
    add_block(density, group_of, joint.data(),
              std::span(alike.rows).subspan(begin, std::min(block_rows, alike.rows.size() - begin)),
              sums);
  }
}

}  // namespace uhuru::method
