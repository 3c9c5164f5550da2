// From a file of detections to those used by the method: selection and features.
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
#include "uhuru/io/table_io.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/rows.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

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

  /// Collective: the counts of all ranks, which have different rows.
  void add_up(const Communicator& ranks);
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

  /// Views of the numbers.
  method::DetectionRows rows() const { return {features, limits.lower, limits.upper}; }
  /// The detections of these rows, with all counts but those of the kept ones.
  Detections take(std::span<const size_t> rows) const;
};

/// Reads the kept detections of a file, in batches. Not thread-safe.
class DetectionReader {
 public:
  /// `reader` and `recipe` must outlive it. Throws Error (input): see FeatureExtractor; also if the
  /// name or observation column is absent, or one that a condition of the selection needs which is
  /// not optional; and PositionReader.
  DetectionReader(io::TableReader& reader, const Recipe& recipe, Keep keep = Keep::complete);
  /// For a table written by `cluster` or `run`: the selection has already been applied, and
  /// `cluster` is carried over, too.
  static DetectionReader of_clustered(io::TableReader& reader, const Recipe& recipe);

  /// The columns that later stages need in addition to the features, without rows: name,
  /// observation, position (in degrees), interval, region, match, carried columns, label, if
  /// present in the file; their names are those in the recipe. The label is that of the first label
  /// column that has one.
  const Table& header() const { return header_; }
  /// Replaces `table` (a header().empty_copy()) and `features` (unscaled) by those of the next
  /// batch, which may be empty; returns false at the end of the file, then collective over the
  /// ranks of the reader, whose counts and notes become those of all. `limits`, if given, is
  /// replaced, too. Throws Error (input): see TableReader; at the end if no rows were left.
  bool next(Table& table, Matrix& features, Limits* limits = nullptr);

  const SelectionCounts& counts() const { return counts_; }
  /// Conditions that were not applied; after the last batch also what the extractor and the reader
  /// remark.
  const std::vector<std::string>& notes() const { return notes_; }
  double fraction_read() const { return reader_->fraction_read(); }

 private:
  DetectionReader(io::TableReader& reader, const Recipe& recipe, Keep keep, bool clustered);
  void check_conditions();
  void append_kept(std::span<const size_t> rows, Table& table) const;
  void finish();
  [[noreturn]] void throw_none_left() const;

  std::unique_ptr<io::TableReader> decimal_;  // if the file has other positions
  io::TableReader* reader_;
  const Recipe* recipe_;
  FeatureExtractor extractor_;
  Keep keep_;
  bool select_;
  std::vector<size_t> carried_, labels_;  // places in the file
  std::optional<size_t> cluster_;
  std::vector<size_t> kinds_;  // for each feature, its index in counts_.missing
  Table header_, batch_;
  SelectionCounts counts_;
  std::vector<std::string> notes_;
};

/// Reads the kept detections of a file. Only what later stages need stays in memory. Throws Error
/// (input): see TableReader and FeatureExtractor; also if no rows are left.
Detections read_detections(io::TableReader& reader, const Recipe& recipe,
                           const Progress& progress = {}, Keep keep = Keep::complete);

/// Detections with the clusters of an earlier run.
struct ClusteredDetections {
  Detections detections;
  std::vector<method::ClusterId> clusters;
  size_t cluster_count = 0;
};

/// The same for a table written by `cluster` or `run`, with a column `cluster`; the recipe's
/// selection has already been applied. Throws Error (input) also if a cluster is not an integer
/// from 0 to 9999.
ClusteredDetections read_clustered(io::TableReader& reader, const Recipe& recipe,
                                   const Progress& progress = {});

}  // namespace uhuru::recipe
#pragma GCC visibility pop
