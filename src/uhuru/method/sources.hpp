// From the classes of detections to the class of each source: the one vote of run, predict, vote,
// validate and the catalog.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/method/classify/combining.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/predict.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The detections of each source.
struct SourceRows {
  /// Rows of detections, source by source; those of a source in the order of their observations,
  /// which decides ties. First come rows of no source.
  std::vector<size_t> rows;
  std::vector<size_t> begin = {0};  // of each source in `rows`, and the end of the last

  size_t count() const { return begin.size() - 1; }
  std::span<const size_t> of(size_t source) const {
    return std::span(rows).subspan(begin[source], begin[source + 1] - begin[source]);
  }
  /// The same sources with only the wanted rows; a source may be left without any.
  SourceRows only(const std::vector<bool>& wanted) const;
  /// The same with row rows[i] renumbered to i: for data of just these rows, in this order.
  SourceRows renumbered() const;
};

/// The vote of the detections of one source.
struct SourceClasses {
  ClassId soft{};                     // the class with the largest of `probabilities`
  std::vector<double> probabilities;  // of the combined evidence, or the means
  ClassId hard{};                     // the most frequent of `votes`
  std::vector<ClassId> votes;         // the class that each detection alone gives the source
  std::vector<double> means;          // of the detections' probabilities
  std::vector<bool> set;              // the classes in its set, see classes_in_set; may be empty
  double p_known = 0;                 // the mean of its detections'; NaN if unknown
};

/// The classes of a source. A tie of the soft vote goes to the first class, one of the hard vote to
/// the first met.
///
/// `posteriors`: of detections; `rows`: those of the source, at least one, which have a class, in
/// the order of SourceRows. `combining`: if the probabilities are posteriors, otherwise nullptr;
/// then there is no set. Thread-safe. Source: [PD24] sec. 3.6.
SourceClasses vote_of_source(const Posteriors& posteriors, std::span<const size_t> rows,
                             const Combining* combining);

/// The class of a source, one of those that have a detection with a class.
struct SourceVerdict {
  size_t source = 0;      // its place in SourceRows
  size_t detections = 0;  // with a class
  size_t first = 0;       // row of the first of them
  ClassId soft{}, hard{};
  size_t most_unusual = 0;  // row of the detection with the smallest tail probability
  /// The probability that the most unusual of so many detections lies as far out; NaN if unknown.
  double tail_probability = 0;
  double p_known = 0;     // see SourceClasses
  std::vector<bool> set;  // the same

  bool is_unique() const { return soft == hard; }
};

/// The verdicts in the order of their sources. Matrices: verdicts × classes.
struct SourceVerdicts {
  std::vector<SourceVerdict> of_sources;
  Matrix probabilities;      // of the soft vote
  Matrix means, deviations;  // of the detections' probabilities; population standard deviation
  size_t detections = 0;     // that voted
  size_t without_class = 0;  // detections of no source, or without class
  size_t sources_without_class = 0;
};

/// Computes the soft and the hard vote of each source.
///
/// `posteriors`: of detections; one without class has no vote. `tail_probabilities`: of each
/// detection, NaN or none if unknown. `combining`: see vote_of_source. The result is
/// the same for any number of threads. Thread-safe. Source: [PD24] sec. 3.6.
SourceVerdicts vote(const Posteriors& posteriors, std::span<const double> tail_probabilities,
                    const SourceRows& sources, const Combining* combining, const Threads& threads);

/// The probability that the most unusual of `detections` has at most this tail probability.
double tail_of_source(double least_tail_probability, size_t detections);

}  // namespace uhuru::method
#pragma GCC visibility pop
