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
  Table sources;                     // both, with numbers
  size_t detections = 0;             // with a class
  size_t without_class = 0;          // detections that have none and no vote
  size_t sources_without_class = 0;  // none of whose detections has one
};

/// The soft vote (class of the largest mean probability, the first of equals; with `bayes`, of the
/// combined evidence) and the hard vote (the most frequent class, ties to the first met in order of
/// name and observation; with `bayes`, of the classes that the source would have by one detection
/// each, since sources are not of the classes as often as detections) of each source.
///
/// `detections` has the recipe's name and observation columns, `main_type` (a class, or missing)
/// and a column of probabilities for each class; position, features and anomalies are carried along
/// where they are. Columns of the tables of unique and ambiguous sources: name, agg_master_class,
/// master_class (unique) or hard_master_class, soft_master_class (ambiguous), detection_count, each
/// class's "mean±std", ra, dec, features of the first detection. Of the table of sources: name, ra,
/// dec, detection_count, class, group and probability by the soft vote, hard_class, each class's
/// probability, and of the source's most unusual detection log_density, density_percentile and
/// tail_probability, the last for so many detections as it has. Most detections first, then by
/// name.
///
/// `bayes`: the classifier that the probabilities are from, where they are posteriors. Throws Error
/// (input) for a missing column, an unknown class or a missing probability, naming the row.
/// Thread-safe; the same at any number of threads. Source: [PD24] sec. 3.6.
Vote vote(const Table& detections, const Recipe& recipe, const Threads& threads = Threads(1),
          const BayesClassifier* bayes = nullptr);

/// The rows in order of name, then observation (by number where it is one); equals stay in order.
std::vector<size_t> rows_by_name(const Table& table, const Recipe& recipe);

}  // namespace uhuru
