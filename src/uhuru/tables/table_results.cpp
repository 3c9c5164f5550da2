#include "uhuru/tables/table_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/tables/result_fields.hpp"
#include "uhuru/tables/table_columns.hpp"

namespace uhuru::tables {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* validation_file = "validation.json";
constexpr size_t largest_validation = size_t{1} << 28;

/// The scaling that the rows themselves give; a feature that cannot be scaled stays as it is.
method::Scaling scaling_of(const Matrix& features, const recipe::Recipe& recipe) {
  method::Scaling scaling;
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    method::FeatureRange range;
    for (Eigen::Index row = 0; row < features.rows(); ++row)
      range.add(features(row, static_cast<Eigen::Index>(f)));
    const method::FeatureSettings settings{recipe.features[f].name, recipe.features[f].transform};
    try {
      scaling.push_back(method::fit_scaling(std::span(&range, 1), std::span(&settings, 1)).at(0));
    } catch (const Error&) {
      scaling.emplace_back();
    }
  }
  return scaling;
}

class TableBuilder {
 public:
  TableBuilder(TableResults table, const Threads& threads)
      : table_(std::move(table)), threads_(threads), recipe_(table_.of_table.recipe) {}

  RunFolder build(RunTables& run) {
    folder_.path = table_.path.path;
    folder_.kind = table_.path.kind;
    folder_.rows_are_sources = table_.are_sources;
    folder_.notes = std::move(table_.notes);
    folder_.files = std::move(table_.files);
    folder_.model.recipe = recipe_;
    classes_ = read_row_classes(table_.rows, table_.of_table);
    run.clusters = cluster_columns(table_.rows, table_.of_table, folder_.notes);
    find_standings(run);
    run.sources = recipe::source_rows(run.clusters, recipe_);
    if (const size_t nameless = run.sources.begin.front())
      folder_.notes.push_back(
          fmt::format("{} rows have no name, and belong to no source", nameless));
    make_classified(run);
    if (table_.are_sources)
      take_verdicts(run);
    else
      vote(run);
    find_absent(run);
    describe_rows(run);
    list_sources(run);
    folder_.record = record(run);
    return std::move(folder_);
  }

 private:
  size_t rows() const { return table_.rows.rows(); }
  double number(const Matrix& matrix, size_t row, method::ClassId id) const {
    return matrix(static_cast<long>(row), static_cast<long>(number_of(id)));
  }

  /// What the rows stand for, by the table's own column if it has one.
  void find_standings(RunTables& run) {
    auto& labels = run.labels;
    labels.known.resize(rows());
    labels.to_classify.assign(rows(), true);
    for (size_t row = 0; row < classes_.standings.size(); ++row) {
      const bool is_learned = classes_.standings[row] == standing_name(Standing::learned);
      if (is_learned) labels.known[row] = recipe_.find_class(recipe_.label(classes_.labels[row]));
      if (is_learned || classes_.standings[row] == standing_name(Standing::other_label)) {
        labels.to_classify[row] = false;
        classes_.assigned[row] = std::nullopt;
      }
    }
    for (size_t row = 0; row < rows(); ++row) {
      labels.counts.with_class += labels.known[row].has_value();
      labels.counts.other_label += !labels.known[row] && !labels.to_classify[row];
      labels.counts.without_label += labels.to_classify[row];
    }
  }

  /// The table as detection_level_classification.csv.
  void make_classified(RunTables& run) {
    Table& table = run.classified;
    table.add(run.clusters.columns[0].field);
    table.columns[0].append_from(run.clusters.columns[0], 0, rows());
    Column& type = table.add(class_field("main_type", "Class"));
    for (size_t row = 0; row < rows(); ++row) {
      type.append_text(classes_.assigned[row] ? recipe_.class_name(*classes_.assigned[row]) : "");
      run.classified_rows.push_back(row);
    }
    for (size_t c = 0; c < recipe_.classes.size(); ++c) {
      Column& column = table.add(class_probability_field(recipe_.classes[c], recipe_.classes[c]));
      for (size_t row = 0; row < rows(); ++row)
        column.append_number(classes_.assigned[row]
                                 ? number(classes_.probabilities, row, method::ClassId(c))
                                 : missing_number);
    }
    run.columns.learned = classes_.learned;
    if (!classes_.coverage) return;
    Column& set = table.add(set_field(*classes_.coverage));
    for (const auto& of_row : classes_.sets) set.append_text(set_text(of_row, recipe_));
    Column& known = table.add(p_known_field());
    for (size_t row = 0; row < rows(); ++row)
      known.append_number(classes_.p_known.empty() ? missing_number : classes_.p_known[row]);
  }

