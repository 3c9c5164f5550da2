#include "uhuru/report/report_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/position_columns.hpp"

namespace uhuru::report {
namespace {

using Json = ReportJson;

constexpr size_t latitude_bins = 20;
constexpr size_t histogram_bins = 40;
// Interquartile range of a normal distribution in standard deviations.
constexpr double normal_quartiles = 1.349;

/// Of sorted values, as numpy.quantile; NaN for none.
double quantile(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return missing_number;
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// The non-missing values of `rows`, sorted.
std::vector<double> sorted_values(const Matrix& matrix, size_t column,
                                  const std::vector<size_t>& rows) {
  std::vector<double> values;
  for (const size_t row : rows)
    if (const double value = matrix(row, column); std::isfinite(value)) values.push_back(value);
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<size_t> all_rows(const tables::RunFolder& run) {
  std::vector<size_t> rows(run.clusters.size());
  std::iota(rows.begin(), rows.end(), size_t{0});
  return rows;
}

/// For each class the index of its group in the recipe; without class the number of groups.
class GroupOf {
 public:
  explicit GroupOf(const recipe::Recipe& recipe)
      : groups_(recipe.group_places()), none_(recipe.group_names().size()) {}
  size_t operator()(std::optional<method::ClassId> id) const {
    return id ? groups_[number_of(*id)] : none_;
  }
  size_t none() const { return none_; }

 private:
  std::vector<size_t> groups_;
  size_t none_;
};

/// How the page says it: its number, or -1.
int class_json(std::optional<method::ClassId> id) { return id ? static_cast<int>(*id) : -1; }

int cluster_json(std::optional<method::ClusterId> id) { return id ? static_cast<int>(*id) : -1; }

/// Galactic positions of all detections, NaN if missing; empty without position columns.
std::vector<sky::GalacticPosition> galactic_positions(const tables::RunFolder& run) {
  const sky::PositionColumns columns{run.model.recipe.ra_column, run.model.recipe.dec_column};
  std::vector<sky::GalacticPosition> result;
  if (!run.detections.find(columns.ra) || !run.detections.find(columns.dec)) return result;
  for (const sky::SkyPosition& position : sky::positions(run.detections, columns))
    result.push_back(sky::is_valid(position)
                         ? sky::galactic(position)
                         : sky::GalacticPosition{missing_number, missing_number});
  return result;
}

Json latitude_counts(const std::vector<sky::GalacticPosition>& positions,
                     const std::vector<size_t>& rows) {
  if (positions.empty()) return nullptr;
  std::vector<uint64_t> counts(latitude_bins, 0);
  for (const size_t row : rows) {
    if (std::isnan(positions[row].b_deg)) continue;
    const double part = (std::sin(positions[row].b_deg * sky::radians_per_degree) + 1) / 2;
    ++counts[std::min(latitude_bins - 1, static_cast<size_t>(part * latitude_bins))];
  }
  return counts;
}

/// The composition of a set of rows.
Json composition(const tables::RunFolder& run, const std::vector<size_t>& rows) {
  std::array<uint64_t, 4> standings{};
  std::vector<uint64_t> classes(run.model.recipe.classes.size(), 0);
  for (const size_t row : rows) {
    ++standings[static_cast<size_t>(run.standings[row])];
    if (const auto id = run.classes[row]) ++classes[number_of(*id)];
  }
  return {{"size", rows.size()},         {"learned", standings[0]},
          {"classified", standings[1]},  {"without_class", standings[2]},
          {"other_label", standings[3]}, {"classes", classes}};
}

bool is_logarithmic(const recipe::Feature& feature) {
  return feature.transform == method::Transform::log_minmax ||
         feature.transform == method::Transform::log10;
}

/// The axis of a histogram, which may be logarithmic.
struct FeatureAxis {
  bool logarithmic = false;
  double low = 0, high = 1;

  double place(double value) const { return logarithmic ? std::log10(value) : value; }
};

FeatureAxis axis_of(const recipe::Feature& feature, std::vector<double> values) {
  FeatureAxis axis;
  axis.logarithmic = is_logarithmic(feature);
  if (axis.logarithmic) std::erase_if(values, [](double value) { return !(value > 0); });
  if (values.empty()) {
    axis.logarithmic = false;
    return axis;
  }
  axis.low = quantile(values, 0.005);
  axis.high = quantile(values, 0.995);
  if (feature.range) {  // its ends may be infinite
    if (std::isfinite(feature.range->first)) axis.low = feature.range->first;
    if (std::isfinite(feature.range->second)) axis.high = feature.range->second;
  }
  if (!(axis.low < axis.high)) {  // one value only
    const double margin = std::max(std::abs(axis.low) * 0.1, 1e-9);
    axis.low -= margin;
    axis.high += margin;
  }
  if (axis.logarithmic && !(axis.low > 0)) axis.low = values.front();
  return axis;
}

}  // namespace

Json recipe_figures(const recipe::Recipe& recipe) {
  Json features = Json::array();
  std::vector<std::pair<std::string, std::vector<size_t>>> kinds;
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    const recipe::Feature& feature = recipe.features[f];
    features.push_back({{"name", feature.name},
                        {"kind", feature.kind},
                        {"unit", feature.unit},
                        {"description", feature.description},
                        {"expression", feature.expression},
                        {"logarithmic", is_logarithmic(feature)}});
    auto kind = std::find_if(kinds.begin(), kinds.end(),
                             [&](const auto& entry) { return entry.first == feature.kind; });
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), {feature.kind, {}});
    kind->second.push_back(f);
  }
  // Three features of a kind give two planes; of more, the first two represent the kind.
  Json planes = Json::array();
  for (const auto& [kind, members] : kinds) {
    if (members.size() >= 2)
      planes.push_back({{"kind", kind}, {"x", members[0]}, {"y", members[1]}});
    if (members.size() == 3)
      planes.push_back({{"kind", kind}, {"x", members[2]}, {"y", members[1]}});
  }
  Json citations = Json::array();
  for (const recipe::Citation& citation : recipe.mission.citations)
    citations.push_back(
        {{"text", citation.text}, {"url", citation.url.empty() ? Json() : Json(citation.url)}});
  return {{"name", recipe.name},
          {"description", recipe.description},
          {"text", recipe.text},
          {"features", std::move(features)},
          {"planes", std::move(planes)},
          {"classes", recipe.classes},
          {"groups", recipe.group_names()},
          {"group_of_class", recipe.group_places()},
          {"min_members", recipe.min_members},
          {"has_positions", recipe.has_positions()},
          {"has_observations", !recipe.observation_column.empty()},
          {"citations", std::move(citations)}};
}

