// Which detections belong to which source, from the columns of name and observation.
#pragma once

#include <vector>

#include "uhuru/method/ids.hpp"
#include "uhuru/method/sources.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// The column of observations; nullptr if the recipe has none. Throws Error (input) if the table
/// lacks it.
const Column* observation_column(const Table& detections, const Recipe& recipe);

/// How the detections of a source are ordered for the vote: by observation, as a number if the
/// column is numeric; missing observations last; not at all without column. The column must outlive
/// it. Throws Error (input) as numbers() does. Thread-safe.
class ObservationOrder {
 public:
  explicit ObservationOrder(const Column* observation);
  /// Whether row `a` comes before row `b`.
  bool operator()(size_t a, size_t b) const;

 private:
  const Column* column_;
  std::vector<double> numbers_;  // empty if the column is text
};

/// The detections of each source, in order of name, then observation; ties keep their order.
/// Detections without a name belong to no source. Numbers as names are ordered as texts. Throws
/// Error (input) if a column is absent.
method::SourceRows source_rows(const Table& detections, const Recipe& recipe);

/// For each row the number of its source, from 0 in order of first appearance; a row without a name
/// is a separate source.
std::vector<method::SourceId> source_numbers(const Table& detections, const Recipe& recipe);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
