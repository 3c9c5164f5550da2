#include "uhuru/catalog/run_data.hpp"

#include <algorithm>
#include <numeric>

#include "uhuru/classify/vote.hpp"

namespace uhuru {

RunData::RunData(const CatalogContent& all)
    : content(all),
      name(all.detections.at(all.recipe.name_column)),
      observation(all.detections.at(all.recipe.observation_column)),
      label(all.detections.at(all.recipe.labels.type_column)),
      cluster(all.detections.at("cluster")),
      log_density(all.detections.find("log_density")),
      percentile(all.detections.find("density_percentile")),
      tail(all.detections.find("tail_probability")),
      voted_class(all.sources.at("class")),
      voted_group(all.sources.at("group")),
      voted_hard(all.sources.at("hard_class")),
      voted_probability(all.sources.at("probability")),
      voted_log_density(all.sources.find("log_density")),
      voted_percentile(all.sources.find("density_percentile")),
      voted_tail(all.sources.find("tail_probability")),
      ra_(all.detections.find(all.recipe.ra_column)),
      dec_(all.detections.find(all.recipe.dec_column)),
      assigned_(all.classified.at("main_type")),
      classified_(all.detections.rows(), no_row),
      rows_(rows_by_name(all.detections, all.recipe)) {
  for (const Feature& feature : all.recipe.features)
    features.push_back(&all.detections.at(feature.name));
  for (const std::string& c : all.recipe.classes) {
    probabilities_.push_back(&all.classified.at(c));
    voted_probabilities.push_back(&all.sources.at(c));
  }
  for (size_t i = 0; i < all.classified_rows.size(); ++i) classified_[all.classified_rows[i]] = i;
  group_by_source();
}

void RunData::group_by_source() {
  const Column& voted_name = content.sources.at(content.recipe.name_column);
  std::vector<size_t> voted(content.sources.rows());
  std::iota(voted.begin(), voted.end(), size_t{0});
  std::sort(voted.begin(), voted.end(), [&](size_t a, size_t b) {
    return voted_name.text(a) < voted_name.text(b);
  });
  auto next = voted.begin();
  for (size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    const auto of_source = name.text(rows_[begin]);
    for (end = begin + 1; end < rows_.size() && name.text(rows_[end]) == of_source;) ++end;
    if (of_source.empty()) continue;
    SourceDetections source{std::span<const size_t>(rows_).subspan(begin, end - begin)};
    if (next != voted.end() && voted_name.text(*next) == of_source) source.voted = *next++;
    sources_.push_back(source);
  }
}

Standing RunData::standing(size_t row) const {
  if (content.label_classes[row] >= 0) return Standing::learned;
  if (content.label_classes[row] < -1) return Standing::other_label;
  return votes(row) ? Standing::classified : Standing::without_class;
}

int RunData::class_index(size_t row) const {
  if (content.label_classes[row] >= 0) return content.label_classes[row];
  return votes(row) ? content.recipe.class_index(assigned_.text(classified_[row])) : -1;
}

double RunData::probability(size_t c, size_t row) const {
  return votes(row) ? probabilities_[c]->number(classified_[row])
                    : std::numeric_limits<double>::quiet_NaN();
}

SkyPosition RunData::position(size_t row) const {
  const SkyPosition found{number_at(ra_, row), number_at(dec_, row)};
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  return is_valid(found) ? found : SkyPosition{missing, missing};
}

Standing RunData::standing(const SourceDetections& source) const {
  if (source.voted != no_row) return Standing::classified;
  for (const Standing wanted : {Standing::learned, Standing::other_label})
    for (const size_t row : source.rows)
      if (standing(row) == wanted) return wanted;
  return Standing::without_class;
}

size_t RunData::first(const SourceDetections& source) const {
  for (const size_t row : source.rows)
    if (votes(row)) return row;
  return source.rows.front();
}

size_t RunData::most_unusual(const SourceDetections& source) const {
  size_t most = source.rows.front();
  for (const size_t row : source.rows)
    if (number_at(tail, row) < number_at(tail, most)) most = row;
  return most;
}

}  // namespace uhuru
