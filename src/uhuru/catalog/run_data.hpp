// A run's tables arranged for the catalog: by detection and by source.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/catalog/schema.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru::catalog {

/// The index of no row.
constexpr size_t no_row = static_cast<size_t>(-1);

/// The numbers of a block of rows, stored contiguously. The rows are scattered in memory and are
/// read column by column, so that the processor waits for many at a time.
class NumberBlock {
 public:
  /// nullptr represents a column without values.
  explicit NumberBlock(std::vector<const Column*> columns) : columns_(std::move(columns)) {}
  /// Replaces the block by these rows, no_row for one without values.
  void take(std::span<const size_t> rows);
  /// NaN if missing.
  std::span<const double> row(size_t i) const {
    return std::span<const double>(values_).subspan(i * columns_.size(), columns_.size());
  }

 private:
  std::vector<const Column*> columns_;
  std::vector<double> values_;
};

/// The range of a source's detections in RunData::rows(), and the place of its verdict, or no_row.
struct SourceDetections {
  size_t begin = 0, end = 0;
  size_t verdict = no_row;
};

/// Columns of a run's tables, looked up once. Texts are empty if missing.
class RunData {
 public:
  /// `content` must outlive it. Throws Error (input) if a column is absent.
  explicit RunData(const CatalogContent& content);

  /// The detections in order of name and observation, those without a name first.
  const std::vector<size_t>& rows() const { return content.sources.rows; }
  std::span<const size_t> rows(const SourceDetections& source) const {
    return std::span<const size_t>(rows()).subspan(source.begin, source.end - source.begin);
  }
  /// In order of name.
  const std::vector<SourceDetections>& sources() const { return sources_; }

  // Of a detection.
  tables::Standing standing(size_t row) const;
  /// Its row among the classified, if it has a class there; otherwise no_row.
  size_t voting_row(size_t row) const { return voting_[row]; }
  /// The class assigned to it, or that of its label.
  std::string_view class_name(size_t row) const;
  bool is_learned(size_t row) const { return content.labels.known[row].has_value(); }

  // Of a source.
  /// nullptr if it has none.
  const method::SourceVerdict* verdict(const SourceDetections& source) const {
    return source.verdict == no_row ? nullptr : &content.verdicts.of_sources[source.verdict];
  }
  tables::Standing standing(const SourceDetections& source) const;
  /// The detection whose position, cluster and features represent it: the first that votes.
  size_t first(const SourceDetections& source) const;

  const CatalogContent& content;
  const Column &name, &label;                                // of the detections
  const Column* observation;                                 // the same; nullptr if there is none
  std::vector<const Column*> position, features, anomalies;  // of the detections
  std::vector<const Column*> carried;                        // the same
  const Column& cluster;
  std::vector<const Column*> probabilities;         // of the classified
  const Column *set = nullptr, *p_known = nullptr;  // the same, if the model has them

 private:
  void group_by_source();

  const Column& assigned_;
  std::vector<size_t> voting_;
  std::vector<SourceDetections> sources_;
};

}  // namespace uhuru::catalog
