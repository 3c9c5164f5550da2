// The published tables of sources, and ours.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/method/sources.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"
#include "uhuru/tables/tables.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// The classes of sources as tables.
struct SourceTables {
  Table unique;     // sources whose soft and hard vote agree
  Table ambiguous;  // the others
  Table sources;    // both, with numeric columns
  // The "mean±std" of unique and ambiguous sources as numbers, row by row: see numbers_beside().
  Table unique_numbers, ambiguous_numbers;
  size_t detections = 0;             // with a class
  size_t without_class = 0;          // detections without class, and thus without vote
  size_t sources_without_class = 0;  // sources of which no detection has a class
  std::vector<std::string> notes;    // how the table of detections was understood
};

/// All sources of a table of detections, for those that have no vote.
struct AllSources {
  const Table& detections;  // name, and position if present
  const Table& anomalies;   // of the same rows, if present
  const method::SourceRows& rows;
  std::vector<Standing> standings;                   // of each row
  const std::vector<std::string>* labels = nullptr;  // of each row; nullptr if there are none
};

/// The tables of a vote. Columns of unique and ambiguous sources: name, agg_master_class,
/// master_class (unique) or hard_master_class, soft_master_class (ambiguous), detection_count, each
/// class's "mean±std", ra, dec, features of the first detection. Columns of sources: name, ra, dec,
/// detection_count, class_name and class_group (from the soft vote, and the most probable), the
/// probabilities of both, hard_class, standing, label if known, the probability of each class and
/// group (p_…, p_group_…), set and p_known if the model has them, and for the source's most unusual
/// detection log_density, density_percentile and tail_probability, the last corrected for the
/// number of detections. Sources are sorted by decreasing number of detections, then as in
/// `verdicts`; those without a vote come last in the table of sources, and are not in the published
/// ones.
///
/// `detections`: the name, and position and features if present, of the rows that were voted on;
/// `anomalies`: their columns of anomalies, if present. `columns`: what the model offers.
/// Thread-safe.
SourceTables source_tables(const Table& detections, const Table& anomalies,
                           const method::SourceVerdicts& verdicts, const AllSources& all,
                           const recipe::Recipe& recipe, const ClassColumns& columns,
                           const Threads& threads);

/// A published table with the numbers of its "mean±std" beside: p_…_mean for all classes, then
/// p_…_std. Of formats in which columns have types; the published files are texts.
Table numbers_beside(const Table& published, const Table& numbers);

/// The classes in a table of detections.
struct TableClasses : method::Posteriors {
  std::vector<bool> learned;  // for each class, whether a detection has a probability of it
};
/// Reads the classes back: class_name or, as published, main_type (a class, or missing), the
/// probability of each class under our name or the published one, and p_known, if present. The
/// probability of a class that was not learned is 0. Throws Error (input) with the row for a
/// missing column, an unknown class, or a missing probability of a detection with a class.
TableClasses read_classes(const Table& detections, const recipe::Recipe& recipe);

/// Collective: moves the detections of each source to one of the ranks, in their order.
void bring_sources_together(Table& detections, const recipe::Recipe& recipe,
                            const Communicator& ranks);

/// The vote of a table of detections with classes, as append_classes writes it: sources by the
/// recipe's columns of name and observation, see source_rows and method::vote. `combining`: of the
/// model that computed the probabilities, if they are posteriors. Throws Error (input) as
/// read_classes and source_rows. Thread-safe; the result is the same for any number of threads. Of
/// several ranks, each votes on its sources, and the first one gets the tables of all; collective.
SourceTables vote_on_table(const Table& detections, const recipe::Recipe& recipe,
                           const Threads& threads, const method::Combining* combining);

}  // namespace uhuru::tables
#pragma GCC visibility pop
