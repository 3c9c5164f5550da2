#include "uhuru/study/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/method/sources.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/sky/healpix.hpp"
#include "uhuru/study/splits.hpp"
#include "uhuru/study/validation_files.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::study {
namespace {

/// The labelled detections that are assigned to folds.
struct Sample {
  recipe::Detections detections;
  std::vector<std::optional<method::ClassId>> classes;  // of all detections
  std::vector<method::SourceId> sources;                // of all detections
  std::vector<size_t> rows;                             // of the sample among the detections
  std::vector<std::string> labels;         // of the classes in the sample, in the recipe's order
  std::vector<std::optional<int>> places;  // for each class of the recipe its index among them

  std::optional<int> place(method::ClassId id) const { return places[number_of(id)]; }
  int truth(size_t row) const { return *place(*classes[rows[row]]); }
};

/// The part that each detection belongs to; parts are not split.
std::vector<size_t> parts(const ValidateOptions& options, const Sample& sample,
                          const recipe::Recipe& recipe) {
  std::vector<size_t> result;
  if (options.split == SplitBy::source) {
    for (const method::SourceId source : sample.sources) result.push_back(number_of(source));
    return result;
  }
  if (options.split == SplitBy::detection) {
    for (size_t row = 0; row < sample.sources.size(); ++row) result.push_back(row);
    return result;
  }
  if (!recipe.has_positions())
    throw input_error("the recipe has no positions", "recipe " + recipe.name,
                      "columns.ra and columns.dec, which a split by region requires");
  for (const sky::SkyPosition& position :
       sky::positions(sample.detections.table, {recipe.ra_column, recipe.dec_column})) {
    if (!sky::is_valid(position))
      throw input_error("a detection has no position", "",
                        "a position for every detection, which a split by region requires");
    result.push_back(sky::healpix_nested(position, options.region_order));
  }
  return result;
}

/// Adds the detections whose class can be both learned and tested to the sample.
void choose_rows(const std::vector<size_t>& parts, const ValidateOptions& options,
                 const recipe::Recipe& recipe, Sample& sample, ValidateSummary& summary) {
  std::vector<std::set<size_t>> class_parts(recipe.classes.size());
  std::vector<std::set<method::SourceId>> class_sources(recipe.classes.size());
  std::vector<uint64_t> counts(recipe.classes.size(), 0);
  for (size_t row = 0; row < parts.size(); ++row) {
    if (!sample.classes[row]) continue;
    const size_t c = number_of(*sample.classes[row]);
    ++counts[c];
    class_parts[c].insert(parts[row]);
    class_sources[c].insert(sample.sources[row]);
  }
  const char* part = options.split == SplitBy::source      ? "source"
                     : options.split == SplitBy::detection ? "detection"
                                                           : "region";
  sample.places.resize(recipe.classes.size());
  for (size_t c = 0; c < recipe.classes.size(); ++c) {
    if (counts[c] == 0) continue;
    summary.classes.push_back({recipe.classes[c], counts[c], class_sources[c].size(), ""});
    if (class_parts[c].size() < 2) {
      summary.classes.back().excluded = fmt::format("only one {}", part);
      continue;
    }
    if (class_parts[c].size() < static_cast<size_t>(options.folds))
      summary.notes.push_back(fmt::format("class {} has {} {}s, so some of the {} folds lack it",
                                          recipe.classes[c], class_parts[c].size(), part,
                                          options.folds));
    sample.places[c] = static_cast<int>(sample.labels.size());
    sample.labels.push_back(recipe.classes[c]);
  }
  std::set<method::SourceId> sources;
  for (size_t row = 0; row < parts.size(); ++row)
    if (sample.classes[row] && sample.place(*sample.classes[row])) {
      sample.rows.push_back(row);
      sources.insert(sample.sources[row]);
    }
  summary.detections = sample.rows.size();
  summary.sources = sources.size();
  if (sample.labels.size() < 2)
    throw input_error("too few classes to validate", "",
                      fmt::format("two classes with at least two {}s each", part),
                      sample.labels.empty()
                          ? fmt::format("{} labelled detections", summary.labels.with_class)
                          : "only " + sample.labels[0]);
}

Sample read_sample(const ValidateOptions& options, const recipe::Recipe& recipe,
                   const io::Input& detections, const io::Input& labels, const Threads& threads,
                   const Progress& progress, ValidateSummary& summary) {
  Sample sample;
  sample.detections = recipe::read_detections(
      *detections.open(threads), recipe::with_label_column(recipe, options), progress,
      recipe.method == method::Method::bayes ? recipe::Keep::any_feature : recipe::Keep::complete);
  summary.selection = sample.detections.counts;
  summary.notes = sample.detections.notes;
  recipe::LabelledDetections found =
      recipe::label_detections(sample.detections, labels, options, recipe, threads);
  summary.labels = found.classes.counts;
  if (summary.labels.with_class == 0 && found.matches.read > 0)
    recipe::require_labelled(found.labels, found.classes, found.matches, labels.name(), recipe);
  sample.classes = std::move(found.classes.known);
  sample.sources = std::move(found.sources);
  const auto& notes = found.matches.notes;
  summary.notes.insert(summary.notes.end(), notes.begin(), notes.end());
  return sample;
}

/// Predictions on the folds of one repeat, one per row of the sample.
struct Repeat {
  std::vector<int> folds;
  method::Posteriors posteriors;            // of all classes of the recipe
  Predictions detections;                   // the same of the classes in the sample
  std::vector<std::vector<double>> priors;  // of each fold, of the classes in the sample
  std::vector<std::optional<method::Combining>> combining;  // of each fold
};

/// The prior contained in a model's probabilities, of the classes in the sample. Distances contain
/// none, so all are equal.
std::vector<double> priors_of(const Sample& sample, const method::Model& model) {
  std::vector<double> result(sample.labels.size(), 1 / static_cast<double>(sample.labels.size()));
  if (!model.bayes) return result;
  std::fill(result.begin(), result.end(), 0.0);
  const Vector prior = model.bayes->prior(model.prior);
  for (size_t l = 0; l < model.bayes->learned.size(); ++l)
    if (const auto place = sample.place(model.bayes->learned[l]))
      result[static_cast<size_t>(*place)] = prior[static_cast<long>(l)];
  return result;
}

/// A model trained without the tested rows; of the others, only those of the sample have a class.
method::Model train(const ValidateOptions& options, const recipe::Recipe& recipe,
                    const Sample& sample, const std::vector<bool>& tested, const Threads& threads) {
  std::vector<bool> in_sample(tested.size(), false);
  for (const size_t row : sample.rows) in_sample[row] = true;
  std::vector<size_t> rows;
  std::vector<method::SourceId> sources;
  std::vector<std::optional<method::ClassId>> classes;
  for (size_t row = 0; row < tested.size(); ++row) {
    if (tested[row]) continue;
    rows.push_back(row);
    sources.push_back(sample.sources[row]);
    classes.push_back(in_sample[row] ? sample.classes[row] : std::nullopt);
  }
  const Matrix features = take_rows(sample.detections.features, rows);
  const recipe::Limits limits = sample.detections.limits.take(rows);
  return method::fit({features, limits.lower, limits.upper, classes, sources},
                     recipe.method_settings(), threads, {},
                     options.clusters ? &*options.clusters : nullptr)
      .model;
}

/// The rows of the sample that a fold tests: their indices in the sample.
std::vector<size_t> tests_of(const Repeat& repeat, int fold) {
  std::vector<size_t> tests;
  for (size_t i = 0; i < repeat.folds.size(); ++i)
    if (repeat.folds[i] == fold) tests.push_back(i);
  return tests;
}

/// What a fold gives: the classes of its tests by a model that was trained without them.
struct FoldResult {
  method::Posteriors posteriors;
  std::vector<double> priors;
  std::optional<method::Combining> combining;
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, FoldResult& result) {
  bool combines = result.combining.has_value();
  archive(result.posteriors, result.priors, combines);
  if (!combines) return;
  if (!result.combining) result.combining.emplace();
  archive(*result.combining);
}

/// Trains without a fold's rows and classifies them.
FoldResult run_fold(const ValidateOptions& options, const recipe::Recipe& recipe,
                    const Sample& sample, const std::vector<size_t>& tests,
                    const Threads& threads) {
  std::vector<bool> tested(sample.sources.size(), false);
  std::vector<size_t> test_rows;
  for (const size_t i : tests) {
    tested[sample.rows[i]] = true;
    test_rows.push_back(sample.rows[i]);
  }
  method::Model model = train(options, recipe, sample, tested, threads);
  model.prior = options.prior;
  model.coverage = options.coverage;
  const Matrix features = take_rows(sample.detections.features, test_rows);
  const recipe::Limits limits = sample.detections.limits.take(test_rows);
  return {method::predict(model, {features, limits.lower, limits.upper}, threads),
          priors_of(sample, model), model.combining()};
}

void add_fold(const recipe::Recipe& recipe, const Sample& sample, int fold, FoldResult result,
              Repeat& repeat) {
  const std::vector<size_t> tests = tests_of(repeat, fold);
  const method::Posteriors& posteriors = result.posteriors;
  Predictions& to = repeat.detections;
  for (size_t t = 0; t < tests.size(); ++t) {
    const size_t i = tests[t];
    const auto row = static_cast<Eigen::Index>(i);
    const auto assigned = repeat.posteriors.classes[i] = posteriors.classes[t];
    to.predicted[i] = assigned ? sample.place(*assigned).value_or(-1) : -1;
    repeat.posteriors.probabilities.row(row) = posteriors.probabilities.row(static_cast<long>(t));
    if (!posteriors.p_known.empty()) repeat.posteriors.p_known[i] = posteriors.p_known[t];
    for (size_t c = 0; c < recipe.classes.size(); ++c)
      if (const auto place = sample.places[c])
        to.probabilities(row, *place) =
            posteriors.probabilities(static_cast<long>(t), static_cast<long>(c));
    for (size_t l = 0; l < result.priors.size(); ++l)
      to.priors(row, static_cast<long>(l)) = result.priors[l];
  }
  repeat.priors[static_cast<size_t>(fold)] = std::move(result.priors);
  repeat.combining[static_cast<size_t>(fold)] = std::move(result.combining);
}

/// A repeat with its folds, and without what they give.
Repeat begin_repeat(const ValidateOptions& options, const recipe::Recipe& recipe,
                    const Sample& sample, const std::vector<size_t>& parts, int number) {
  Repeat repeat;
  std::vector<size_t> groups;
  Predictions& to = repeat.detections;
  to.labels = sample.labels;
  for (size_t i = 0; i < sample.rows.size(); ++i) {
    to.truth.push_back(sample.truth(i));
    to.sources.push_back(number_of(sample.sources[sample.rows[i]]));
    groups.push_back(parts[sample.rows[i]]);
  }
  repeat.folds = stratified_folds(to.truth, groups, options.folds,
                                  options.seed + static_cast<uint32_t>(number));
  to.predicted.assign(sample.rows.size(), -1);
  repeat.posteriors.classes.resize(sample.rows.size());
  repeat.posteriors.probabilities.setZero(static_cast<long>(sample.rows.size()),
                                          static_cast<long>(recipe.classes.size()));
  if (recipe.method == method::Method::bayes)
    repeat.posteriors.p_known.assign(sample.rows.size(), missing_number);
  if (options.weighing(recipe) == method::Drawn::sources) {
    std::map<size_t, double> detections;
    for (const size_t source : to.sources) ++detections[source];
    for (const size_t source : to.sources) to.weights.push_back(1 / detections[source]);
  }
  to.priors = to.probabilities =
      Matrix::Zero(static_cast<long>(sample.rows.size()), static_cast<long>(sample.labels.size()));
  repeat.priors.resize(static_cast<size_t>(options.folds));
  repeat.combining.resize(static_cast<size_t>(options.folds));
  return repeat;
}

/// The repeats with what all of their folds give. The ranks take turns with the folds; the first
/// one gets the results.
std::vector<Repeat> run_repeats(const ValidateOptions& options, const recipe::Recipe& recipe,
                                const Sample& sample, const std::vector<size_t>& parts,
                                const Threads& threads, const Progress& progress) {
  const Communicator& ranks = threads.ranks();
  std::vector<Repeat> repeats(static_cast<size_t>(options.repeats));
  threads.run(repeats.size(), [&](size_t number) {
    repeats[number] = begin_repeat(options, recipe, sample, parts, static_cast<int>(number));
  });
  const int folds = options.repeats * options.folds;
  Packer own;
  for (int turn = ranks.rank(); turn < folds; turn += ranks.count()) {
    const auto tests =
        tests_of(repeats[static_cast<size_t>(turn / options.folds)], turn % options.folds);
    own(run_fold(options, recipe, sample, tests, threads.of_one_rank()));
    if (progress)
      progress("validate", static_cast<uint64_t>(turn) + 1, static_cast<uint64_t>(folds));
  }
  const std::vector<std::string> of_ranks = ranks.gather(own.bytes);
  for (size_t rank = 0; rank < of_ranks.size(); ++rank) {
    Unpacker unpacker(of_ranks[rank]);
    for (int turn = static_cast<int>(rank); turn < folds; turn += ranks.count()) {
      FoldResult result;
      unpacker(result);
      add_fold(recipe, sample, turn % options.folds, std::move(result),
               repeats[static_cast<size_t>(turn / options.folds)]);
    }
  }
  return repeats;
}

/// The votes of the sources of a repeat, from their detections that have a class.
void vote_sources(const Sample& sample, const recipe::Recipe& recipe, const Repeat& repeat,
                  Predictions& soft, Predictions& hard, std::vector<SourcePrediction>& sources) {
  const Predictions& from = repeat.detections;
  const method::Posteriors& posteriors = repeat.posteriors;
  const Table& table = sample.detections.table;
  const recipe::ObservationOrder before(recipe::observation_column(table, recipe));
  std::map<size_t, std::vector<size_t>> rows_of;
  for (size_t i = 0; i < from.rows(); ++i)
    if (from.predicted[i] >= 0) rows_of[from.sources[i]].push_back(i);
  soft.labels = hard.labels = sample.labels;
  const auto labels = static_cast<Eigen::Index>(sample.labels.size());
  soft.probabilities = soft.priors = Matrix::Zero(static_cast<long>(rows_of.size()), labels);
  hard.probabilities = soft.probabilities;  // the parts of the detections; for the threshold
  Eigen::Index at = 0;
  for (auto& [source, rows] : rows_of) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](size_t a, size_t b) { return before(sample.rows[a], sample.rows[b]); });
    const auto fold = static_cast<size_t>(repeat.folds[rows[0]]);
    const auto& combining = repeat.combining[fold];
    const method::SourceClasses found =
        method::vote_of_source(posteriors, rows, combining ? &*combining : nullptr);
    SourcePrediction& prediction =
        sources.emplace_back(SourcePrediction{rows[0], rows.size(), {}, found.p_known});
    for (size_t c = 0; c < sample.places.size(); ++c)
      if (const auto place = sample.places[c]) {
        soft.probabilities(at, *place) = found.probabilities[c];
        if (!found.set.empty() && found.set[c])
          prediction.set.push_back(static_cast<size_t>(*place));
      }
    for (const method::ClassId vote : found.votes)
      hard.probabilities(at, *sample.place(vote)) += 1 / static_cast<double>(rows.size());
    for (Predictions* to : {&soft, &hard}) {
      to->truth.push_back(from.truth[rows[0]]);
      to->sources.push_back(source);
    }
    soft.predicted.push_back(*sample.place(found.soft));
    hard.predicted.push_back(*sample.place(found.hard));
    for (Eigen::Index l = 0; l < labels; ++l)
      soft.priors(at, l) = repeat.priors[fold][static_cast<size_t>(l)];
    ++at;
  }
}

