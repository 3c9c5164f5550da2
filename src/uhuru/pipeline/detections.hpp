// From a file of detections to those used by the method: selection, features, labels.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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

/// What happened to each row of a file. The sum of the counts, without those of which it is said,
/// is `read`.
struct SelectionCounts {
  uint64_t read = 0;
  uint64_t not_selected = 0;  // did not satisfy the recipe's selection
  std::vector<std::pair<std::string, uint64_t>>
      missing;                    // missing a feature, by the first missing kind
  uint64_t without_features = 0;  // missing all features
  uint64_t kept = 0;
  uint64_t repeated = 0;      // other names of a measurement that is kept under one
  uint64_t incomplete = 0;    // of the kept, those missing a feature; not in the sum
  uint64_t out_of_range = 0;  // values that count as missing; not in the sum
};

/// Which detections are kept: those with all features, or those with any.
enum class Keep { complete, any_feature };

/// The kept detections, in the order of the file.
struct Detections {
  Table table;      // the columns of DetectionReader::header()
  Matrix features;  // unscaled; kept rows × features, NaN if missing
  Limits limits;
  SelectionCounts counts;
  std::vector<std::string> notes;  // e.g. conditions that were not applied

  /// The detections of these rows, with all counts but those of the kept ones.
  Detections take(std::span<const size_t> rows) const;
};

/// Reads the kept detections of a file, in batches. Not thread-safe.
class DetectionReader {
 public:
  /// `reader` and `recipe` must outlive it. Throws Error (input): see FeatureExtractor; also if the
  /// name or observation column is absent, or one that a condition of the selection needs which is
  /// not optional; and PositionReader.
  DetectionReader(TableReader& reader, const Recipe& recipe, Keep keep = Keep::complete);
  /// For a table written by `cluster` or `run`: the selection has already been applied, and
  /// `cluster` is carried over, too.
  static DetectionReader of_clustered(TableReader& reader, const Recipe& recipe);

  /// The columns that later stages need in addition to the features, without rows: name,
  /// observation, position (in degrees), interval, region, match, label, if present in the file;
  /// their names are those in the recipe.
  const Table& header() const { return header_; }
  /// Replaces `table` (a header().empty_copy()) and `features` (unscaled) by those of the next
  /// batch, which may be empty; returns false at the end of the file. `limits`, if given, is
  /// replaced, too. Throws Error (input): see TableReader; at the end if no rows were left.
  bool next(Table& table, Matrix& features, Limits* limits = nullptr);

  const SelectionCounts& counts() const { return counts_; }
  /// Conditions that were not applied; after the last batch also what the extractor and the reader
  /// remark.
  const std::vector<std::string>& notes() const { return notes_; }
  double fraction_read() const { return reader_->fraction_read(); }

 private:
  DetectionReader(TableReader& reader, const Recipe& recipe, Keep keep, bool clustered);
  void check_conditions();
  void finish();
  [[noreturn]] void throw_none_left() const;

  std::unique_ptr<TableReader> decimal_;  // if the file has other positions
  TableReader* reader_;
  const Recipe* recipe_;
  FeatureExtractor extractor_;
  Keep keep_;
  bool select_;
  std::vector<size_t> carried_;
  std::vector<size_t> kinds_;  // for each feature, its index in counts_.missing
  Table header_, batch_;
  SelectionCounts counts_;
  std::vector<std::string> notes_;
};

/// Reads the kept detections of a file. Only what later stages need stays in memory. Throws Error
/// (input): see TableReader and FeatureExtractor; also if no rows are left.
Detections read_detections(TableReader& reader, const Recipe& recipe, const Progress& progress = {},
                           Keep keep = Keep::complete);

/// The numbers of the rows with all features.
std::vector<size_t> complete_rows(const Matrix& features);

/// For each row the number of its source, from 0 in order of first appearance; a row without a name
/// is a separate source.
std::vector<size_t> source_numbers(const Table& detections, const Recipe& recipe);

/// Detections with the clusters of an earlier run.
struct ClusteredDetections {
  Detections detections;
  std::vector<int> clusters;
  size_t cluster_count = 0;
};

/// The same for a table written by `cluster` or `run`, with a column `cluster`; the recipe's
/// selection has already been applied. Throws Error (input) also if a cluster is not an integer
/// from 0 to 9999.
ClusteredDetections read_clustered(TableReader& reader, const Recipe& recipe,
                                   const Progress& progress = {});

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
std::vector<std::string> find_labels(const Detections& detections, const Input& labels,
                                     const LabelledInput& input, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches = nullptr);

/// Throws Error (input), with what was read and matched, if the labels do not name at least two
/// detections and two classes to learn from.
void require_labelled(const std::vector<std::string>& labels, const std::vector<int>& classes,
                      const LabelMatches& matches, const std::string& table, const Recipe& recipe);

/// The column of labels: the first of the recipe's names that the table has, or nullptr.
const Column* find_label_column(const Table& table, const Recipe& recipe);

/// The labels in the detections' own label column.
std::vector<std::string> own_labels(const Table& detections, const Recipe& recipe);

/// A sentence about sources whose detections are labelled with different classes, or "".
/// `sources`, `classes`: of each row, see source_numbers and label_classes.
std::string contradictory_sources(const Table& detections, const std::vector<size_t>& sources,
                                  const std::vector<int>& classes, const Recipe& recipe);

/// For each label the index of its class, -1 for a row to classify (no label or an ambiguous one),
/// -2 for a row that is neither learned from nor classified.
std::vector<int> label_classes(const std::vector<std::string>& labels, const Recipe& recipe,
                               LabelCounts& counts);

}  // namespace uhuru