  /// What a table of sources says is their vote.
  void take_verdicts(RunTables& run) {
    auto& verdicts = run.verdicts;
    std::vector<size_t> taken;
    for (size_t source = 0; source < run.sources.count(); ++source) {
      const size_t row = run.sources.of(source).front();
      if (run.sources.of(source).size() > 1)
        throw input_error("a source occurs twice", fmt::format("row {}", row + 1),
                          "each source once, in a table that counts their detections",
                          in_quotes(run.clusters.columns[0].text(row)));
      const auto id = classes_.assigned[row];
      if (!id) {
        ++verdicts.sources_without_class;
        continue;
      }
      method::SourceVerdict verdict;
      verdict.source = source;
      verdict.detections = count_of(row);
      verdict.first = verdict.most_unusual = row;
      verdict.soft = *id;
      verdict.hard = classes_.hard.empty() ? *id : classes_.hard[row].value_or(*id);
      verdict.tail_probability = tail_of(run, row);
      verdict.p_known = classes_.p_known.empty() ? missing_number : classes_.p_known[row];
      if (!classes_.sets.empty()) verdict.set = classes_.sets[row];
      verdicts.detections += verdict.detections;
      verdicts.of_sources.push_back(std::move(verdict));
      taken.push_back(row);
    }
    verdicts.probabilities = take_rows(classes_.probabilities, taken);
    verdicts.means = take_rows(classes_.means, taken);
    verdicts.deviations = take_rows(classes_.deviations, taken);
    offer_sets(run);
  }

  /// How many detections a source has; 0 if that is unknown.
  uint64_t count_of(size_t row) const {
    if (classes_.counts.empty()) return 0;
    constexpr double most = 1e15;
    const double count = classes_.counts[row];
    if (std::isnan(count)) return 0;
    if (!(count >= 0 && count <= most && count == std::floor(count)))
      throw input_error("invalid number of detections", fmt::format("row {}", row + 1),
                        "a whole number", fmt::format("{}", count));
    return static_cast<uint64_t>(count);
  }

  static double tail_of(const RunTables& run, size_t row) {
    const Column* tail = run.clusters.find("tail_probability");
    return tail ? tail->number(row) : missing_number;
  }

  /// The columns of sets that the table has, with its coverage.
  void offer_sets(RunTables& run) const {
    if (!classes_.coverage) return;
    auto combining = run.combining ? *run.combining : method::Combining();
    combining.coverage = *classes_.coverage;
    run.combining = std::make_shared<method::Combining>(std::move(combining));
    run.columns.combining = run.combining.get();
  }

  /// The vote of detections. Without probabilities, the most frequent class is that of the source.
  void vote(RunTables& run) {
    const auto combining = table_.model ? table_.model->combining() : std::nullopt;
    const bool any = classes_.any_probability();
    method::Posteriors posteriors;
    posteriors.classes = classes_.assigned;
    posteriors.probabilities = classes_.probabilities.array().isNaN().select(
        Matrix::Zero(classes_.probabilities.rows(), classes_.probabilities.cols()),
        classes_.probabilities);
    posteriors.p_known = classes_.p_known;
    uint64_t without = 0;
    for (size_t row = 0; row < rows(); ++row) {
      auto& id = posteriors.classes[row];
      const auto of_row = posteriors.probabilities.row(static_cast<long>(row));
      if (!id) continue;
      if (!any) {
        posteriors.probabilities(static_cast<long>(row), static_cast<long>(number_of(*id))) = 1;
      } else if (!(of_row.sum() > 0)) {
        id = std::nullopt;
        ++without;
      }
    }
    if (without)
      folder_.notes.push_back(
          fmt::format("{} detections have a class but no probabilities, and no vote", without));
    std::vector<double> tails;
    for (size_t row = 0; row < rows(); ++row) tails.push_back(tail_of(run, row));
    run.verdicts =
        method::vote(posteriors, tails, run.sources, combining ? &*combining : nullptr, threads_);
    if (!any) forget_probabilities(run.verdicts);
    if (combining) run.combining = std::make_shared<method::Combining>(*combining);
    if (!combining && classes_.coverage)
      folder_.notes.emplace_back(
          "the probabilities are those of a model of the method bayes: for sources their means are "
          "taken; with --model they are combined as evidence");
    offer_sets(run);
  }

  static void forget_probabilities(method::SourceVerdicts& verdicts) {
    for (method::SourceVerdict& verdict : verdicts.of_sources) verdict.soft = verdict.hard;
    for (Matrix* matrix : {&verdicts.probabilities, &verdicts.means, &verdicts.deviations})
      matrix->setConstant(missing_number);
  }

  void find_absent(RunTables& run) const {
    const auto absent = [&](bool is_absent, std::initializer_list<const char*> roles) {
      if (is_absent) run.absent.insert(run.absent.end(), roles.begin(), roles.end());
    };
    const bool any = classes_.any_probability();
    const bool are_sources = table_.are_sources;
    for (const char* name : {"log_density", "density_percentile", "tail_probability"})
      absent(!run.clusters.find(name), {name});
    const Column& clusters = run.clusters.at("cluster");
    absent(clusters.missing_count() == clusters.size(), {"cluster"});
    absent(table_.of_table.label.empty(), {"label"});
    absent(!any, {"probability", "probability of group"});
    absent(are_sources ? !classes_.has_deviations : !any, {"mean of", "deviation of"});
    absent(are_sources ? classes_.hard.empty() : !any, {"agreement", "hard_class"});
    absent(are_sources && classes_.counts.empty(), {"detections", "votes"});
  }

