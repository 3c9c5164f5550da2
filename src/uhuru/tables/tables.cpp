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

/// Appends a cell for each of so many rows. Tables are filled column by column: each stays in the
/// cache.
template <class Append>
void append_each(Column& column, size_t rows, const Append& append) {
  if (column.size() == 0) column.reserve(rows);
  for (size_t row = 0; row < rows; ++row) append(column, row);
}

template <class Get>
void append_numbers(Column& column, size_t rows, const Get& get) {
  append_each(column, rows, [&](Column& to, size_t row) { to.append_number(get(row)); });
}

/// Of columns from `first_column` on.
void append_features(const Matrix& features, size_t first_column, Table& table) {
  for (Eigen::Index f = 0; f < features.cols(); ++f)
    append_numbers(table.columns[first_column + static_cast<size_t>(f)],
                   static_cast<size_t>(features.rows()),
                   [&](size_t row) { return features(static_cast<Eigen::Index>(row), f); });
}

void add_all(std::vector<Field> fields, Table& table) {
  for (Field& field : fields) table.add(std::move(field));
}

void append_anomalies(std::span<const method::Placement> places, size_t first_column,
                      Table& table) {
  for (const auto member : {&method::Placement::log_density, &method::Placement::percentile,
                            &method::Placement::tail_probability})
    append_numbers(table.columns[first_column++], places.size(),
                   [&](size_t row) { return places[row].*member; });
}

void append_clusters(std::span<const std::optional<method::ClusterId>> clusters, Column& column) {
  append_each(column, clusters.size(), [&](Column& to, size_t row) {
    if (clusters[row])
      to.append(static_cast<int64_t>(*clusters[row]));
    else
      to.append_missing();
  });
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
  const size_t rows = labels.size();
  size_t c = 0;
  for (const Column* column : carried) table.columns[c++].append_from(*column, 0, rows);
  append_each(table.columns[c++], rows,
              [&](Column& to, size_t row) { to.append_text(labels[row]); });
  append_clusters(clusters, table.columns[c++]);
  append_features(features, c, table);
  c += recipe.features.size();
  for (const Column* column : mission) table.columns[c++].append_from(*column, 0, rows);
  append_anomalies(places, c, table);
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
  const size_t rows = posteriors.classes.size();
  const auto place_of = [](size_t i) { return static_cast<Eigen::Index>(i); };
  size_t c = 0;
  const auto next = [&]() -> Column& { return table.columns[c++]; };
  const auto carry = [&](const std::string& name) {
    if (const Column* column = recipe::find_column(detections, recipe, name))
      next().append_from(*column, 0, rows);
  };
  const auto has_class = [&](size_t row) { return posteriors.classes[row].has_value(); };
  const auto append_texts = [&](const auto& text_of) {
    append_each(next(), rows, [&](Column& to, size_t row) {
      if (has_class(row))
        to.append_text(text_of(row));
      else
        to.append_text("");
    });
  };
  const auto probabilities = [&](size_t row) {
    return std::span<const double>(posteriors.probabilities.row(place_of(row)).data(),
                                   recipe.classes.size());
  };
  carry(recipe.name_column);
  carry(recipe.observation_column);
  append_clusters(posteriors.clusters, next());
  carry(recipe.ra_column);
  carry(recipe.dec_column);
  append_texts([&](size_t row) { return recipe.class_name(*posteriors.classes[row]); });
  const auto groups = recipe.group_names();
  Matrix of_groups(columns.groups ? place_of(rows) : 0, place_of(groups.size()));
  if (columns.groups) {
    const auto group_places = recipe.group_places();
    for (size_t row = 0; row < rows; ++row)
      of_groups.row(place_of(row)) = Eigen::Map<const Eigen::RowVectorXd>(
          group_probabilities(probabilities(row), columns.learned, group_places).data(),
          place_of(groups.size()));
    append_texts([&](size_t row) {
      return groups[most_probable_group(
          std::span<const double>(of_groups.row(place_of(row)).data(), groups.size()))];
    });
  }
  const auto append = [&](const Matrix& numbers, size_t k, bool known) {
    append_numbers(next(), rows, [&](size_t row) {
      return known && has_class(row) ? numbers(place_of(row), place_of(k)) : missing_number;
    });
  };
  for (size_t k = 0; k < recipe.classes.size(); ++k)
    append(posteriors.probabilities, k, columns.learned.empty() || columns.learned[k]);
  for (size_t g = 0; columns.groups && g < groups.size(); ++g) append(of_groups, g, true);
  if (columns.combining) {
    append_texts(
        [&](size_t row) { return set_text(columns.combining->set(probabilities(row)), recipe); });
    append_numbers(next(), rows, [&](size_t row) { return posteriors.p_known[row]; });
  }
  if (columns.features_missing)
    append_each(next(), rows, [&](Column& to, size_t row) {
      to.append(int64_t{posteriors.features_missing[row]});
    });
  append_features(features, c, table);
  if (columns.anomalies) append_anomalies(places, c + recipe.features.size(), table);
}

Table anomaly_table(std::span<const method::Placement> places) {
  Table table;
  add_all(anomaly_fields(), table);
  append_anomalies(places, 0, table);
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
  number.reserve(table.rows());
  for (size_t row = 0; row < table.rows(); ++row) number.append(static_cast<int64_t>(row));
  numbered.columns.push_back(std::move(number));
  numbered.columns.insert(numbered.columns.end(), table.columns.begin(), table.columns.end());
  return numbered;
}

}  // namespace uhuru::tables
