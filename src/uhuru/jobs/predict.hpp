// Classifies detections with a trained model.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/recipe/measurements.hpp"
#include "uhuru/tables/tables.hpp"
#include "uhuru/tables/vote.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// What happened to the rows of a table.
struct PredictCounts {
  uint64_t read = 0, classified = 0, without_features = 0, without_class = 0;
  uint64_t with_missing = 0;       // classified with at least one missing feature
  uint64_t out_of_range = 0;       // values that count as missing
  uint64_t repeated = 0;           // rows left out: other names of a measurement
  std::vector<uint64_t> of_class;  // rows assigned to each of the recipe's classes

  /// Collective: the counts of all ranks, which have different rows.
  void add_up(const Communicator& ranks);
};

/// The classes of a table's detections as a table, see class_table_header: one row for each row, in
/// the same order, with positions in degrees.
class PredictionReader : public io::TableReader {
 public:
  /// `detections` and `model` must outlive it. Throws Error (input) if the model has no classes or
  /// the table no features, see FeatureExtractor; when read, as TableReader and FeatureExtractor.
  PredictionReader(io::TableReader& detections, const model::RecipeModel& model,
                   const Threads& threads);

  /// Only the rows for which `chosen`, which has all rows, is true.
  void choose(std::vector<bool> chosen) { chosen_ = std::move(chosen); }

  double fraction_read() const override { return detections_.fraction_read(); }
  /// Those of the detections, and what was odd about their features and measurements.
  std::vector<std::string> remarks() const override;
  const Communicator& ranks() const override { return detections_.ranks(); }
  /// Of the rows read so far; at the end, when read() is collective over the ranks of the
  /// detections, those of all ranks, as are the remarks.
  const PredictCounts& counts() const { return counts_; }
  /// Features whose columns are absent.
  const std::vector<std::string>& absent() const { return extractor_->absent(); }
  /// What was classified by the last read: the detections with their features and limits.
  const Table& detections() const { return read_; }
  const method::Posteriors& posteriors() const { return posteriors_; }
  method::DetectionRows rows(size_t first, size_t count) const;
  /// Of the model; nullptr if it has none.
  const method::Combining* combining() const { return combining_ ? &*combining_ : nullptr; }
  /// Of the rows read so far, at the end of all ranks.
  const recipe::SharedMeasurements& shared() const { return shared_; }

 protected:
  void read_rows(Table& batch, size_t max_rows) override;
  void share_findings() override;

 private:
  bool read_chosen(size_t max_rows);

  std::unique_ptr<io::TableReader> decimal_;  // if the detections have other positions
  io::TableReader& detections_;
  const model::RecipeModel& model_;
  Threads threads_;
  std::optional<recipe::FeatureExtractor> extractor_;
  std::optional<method::Predictor> predictor_;
  std::optional<method::Combining> combining_;
  tables::ClassColumns columns_;
  Table batch_, read_;  // detections: of the file, and those that are classified
  Matrix features_;     // of the latter
  recipe::Limits limits_;
  method::Posteriors posteriors_;
  std::vector<bool> chosen_;
  recipe::MeasurementIndex measurements_;
  recipe::SharedMeasurements shared_;
  std::vector<std::string> notes_;  // those of the detections
  PredictCounts counts_;
};

/// The columns of a table of explanations, without rows: those that say which detection it is, the
/// feature, and log_odds_… of each class.
Table explanation_header(const Table& detections, const recipe::Recipe& recipe);

/// The classes of all rows of a table as numbers: those of PredictionReader. Throws Error as that.
method::Posteriors predict_numbers(io::TableReader& detections, const model::RecipeModel& model,
                                   const Threads& threads, const Progress& progress = {});

struct PredictOptions {
  std::string detections;  // name of a table, "-" for standard input
  std::string out;         // name of a table
  io::WriteOptions write;
  std::optional<std::string> vote_folder;  // also the tables of sources
  std::string explain;                     // name of a table of explanations; empty: none
  size_t anomalies = 0;                    // how many to list
  bool unique_detections = false;          // each measurement once, see MeasurementIndex::chosen
};

struct PredictSummary : PredictCounts {
  std::vector<std::string> absent;  // features whose columns are absent
  std::vector<std::string> notes;   // see TableReader::remarks()
  recipe::SharedMeasurements shared;
  std::optional<tables::SourceTables> votes;
  Table anomalies;  // the most unusual rows of the result, in decreasing order
};

/// Classifies a table in batches: every row is written, in order, unless each measurement is taken
/// once, for which the table is read twice. The table and the tables of the vote appear together.
/// Each rank classifies a part of the rows, and votes on some of the sources; the first one writes.
/// The output is the same for any number of ranks. Collective. Throws Error.
PredictSummary predict_table(const PredictOptions& options, const model::RecipeModel& model,
                             const Threads& threads, const Progress& progress = {});

/// Writes the tables of a vote to a folder, all or none, in the format of the options, or as CSV.
/// Returns what the format could not hold as it was.
std::vector<std::string> write_votes(const tables::SourceTables& votes, const std::string& folder,
                                     const io::WriteOptions& options);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