  /// Features, clusters and classes as the report reads them.
  void describe_rows(const RunTables& run) {
    const auto size = static_cast<Eigen::Index>(rows());
    folder_.features.resize(size, static_cast<Eigen::Index>(recipe_.features.size()));
    for (size_t f = 0; f < recipe_.features.size(); ++f) {
      const auto values = numbers(run.clusters.at(recipe_.features[f].name));
      folder_.features.col(static_cast<Eigen::Index>(f)) =
          Eigen::Map<const Vector>(values.data(), size);
    }
    folder_.model.class_count = recipe_.classes.size();
    folder_.model.scaling = scaling_of(folder_.features, recipe_);
    const auto clusters = numbers(run.clusters.at("cluster"));
    for (size_t row = 0; row < rows(); ++row) {
      auto& cluster = folder_.clusters.emplace_back();
      if (std::isnan(clusters[row])) continue;
      cluster = method::ClusterId(static_cast<int>(clusters[row]));
      folder_.cluster_count = std::max(folder_.cluster_count, number_of(*cluster) + 1);
    }
    folder_.standings = standings_by_label(run.labels);
    folder_.classes = run.labels.known;
    for (size_t row = 0; row < rows(); ++row)
      if (classes_.assigned[row]) {
        folder_.classes[row] = classes_.assigned[row];
        folder_.standings[row] = Standing::classified;
      }
    for (const auto& [name, list] : {std::pair("log_density", &folder_.log_density),
                                     std::pair("tail_probability", &folder_.tail_probability)})
      if (const Column* column = run.clusters.find(name)) *list = numbers(*column);
    for (const std::string& name :
         {recipe_.name_column, recipe_.observation_column, recipe_.ra_column, recipe_.dec_column})
      if (const Column* column = name.empty() ? nullptr : run.clusters.find(name))
        folder_.detections.columns.push_back(*column);
  }

  void list_sources(const RunTables& run) {
    for (size_t v = 0; v < run.verdicts.of_sources.size(); ++v) {
      const method::SourceVerdict& verdict = run.verdicts.of_sources[v];
      ClassifiedSource source;
      source.name = run.clusters.columns[0].text(verdict.first);
      source.detections = verdict.detections;
      source.class_id = verdict.soft;
      for (size_t c = 0; c < recipe_.classes.size(); ++c)
        source.probabilities.push_back(
            classes_.learned[c] ? number(run.verdicts.probabilities, v, method::ClassId(c))
                                : missing_number);
      folder_.sources.push_back(std::move(source));
    }
  }

  /// What run.json of a run would say, as far as it is known.
  std::string record(const RunTables& run) const {
    Json counts = {{"read", rows()}};
    const auto with = [&](Standing standing) {
      return std::count(folder_.standings.begin(), folder_.standings.end(), standing);
    };
    counts["classified"] = with(Standing::classified);
    counts["without_class"] = with(Standing::without_class);
    counts["labelled"] = with(Standing::learned);
    counts["other_label"] = with(Standing::other_label);
    const auto& sources = run.verdicts.of_sources;
    if (std::find(run.absent.begin(), run.absent.end(), "agreement") == run.absent.end()) {
      const auto unique = std::count_if(sources.begin(), sources.end(),
                                        [](const auto& verdict) { return verdict.is_unique(); });
      counts["sources_unique"] = unique;
      counts["sources_ambiguous"] = static_cast<long>(sources.size()) - unique;
    }
    Json json = {{"recipe", recipe_.name}, {"counts", counts}};
    if (table_.model) json["uhuru_version"] = table_.model->version;
    if (table_.model) json["method"] = std::string(recipe::method_name(table_.model->method()));
    for (const auto& [name, sha256] : folder_.files)
      json["tables"].push_back({{"name", name}, {"sha256", sha256}});
    if (!folder_.notes.empty()) json["notes"] = folder_.notes;
    return json.dump(1, ' ', false, Json::error_handler_t::replace);
  }

  TableResults table_;
  const Threads& threads_;
  const recipe::Recipe& recipe_;
  RowClasses classes_;
  RunFolder folder_;
};

}  // namespace

RunFolder table_results(TableResults table, const std::string& validation, const Threads& threads,
                        RunTables* tables) {
  RunTables own;
  const std::string where = table.path.path;
  const std::vector<FileRows> files = table.rows.files;
  RunFolder folder;
  try {
    folder = TableBuilder(std::move(table), threads).build(tables ? *tables : own);
  } catch (const Error& error) {
    throw in_files(error, files).within(where);
  }
  const fs::path beside = fs::path(folder.path) / validation_file;
  if (!validation.empty()) {
    folder.validation = io::load_text(validation, "file", largest_validation);
    folder.files.emplace_back(validation, sha256_of_file(validation));
  } else if (folder.kind == ResultsKind::folder && fs::is_regular_file(beside)) {
    folder.validation = io::load_text(beside.string(), "file", largest_validation);
    folder.files.emplace_back(validation_file, sha256_of_file(beside.string()));
  }
  return folder;
}

}  // namespace uhuru::tables
