#include "uhuru/recipe/check_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/method/scaling.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/recipe/labels.hpp"

namespace uhuru::recipe {
namespace {

std::string sentence(const Error& error) {
  std::string text = error.message();
  if (!error.where().empty()) text += ": " + error.where();
  if (!error.expected().empty()) text += "; expected " + error.expected();
  if (!error.found().empty()) text += "; found " + error.found();
  return text;
}

class Checker {
 public:
  Checker(io::TableReader& reader, const Recipe& recipe) : reader_(reader), recipe_(recipe) {
    result_.features.resize(recipe.features.size());
    ranges_.resize(recipe.features.size());
    find_columns();
    attempt([&] { labels_ = find_label_columns(reader.header(), recipe); });
    broken_ = false;
    attempt([&] {
      const auto places = position_columns(reader.header(), recipe);
      if (recipe.has_positions() && reader.header().find(places.ra) &&
          reader.header().find(places.dec))
        positions_.emplace(reader.header(), places);
    });
    broken_ = false;
    for (const Column* column : labels_) result_.label_columns.push_back(column->field.name);
    start_extractor();
  }

  TableCheck read(const Progress& progress) {
    const Table& header = reader_.header();
    Table batch = header.empty_copy();
    while (reader_.read(batch)) {
      attempt([&] { reader_.in_place([&] { look(batch, reader_.rows_read() - batch.rows()); }); });
      if (progress) progress("read", static_cast<uint64_t>(1000 * reader_.fraction_read()), 1000);
    }
    result_.rows = reader_.rows_read();
    finish();
    return std::move(result_);
  }

 private:
  /// Notes what is wrong once: an error in one batch is that of all.
  template <class Work>
  void attempt(Work&& work) {
    if (broken_) return;
    try {
      work();
    } catch (const Error& error) {
      result_.problems.push_back(sentence(error));
      broken_ = true;
    }
  }

  void find_columns() {
    const auto find = [&](const std::string& name, bool required) {
      if (name.empty()) return;
      attempt([&] {
        const Column* column = find_column(reader_.header(), recipe_, name);
        result_.columns.emplace_back(name, column ? column->field.name : "");
        if (column && name == recipe_.name_column)
          name_ = static_cast<size_t>(column - reader_.header().columns.data());
        if (!column && required) required_column(reader_.header(), recipe_, name);
      });
      broken_ = false;
    };
    find(recipe_.name_column, true);
    find(recipe_.observation_column, true);
    find(recipe_.ra_column, false);
    find(recipe_.dec_column, false);
    for (const std::string& name :
         {recipe_.interval_column, recipe_.region_column, recipe_.match_column})
      find(name, false);
    for (const CarriedColumn& column : recipe_.mission.carried) find(column.name, false);
    const auto has = [&](const std::string& name) {
      const auto found = std::find_if(result_.columns.begin(), result_.columns.end(),
                                      [&](const auto& column) { return column.first == name; });
      return found != result_.columns.end() && !found->second.empty();
    };
    if (recipe_.has_positions() && (!has(recipe_.ra_column) || !has(recipe_.dec_column)))
      result_.notes.push_back("the table has no positions");
  }

  void start_extractor() {
    const Table& header = reader_.header();
    attempt([&] { extractor_.emplace(recipe_, header, AbsentColumns::missing_values); });
    for (size_t f = 0; f < result_.features.size(); ++f) {
      result_.features[f].name = recipe_.features[f].name;
      if (extractor_) result_.features[f].source = extractor_->source_of(f, header);
      if (extractor_) result_.features[f].has_errors = extractor_->has_errors(f);
    }
    if (!extractor_) return;
    if (!extractor_->absent().empty())
      result_.problems.push_back("the table lacks columns of these features: " +
                                 join(extractor_->absent(), ", "));
    for (const std::string& condition : extractor_->conditions())
      result_.conditions.emplace_back(condition, 0);
    for (const std::string& condition : extractor_->conditions_left_out())
      (recipe_.is_optional(condition) ? result_.notes : result_.problems)
          .push_back(fmt::format("the table lacks a column of the condition {}{}", condition,
                                 recipe_.is_optional(condition)
                                     ? ", which is optional and not applied"
                                     : advice_on_quotes(condition, header)));
  }

  void look(const Table& batch, uint64_t first_row) {
    if (!extractor_) return;
    const Matrix features = extractor_->features(batch, first_row);
    std::vector<bool> keep(batch.rows(), true);
    for (size_t c = 0; c < result_.conditions.size(); ++c) {
      const auto satisfied = extractor_->satisfied(c, batch, features, first_row);
      for (size_t row = 0; row < keep.size(); ++row) {
        result_.conditions[c].second += satisfied[row];
        keep[row] = keep[row] && satisfied[row];
      }
    }
    if (positions_) positions_->read(batch, first_row);
    for (size_t row = 0; row < keep.size(); ++row)
      if (keep[row]) count(batch, row, features.row(static_cast<Eigen::Index>(row)).data());
  }

