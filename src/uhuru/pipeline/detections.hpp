// From a file of detections to those that the method uses: selection, features, labels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/features/extract.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/pipeline/input.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// Where each row of a file went. The sum of all but `read` is `read`.
struct SelectionCounts {
  uint64_t read = 0;
  uint64_t not_selected = 0;                              // did not fulfil the recipe's selection
  std::vector<std::pair<std::string, uint64_t>> missing;  // without a feature, by the first kind
  uint64_t without_features = 0;                          // without any feature
  uint64_t kept = 0;
  uint64_t incomplete = 0;  // of the kept, those that lack a feature; not in the sum
};

/// Which detections are kept: those that have every feature, or those that have any.
enum class Keep { complete, any_feature };

/// The detections that are kept, in the order of the file.
struct Detections {
  Table table;      // name, observation, position and label columns, as far as the file has them
  Matrix features;  // unscaled; kept rows × features, NaN where missing
  Limits limits;
  SelectionCounts counts;
  std::vector<std::string> notes;  // e.g. conditions that were left out
};

/// The detections of a file that are kept, batch by batch. Not thread-safe.
class DetectionReader {
 public:
  /// `reader` and `recipe` must outlive it. Throws Error (input): see FeatureExtractor; also where
  /// the column of names or observations is not there.
  DetectionReader(TableReader& reader, const Recipe& recipe, Keep keep = Keep::complete);
  /// For a table that `cluster` or `run` wrote: the selection was applied then, and `cluster` is
  /// carried, too.
  static DetectionReader of_clustered(TableReader& reader, const Recipe& recipe);

  /// The columns that later stages need besides the features, without rows: name, observation,
  /// position, label, as far as the file has them.
  const Table& header() const { return header_; }
  /// Replaces `table` (a header().empty_copy()) and `features` (unscaled) by those of the next
  /// batch, perhaps none of it; false at the end of the file. `limits`, where given, is replaced,
  /// too. Throws Error (input): see TableReader; at the end where no row was left.
  bool next(Table& table, Matrix& features, Limits* limits = nullptr);

  const SelectionCounts& counts() const { return counts_; }
  const std::vector<std::string>& notes() const { return notes_; }
  double fraction_read() const { return reader_->fraction_read(); }

 private:
  DetectionReader(TableReader& reader, const Recipe& recipe, Keep keep, bool clustered);
  [[noreturn]] void throw_none_left() const;

  TableReader* reader_;
  const Recipe* recipe_;
  FeatureExtractor extractor_;
  Keep keep_;
  bool select_;
  std::vector<size_t> carried_;
  std::vector<size_t> kinds_;  // of each feature, its place in counts_.missing
  Table header_, batch_;
  SelectionCounts counts_;
  std::vector<std::string> notes_;
};

/// Reads the detections of a file that are kept. Only what the later stages need stays in memory.
/// Throws Error (input): see TableReader and FeatureExtractor; also where no row is left.
Detections read_detections(TableReader& reader, const Recipe& recipe, const Progress& progress = {},
                           Keep keep = Keep::complete);

/// The numbers of the rows that have every feature.
std::vector<size_t> complete_rows(const Matrix& features);

/// Of each row a number of its source, from 0 in the order in which the names are met; a row
/// without a name is a source of its own.
std::vector<size_t> source_numbers(const Table& detections, const Recipe& recipe);

/// Detections with the cluster that an earlier run gave them.
struct ClusteredDetections {
  Detections detections;
  std::vector<int> clusters;
  size_t cluster_count = 0;
};

/// The same for a table that `cluster` or `run` wrote, with a column `cluster`; the recipe's
/// selection was applied then. Throws Error (input) also for a cluster that is no whole number
/// from 0 to 9999.
ClusteredDetections read_clustered(TableReader& reader, const Recipe& recipe,
                                   const Progress& progress = {});

enum class LabelJoin { position, name };

/// Detections and where their labels come from.
struct LabelledInput {
  std::string detections, labels;  // names of tables; "-" is standard input
  LabelJoin join = LabelJoin::position;
  double radius_arcsec = 1.0;
};

struct LabelCounts {
  uint64_t with_class = 0;     // learned from
  uint64_t ambiguous = 0;      // classified
  uint64_t other_label = 0;    // neither
  uint64_t without_label = 0;  // classified
};

/// The label of each detection (published names, aliases resolved); "" where it has none.
///
/// By position: the type of the nearest counterpart within `radius_arcsec`. By name: of the
/// counterpart with the same name; where the labels have a separation column, only up to the
/// radius, the nearest of several.
std::vector<std::string> find_labels(const Detections& detections, const Table& labels,
                                     LabelJoin join, double radius_arcsec, const Recipe& recipe,
                                     const Threads& threads);

/// The same with the table of labels that `input` names, read from `labels`. Columns
/// that it lacks are an error that names it.
std::vector<std::string> find_labels(const Detections& detections, const Input& labels,
                                     const LabelledInput& input, const Recipe& recipe,
                                     const Threads& threads);

/// The labels that stand in the detections' own label column.
std::vector<std::string> own_labels(const Table& detections, const Recipe& recipe);

/// Of each label its class's place, -1 for a row to classify (no label or an ambiguous one), -2 for
/// a row that is neither learned from nor classified.
std::vector<int> label_classes(const std::vector<std::string>& labels, const Recipe& recipe,
                               LabelCounts& counts);

}  // namespace uhuru
