#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/table/keys.hpp"

namespace uhuru::recipe {
namespace {

/// Throws if there are none.
std::vector<const Column*> label_columns(const Table& labels, const Recipe& recipe) {
  if (auto columns = find_label_columns(labels, recipe); !columns.empty()) return columns;
  const auto names = labels.column_names();
  throw input_error(
      "no column of labels", "",
      join(recipe.labels.type_columns, " or ") + ", or the name of another one (--label-column)" +
          did_you_mean(recipe.labels.type_column, names),
      names.size() <= 12 ? join(names, ", ") : fmt::format("{} other columns", names.size()));
}

/// The names of the columns that a join needs, in the recipe.
void require_join(LabelJoin join, const Recipe& recipe) {
  const auto require = [&](bool is_there, const char* how, const char* keys) {
    if (!is_there)
      throw input_error(fmt::format("the recipe does not say how to join labels by {}", how),
                        "recipe " + recipe.name, keys);
  };
  const LabelSettings& labels = recipe.labels;
  if (join == LabelJoin::name) require(!labels.name_column.empty(), "name", "labels.name");
  if (join == LabelJoin::position)
    require(!labels.ra_column.empty() && recipe.has_positions(), "position",
            "columns.ra, columns.dec, labels.ra and labels.dec; or --join name");
}

/// Throws an error about labels that contradict each other.
[[noreturn]] void refuse_contradiction(const std::string& what, const std::string& found) {
  throw input_error(what, "",
                    "one label, or a rule in the recipe: labels.several = \"none\", "
                    "\"most\" or \"detection\"",
                    found);
}

/// The most frequent label; "" if several are.
std::string most_frequent(const std::map<std::string, size_t>& counts) {
  std::string most;
  size_t count = 0;
  for (const auto& [label, number] : counts) {
    if (number > count)
      most = label;
    else if (number == count)
      most.clear();
    count = std::max(count, number);
  }
  return most;
}

/// Chooses the label of each detection among those of its equally good counterparts.
class LabelChooser {
 public:
  LabelChooser(const Detections& detections, const Table& labels, const Recipe& recipe,
               LabelMatches& matches)
      : names_(detections.table.find(recipe.name_column)),
        types_(label_columns(labels, recipe)),
        recipe_(recipe),
        matches_(matches) {}

