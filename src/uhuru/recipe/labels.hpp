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

/// How labels are found: by position or name in another table, or in the detections themselves.
enum class LabelJoin { position, name, own };
/// Its name in records.
std::string_view join_name(LabelJoin join);
/// How a table of labels is joined: "position" or "name"; "": by position, if the recipe has
/// positions of both. Throws Error (usage) for another text.
LabelJoin join_from_text(const std::string& text, const Recipe& recipe);

/// Detections and the source of their labels.
struct LabelledInput {
  std::string detections, labels;  // names of tables; "-" is standard input; labels may be empty
  /// For tables that are not in files: what opens them; `detections` and `labels` are only names.
  io::OpenTable open_detections = {}, open_labels = {};
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
/// The recipe with which detections with labels of their own are read: --label-column says where.
Recipe with_label_column(Recipe recipe, const LabelledInput& input);

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
/// has none, since nothing decides between them, and a note says so; LabelSettings::several may
/// refuse that, or let the most frequent one decide. Of several label columns of a row, the first
/// that has a label counts. Throws Error (input) if the recipe does not name the columns that the
/// join needs, or the table lacks them.
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

/// Detections with the labels and classes that learning and testing use.
struct LabelledDetections {
  std::vector<std::string> labels;  // of each detection, "" if it has none
  LabelledClasses classes;
  std::vector<method::SourceId> sources;  // see source_numbers
  LabelMatches matches;                   // its notes include contradictions
};

/// Finds the labels, as `input` says, and applies the recipe's rule to those of sources that
/// contradict each other. `labels`: the table of labels; for LabelJoin::own not opened. Throws
/// Error (input) as find_labels and settle_contradictions.
LabelledDetections label_detections(const Detections& detections, const io::Input& labels,
                                    const LabelledInput& input, const Recipe& recipe,
                                    const Threads& threads);

/// The columns of labels that the table has, in the recipe's order of trust.
std::vector<const Column*> find_label_columns(const Table& table, const Recipe& recipe);
/// The label of a row in the first of these columns that has one, trimmed, as it is written there.
std::string label_text(std::span<const Column* const> columns, size_t row);

/// The labels in the detections' own label column, which DetectionReader and the tables of a run
/// call LabelSettings::type_column.
std::vector<std::string> own_labels(const Table& detections, const Recipe& recipe);

/// Applies the recipe's rule (LabelSettings::several) to sources whose detections are labelled with
/// different classes: changes `labels`, and returns a sentence about them, or "". `sources`: of
/// each row, see source_numbers. Throws Error (input) if the rule refuses them.
std::string settle_contradictions(const Table& detections,
                                  std::span<const method::SourceId> sources, const Recipe& recipe,
                                  std::vector<std::string>& labels);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
