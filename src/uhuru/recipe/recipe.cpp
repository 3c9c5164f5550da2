#include "uhuru/recipe/recipe.hpp"

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"

namespace uhuru::recipe {
namespace {

constexpr std::pair<method::Transform, std::string_view> transforms[] = {
    {method::Transform::identity, "identity"},
    {method::Transform::minmax, "minmax"},
    {method::Transform::log_minmax, "log-minmax"},
    {method::Transform::standard, "standard"},
    {method::Transform::log10, "log10"},
    {method::Transform::asinh, "asinh"},
    {method::Transform::rank, "rank"}};

constexpr std::pair<method::Method, std::string_view> methods[] = {
    {method::Method::mahalanobis, "mahalanobis"}, {method::Method::bayes, "bayes"}};

}  // namespace

std::string_view transform_name(method::Transform transform) {
  for (const auto& [value, name] : transforms)
    if (value == transform) return name;
  return "";
}

method::Transform transform_from_name(std::string_view name) {
  for (const auto& [value, known] : transforms)
    if (known == name) return value;
  throw input_error("unknown transform", "",
                    "identity, minmax, log-minmax, standard, log10, asinh or rank",
                    in_quotes(name));
}

std::string_view method_name(method::Method method) {
  for (const auto& [value, name] : methods)
    if (value == method) return name;
  return "";
}

method::Method method_from_name(std::string_view name) {
  for (const auto& [value, known] : methods)
    if (known == name) return value;
  throw input_error("unknown method", "", "mahalanobis or bayes", in_quotes(name));
}

const std::string& Recipe::label(const std::string& given) const {
  const auto found = labels.aliases.find(given);
  return found == labels.aliases.end() ? given : found->second;
}

bool Recipe::is_ambiguous(const std::string& given) const {
  return std::find(labels.ambiguous.begin(), labels.ambiguous.end(), given) !=
         labels.ambiguous.end();
}

bool Recipe::is_optional(const std::string& condition) const {
  return std::find(optional_selection.begin(), optional_selection.end(), condition) !=
         optional_selection.end();
}

std::optional<method::ClassId> Recipe::find_class(std::string_view given) const {
  const auto found = std::find(classes.begin(), classes.end(), given);
  if (found == classes.end()) return std::nullopt;
  return method::ClassId(found - classes.begin());
}

std::vector<std::string> Recipe::feature_names() const {
  std::vector<std::string> names;
  for (const Feature& feature : features) names.push_back(feature.name);
  return names;
}

std::vector<std::string> Recipe::group_names() const {
  std::vector<std::string> names;
  for (const std::string& group : groups)
    if (std::find(names.begin(), names.end(), group) == names.end()) names.push_back(group);
  return names;
}

std::vector<size_t> Recipe::group_places() const {
  const auto names = group_names();
  std::vector<size_t> places;
  for (const std::string& group : groups)
    places.push_back(
        static_cast<size_t>(std::find(names.begin(), names.end(), group) - names.begin()));
  return places;
}

bool Recipe::integrates() const {
  return missing ? *missing == method::Missing::integrate : method == method::Method::bayes;
}

method::Settings Recipe::method_settings() const {
  method::Settings settings;
  for (const Feature& feature : features)
    settings.features.push_back({feature.name, feature.transform});
  settings.classes = classes;
  settings.groups = group_places();
  settings.method = method;
  settings.missing = integrates() ? method::Missing::integrate : method::Missing::drop;
  settings.missing_informs = missing_informs;
  settings.min_members = min_members;
  settings.mixture = mixture;
  settings.bayes = bayes;
  return settings;
}

Field Feature::field() const {
  std::string text = description.empty() ? "Feature" : description;
  if (!expression.empty()) text += ", " + expression;
  Field field = make_field(name, Type::float64, std::move(text));
  field.unit = unit;
  field.ucd = ucd;
  return field;
}

std::vector<std::string> built_in_recipes() { return io::built_in_texts("recipes"); }

Recipe load_recipe(const std::string& name_or_path) {
  return parse_recipe(io::load_named_text(name_or_path, "recipes", "recipe"), name_or_path);
}

}  // namespace uhuru::recipe
