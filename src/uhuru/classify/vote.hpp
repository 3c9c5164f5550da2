// From the classes of detections to the class of each source.
#pragma once

#include "uhuru/base/threads.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

struct Vote {
  Table unique;                      // sources whose soft and hard vote agree
  Table ambiguous;                   // the others
  size_t detections = 0;             // with a class
  size_t without_class = 0;          // detections that have none and no vote
  size_t sources_without_class = 0;  // none of whose detections has one
};

/// The soft vote (class of the largest mean probability, the first of equals) and the hard vote
/// (the most frequent class, ties to the first met in order of name and observation) of each
/// source.
///
/// `detections` has the recipe's name and observation columns, `main_type` (a class, or missing)
/// and a column of probabilities for each class; position and features are carried along where they
/// are. Result columns: name, agg_master_class, master_class (unique) or hard_master_class,
/// soft_master_class (ambiguous), detection_count, each class's "mean±std", ra, dec, features of
/// the first detection; most detections first, then by name.
///
/// Throws Error (input) for a missing column, an unknown class or a missing probability, naming the
/// row. Thread-safe; the same at any number of threads. Source: [PD24] sec. 3.6.
Vote vote(const Table& detections, const Recipe& recipe, const Threads& threads = Threads(1));

/// The rows in order of name, then observation (by number where it is one); equals stay in order.
std::vector<size_t> rows_by_name(const Table& table, const Recipe& recipe);

}  // namespace uhuru
