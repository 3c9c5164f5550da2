#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/table/input_columns.hpp"
#include "uhuru/table/keys.hpp"

namespace uhuru::recipe {
namespace {

const Column& label_column(const Table& labels, const Recipe& recipe) {
  if (const Column* column = find_label_column(labels, recipe)) return *column;
  const auto names = labels.column_names();
  throw input_error(
      "no column of labels", "",
      join(recipe.labels.type_columns, " or ") + ", or the name of another one (--label-column)" +
          did_you_mean(recipe.labels.type_column, names),
      names.size() <= 12 ? join(names, ", ") : fmt::format("{} other columns", names.size()));
}

/// Chooses the label of each detection among those of its equally good counterparts.
class LabelChooser {
 public:
  LabelChooser(const Detections& detections, const Table& labels, const Recipe& recipe,
               LabelMatches& matches)
      : names_(detections.table.find(recipe.name_column)),
        types_(label_column(labels, recipe)),
        recipe_(recipe),
        matches_(matches) {}

  /// `rows`: of the labels, one or more.
  std::string choose(size_t detection, std::span<const size_t> rows) {
    ++matches_.matched;
    std::string first;
    std::set<std::string> informative;
    for (const size_t row : rows) {
      const std::string label = recipe_.label(std::string(trim(cell_text(types_, row))));
      if (label.empty()) continue;
      if (first.empty()) first = label;
      if (!recipe_.is_ambiguous(label)) informative.insert(label);
    }
    if (informative.empty()) return first;
    if (informative.size() == 1) return *informative.begin();
    if (matches_.contradictory++ == 0)
      example_ = fmt::format(
          "{}: {}", names_ ? cell_text(*names_, detection) : fmt::format("row {}", detection + 1),
          join(std::vector<std::string>(informative.begin(), informative.end()), ", "));
    return "";
  }

  void note() const {
    if (matches_.contradictory)
      matches_.notes.push_back(
          fmt::format("{} detections are used without label, because labels equally near or of the "
                      "same name contradict each other (first: {})",
                      with_commas(matches_.contradictory), example_));
  }

 private:
  const Column* names_;
  const Column& types_;
  const Recipe& recipe_;
  LabelMatches& matches_;
  std::string example_;
};

std::vector<std::string> labels_by_position(const Detections& detections, const Table& labels,
                                            double radius_arcsec, const Recipe& recipe,
                                            const Threads& threads, LabelMatches& matches) {
  LabelChooser chooser(detections, labels, recipe, matches);
  const auto ours = sky::positions(detections.table, {recipe.ra_column, recipe.dec_column});
  const auto theirs =
      sky::positions(labels, {recipe.labels.ra_column, recipe.labels.dec_column}, &matches.notes);
  std::vector<std::string> result(detections.table.rows());
  for (const sky::MatchedPair& pair :
       sky::crossmatch(ours, theirs, radius_arcsec, sky::MatchFind::best, threads)) {
    std::vector<size_t> nearest = {pair.right};
    if (pair.tied) {
      nearest.clear();
      for (const sky::MatchedPair& each :
           sky::crossmatch(std::span(ours).subspan(pair.left, 1), theirs, radius_arcsec,
                           sky::MatchFind::all, Threads(1)))
        if (each.separation_arcsec == pair.separation_arcsec) nearest.push_back(each.right);
    }
    result[pair.left] = chooser.choose(pair.left, nearest);
  }
  chooser.note();
  if (matches.matched == 0)
    matches.notes.push_back(
        fmt::format("no detection has a counterpart within {} arcsec", radius_arcsec));
  return result;
}

std::vector<std::string> labels_by_name(const Detections& detections, const Table& labels,
                                        double radius_arcsec, const Recipe& recipe,
                                        LabelMatches& matches) {
  LabelChooser chooser(detections, labels, recipe, matches);
  const KeyIndex index(detections.table.at(recipe.name_column),
                       input_column(labels, recipe.labels.name_column));
  const Column* separation = labels.find(recipe.labels.separation_column);
  std::vector<double> separations(labels.rows(), 0.0);
  if (separation) separations = numbers(*separation);
  std::vector<std::string> result(detections.table.rows());
  size_t named = 0;
  for (size_t row = 0; row < result.size(); ++row) {
    std::vector<size_t> nearest;
    const auto rows = index.rows(row);
    named += !rows.empty();
    for (const size_t other : rows) {
      if (!(separations[other] <= radius_arcsec)) continue;
      if (!nearest.empty() && separations[other] < separations[nearest[0]]) nearest.clear();
      if (nearest.empty() || separations[other] == separations[nearest[0]])
        nearest.push_back(other);
    }
    if (!nearest.empty()) result[row] = chooser.choose(row, nearest);
  }
  chooser.note();
  if (named == 0)
    matches.notes.push_back("no detection has the name of a counterpart: " + index.columns());
  else if (matches.matched == 0)
    matches.notes.push_back(
        fmt::format("no counterpart of a detection is within {} arcsec", radius_arcsec));
  return result;
}

}  // namespace

const Column* find_label_column(const Table& table, const Recipe& recipe) {
  for (const std::string& name : recipe.labels.type_columns)
    if (const Column* column = find_input_column(table, name)) return column;
  return nullptr;
}

std::vector<std::string> find_labels(const Detections& detections, const Table& labels,
                                     LabelJoin join, double radius_arcsec, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches) {
  LabelMatches unread;
  LabelMatches& found = matches ? *matches : unread;
  found.read = labels.rows();
  return join == LabelJoin::position
             ? labels_by_position(detections, labels, radius_arcsec, recipe, threads, found)
             : labels_by_name(detections, labels, radius_arcsec, recipe, found);
}

std::vector<std::string> find_labels(const Detections& detections, const io::Input& labels,
                                     const LabelledInput& input, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches) {
  const Table table = io::read_table(*labels.open(threads));
  if (matches) matches->notes = table.notes;
  Recipe chosen = recipe;
  if (!input.label_column.empty()) chosen.labels.type_columns = {input.label_column};
  try {
    label_column(table, chosen);
    if (input.join == LabelJoin::name) table.at(recipe.labels.name_column);
    if (input.join == LabelJoin::position)
      sky::PositionReader(table, {recipe.labels.ra_column, recipe.labels.dec_column});
  } catch (const Error& error) {
    throw error.within(labels.name());
  }
  return find_labels(detections, table, input.join, input.radius_arcsec, chosen, threads, matches);
}

void require_labelled(const std::vector<std::string>& labels, const LabelledClasses& classes,
                      const LabelMatches& matches, const std::string& table, const Recipe& recipe) {
  std::set<method::ClassId> learned;
  size_t labelled = 0;
  std::map<std::string, size_t> counts;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (!labels[row].empty()) ++counts[labels[row]];
    if (!classes.known[row]) continue;
    ++labelled;
    learned.insert(*classes.known[row]);
  }
  if (labelled >= 2 && learned.size() >= 2) return;
  std::vector<std::pair<size_t, std::string>> most;
  for (const auto& [label, count] : counts) most.emplace_back(count, label);
  std::sort(most.begin(), most.end(), std::greater<>());
  if (most.size() > 8) most.resize(8);
  std::string found = fmt::format("{} rows read, {} detections matched", with_commas(matches.read),
                                  with_commas(matches.matched));
  for (const auto& [count, label] : most)
    found += fmt::format(", {} {}", shown(label, 40), with_commas(count));
  for (const std::string& note : matches.notes) found += "; " + note;
  const std::string enough =
      recipe.method == method::Method::bayes
          ? "labels of at least two detections"
          : fmt::format("labels of at least {} detections in one cluster", recipe.min_members);
  throw input_error(labelled == 0   ? "no class can be learned"
                    : labelled == 1 ? "no class can be learned from a single labelled detection"
                                    : "only one class can be learned",
                    table, enough + ", and of two of the classes " + join(recipe.classes, ", "),
                    found);
}

