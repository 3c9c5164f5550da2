#include "uhuru/study/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/table/keys.hpp"
#include "uhuru/tables/result_fields.hpp"

namespace uhuru::study {
namespace {

constexpr size_t no_row = Column::no_row;

std::string trimmed_text(const Column& column, size_t row) {
  return std::string(trim(cell_text(column, row)));
}

/// Does something with a table; errors say which of the two it is, and where in its file.
template <class Work>
decltype(auto) within(const char* which, const Table& table, const Work& work) {
  try {
    return in_table(table, work);
  } catch (const Error& error) {
    throw error.within(which);
  }
}

/// Our column with the recipe's name, otherwise with the name used in tables of sources.
const Column& our_column(const Table& ours, const std::string& name, const char* otherwise) {
  const Column* column = name.empty() ? nullptr : ours.find(name);
  return column ? *column : ours.at(otherwise);
}

const Column& find_class_column(const Table& ours, const std::string& given) {
  if (!given.empty()) return ours.at(given);
  for (const char* name :
       {recipe::class_column, "class", "master_class", "soft_master_class", "main_type"})
    if (const Column* column = ours.find(name)) return *column;
  throw input_error("no class column", "",
                    "class_name, class, master_class, soft_master_class or main_type, or a named "
                    "column",
                    join(ours.column_names(), ", "));
}

/// For each of our rows the row of its counterpart, or no_row.
struct Counterparts {
  std::vector<size_t> rows;
  std::vector<std::string> notes;
};

Counterparts find_by_name(const Column& ours, const Column& theirs, const Column& their_class) {
  const KeyIndex index(ours, theirs);
  Counterparts result{std::vector<size_t>(ours.size(), no_row), {}};
  size_t matched = 0, several = 0, first_several = 0;
  for (size_t row = 0; row < ours.size(); ++row) {
    const auto found = index.rows(row);
    if (found.empty()) continue;
    ++matched;
    result.rows[row] = found[0];
    const bool differ = std::any_of(found.begin(), found.end(), [&](size_t other) {
      return trimmed_text(their_class, other) != trimmed_text(their_class, found[0]);
    });
    if (differ && several++ == 0) first_several = row;
  }
  if (several)
    result.notes.push_back(
        fmt::format("{} of our rows have a name that stands with different classes in their table; "
                    "the first is used (first: {})",
                    with_commas(several), shown(trimmed_text(ours, first_several), 60)));
  if (matched == 0) result.notes.push_back("no names are equal: " + index.columns());
  return result;
}

Counterparts find_by_position(const std::vector<sky::SkyPosition>& ours,
                              const std::vector<sky::SkyPosition>& theirs, double radius_arcsec,
                              const Threads& threads) {
  Counterparts result{std::vector<size_t>(ours.size(), no_row), {}};
  size_t tied = 0;
  for (const sky::MatchedPair& pair :
       sky::crossmatch(ours, theirs, radius_arcsec, sky::MatchFind::best, threads)) {
    result.rows[pair.left] = pair.right;
    tied += pair.tied;
  }
  if (tied)
    result.notes.push_back(fmt::format(
        "{} of our rows have several counterparts at the same distance; the first is used",
        with_commas(tied)));
  return result;
}

Counterparts find_counterparts(const Table& ours, const Table& theirs, const ClassMap& map,
                               const recipe::Recipe& recipe, const CompareOptions& options,
                               const Threads& threads) {
  const bool by_name = options.join == recipe::LabelJoin::name;
  if (by_name ? map.name_column.empty() : map.ra_column.empty() || map.dec_column.empty())
    throw input_error(
        fmt::format("the map {} does not support a join by {}", map.name,
                    by_name ? "name" : "position"),
        "", by_name ? "columns.name in the map" : "columns.ra and columns.dec in the map");
  if (by_name)
    return find_by_name(
        within(
            "our table",
            ours, [&]() -> auto& { return our_column(ours, recipe.name_column, "name"); }),
        within(
            "their table", theirs, [&]() -> auto& { return theirs.at(map.name_column); }),
        theirs.at(map.class_column));
  std::vector<std::string> notes;
  const auto our_positions = within("our table", ours, [&] {
    return sky::positions(ours,
                          {our_column(ours, recipe.ra_column, "ra").field.name,
                           our_column(ours, recipe.dec_column, "dec").field.name},
                          &notes);
  });
  const auto their_positions = within("their table", theirs, [&] {
    return sky::positions(theirs, {map.ra_column, map.dec_column}, &notes);
  });
  Counterparts result =
      find_by_position(our_positions, their_positions, options.radius_arcsec, threads);
  result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
  return result;
}

/// The class of one of our rows, if it has one.
std::optional<method::ClassId> class_of_row(const Column& column, size_t row,
                                            const recipe::Recipe& recipe) {
  if (column.missing(row)) return std::nullopt;
  const std::string text = trimmed_text(column, row);
  const auto id = recipe.find_class(recipe.label(text));
  if (!id)
    throw input_error("unknown class", fmt::format("row {}, column {}", row + 1, column.field.name),
                      "one of " + join(recipe.classes, ", ") + did_you_mean(text, recipe.classes),
                      in_quotes(text));
  return id;
}

/// A row with a class in both catalogs.
struct Pair {
  std::string name, theirs;
  method::ClassId ours;
  std::string mapped;  // "" if their class is not in the map
};

Table joined_table(const std::vector<Pair>& pairs, const recipe::Recipe& recipe) {
  Table table = comparison_table();
  for (const Pair& pair : pairs) {
    table.columns[0].append_text(pair.name);
    table.columns[1].append_text(recipe.class_name(pair.ours));
    table.columns[2].append_text(pair.theirs);
    table.columns[3].append_text(pair.mapped);
  }
  return table;
}

std::vector<Evaluation> evaluate_pairs(const std::vector<Pair>& pairs, const ClassMap& map,
                                       const recipe::Recipe& recipe, const Threads& threads) {
  Predictions predictions;
  predictions.labels = recipe.classes;
  std::vector<int> place(recipe.classes.size());  // index of each class among the labels
  for (size_t c = 0; c < place.size(); ++c) place[c] = static_cast<int>(c);
  if (map.level == MapLevel::groups) {
    predictions.labels.clear();
    for (size_t c = 0; c < place.size(); ++c) {
      auto& labels = predictions.labels;
      const auto found = std::find(labels.begin(), labels.end(), map.groups[c]);
      place[c] = static_cast<int>(found - labels.begin());
      if (found == labels.end()) labels.push_back(map.groups[c]);
    }
  }
  std::unordered_map<std::string, size_t> sources;
  EvaluateOptions options;
  options.level = "sources";
  for (const Pair& pair : pairs) {
    if (pair.mapped.empty()) continue;
    const auto& labels = predictions.labels;
    predictions.truth.push_back(
        static_cast<int>(std::find(labels.begin(), labels.end(), pair.mapped) - labels.begin()));
    predictions.predicted.push_back(place[number_of(pair.ours)]);
    // A row without a name is a separate source; no name contains a NUL.
    const std::string key =
        pair.name.empty() ? fmt::format("{}{}", '\0', sources.size()) : pair.name;
    const auto [entry, fresh] = sources.try_emplace(key, sources.size());
    predictions.sources.push_back(entry->second);
    if (!fresh) options.level = "detections";
  }
  std::vector<Evaluation> result;
  if (map.level == MapLevel::classes) {
    result.push_back(evaluate({predictions}, options, threads));
    predictions = grouped(predictions, map.groups);
  }
  options.of = "groups";
  result.push_back(evaluate({predictions}, options, threads));
  return result;
}

}  // namespace

Table comparison_table() {
  Table table;
  table.name = "comparison";
  table.add(make_field("name", Type::text, "Name of the source", "meta.id;meta.main"));
  table.add(make_field("ours", Type::text, "Class in our table", "src.class;meta.main"));
  table.add(make_field("theirs", Type::text, "Class in the other catalog", "src.class"));
  table.add(make_field("mapped", Type::text, "Our equivalent of that class; missing: not compared",
                       "src.class"));
  return table;
}

Comparison compare(const Table& ours, const Table& theirs, const ClassMap& map,
                   const recipe::Recipe& recipe, const CompareOptions& options,
                   const Threads& threads) {
  Comparison result;
  const Column& our_class = within(
      "our table", ours, [&]() -> auto& { return find_class_column(ours, options.class_column); });
  const Column& their_class = within(
      "their table", theirs, [&]() -> auto& { return theirs.at(map.class_column); });
  const Column* name = ours.find(recipe.name_column);
  if (!name) name = ours.find("name");
  const auto counterparts = find_counterparts(ours, theirs, map, recipe, options, threads);
  result.class_column = our_class.field.name;
  CompareCounts& counts = result.counts;
  counts.ours = ours.rows();
  counts.theirs = theirs.rows();
  std::vector<Pair> pairs;
  for (size_t row = 0; row < ours.rows(); ++row) {
    const auto id = within("our table", ours, [&] { return class_of_row(our_class, row, recipe); });
    const size_t counterpart = counterparts.rows[row];
    if (!id) {
      ++counts.without_class;
    } else if (counterpart == no_row) {
      ++counts.unmatched;
    } else if (their_class.missing(counterpart)) {
      ++counts.theirs_without_class;
    } else {
      Pair pair{name ? trimmed_text(*name, row) : "", trimmed_text(their_class, counterpart), *id,
                ""};
      const auto mapped = map.labels.find(pair.theirs);
      if (mapped != map.labels.end()) pair.mapped = mapped->second;
      ++(pair.mapped.empty() ? counts.excluded[pair.theirs] : counts.compared);
      auto& cross = result.cross[pair.theirs];
      cross.resize(recipe.classes.size());
      ++cross[number_of(*id)];
      pairs.push_back(std::move(pair));
    }
  }
  result.notes = counterparts.notes;
  if (auto note = tables::note_of_old_names(ours, recipe); !note.empty())
    result.notes.push_back("our table: " + note);
  const auto& rows = counterparts.rows;
  if (counts.compared == 0)
    throw input_error(
        "no row can be compared", join(result.notes, "; "),
        options.join == recipe::LabelJoin::name
            ? "names in both tables, with classes of the map"
            : "positions in both tables, with classes of the map",
        fmt::format("{} rows of ours and {} of theirs, {} with a counterpart", counts.ours,
                    counts.theirs, counts.ours - std::count(rows.begin(), rows.end(), no_row)));
  result.evaluations = evaluate_pairs(pairs, map, recipe, threads);
  result.joined = joined_table(pairs, recipe);
  return result;
}

nlohmann::ordered_json comparison_json(const Comparison& comparison, const recipe::Recipe& recipe) {
  using Json = nlohmann::ordered_json;
  const CompareCounts& counts = comparison.counts;
  Json result;
  result["class_column"] = comparison.class_column;
  result["counts"] = {{"ours", counts.ours},
                      {"theirs", counts.theirs},
                      {"without_class", counts.without_class},
                      {"unmatched", counts.unmatched},
                      {"theirs_without_class", counts.theirs_without_class},
                      {"excluded", counts.excluded},
                      {"compared", counts.compared}};
  result["notes"] = comparison.notes;
  Json their_classes = Json::array();
  Json cross = Json::array();
  for (const auto& [their_class, row] : comparison.cross) {
    their_classes.push_back(their_class);
    cross.push_back(row);
  }
  result["cross"] = {
      {"theirs", std::move(their_classes)}, {"ours", recipe.classes}, {"counts", std::move(cross)}};
  Json evaluations = Json::array();
  for (const Evaluation& evaluation : comparison.evaluations)
    evaluations.push_back(evaluation_json(evaluation));
  result["evaluations"] = std::move(evaluations);
  return result;
}

}  // namespace uhuru::study
