#include "uhuru/tables/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace uhuru::tables {
namespace {

void add_features(const recipe::Recipe& recipe, Table& table) {
  for (const recipe::Feature& feature : recipe.features) table.add(feature.field());
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

void append_anomalies(const method::Placement& place, size_t first_column, Table& table) {
  table.columns[first_column].append_number(place.log_density);
  table.columns[first_column + 1].append_number(place.percentile);
  table.columns[first_column + 2].append_number(place.tail_probability);
}

void append_cluster(std::optional<method::ClusterId> cluster, Column& column) {
  if (cluster)
    column.append(static_cast<int64_t>(*cluster));
  else
    column.append_missing();
}

}  // namespace

std::string_view standing_name(Standing standing) {
  switch (standing) {
    case Standing::learned:
      return "learned";
    case Standing::classified:
      return "classified";
    case Standing::without_class:
      return "without class";
    case Standing::other_label:
      return "other label";
  }
  return "";
}

std::vector<const Column*> add_identity(const Table& detections, const recipe::Recipe& recipe,
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
                    std::span<const std::optional<method::ClusterId>> clusters,
                    const Matrix& features, std::span<const method::Placement> places,
                    const recipe::Recipe& recipe) {
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
    append_cluster(clusters[row], table.columns[c++]);
    append_features(features, row, c, table);
    append_anomalies(places[row], c + static_cast<size_t>(features.cols()), table);
  }
  return table;
}

Table class_table_header(const Table& detections, const recipe::Recipe& recipe,
                         ClassColumns columns) {
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

void append_classes(const Table& detections, const method::Posteriors& posteriors,
                    const Matrix& features, std::span<const method::Placement> places,
                    const recipe::Recipe& recipe, ClassColumns columns, Table& table) {
  const Column* name = detections.find(recipe.name_column);
  const Column* observation = detections.find(recipe.observation_column);
  const Column* ra = detections.find(recipe.ra_column);
  const Column* dec = detections.find(recipe.dec_column);
  for (size_t row = 0; row < posteriors.classes.size(); ++row) {
    size_t c = 0;
    const auto carry = [&](const Column* column) {
      if (column) table.columns[c++].append_from(*column, row);
    };
    carry(name);
    carry(observation);
    append_cluster(posteriors.clusters[row], table.columns[c++]);
    carry(ra);
    carry(dec);
    const auto assigned = posteriors.classes[row];
    table.columns[c++].append_text(assigned ? recipe.class_name(*assigned) : "");
    for (size_t k = 0; k < recipe.classes.size(); ++k) {
      if (assigned)
        table.columns[c++].append(
            posteriors.probabilities(static_cast<long>(row), static_cast<long>(k)));
      else
        table.columns[c++].append_missing();
    }
    if (columns.features_missing)
      table.columns[c++].append(int64_t{posteriors.features_missing[row]});
    append_features(features, row, c, table);
    if (columns.anomalies)
      append_anomalies(places[row], c + static_cast<size_t>(features.cols()), table);
  }
}

Table anomaly_table(std::span<const method::Placement> places) {
  Table table;
  add_anomalies(table);
  for (const method::Placement& place : places) append_anomalies(place, 0, table);
  return table;
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

}  // namespace uhuru::tables