std::vector<std::string> own_labels(const Table& detections, const Recipe& recipe) {
  std::vector<std::string> result(detections.rows());
  if (const Column* type = find_label_column(detections, recipe))
    for (size_t row = 0; row < result.size(); ++row)
      result[row] = recipe.label(std::string(trim(cell_text(*type, row))));
  return result;
}

std::string contradictory_sources(const Table& detections,
                                  std::span<const method::SourceId> sources,
                                  std::span<const std::optional<method::ClassId>> classes,
                                  const Recipe& recipe) {
  std::map<method::SourceId, method::ClassId> first;
  std::map<method::SourceId, std::set<method::ClassId>> several;
  for (size_t row = 0; row < classes.size(); ++row) {
    if (!classes[row]) continue;
    const auto [entry, fresh] = first.try_emplace(sources[row], *classes[row]);
    if (!fresh && entry->second != *classes[row])
      several[sources[row]].insert({entry->second, *classes[row]});
  }
  if (several.empty()) return {};
  const auto& [source, found] = *several.begin();
  const auto row =
      static_cast<size_t>(std::find(sources.begin(), sources.end(), source) - sources.begin());
  std::vector<std::string> names;
  for (const method::ClassId id : found) names.push_back(recipe.class_name(id));
  return fmt::format("{} {} detections labelled with different classes (first: {}: {})",
                     with_commas(several.size()),
                     several.size() == 1 ? "source has" : "sources have",
                     cell_text(detections.at(recipe.name_column), row), join(names, ", "));
}

LabelledClasses label_classes(const std::vector<std::string>& labels, const Recipe& recipe) {
  LabelledClasses result;
  LabelCounts& counts = result.counts;
  for (const std::string& label : labels) {
    const auto known = recipe.find_class(label);
    const bool ambiguous = recipe.is_ambiguous(label);
    if (known)
      ++counts.with_class;
    else if (label.empty())
      ++counts.without_label;
    else
      ++(ambiguous ? counts.ambiguous : counts.other_label);
    result.known.push_back(known);
    result.to_classify.push_back(!known && (label.empty() || ambiguous));
  }
  return result;
}

}  // namespace uhuru::recipe