/// Leaves out predictions less probable than the threshold.
void apply_threshold(double threshold, Predictions& predictions) {
  for (size_t row = 0; row < predictions.rows(); ++row)
    if (int& predicted = predictions.predicted[row];
        predicted >= 0 && predictions.probabilities(static_cast<long>(row), predicted) < threshold)
      predicted = -1;
}

/// Only the rows that have a class.
Predictions classified_rows(const Predictions& predictions) {
  std::vector<size_t> rows;
  for (size_t row = 0; row < predictions.rows(); ++row)
    if (predictions.predicted[row] >= 0) rows.push_back(row);
  return select_rows(predictions, rows);
}

}  // namespace

ValidateSummary validate(const ValidateOptions& options, const recipe::Recipe& recipe,
                         const Threads& threads, const Progress& progress) {
  ValidateSummary summary;
  summary.files = validation_files();
  // Tables of an earlier validation in another format do not stay beside those of this one.
  std::vector<std::string> replaced = summary.files;
  for (std::string& name : tables::run_file::names_in_all_formats(validation_tables()))
    replaced.push_back(std::move(name));
  const Communicator& ranks = threads.ranks();
  std::optional<io::OutputFolder> folder;
  if (ranks.is_first()) folder.emplace(options.out, replaced, options.write.overwrite);
  const io::Input detections(options.detections, options.open_detections);
  const bool own_labels = options.join == recipe::LabelJoin::own;
  std::optional<io::Input> labels_table;
  if (!own_labels) labels_table.emplace(options.labels, options.open_labels);
  const io::Input& labels = own_labels ? detections : *labels_table;
  Sample sample = read_sample(options, recipe, detections, labels, threads, progress, summary);
  const auto together = parts(options, sample, recipe);
  choose_rows(together, options, recipe, sample, summary);

  std::vector<Repeat> repeats = run_repeats(options, recipe, sample, together, threads, progress);
  if (!ranks.is_first()) return summary;
  std::vector<std::vector<SourcePrediction>> of_sources(repeats.size());
  std::vector<Predictions> by_level[3];
  for (auto& predictions : by_level) predictions.resize(repeats.size());
  threads.run(repeats.size(), [&](size_t r) {
    by_level[0][r] = classified_rows(repeats[r].detections);
    vote_sources(sample, recipe, repeats[r], by_level[1][r], by_level[2][r], of_sources[r]);
  });
  std::vector<Predictions> soft_votes = by_level[1];
  for (size_t r = 0; r < repeats.size(); ++r)
    summary.without_class += repeats[r].detections.rows() - by_level[0][r].rows();
  std::vector<std::string> groups;
  for (const std::string& label : sample.labels)
    groups.push_back(recipe.group_name(*recipe.find_class(label)));
  for (size_t level = 0; level < 3; ++level)
    for (const char* of : {"classes", "groups"}) {
      std::vector<Predictions> predictions = by_level[level];
      for (Predictions& each : predictions) {
        if (std::string_view(of) == "groups") each = grouped(each, groups);
        apply_threshold(options.threshold, each);
        if (level == 2) each.probabilities = each.priors = {};
      }
      EvaluateOptions evaluate_options;
      evaluate_options.level = validation_levels[level];
      evaluate_options.of = of;
      evaluate_options.replicates = options.replicates;
      evaluate_options.seed = options.seed;
      summary.evaluations.push_back(evaluate(predictions, evaluate_options, threads));
    }
  std::vector<RepeatSources> repeat_sources;
  for (size_t r = 0; r < repeats.size(); ++r)
    repeat_sources.push_back({soft_votes[r], of_sources[r]});
  summary.of_sources = study_sources(repeat_sources, groups);
  std::vector<FoldPredictions> rows;
  rows.reserve(repeats.size());
  for (size_t r = 0; r < repeats.size(); ++r)
    rows.push_back({std::move(repeats[r].folds), std::move(repeats[r].detections),
                    std::move(soft_votes[r]), std::move(of_sources[r])});
  write_validation(options, recipe, summary, sample.detections.table.select(sample.rows), rows,
                   {detections, labels}, *folder);
  folder->commit();
  return summary;
}

}  // namespace uhuru::study