Json cluster_figures(const tables::RunFolder& run) {
  const recipe::Recipe& recipe = run.model.recipe;
  const auto positions = galactic_positions(run);
  const Matrix scaled = method::scaled(run.model.scaling, run.features);
  std::vector<std::vector<size_t>> members(run.cluster_count);
  for (size_t row = 0; row < run.clusters.size(); ++row)
    if (const auto cluster = run.clusters[row]) members[number_of(*cluster)].push_back(row);
  const auto everything = all_rows(run);

  std::vector<double> middles, spreads;
  Json whole = composition(run, everything);
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    const auto values = sorted_values(scaled, f, everything);
    middles.push_back(quantile(values, 0.5));
    spreads.push_back((quantile(values, 0.75) - quantile(values, 0.25)) / normal_quartiles);
    whole["medians"].push_back(rounded(quantile(sorted_values(run.features, f, everything), 0.5)));
  }
  whole["latitudes"] = latitude_counts(positions, everything);

  Json clusters = Json::array();
  for (const auto& rows : members) {
    Json cluster = composition(run, rows);
    for (size_t f = 0; f < recipe.features.size(); ++f) {
      const double middle = quantile(sorted_values(scaled, f, rows), 0.5);
      cluster["medians"].push_back(rounded(quantile(sorted_values(run.features, f, rows), 0.5)));
      cluster["offsets"].push_back(spreads[f] > 0 ? rounded((middle - middles[f]) / spreads[f], 3)
                                                  : Json(nullptr));
    }
    cluster["latitudes"] = latitude_counts(positions, rows);
    clusters.push_back(std::move(cluster));
  }
  return {{"whole", std::move(whole)}, {"each", std::move(clusters)}};
}

Json histogram_figures(const tables::RunFolder& run) {
  const recipe::Recipe& recipe = run.model.recipe;
  const GroupOf group_of(recipe);
  const auto everything = all_rows(run);
  Json histograms = Json::array();
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    const FeatureAxis axis =
        axis_of(recipe.features[f], sorted_values(run.features, f, everything));
    const double low = axis.place(axis.low);
    const double high = axis.place(axis.high);
    std::vector<std::vector<uint64_t>> counts(group_of.none() + 1,
                                              std::vector<uint64_t>(histogram_bins, 0));
    uint64_t outside = 0, lacking = 0;
    for (const size_t row : everything) {
      if (std::isnan(run.features(row, f))) {
        ++lacking;
        continue;
      }
      const double part = (axis.place(run.features(row, f)) - low) / (high - low);
      if (!(part >= 0 && part <= 1)) {
        ++outside;
        continue;
      }
      const auto bin = static_cast<size_t>(part * histogram_bins);
      ++counts[group_of(run.classes[row])][std::min(bin, histogram_bins - 1)];
    }
    histograms.push_back({{"logarithmic", axis.logarithmic},
                          {"low", rounded(axis.low)},
                          {"high", rounded(axis.high)},
                          {"outside", outside},
                          {"missing", lacking},
                          {"counts", counts}});
  }
  return histograms;
}