  /// `rows`: of the labels, one or more.
  std::string choose(size_t detection, std::span<const size_t> rows) {
    ++matches_.matched;
    std::string first;
    std::map<std::string, size_t> informative;
    for (const size_t row : rows) {
      const std::string label = recipe_.label(label_text(types_, row));
      if (label.empty()) continue;
      if (first.empty()) first = label;
      if (!recipe_.is_ambiguous(label)) ++informative[label];
    }
    if (informative.empty()) return first;
    if (informative.size() == 1) return informative.begin()->first;
    std::vector<std::string> labels;
    labels.reserve(informative.size());
    for (const auto& [label, count] : informative) labels.push_back(label);
    const std::string example = fmt::format(
        "{}: {}", names_ ? cell_text(*names_, detection) : fmt::format("row {}", detection + 1),
        join(labels, ", "));
    const auto classes = std::count_if(labels.begin(), labels.end(), [&](const std::string& label) {
      return recipe_.find_class(label).has_value();
    });
    if (recipe_.labels.several == SeveralLabels::refuse && classes > 1)
      refuse_contradiction("labels equally near or of the same name contradict each other",
                           example);
    if (recipe_.labels.several == SeveralLabels::most)
      if (std::string label = most_frequent(informative); !label.empty()) return label;
    if (matches_.contradictory++ == 0) example_ = example;
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
  std::vector<const Column*> types_;
  const Recipe& recipe_;
  LabelMatches& matches_;
  std::string example_;
};

sky::PositionColumns label_positions(const Table& labels, const Recipe& recipe) {
  Recipe theirs = recipe;
  theirs.ra_column = recipe.labels.ra_column;
  theirs.dec_column = recipe.labels.dec_column;
  return position_columns(labels, theirs);
}

/// For each detection whose nearest counterparts are equally near, all of these, in order.
std::map<size_t, std::vector<size_t>> tied_counterparts(const std::vector<sky::SkyPosition>& ours,
                                                        const std::vector<sky::SkyPosition>& theirs,
                                                        const std::vector<sky::MatchedPair>& best,
                                                        double radius_arcsec,
                                                        const Threads& threads) {
  std::vector<const sky::MatchedPair*> tied;
  std::vector<sky::SkyPosition> positions;
  for (const sky::MatchedPair& pair : best) {
    if (!pair.tied) continue;
    tied.push_back(&pair);
    positions.push_back(ours[pair.left]);
  }
  std::map<size_t, std::vector<size_t>> result;
  if (tied.empty()) return result;
  for (const sky::MatchedPair& pair :
       sky::crossmatch(positions, theirs, radius_arcsec, sky::MatchFind::all, threads))
    if (pair.separation_arcsec == tied[pair.left]->separation_arcsec)
      result[tied[pair.left]->left].push_back(pair.right);
  return result;
}

std::vector<std::string> labels_by_position(const Detections& detections, const Table& labels,
                                            double radius_arcsec, const Recipe& recipe,
                                            const Threads& threads, LabelMatches& matches) {
  LabelChooser chooser(detections, labels, recipe, matches);
  const auto ours = sky::positions(detections.table, {recipe.ra_column, recipe.dec_column});
  const auto theirs = sky::positions(labels, label_positions(labels, recipe), &matches.notes);
  const auto best = sky::crossmatch(ours, theirs, radius_arcsec, sky::MatchFind::best, threads);
  const auto tied = tied_counterparts(ours, theirs, best, radius_arcsec, threads);
  std::vector<std::string> result(detections.table.rows());
  for (const sky::MatchedPair& pair : best) {
    const auto several = tied.find(pair.left);
    result[pair.left] = several == tied.end() ? chooser.choose(pair.left, {&pair.right, 1})
                                              : chooser.choose(pair.left, several->second);
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
                       required_column(labels, recipe, recipe.labels.name_column));
  const Column* separation = find_column(labels, recipe, recipe.labels.separation_column);
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

std::string_view join_name(LabelJoin join) {
  return join == LabelJoin::name ? "name" : join == LabelJoin::own ? "own" : "position";
}

LabelJoin join_from_text(const std::string& text, const Recipe& recipe) {
  if (!text.empty() && text != "name" && text != "position")
    throw Error(ErrorKind::usage, "unknown join", "", "name or position", text);
  const bool by_name =
      text.empty() ? !recipe.has_positions() || recipe.labels.ra_column.empty() : text == "name";
  return by_name ? LabelJoin::name : LabelJoin::position;
}

std::vector<const Column*> find_label_columns(const Table& table, const Recipe& recipe) {
  std::vector<const Column*> columns;
  for (const std::string& name : recipe.labels.type_columns)
    if (const Column* column = find_column(table, recipe, name)) columns.push_back(column);
  return columns;
}

std::string label_text(std::span<const Column* const> columns, size_t row) {
  for (const Column* column : columns)
    if (std::string text(trim(cell_text(*column, row))); !is_missing_word(text)) return text;
  return {};
}

std::vector<std::string> find_labels(const Detections& detections, const Table& labels,
                                     LabelJoin join, double radius_arcsec, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches) {
  LabelMatches unread;
  LabelMatches& found = matches ? *matches : unread;
  found.read = labels.rows();
  require_join(join, recipe);
  return join == LabelJoin::position
             ? labels_by_position(detections, labels, radius_arcsec, recipe, threads, found)
             : labels_by_name(detections, labels, radius_arcsec, recipe, found);
}

std::vector<std::string> find_labels(const Detections& detections, const io::Input& labels,
                                     const LabelledInput& input, const Recipe& recipe,
                                     const Threads& threads, LabelMatches* matches) {
  Recipe chosen = recipe;
  if (!input.label_column.empty()) chosen.labels.type_columns = {input.label_column};
  require_join(input.join, recipe);
  const Table table = io::read_table(*labels.open(threads));
  if (matches) matches->notes = table.notes;
  try {
    return in_table(table, [&] {
      label_columns(table, chosen);
      if (input.join == LabelJoin::name) required_column(table, recipe, recipe.labels.name_column);
      if (input.join == LabelJoin::position)
        sky::PositionReader(table, label_positions(table, recipe));
      return find_labels(detections, table, input.join, input.radius_arcsec, chosen, threads,
                         matches);
    });
  } catch (const Error& error) {
    throw table.files.empty() ? error.within(labels.name()) : error;
  }
}

Recipe with_label_column(Recipe recipe, const LabelledInput& input) {
  if (input.join == LabelJoin::own && !input.label_column.empty())
    recipe.labels.type_columns = {input.label_column};
  return recipe;
}

LabelledDetections label_detections(const Detections& detections, const io::Input& labels,
                                    const LabelledInput& input, const Recipe& recipe,
                                    const Threads& threads) {
  LabelledDetections result;
  const Table& table = detections.table;
  if (input.join == LabelJoin::own) {
    if (!table.find(recipe.labels.type_column))
      throw input_error("the table has no labels", labels.name(),
                        "a column " + join(recipe.labels.type_columns, " or ") +
                            ", the name of another one (--label-column), or a table of labels "
                            "(--labels)",
                        "");
    result.labels = own_labels(table, recipe);
    result.matches.read = table.rows();
    for (const std::string& label : result.labels) result.matches.matched += !label.empty();
  } else {
    result.labels = find_labels(detections, labels, input, recipe, threads, &result.matches);
  }
  result.sources = source_numbers(table, recipe);
  if (auto note = settle_contradictions(table, result.sources, recipe, result.labels);
      !note.empty())
    result.matches.notes.push_back(std::move(note));
  result.classes = label_classes(result.labels, recipe);
  return result;
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
  const Column* column = detections.find(recipe.labels.type_column);
  for (size_t row = 0; row < result.size() && column; ++row)
    result[row] = recipe.label(label_text({&column, 1}, row));
  return result;
}

std::string settle_contradictions(const Table& detections,
                                  std::span<const method::SourceId> sources, const Recipe& recipe,
                                  std::vector<std::string>& labels) {
  std::map<method::SourceId, std::map<std::string, size_t>> given;
  for (size_t row = 0; row < labels.size(); ++row)
    if (recipe.find_class(labels[row])) ++given[sources[row]][labels[row]];
  std::erase_if(given, [](const auto& source) { return source.second.size() < 2; });
  if (given.empty()) return {};
  const auto& [first, found] = *given.begin();
  const auto row =
      static_cast<size_t>(std::find(sources.begin(), sources.end(), first) - sources.begin());
  std::vector<std::string> names;
  for (const std::string& name : recipe.classes)
    if (found.contains(name)) names.push_back(name);
  const std::string example =
      fmt::format("{}: {}", cell_text(detections.at(recipe.name_column), row), join(names, ", "));
  const std::string what =
      fmt::format("{} {} detections labelled with different classes", with_commas(given.size()),
                  given.size() == 1 ? "source has" : "sources have");
  const SeveralLabels rule = recipe.labels.several;
  if (rule == SeveralLabels::refuse) refuse_contradiction(what, example);
  size_t tied = 0;
  for (auto& [source, counts] : given) {
    const std::string settled = rule == SeveralLabels::most ? most_frequent(counts) : "";
    tied += settled.empty();
    counts = {{settled, 0}};
  }
  if (rule != SeveralLabels::detection)
    for (size_t i = 0; i < labels.size(); ++i)
      if (const auto source = given.find(sources[i]);
          source != given.end() && recipe.find_class(labels[i]))
        labels[i] = source->second.begin()->first;
  std::string then;
  if (rule == SeveralLabels::none)
    then = given.size() == 1 ? " and is used without label" : " and are used without label";
  if (rule == SeveralLabels::most && tied == given.size())
    then = ", equally often, and is used without label";
  else if (rule == SeveralLabels::most)
    then = ", of which the most frequent one counts" +
           (tied ? fmt::format(", in {} of them none", with_commas(tied)) : "");
  return fmt::format("{}{} (first: {})", what, then, example);
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
