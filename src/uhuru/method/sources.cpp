#include "uhuru/method/sources.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "uhuru/base/missing.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/classify/class_scores.hpp"

namespace uhuru::method {
namespace {

/// The values of a class for some rows.
void gather(const MatrixView& probabilities, std::span<const size_t> rows, size_t class_number,
            std::vector<double>& values) {
  values.clear();
  for (const size_t row : rows)
    values.push_back(probabilities(static_cast<long>(row), static_cast<long>(class_number)));
}

double mean_of(std::span<const double> values) {
  return pairwise_sum(values) / static_cast<double>(values.size());
}

}  // namespace

SourceRows SourceRows::only(const std::vector<bool>& wanted) const {
  SourceRows result;
  result.begin.clear();
  for (size_t i = 0, source = 0; i <= rows.size(); ++i) {
    for (; source < begin.size() && begin[source] == i; ++source)
      result.begin.push_back(result.rows.size());
    if (i < rows.size() && wanted[rows[i]]) result.rows.push_back(rows[i]);
  }
  return result;
}

SourceRows SourceRows::renumbered() const {
  SourceRows result{std::vector<size_t>(rows.size()), begin};
  std::iota(result.rows.begin(), result.rows.end(), size_t{0});
  return result;
}

SourceClasses vote_of_source(const Posteriors& posteriors, std::span<const size_t> rows,
                             const Combining* combining) {
  const Matrix& probabilities = posteriors.probabilities;
  const auto class_count = static_cast<size_t>(probabilities.cols());
  SourceClasses result;
  std::vector<size_t> counts(class_count, 0);
  for (const size_t row : rows) {
    result.votes.push_back(*posteriors.classes[row]);
    ++counts[number_of(result.votes.back())];
  }
  result.hard = result.votes[0];
  for (const ClassId id : result.votes)  // strictly more: the first met wins a tie
    if (counts[number_of(id)] > counts[number_of(result.hard)]) result.hard = id;
  std::vector<double> values;
  for (size_t c = 0; c < class_count; ++c) {
    gather(probabilities, rows, c, values);
    result.means.push_back(mean_of(values));
  }
  result.probabilities = result.means;
  if (combining) {
    combining->evidence.combine(probabilities, rows, result.probabilities.data());
    result.set = combining->set(result.probabilities);
  }
  result.soft = most_probable(result.probabilities);
  result.p_known = missing_number;
  if (!posteriors.p_known.empty()) {
    values.clear();
    for (const size_t row : rows) values.push_back(posteriors.p_known[row]);
    result.p_known = mean_of(values);
  }
  return result;
}

SourceVerdicts vote(const Posteriors& posteriors, std::span<const double> tail_probabilities,
                    const SourceRows& sources, const Combining* combining, const Threads& threads) {
  const Matrix& probabilities = posteriors.probabilities;
  SourceVerdicts result;
  std::vector<std::vector<size_t>> voters;
  result.without_class = sources.begin[0];
  for (size_t source = 0; source < sources.count(); ++source) {
    std::vector<size_t> rows;
    for (const size_t row : sources.of(source))
      if (posteriors.classes[row]) rows.push_back(row);
    result.detections += rows.size();
    result.without_class += sources.of(source).size() - rows.size();
    if (rows.empty()) {
      result.sources_without_class += !sources.of(source).empty();
      continue;
    }
    result.of_sources.push_back(
        {source, rows.size(), rows[0], {}, {}, rows[0], missing_number, missing_number, {}});
    voters.push_back(std::move(rows));
  }
  result.probabilities.resize(static_cast<long>(voters.size()), probabilities.cols());
  result.means = result.deviations = result.probabilities;
  threads.for_rows(voters.size(), 256, [&](size_t begin, size_t end, size_t) {
    std::vector<double> values;
    for (size_t i = begin; i < end; ++i) {
      const auto& rows = voters[i];
      const auto to = static_cast<Eigen::Index>(i);
      SourceVerdict& verdict = result.of_sources[i];
      SourceClasses found = vote_of_source(posteriors, rows, combining);
      verdict.soft = found.soft;
      verdict.hard = found.hard;
      verdict.p_known = found.p_known;
      verdict.set = std::move(found.set);
      for (size_t c = 0; c < found.means.size(); ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        result.probabilities(to, column) = found.probabilities[c];
        result.means(to, column) = found.means[c];
        gather(probabilities, rows, c, values);
        for (double& value : values) value = (value - found.means[c]) * (value - found.means[c]);
        result.deviations(to, column) = std::sqrt(mean_of(values));
      }
      if (tail_probabilities.empty()) continue;
      for (const size_t row : rows)
        if (tail_probabilities[row] < tail_probabilities[verdict.most_unusual])
          verdict.most_unusual = row;
      verdict.tail_probability =
          tail_of_source(tail_probabilities[verdict.most_unusual], rows.size());
    }
  });
  return result;
}

double tail_of_source(double least, size_t detections) {
  return -std::expm1(static_cast<double>(detections) * std::log1p(-least));
}

}  // namespace uhuru::method
