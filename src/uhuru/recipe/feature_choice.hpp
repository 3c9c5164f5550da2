// Which columns of an unknown table could be features, and why others could not.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/recipe/column_roles.hpp"

namespace uhuru::recipe {

/// Places of columns.
struct ProposedFeature {
  size_t place;
  std::optional<size_t> error;
  std::optional<std::pair<size_t, size_t>> limits;
};

struct FeatureChoice {
  std::vector<ProposedFeature> features;  // up to 64, in the order of the table
  std::vector<size_t> flags;              // columns with few values, worth showing
  std::map<std::string, std::vector<std::string>> left_out;  // why, and the names of columns
  bool has_gaps = false;                                     // whether a row lacks a feature
};

/// Thread-safe.
FeatureChoice choose_features(std::span<const ColumnProfile> columns, const ColumnRoles& roles);

}  // namespace uhuru::recipe
