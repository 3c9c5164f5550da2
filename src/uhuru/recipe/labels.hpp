// The labels of detections, and the classes that they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/recipe/detections.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

enum class LabelJoin { position, name };

/// Detections and the source of their labels.
struct LabelledInput {
  std::string detections, labels;  // names of tables; "-" is standard input
  LabelJoin join = LabelJoin::position;
  double radius_arcsec = 1.0;
  std::string label_column = {};  // of the labels; empty: the recipe's
};

struct LabelCounts {
  uint64_t with_class = 0;     // learned from
  uint64_t ambiguous = 0;      // classified
  uint64_t other_label = 0;    // neither
  uint64_t without_label = 0;  // classified
};

/// What the labels of detections say about their classes; one entry per detection.
struct LabelledClasses {
  std::vector<std::optional<method::ClassId>> known;  // learned from
  std::vector<bool> to_classify;                      // no label, or an ambiguous one
  LabelCounts counts;
};
LabelledClasses label_classes(const std::vector<std::string>& labels, const Recipe& recipe);

/// How labels were found.
struct LabelMatches {
  uint64_t read = 0;     // rows of the table of labels
  uint64_t matched = 0;  // detections with a counterpart
  uint64_t contradictory =
      0;  // of these, those without label because several contradict each other
  std::vector<std::string> notes;
};

/// The label of each detection (published names, aliases resolved); "" if it has none.
///
/// By position: the type of the nearest counterpart within `radius_arcsec`. By name: that of the
/// counterpart with the same name (see KeyIndex); if the labels have a separation column, only
/// within the radius, the nearest of several. If several counterparts are equally good, an
/// informative label is preferred to an ambiguous one; if informative labels differ, the detection
/// has none, since nothing decides between them, and a note says so.
std::vector<std::string> find_labels(const Detections& detections, const Table& labels,
                                     LabelJoin join, double radius_arcsec, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches = nullptr);

/// The same with the table of labels given by `input`, read from `labels`. Errors about its columns
/// name the table.
std::vector<std::string> find_labels(const Detections& detections, const io::Input& labels,
                                     const LabelledInput& input, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches = nullptr);

/// Throws Error (input), with what was read and matched, if the labels do not name at least two
/// detections and two classes to learn from.
void require_labelled(const std::vector<std::string>& labels, const LabelledClasses& classes,
                      const LabelMatches& matches, const std::string& table, const Recipe& recipe);

/// The column of labels: the first of the recipe's names that the table has, or nullptr.
const Column* find_label_column(const Table& table, const Recipe& recipe);

/// The labels in the detections' own label column.
std::vector<std::string> own_labels(const Table& detections, const Recipe& recipe);

/// A sentence about sources whose detections are labelled with different classes, or "".
/// `sources`, `classes`: of each row, see source_numbers and LabelledClasses::known.
std::string contradictory_sources(const Table& detections,
                                  std::span<const method::SourceId> sources,
                                  std::span<const std::optional<method::ClassId>> classes,
                                  const Recipe& recipe);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
