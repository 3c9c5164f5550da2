// Measurements that stand under several names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "uhuru/base/communicator.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// How many measurements stand under several names, and as how many detections.
struct SharedMeasurements {
  uint64_t measurements = 0, detections = 0;
  /// A sentence with both and an example; "" if there are none.
  std::string note;
};

/// Finds detections that are one measurement: the same observation, interval and region, under
/// different names. Some catalogs list a measurement under each source that it may belong to.
///
/// Takes about 150 bytes for each row, if the table has the recipe's columns of observation and
/// region; otherwise each row is a measurement of its own, as is a row that lacks one of them. Not
/// thread-safe.
class MeasurementIndex {
 public:
  /// `header`: the columns of all batches.
  MeasurementIndex(const Table& header, const Recipe& recipe);

  void add(const Table& batch);
  /// Collective, after the last batch: takes the rows of all ranks together, which follow one
  /// another; each rank keeps some of the measurements. From now on shared() and chosen() are
  /// collective; the latter is about the own rows.
  void share(const Communicator& ranks);
  SharedMeasurements shared() const;
  /// For each row whether it is the one that stands for its measurement: the one with the best
  /// match (Recipe::match_order; others and missing ones last), then the first name, then the first
  /// row.
  std::vector<bool> chosen() const;

 private:
  struct Measurement {
    std::vector<std::string> names;  // distinct, the chosen first
    uint64_t row = 0;                // the chosen
    size_t rank = 0;
    uint64_t rows = 0;

    /// Takes in the same measurement in later rows.
    void add(Measurement later);
    template <class Archive>
    friend void transfer(Archive& archive, Measurement& measurement) {
      archive(measurement.names, measurement.row, measurement.rank, measurement.rows);
    }
  };
  /// What stands under several names, and the measurement with the most of them.
  struct Shared {
    uint64_t measurements = 0, detections = 0;
    std::string key;
    uint64_t names = 0;

    void add(const std::string& other_key, uint64_t other_names);
    template <class Archive>
    friend void transfer(Archive& archive, Shared& shared) {
      archive(shared.measurements, shared.detections, shared.key, shared.names);
    }
  };

  std::string key(const Table& batch, size_t row) const;
  size_t rank(const Table& batch, size_t row) const;
  std::string example(const std::string& key) const;

  std::vector<size_t> parts_;  // columns that identify a measurement; empty if the table lacks one
  std::vector<std::string> part_names_;
  size_t name_ = 0;
  std::optional<size_t> match_;
  std::vector<std::string> match_order_;
  std::vector<uint64_t> alone_;  // rows without a complete key
  const Communicator* ranks_ = &Communicator::alone();
  std::vector<uint64_t> first_rows_ = {0};  // of each rank
  uint64_t rows_ = 0;                       // of this rank
  std::unordered_map<std::string, Measurement> measurements_;
};

}  // namespace uhuru::recipe
#pragma GCC visibility pop
