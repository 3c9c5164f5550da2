#include "uhuru/tables/table_recipe.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/column_roles.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/feature_choice.hpp"
#include "uhuru/tables/result_fields.hpp"

namespace uhuru::tables {
namespace {

using recipe::ColumnProfile;
using recipe::Recipe;

/// Columns of uhuru's and the published tables that say what the catalog says anyway.
bool is_of_results(const std::string& name) {
  static const std::set<std::string> known = {"",
                                              "cluster",
                                              "log_density",
                                              "density_percentile",
                                              "p_known",
                                              "main_type",
                                              recipe::class_column,
                                              recipe::group_column,
                                              "group",
                                              "tail_probability",
                                              "class",
                                              "features_missing",
                                              "detection_count",
                                              "probability",
                                              "hard_class",
                                              "standing",
                                              "group_probability",
                                              "agg_master_class",
                                              "label",
                                              "master_class",
                                              "hard_master_class",
                                              "soft_master_class",
                                              "votes",
                                              "agreement"};
  const bool is_set = name.starts_with("set_") && parse_int(name.substr(4));
  return known.contains(name) || is_set || name.starts_with(recipe::group_prefix) ||
         name.starts_with("group_");
}

bool has_column(const Table& table, const std::string& name) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const Column& column) { return column.field.name == name; });
}

/// The built-in recipe of the table's classes.
std::optional<Recipe> built_in_recipe_of(const Table& table) {
  std::optional<Recipe> best;
  std::pair<long, bool> most;
  for (const std::string& name : recipe::built_in_recipes()) {
    Recipe recipe = recipe::load_recipe(name);
    const auto is_there = [&](const std::string& column) { return has_column(table, column); };
    const auto ours = recipe::class_columns(recipe);
    if (!std::all_of(recipe.classes.begin(), recipe.classes.end(), is_there) &&
        !std::all_of(ours.begin(), ours.end(), is_there))
      continue;
    const auto features = recipe.feature_names();
    const std::pair score(std::count_if(features.begin(), features.end(), is_there),
                          (recipe.method == method::Method::bayes) == is_there("p_known"));
    if (best && score <= most) continue;
    most = score;
    best = std::move(recipe);
  }
  return best;
}

/// Describes a table; see recipe_of_table.
class TableDescriber {
 public:
  TableDescriber(const Table& table, const std::string& class_column, const Recipe* wanted)
      : table_(table) {
    for (const Column& column : table.columns) profiles_.emplace_back(column.field);
    std::optional<Recipe> known;
    if (wanted)
      known = *wanted;
    else if (class_column.empty())
      known = built_in_recipe_of(table);
    is_known_ = known.has_value();
    if (known) found_.recipe = std::move(*known);
    found_.classes = find_classes(table, class_column, found_.recipe.classes);
    class_columns_ = recipe::column_names(found_.classes.names, recipe::class_prefix);
    const auto& columns = found_.classes.probabilities;
    class_columns_.insert(class_columns_.end(), columns.begin(), columns.end());
  }

  TableRecipe describe() {
    for (size_t c = 0; c < profiles_.size(); ++c) profiles_[c].look(table_.columns[c]);
    // Only columns that say nothing of classes may be names, positions and features.
    for (size_t c = 0; c < profiles_.size(); ++c)
      if (!is_taken(profiles_[c].field().name)) others_.push_back(profiles_[c]);
    roles_ = recipe::find_roles(others_, "");
    if (is_known_)
      take_known();
    else
      make();
    name_label();
    if (found_.name.empty())
      found_.notes.emplace_back("no column of names: the sources are called by their row");
    carry_others();
    return std::move(found_);
  }

 private:
  bool is_taken(const std::string& name) const {
    const auto is_of = [&](const std::string& column) {
      return !column.empty() && (name == column || name == column + recipe::mean_suffix ||
                                 name == column + recipe::deviation_suffix);
    };
    return is_of_results(name) || name == found_.classes.assigned ||
           std::any_of(class_columns_.begin(), class_columns_.end(), is_of);
  }
  /// A column that says nothing of classes.
  const Column* find_other(const char* name) const {
    const Column* column = table_.find(name);
    return column && !is_taken(column->field.name) ? column : nullptr;
  }
  std::string role(const std::optional<size_t>& place) const {
    return place ? others_[*place].field().name : "";
  }

