// The published tables of sources, and ours.
#pragma once

#include <optional>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/method/sources.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// The classes of sources as tables.
struct SourceTables {
  Table unique;                      // sources whose soft and hard vote agree
  Table ambiguous;                   // the others
  Table sources;                     // both, with numeric columns
  size_t detections = 0;             // with a class
  size_t without_class = 0;          // detections without class, and thus without vote
  size_t sources_without_class = 0;  // sources of which no detection has a class
};

/// The tables of a vote. Columns of unique and ambiguous sources: name, agg_master_class,
/// master_class (unique) or hard_master_class, soft_master_class (ambiguous), detection_count, each
/// class's "mean±std", ra, dec, features of the first detection. Columns of sources: name, ra, dec,
/// detection_count, class, group and probability from the soft vote, hard_class, each class's
/// probability, and for the source's most unusual detection log_density, density_percentile and
/// tail_probability, the last corrected for the number of detections. Sources are sorted by
/// decreasing number of detections, then as in `verdicts`.
///
/// `detections`: the name, and position and features if present, of the rows that were voted on;
/// `anomalies`: their columns of anomalies, if present. Thread-safe.
SourceTables source_tables(const Table& detections, const Table& anomalies,
                           const method::SourceVerdicts& verdicts, const recipe::Recipe& recipe);

/// The classes in a table of detections, read back.
struct TableClasses {
  Matrix probabilities;  // rows × classes; 0 for a detection without class
  std::vector<std::optional<method::ClassId>> classes;
};
/// Reads `main_type` (a class, or missing) and the column of each class. Throws Error (input) with
/// the row for a missing column, an unknown class, or a missing probability of a detection with a
/// class.
TableClasses read_classes(const Table& detections, const recipe::Recipe& recipe);

/// The vote of a table of detections with classes, as append_classes writes it: sources by the
/// recipe's columns of name and observation, see source_rows and method::vote. `evidence`: of the
/// model that computed the probabilities, if they are posteriors. Throws Error (input) as
/// read_classes and source_rows. Thread-safe; the result is the same for any number of threads.
SourceTables vote_on_table(const Table& detections, const recipe::Recipe& recipe,
                           const Threads& threads, const method::Evidence* evidence);

}  // namespace uhuru::tables
#pragma GCC visibility pop
