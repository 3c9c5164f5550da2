// The most and the least certain sources of each group.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/report/report_figures.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/tables/tables.hpp"
#include "uhuru/vo/links.hpp"

namespace uhuru::report {
namespace {

using Sources = std::vector<const tables::ClassifiedSource*>;

double certainty_of(const tables::ClassifiedSource& source) {
  return source.probabilities[number_of(source.class_id)];
}

/// The sources of each group of the recipe, the most certain first; of equally certain ones, those
/// with most detections.
std::vector<Sources> sources_by_group(const tables::RunFolder& run) {
  const auto groups = run.model.recipe.group_places();
  std::vector<Sources> result(run.model.recipe.group_names().size());
  for (const tables::ClassifiedSource& source : run.sources)
    if (!std::isnan(certainty_of(source)))
      result[groups[number_of(source.class_id)]].push_back(&source);
  for (Sources& sources : result)
    std::stable_sort(sources.begin(), sources.end(), [](const auto* a, const auto* b) {
      if (certainty_of(*a) != certainty_of(*b)) return certainty_of(*a) > certainty_of(*b);
      return a->detections > b->detections;
    });
  return result;
}

/// The first link of each of these sources, from its first detection, as in the catalog.
class LinkOfSource {
 public:
  LinkOfSource(const tables::RunFolder& run, const Sources& sources)
      : recipe_(run.model.recipe), detections_(run.detections) {
    for (const auto* source : sources) firsts_[source->name];
    const Column& name = detections_.at(recipe_.name_column);
    const recipe::ObservationOrder is_before(detections_.find(recipe_.observation_column));
    for (size_t row = 0; row < name.size(); ++row) {
      const auto found = firsts_.find(cell_text(name, row));
      if (found == firsts_.end()) continue;
      std::optional<size_t>& first = found->second;
      if (!first || is_before(row, *first)) first = row;
    }
  }

  ReportJson operator()(const tables::ClassifiedSource& source) const {
    const std::optional<size_t> row = firsts_.at(source.name);
    std::optional<sky::SkyPosition> position;
    std::map<std::string, std::string> carried;
    if (row) {
      const Column* ra = detections_.find(recipe_.ra_column);
      const Column* dec = detections_.find(recipe_.dec_column);
      if (ra && dec) position = {ra->number(*row), dec->number(*row)};
      for (const Column* column : tables::carried_columns(detections_, recipe_))
        carried[column->field.name] = cell_text(*column, *row);
    }
    const auto links = vo::source_links(recipe_.mission.links, source.name, position, carried);
    if (links.empty()) return nullptr;
    return {{"title", links.front().title}, {"url", links.front().url}};
  }

 private:
  const recipe::Recipe& recipe_;
  const Table& detections_;
  std::unordered_map<std::string, std::optional<size_t>> firsts_;  // row of each source
};

}  // namespace

ReportJson source_figures(const tables::RunFolder& run, size_t most, size_t least) {
  const std::vector<Sources> groups = sources_by_group(run);
  const auto ends = [&](const Sources& sources) {
    const size_t certain = std::min(most, sources.size());
    return std::pair(certain, std::min(least, sources.size() - certain));
  };
  Sources shown;
  for (const Sources& sources : groups) {
    const auto [certain, uncertain] = ends(sources);
    shown.insert(shown.end(), sources.begin(), sources.begin() + static_cast<long>(certain));
    shown.insert(shown.end(), sources.end() - static_cast<long>(uncertain), sources.end());
  }
  const LinkOfSource link_of(run, shown);
  const auto list = [&](auto begin, size_t count) {
    ReportJson result = ReportJson::array();
    for (; count > 0; --count, ++begin) {
      const tables::ClassifiedSource& source = **begin;
      ReportJson probabilities = ReportJson::array();
      for (const double p : source.probabilities) probabilities.push_back(rounded(p));
      result.push_back(
          {{"name", source.name},
           {"detections", source.detections ? ReportJson(source.detections) : ReportJson()},
           {"class", number_of(source.class_id)},
           {"probabilities", std::move(probabilities)},
           {"link", link_of(source)}});
    }
    return result;
  };
  ReportJson of_groups = ReportJson::array();
  for (size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) continue;
    const auto [certain, uncertain] = ends(groups[g]);
    of_groups.push_back({{"group", g},
                         {"count", groups[g].size()},
                         {"most_certain", list(groups[g].begin(), certain)},
                         {"least_certain", list(groups[g].rbegin(), uncertain)}});
  }
  std::vector<uint64_t> classes(run.model.recipe.classes.size(), 0);
  for (const tables::ClassifiedSource& source : run.sources) ++classes[number_of(source.class_id)];
  return {{"count", run.sources.size()}, {"classes", classes}, {"groups", std::move(of_groups)}};
}

}  // namespace uhuru::report
