#include "uhuru/pipeline/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace uhuru {
namespace {

void add_features(const Recipe& recipe, Table& table) {
  for (const Feature& feature : recipe.features) table.add(feature.field());
}

void append_features(const Matrix& features, size_t row, size_t first_column, Table& table) {
  for (Eigen::Index f = 0; f < features.cols(); ++f)
    table.columns[first_column + static_cast<size_t>(f)].append_number(
        features(static_cast<Eigen::Index>(row), f));
}

void add_anomalies(Table& table) {
  table.add(make_field("log_density", Type::float64,
                       "Logarithm of the mixture density at the scaled features"));
  table.add(make_field("density_percentile", Type::float64,
                       "Percentage of training detections with a smaller density"));
  table.add(make_field("tail_probability", Type::float64,
                       "Probability of a larger Mahalanobis distance from the mixture"));
}

void append_anomalies(const Anomalies& anomalies, size_t row, size_t first_column, Table& table) {
  table.columns[first_column].append_number(anomalies.placements[row].log_density);
  table.columns[first_column + 1].append_number(anomalies.percentiles[row]);
  table.columns[first_column + 2].append_number(anomalies.placements[row].tail_probability);
}

}  // namespace

Anomalies find_anomalies(const MixturePlacer& placer, std::span<const double> quantiles,
                         const Matrix& scaled, const Threads& threads) {
  const auto rows = static_cast<size_t>(scaled.rows());
  Anomalies result{std::vector<Placement>(rows), std::vector<double>(rows)};
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row) {
      const auto of_row = scaled.row(static_cast<long>(row));
      result.placements[row] = placer(of_row.data());
      result.percentiles[row] =
          of_row.hasNaN() ? std::numeric_limits<double>::quiet_NaN()
                          : density_percentile(quantiles, result.placements[row].log_density);
    }
  });
  return result;
}

std::vector<const Column*> add_identity(const Table& detections, const Recipe& recipe,
                                        Table& table) {
  std::vector<const Column*> carried;
  for (const std::string& name :
       {recipe.name_column, recipe.observation_column, recipe.ra_column, recipe.dec_column})
    if (const Column* column = detections.find(name)) {
      carried.push_back(column);
      table.add(column->field).field.name = name;
    }
  return carried;
}

Table cluster_table(const Table& detections, const std::vector<std::string>& labels,
                    std::span<const int> clusters, const Matrix& features,
                    const Anomalies& anomalies, const Recipe& recipe) {
  Table table;
  table.name = "clusters";
  const auto carried = add_identity(detections, recipe, table);
  table.add(make_field(recipe.labels.type_column, Type::text, "Label of the counterpart"));
  table.add(
      make_field("cluster", Type::int64, "Mixture component with the largest responsibility"));
  add_features(recipe, table);
  add_anomalies(table);
  for (size_t row = 0; row < labels.size(); ++row) {
    size_t c = 0;
    for (const Column* column : carried) table.columns[c++].append_from(*column, row);
    table.columns[c++].append_text(labels[row]);
    table.columns[c++].append(int64_t{clusters[row]});
    append_features(features, row, c, table);
    append_anomalies(anomalies, row, c + static_cast<size_t>(features.cols()), table);
  }
  return table;
}

Table class_table_header(const Table& detections, const Recipe& recipe, ClassColumns columns) {
  Table table;
  table.name = "detection_level_classification";
  const auto carry = [&](const std::string& name) {
    if (const Column* column = detections.find(name)) table.add(column->field).field.name = name;
  };
  carry(recipe.name_column);
  carry(recipe.observation_column);
  table.add(
      make_field("cluster", Type::int64, "Mixture component with the largest responsibility"));
  carry(recipe.ra_column);
  carry(recipe.dec_column);
  table.add(make_field("main_type", Type::text, "Most probable class"));
  for (const std::string& c : recipe.classes)
    table.add(make_field(c, Type::float64, "Probability of class " + c));
  if (columns.features_missing)
    table.add(make_field("features_missing", Type::int64,
                         "Number of missing features: marginalized by the method bayes, set to the "
                         "training median by mahalanobis"));
  add_features(recipe, table);
  if (columns.anomalies) add_anomalies(table);
  return table;
}

void append_classes(const Table& detections, const Classified& classified, const Matrix& features,
                    const Recipe& recipe, const std::vector<int>* features_missing, Table& table) {
  const Column* name = detections.find(recipe.name_column);
  const Column* observation = detections.find(recipe.observation_column);
  const Column* ra = detections.find(recipe.ra_column);
  const Column* dec = detections.find(recipe.dec_column);
  for (size_t row = 0; row < classified.classes.size(); ++row) {
    size_t c = 0;
    const auto carry = [&](const Column* column) {
      if (column) table.columns[c++].append_from(*column, row);
    };
    carry(name);
    carry(observation);
    if (classified.clusters[row] < 0)
      table.columns[c++].append_missing();
    else
      table.columns[c++].append(int64_t{classified.clusters[row]});
    carry(ra);
    carry(dec);
    const int assigned = classified.classes[row];
    table.columns[c++].append_text(assigned < 0 ? "" : recipe.classes[assigned]);
    for (size_t k = 0; k < recipe.classes.size(); ++k) {
      if (assigned < 0)
        table.columns[c++].append_missing();
      else
        table.columns[c++].append(classified.probabilities(row, k));
    }
    if (features_missing) table.columns[c++].append(int64_t{(*features_missing)[row]});
    append_features(features, row, c, table);
    if (!classified.anomalies.placements.empty())
      append_anomalies(classified.anomalies, row, c + static_cast<size_t>(features.cols()), table);
  }
}

Table most_unusual(const Table& table, size_t count) {
  const auto tails = numbers(table.at("tail_probability"));
  const auto densities = numbers(table.at("log_density"));
  std::vector<size_t> rows;
  for (size_t row = 0; row < tails.size(); ++row)
    if (!std::isnan(tails[row])) rows.push_back(row);
  const auto middle = rows.begin() + static_cast<long>(std::min(count, rows.size()));
  std::partial_sort(rows.begin(), middle, rows.end(), [&](size_t a, size_t b) {
    return std::tuple(tails[a], densities[a], a) < std::tuple(tails[b], densities[b], b);
  });
  rows.erase(middle, rows.end());
  return table.select(rows);
}

Table with_row_numbers(const Table& table) {
  Table numbered;
  numbered.name = table.name;
  Column number(make_field("", Type::int64, "Row number"));
  for (size_t row = 0; row < table.rows(); ++row) number.append(static_cast<int64_t>(row));
  numbered.columns.push_back(std::move(number));
  numbered.columns.insert(numbered.columns.end(), table.columns.begin(), table.columns.end());
  return numbered;
}

}  // namespace uhuru
