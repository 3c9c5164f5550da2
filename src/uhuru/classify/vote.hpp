// From the classes of detections to the class of each source.
#pragma once

#include "uhuru/base/threads.hpp"
#include "uhuru/classify/bayes.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

struct Vote {
  Table unique;                      // sources whose soft and hard vote agree
  Table ambiguous;                   // the others
  Table sources;                     // both, with numeric columns
  size_t detections = 0;             // with a class
  size_t without_class = 0;          // detections without class, and thus without vote
  size_t sources_without_class = 0;  // sources of which no detection has a class
};

/// Computes the soft and the hard vote of each source. The soft vote is the class with the largest
/// mean probability, the first if tied; with `bayes`, that of the combined evidence. The hard vote
/// is the most frequent class, ties going to the first in order of name and observation; with
/// `bayes`, of the classes that each detection alone would give the source, since the class
/// frequencies of sources and detections differ.
///
/// `detections` has the recipe's name and observation columns, `main_type` (a class, or missing)
/// and a column of probabilities for each class; position, features and anomalies are carried over
/// if present. Columns of the tables of unique and ambiguous sources: name, agg_master_class,
/// master_class (unique) or hard_master_class, soft_master_class (ambiguous), detection_count, each
/// class's "mean±std", ra, dec, features of the first detection. Columns of the table of sources:
/// name, ra, dec, detection_count, class, group and probability from the soft vote, hard_class,
/// each class's probability, and for the source's most unusual detection log_density,
/// density_percentile and tail_probability, the last corrected for the number of detections.
/// Sources are sorted by decreasing number of detections, then by name.
///
/// `bayes`: the classifier that computed the probabilities, if they are posteriors. Throws Error
/// (input) with the row for a missing column, an unknown class or a missing probability.
/// Thread-safe; the result is the same for any number of threads. Source: [PD24] sec. 3.6.
Vote vote(const Table& detections, const Recipe& recipe, const Threads& threads = Threads(1),
          const BayesClassifier* bayes = nullptr);

/// The rows in order of name, then observation (see ObservationOrder); ties keep their order.
std::vector<size_t> rows_by_name(const Table& table, const Recipe& recipe);

}  // namespace uhuru