  /// The columns of a recipe, as far as the table has them.
  void take_known() {
    Recipe& recipe = found_.recipe;
    const auto name_of = [&](const std::string& name, const std::optional<size_t>& otherwise) {
      const Column* column = recipe::find_column(table_, recipe, name);
      return column ? column->field.name : role(otherwise);
    };
    found_.name = name_of(recipe.name_column, roles_.source);
    found_.observation = name_of(recipe.observation_column, {});
    found_.ra = name_of(recipe.ra_column, roles_.ra);
    found_.dec = name_of(recipe.dec_column, roles_.dec);
    std::erase_if(recipe.features,
                  [&](const recipe::Feature& feature) { return !table_.find(feature.name); });
    if (recipe.ra_column.empty()) found_.ra = found_.dec = "";
    if (auto note = note_of_old_names(table_, recipe); !note.empty())
      found_.notes.push_back(std::move(note));
    finish_columns();
  }

  void make() {
    Recipe& recipe = found_.recipe;
    recipe.description = "made from the columns of the table";
    recipe.classes = recipe.groups = found_.classes.names;
    recipe.labels.type_column = recipe.labels.type_columns.emplace_back("label");
    found_.name = role(roles_.source);
    // Names may be numbers; only texts are guessed to be names.
    for (const char* name : {"name", "source_id", "srcid", "source", "id"})
      if (const Column* column = found_.name.empty() ? find_other(name) : nullptr)
        found_.name = column->field.name;
    found_.observation = role(roles_.observation);
    found_.ra = role(roles_.ra);
    found_.dec = role(roles_.dec);
    recipe.name_column = found_.name.empty() ? "name" : found_.name;
    recipe.observation_column = found_.observation;
    recipe.ra_column = found_.ra;
    recipe.dec_column = found_.dec;
    finish_columns();
    for (const recipe::ProposedFeature& one : recipe::choose_features(others_, roles_).features)
      recipe.features.push_back(feature_of(others_[one.place]));
  }

  /// Positions need both columns; what the table lacks is nothing that the recipe asks for.
  void finish_columns() {
    Recipe& recipe = found_.recipe;
    if (found_.ra.empty() || found_.dec.empty())
      found_.ra = found_.dec = recipe.ra_column = recipe.dec_column = "";
    if (found_.observation.empty()) recipe.observation_column.clear();
  }

  static recipe::Feature feature_of(const ColumnProfile& column) {
    recipe::Feature feature;
    feature.name = feature.kind = column.field().name;
    feature.unit = column.field().unit;
    feature.ucd = column.field().ucd;
    feature.description = column.field().description;
    feature.missing = column.marks();
    feature.transform = column.is_ratio()         ? method::Transform::identity
                        : !column.spans_decades() ? method::Transform::standard
                        : column.least() > 0      ? method::Transform::log10
                        : column.least() == 0     ? method::Transform::log_minmax
                                                  : method::Transform::asinh;
    // Planes are drawn of two features of a kind: of the ratios, and of the others.
    feature.kind = column.is_ratio() ? "ratio" : "number";
    return feature;
  }

  /// A label beside the class: what another catalog says of the source.
  void name_label() {
    for (const char* name : {"label", "true_class"})
      if (const Column* column = table_.find(name);
          column && column->field.name != found_.classes.assigned && found_.label.empty())
        found_.label = column->field.name;
  }

  void carry_others() {
    Recipe& recipe = found_.recipe;
    const auto features = recipe.feature_names();
    auto& carried = recipe.mission.carried;
    for (const ColumnProfile& profile : others_) {
      const Field& field = profile.field();
      const std::string& name = field.name;
      const bool is_used =
          name == found_.name || name == found_.observation || name == found_.ra ||
          name == found_.dec || name == found_.label ||
          std::any_of(features.begin(), features.end(),
                      [&](const std::string& feature) { return same_but_case(feature, name); }) ||
          std::any_of(carried.begin(), carried.end(), [&](const recipe::CarriedColumn& one) {
            return same_but_case(one.name, name);
          });
      const bool is_one = field.is_scalar() || (field.type == Type::text && !field.is_text_array());
      if (!is_used && is_one && profile.present() > 0)
        carried.push_back({name, field.unit, field.ucd, field.description});
    }
  }

  const Table& table_;
  bool is_known_ = false;
  std::vector<std::string> class_columns_;  // with probabilities
  std::vector<ColumnProfile> profiles_, others_;
  recipe::ColumnRoles roles_;
  TableRecipe found_;
};

}  // namespace

TableRecipe recipe_of_table(const Table& table, const std::string& class_column,
                            const recipe::Recipe* wanted) {
  return TableDescriber(table, class_column, wanted).describe();
}

}  // namespace uhuru::tables