Json sample_figures(const tables::RunFolder& run, size_t most, uint32_t seed) {
  const recipe::Recipe& recipe = run.model.recipe;
  auto rows = all_rows(run);
  if (rows.size() > most) {
    RandomState random(seed);
    for (size_t i = 0; i < most; ++i) std::swap(rows[i], rows[i + random.integer(rows.size() - i)]);
    rows.resize(most);
    std::sort(rows.begin(), rows.end());
  }
  const auto positions = galactic_positions(run);
  const Column& name = run.detections.at(recipe.name_column);
  const Column* observation = run.detections.find(recipe.observation_column);
  Json sample = {{"of", run.clusters.size()}, {"seed", seed},
                 {"names", Json::array()},    {"observations", Json::array()},
                 {"l", Json::array()},        {"b", Json::array()},
                 {"clusters", Json::array()}, {"classes", Json::array()},
                 {"learned", Json::array()},  {"features", Json::array()}};
  for (const size_t row : rows) {
    sample["names"].push_back(cell_text(name, row));
    sample["observations"].push_back(observation ? cell_text(*observation, row) : "");
    sample["clusters"].push_back(cluster_json(run.clusters[row]));
    sample["classes"].push_back(class_json(run.classes[row]));
    sample["learned"].push_back(run.standings[row] == tables::Standing::learned ? 1 : 0);
    if (positions.empty()) continue;
    sample["l"].push_back(rounded(positions[row].l_deg, 6));
    sample["b"].push_back(rounded(positions[row].b_deg, 6));
  }
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    Json column = Json::array();
    for (const size_t row : rows) column.push_back(rounded(run.features(row, f)));
    sample["features"].push_back(std::move(column));
  }
  return sample;
}

Json anomaly_figures(const tables::RunFolder& run, size_t most) {
  if (run.tail_probability.empty()) return nullptr;
  const recipe::Recipe& recipe = run.model.recipe;
  auto rows = all_rows(run);
  std::erase_if(rows, [&](size_t row) { return std::isnan(run.tail_probability[row]); });
  // The density orders those whose tail probability is 0.
  std::stable_sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
    if (run.tail_probability[a] != run.tail_probability[b])
      return run.tail_probability[a] < run.tail_probability[b];
    return !run.log_density.empty() && run.log_density[a] < run.log_density[b];
  });
  rows.resize(std::min(rows.size(), most));
  const Column& name = run.detections.at(recipe.name_column);
  const Column* observation = run.detections.find(recipe.observation_column);
  Json result = Json::array();
  for (const size_t row : rows) {
    const int cluster = cluster_json(run.clusters[row]);
    const auto deviation = [&](size_t f) {
      if (cluster < 0 || cluster >= run.model.mixture.components()) return missing_number;
      const auto column = static_cast<Eigen::Index>(f);
      return (run.model.scaling[f].apply(run.features(row, f)) -
              run.model.mixture.means(cluster, column)) /
             std::sqrt(run.model.mixture.covariances[static_cast<size_t>(cluster)](column, column));
    };
    std::vector<std::pair<double, size_t>> deviations;
    for (size_t f = 0; f < recipe.features.size(); ++f)
      if (const double d = deviation(f); std::isfinite(d)) deviations.emplace_back(d, f);
    std::stable_sort(deviations.begin(), deviations.end(), [](const auto& a, const auto& b) {
      return std::abs(a.first) > std::abs(b.first);
    });
    Json unusual = Json::array();
    for (size_t i = 0; i < std::min<size_t>(3, deviations.size()); ++i) {
      const auto& [d, f] = deviations[i];
      unusual.push_back({{"feature", f},
                         {"value", rounded(run.features(row, f), 4)},
                         {"deviations", rounded(d, 3)}});
    }
    result.push_back({{"name", cell_text(name, row)},
                      {"observation", observation ? cell_text(*observation, row) : ""},
                      {"cluster", cluster},
                      {"class", class_json(run.classes[row])},
                      {"tail_probability", rounded(run.tail_probability[row], 3)},
                      {"unusual", std::move(unusual)}});
  }
  return result;
}

}  // namespace uhuru::report