  void count(const Table& batch, size_t row, const double* values) {
    ++result_.selected;
    size_t known = 0;
    for (size_t f = 0; f < result_.features.size(); ++f) {
      if (std::isnan(values[f])) continue;
      TableCheck::OfFeature& feature = result_.features[f];
      ++feature.rows;
      feature.least = std::fmin(feature.least, values[f]);
      feature.greatest = std::fmax(feature.greatest, values[f]);
      ++known;
    }
    result_.complete += known == result_.features.size();
    if (known == 0) return;
    // As learning does: only complete rows, or all.
    if (recipe_.integrates() || known == result_.features.size())
      for (size_t f = 0; f < ranges_.size(); ++f) ranges_[f].add(values[f]);
    ++result_.with_any_feature;
    std::vector<const Column*> columns;
    for (const Column* column : labels_)
      columns.push_back(
          &batch.columns[static_cast<size_t>(column - reader_.header().columns.data())]);
    const std::string label = recipe_.label(label_text(columns, row));
    ++counts_[label];
    if (name_ && recipe_.find_class(label))
      note_label(cell_text(batch.columns[*name_], row), label);
  }

  /// Finds sources whose rows have labels of different classes.
  void note_label(const std::string& source, const std::string& label) {
    const auto [entry, fresh] = label_of_.try_emplace(source, label);
    if (!fresh && entry->second != label && contradiction_.empty())
      contradiction_ = fmt::format("{}: {}, {}", source, entry->second, label);
  }

  /// What a run would refuse.
  void find_obstacles() {
    auto& problems = result_.problems;
    if (result_.rows == 0) problems.push_back("the table has no rows");
    if (broken_ || result_.rows == 0) return;
    if (result_.selected == 0) {
      problems.push_back("no row satisfies the selection");
      return;
    }
    bool all_there = extractor_.has_value();
    for (const auto& feature : result_.features) {
      all_there = all_there && feature.rows > 0;
      if (!feature.source.empty() && feature.rows == 0)
        problems.push_back("no selected row has a value of " + feature.name);
    }
    if (!recipe_.integrates() && result_.complete == 0)
      problems.push_back(
          "no selected row has every feature; missing = \"integrate\" in the recipe uses "
          "incomplete "
          "ones");
    else if (all_there)
      attempt([&] { method::fit_scaling(ranges_, recipe_.method_settings().features); });
    if (labels_.empty()) return;
    const auto labelled = std::count_if(result_.classes.begin(), result_.classes.end(),
                                        [](const auto& one) { return one.second > 0; });
    if (labelled < 2)
      problems.push_back(labelled ? "only one class has rows" : "no class has rows");
    if (!contradiction_.empty() && recipe_.labels.several == SeveralLabels::refuse)
      problems.push_back("labels of one source contradict each other (" + contradiction_ +
                         "); labels.several in the recipe is a rule for them");
  }

  void finish() {
    for (size_t f = 0; f < result_.features.size() && extractor_; ++f) {
      result_.features[f].marked = extractor_->marked(f).count;
      result_.features[f].outside = extractor_->outside(f).count;
    }
    if (extractor_) {
      const auto notes = extractor_->notes(recipe_.method == method::Method::bayes);
      result_.notes.insert(result_.notes.end(), notes.begin(), notes.end());
    }
    const auto remarks = reader_.remarks();
    result_.notes.insert(result_.notes.end(), remarks.begin(), remarks.end());
    for (const std::string& name : recipe_.classes) result_.classes.emplace_back(name, 0);
    for (const auto& [label, count] : counts_) {
      if (label.empty())
        result_.unlabelled = count;
      else if (const auto id = recipe_.find_class(label))
        result_.classes[number_of(*id)].second = count;
      else if (recipe_.is_ambiguous(label))
        result_.ambiguous += count;
      else
        result_.other_labels.emplace_back(label, count);
    }
    std::stable_sort(result_.other_labels.begin(), result_.other_labels.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (positions_) {
      const auto notes = positions_->notes();
      result_.notes.insert(result_.notes.end(), notes.begin(), notes.end());
    }
    find_obstacles();
  }

  io::TableReader& reader_;
  const Recipe& recipe_;
  std::vector<const Column*> labels_;
  std::optional<FeatureExtractor> extractor_;
  std::optional<sky::PositionReader> positions_;
  std::optional<size_t> name_;
  std::vector<method::FeatureRange> ranges_;
  std::map<std::string, uint64_t> counts_;                 // of labels
  std::unordered_map<std::string, std::string> label_of_;  // of sources
  std::string contradiction_;
  TableCheck result_;
  bool broken_ = false;
};

}  // namespace

TableCheck check_table(io::TableReader& reader, const Recipe& recipe, const Progress& progress) {
  return Checker(reader, recipe).read(progress);
}

}  // namespace uhuru::recipe
