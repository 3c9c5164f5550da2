// A run's tables as the catalog takes them: by detection and by source.
#pragma once

#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/catalog/schema.hpp"
#include "uhuru/sky/sphere.hpp"

namespace uhuru {

/// The place of no row.
constexpr size_t no_row = static_cast<size_t>(-1);

/// A source's detections in order of observation, and its row in the table of sources, or no_row.
struct SourceDetections {
  std::span<const size_t> rows;
  size_t voted = no_row;
};

/// Columns of a run's tables, looked up once. Numbers are NaN and texts empty where missing.
class RunData {
 public:
  /// `content` must outlive it. Throws Error (input) where a column is not there.
  explicit RunData(const CatalogContent& content);

  /// The detections in order of name and observation, those without a name first.
  const std::vector<size_t>& rows() const { return rows_; }
  /// In order of name.
  const std::vector<SourceDetections>& sources() const { return sources_; }

  // Of a detection.
  Standing standing(size_t row) const;
  bool votes(size_t row) const {
    return classified_[row] != no_row && !assigned_.missing(classified_[row]);
  }
  /// Of the class that it was given or that its label is; -1: none.
  int class_index(size_t row) const;
  double probability(size_t c, size_t row) const;
  /// NaN where it is not valid.
  SkyPosition position(size_t row) const;

  // Of a source.
  Standing standing(const SourceDetections& source) const;
  /// The detection whose position, cluster and features stand for it: the first that votes.
  size_t first(const SourceDetections& source) const;
  /// The detection farthest out in the mixture.
  size_t most_unusual(const SourceDetections& source) const;

  const CatalogContent& content;
  const Column &name, &observation, &label, &cluster;  // of the detections
  std::vector<const Column*> features;                 // one a feature
  const Column *log_density, *percentile, *tail;       // nullptr where there are none

  // Of the table of sources.
  const Column &voted_class, &voted_group, &voted_hard, &voted_probability;
  std::vector<const Column*> voted_probabilities;                        // one a class
  const Column *voted_log_density, *voted_percentile, *voted_tail;  // nullptr where there are none

 private:
  void group_by_source();

  const Column* ra_;
  const Column* dec_;
  const Column& assigned_;
  std::vector<const Column*> probabilities_;
  std::vector<size_t> classified_;  // of each detection, its row among the classified
  std::vector<size_t> rows_;
  std::vector<SourceDetections> sources_;
};

/// The number in a row of a column that may not be there.
inline double number_at(const Column* column, size_t row) {
  return column ? column->number(row) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace uhuru
