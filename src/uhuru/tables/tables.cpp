#include "uhuru/tables/tables.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/tables/systems.hpp"

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

void add_all(std::vector<Field> fields, Table& table) {
  for (Field& field : fields) table.add(std::move(field));
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

std::vector<Standing> standings_by_label(const recipe::LabelledClasses& labels) {
  std::vector<Standing> standings;
  standings.reserve(labels.known.size());
  for (size_t row = 0; row < labels.known.size(); ++row)
    standings.push_back(labels.known[row]         ? Standing::learned
                        : labels.to_classify[row] ? Standing::without_class
                                                  : Standing::other_label);
  return standings;
}

std::vector<const Column*> add_identity(const Table& detections, const recipe::Recipe& recipe,
                                        Table& table) {
  std::vector<const Column*> carried;
  for (const std::string& name :
       {recipe.name_column, recipe.observation_column, recipe.ra_column, recipe.dec_column})
    if (const Column* column = recipe::find_column(detections, recipe, name)) {
      carried.push_back(column);
      table.add(identity_field(column->field, name, recipe));
    }
  return carried;
}

std::vector<const Column*> carried_columns(const Table& detections, const recipe::Recipe& recipe) {
  std::vector<std::string> taken = recipe.feature_names();
  for (const std::string& name : {recipe.name_column, recipe.observation_column, recipe.ra_column,
                                  recipe.dec_column, recipe.labels.type_column})
    taken.push_back(name);
  std::vector<const Column*> columns;
  for (const recipe::CarriedColumn& carried : recipe.mission.carried) {
    const bool is_there = std::any_of(taken.begin(), taken.end(), [&](const std::string& name) {
      return same_but_case(name, carried.name);
    });
    if (const Column* column = is_there ? nullptr : detections.find(carried.name))
      columns.push_back(column);
  }
  return columns;
}

Table cluster_table(const Table& detections, const std::vector<std::string>& labels,
                    std::span<const std::optional<method::ClusterId>> clusters,
                    const Matrix& features, std::span<const method::Placement> places,
                    const recipe::Recipe& recipe) {
  Table table;
  table.name = "clusters";
  const auto carried = add_identity(detections, recipe, table);
  table.add(label_field(recipe.labels.type_column));
  table.add(cluster_field());
  add_features(recipe, table);
  const auto mission = carried_columns(detections, recipe);
  for (const Column* column : mission)
    table.add(recipe::carried_field(column->field, column->field.name, recipe));
  add_all(anomaly_fields(), table);
  add_systems(detections, recipe, table);
  for (size_t row = 0; row < labels.size(); ++row) {
    size_t c = 0;
    for (const Column* column : carried) table.columns[c++].append_from(*column, row);
    table.columns[c++].append_text(labels[row]);
    append_cluster(clusters[row], table.columns[c++]);
    append_features(features, row, c, table);
    c += static_cast<size_t>(features.cols());
    for (const Column* column : mission) table.columns[c++].append_from(*column, row);
    append_anomalies(places[row], c, table);
  }
  return table;
}

ClassColumns all_columns(const method::Model& model, const method::Combining* combining) {
  ClassColumns columns{true, true, true, combining, {}, false};
  for (size_t c = 0; c < model.class_count; ++c)
    columns.learned.push_back(model.has_learned(method::ClassId(c)));
  return columns;
}

std::string set_text(const std::vector<bool>& set, const recipe::Recipe& recipe) {
  std::string text;
  for (size_t c = 0; c < set.size(); ++c)
    if (set[c]) text += (text.empty() ? "" : "|") + recipe.classes[c];
  return text;
}

std::vector<double> group_probabilities(std::span<const double> of_classes,
                                        const std::vector<bool>& learned,
                                        const std::vector<size_t>& group_places) {
  std::vector<double> sums(*std::max_element(group_places.begin(), group_places.end()) + 1,
                           missing_number);
  for (size_t c = 0; c < of_classes.size(); ++c) {
    if (!learned.empty() && !learned[c]) continue;
    double& sum = sums[group_places[c]];
    sum = std::isnan(sum) ? of_classes[c] : sum + of_classes[c];
  }
  return sums;
}

size_t most_probable_group(std::span<const double> of_groups) {
  size_t most = 0;
  for (size_t g = 1; g < of_groups.size(); ++g)
    if (of_groups[g] > of_groups[most] || std::isnan(of_groups[most])) most = g;
  return most;
}

Table class_table_header(const Table& detections, const recipe::Recipe& recipe,
                         const ClassColumns& columns) {
  Table table;
  table.name = "detection_level_classification";
  const auto carry = [&](const std::string& name) {
    if (const Column* column = recipe::find_column(detections, recipe, name))
      table.add(identity_field(column->field, name, recipe));
  };
  carry(recipe.name_column);
  carry(recipe.observation_column);
  table.add(cluster_field());
  carry(recipe.ra_column);
  carry(recipe.dec_column);
  table.add(
      class_field(columns.published ? "main_type" : recipe::class_column, "Most probable class"));
  if (columns.groups) table.add(group_field("Most probable group"));
  std::vector<Field> classes = class_fields(recipe);
  for (size_t c = 0; columns.published && c < classes.size(); ++c)
    classes[c].name = recipe.classes[c];
  add_all(std::move(classes), table);
  if (columns.groups) add_all(group_fields(recipe), table);
  if (columns.combining) {
    table.add(set_field(columns.combining->coverage));
    table.add(p_known_field());
  }
  if (columns.features_missing) table.add(features_missing_field());
  add_features(recipe, table);
  if (columns.anomalies) add_all(anomaly_fields(), table);
  add_systems(detections, recipe, table);
  return table;
}

void append_classes(const Table& detections, const method::Posteriors& posteriors,
                    const Matrix& features, std::span<const method::Placement> places,
                    const recipe::Recipe& recipe, const ClassColumns& columns, Table& table) {
  const Column* name = recipe::find_column(detections, recipe, recipe.name_column);
  const Column* observation = recipe::find_column(detections, recipe, recipe.observation_column);
  const Column* ra = recipe::find_column(detections, recipe, recipe.ra_column);
  const Column* dec = recipe::find_column(detections, recipe, recipe.dec_column);
  const auto groups = recipe.group_names();
  const auto group_places = recipe.group_places();
  for (size_t row = 0; row < posteriors.classes.size(); ++row) {
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    const auto carry = [&](const Column* column) {
      if (column) next().append_from(*column, row);
    };
    carry(name);
    carry(observation);
    append_cluster(posteriors.clusters[row], next());
    carry(ra);
    carry(dec);
    const auto assigned = posteriors.classes[row];
    const std::span<const double> probabilities(
        posteriors.probabilities.row(static_cast<long>(row)).data(), recipe.classes.size());
    const auto of_groups = group_probabilities(probabilities, columns.learned, group_places);
    next().append_text(assigned ? recipe.class_name(*assigned) : "");
    if (columns.groups) next().append_text(assigned ? groups[most_probable_group(of_groups)] : "");
    const auto append = [&](double probability, bool known) {
      next().append_number(known && assigned ? probability : missing_number);
    };
    for (size_t k = 0; k < recipe.classes.size(); ++k)
      append(probabilities[k], columns.learned.empty() || columns.learned[k]);
    if (columns.groups)
      for (const double probability : of_groups) append(probability, true);
    if (columns.combining) {
      next().append_text(assigned ? set_text(columns.combining->set(probabilities), recipe) : "");
      next().append_number(posteriors.p_known[row]);
    }
    if (columns.features_missing) next().append(int64_t{posteriors.features_missing[row]});
    append_features(features, row, c, table);
    if (columns.anomalies)
      append_anomalies(places[row], c + static_cast<size_t>(features.cols()), table);
  }
}

Table anomaly_table(std::span<const method::Placement> places) {
  Table table;
  add_all(anomaly_fields(), table);
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
  Column number(make_field("", Type::int64, "Row number", "meta.record"));
  for (size_t row = 0; row < table.rows(); ++row) number.append(static_cast<int64_t>(row));
  numbered.columns.push_back(std::move(number));
  numbered.columns.insert(numbered.columns.end(), table.columns.begin(), table.columns.end());
  return numbered;
}

}  // namespace uhuru::tables
