#include "uhuru/jobs/run.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "uhuru/base/hash.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/catalog_file.hpp"
#include "uhuru/jobs/run_record.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/method/sources.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/tables.hpp"
#include "uhuru/tables/vote.hpp"

namespace uhuru::jobs {
namespace {

/// The detections of a run, and what is known of them.
struct Known {
  recipe::Detections detections;
  std::vector<std::string> labels;
  recipe::LabelledClasses classes;
  std::vector<method::SourceId> source_numbers;
  method::SourceRows sources;
};

/// What a run learned and predicted. `rows`: of the classified detections, in order of name and
/// observation; posteriors and verdicts have one entry for each.
struct Learned {
  model::RecipeModel model;
  std::optional<method::Combining> combining;  // of the model
  std::vector<std::optional<method::ClusterId>> clusters;
  std::vector<method::Placement> places;
  std::vector<size_t> rows;
  method::Posteriors posteriors;
  method::SourceVerdicts verdicts;

  const method::Combining* of_sources() const { return combining ? &*combining : nullptr; }
  tables::ClassColumns columns() const { return tables::all_columns(model, of_sources()); }
};

struct Tables {
  Table clusters, classified;
  tables::SourceTables sources;
};

/// Counts measurements that stand under several names, and on request keeps each once.
void look_for_repeated(const RunOptions& options, const recipe::Recipe& recipe,
                       recipe::Detections& detections, RunSummary& summary) {
  recipe::MeasurementIndex index(detections.table, recipe);
  index.add(detections.table);
  summary.shared = index.shared();
  if (summary.shared.note.empty() && !options.unique_detections) return;
  if (options.unique_detections) {
    const auto chosen = index.chosen();
    std::vector<size_t> rows;
    for (size_t row = 0; row < chosen.size(); ++row)
      if (chosen[row]) rows.push_back(row);
    detections.counts.repeated = chosen.size() - rows.size();
    detections = detections.take(rows);
  }
  if (!summary.shared.note.empty())
    detections.notes.push_back(summary.shared.note +
                               (options.unique_detections
                                    ? "; each was taken once"
                                    : "; --unique-detections takes each once"));
}

recipe::Detections read(const RunOptions& options, const io::Input& input,
                        const recipe::Recipe& recipe, const Threads& threads,
                        const Progress& progress, RunSummary& summary) {
  recipe::Detections detections = recipe::read_detections(
      *input.open(threads), recipe::with_label_column(recipe, options), progress,
      recipe.method == method::Method::bayes ? recipe::Keep::any_feature : recipe::Keep::complete);
  look_for_repeated(options, recipe, detections, summary);
  summary.selection = detections.counts;
  summary.notes = detections.notes;
  return detections;
}

/// Adds the labels. Throws if nothing can be learned from them.
Known label(const RunOptions& options, recipe::Detections detections, const io::Input& input,
            const recipe::Recipe& recipe, const Threads& threads, RunSummary& summary) {
  recipe::LabelledDetections found =
      recipe::label_detections(detections, input, options, recipe, threads);
  Known known{std::move(detections),
              std::move(found.labels),
              std::move(found.classes),
              std::move(found.sources),
              {}};
  summary.matches = std::move(found.matches);
  summary.classification.labels = known.classes.counts;
  recipe::require_labelled(known.labels, known.classes, summary.matches, input.name(), recipe);
  const auto& notes = summary.matches.notes;
  summary.notes.insert(summary.notes.end(), notes.begin(), notes.end());
  known.sources = recipe::source_rows(known.detections.table, recipe);
  return known;
}

/// The detections with their labels, and the tables that they are from.
struct Inputs {
  explicit Inputs(const RunOptions& options)
      : detections(options.detections, options.open_detections) {
    if (options.join != recipe::LabelJoin::own)
      labels_table.emplace(options.labels, options.open_labels);
  }
  const io::Input& labels() const { return labels_table ? *labels_table : detections; }
  std::vector<const io::Input*> all() const {
    std::vector<const io::Input*> inputs = {&detections};
    if (labels_table) inputs.push_back(&*labels_table);
    return inputs;
  }

  io::Input detections;
  std::optional<io::Input> labels_table;
};

Known read_known(const RunOptions& options, const Inputs& inputs, const recipe::Recipe& recipe,
                 const Threads& threads, const Progress& progress, Stopwatch& stopwatch,
                 RunSummary& summary) {
  recipe::Detections detections =
      read(options, inputs.detections, recipe, threads, progress, summary);
  stopwatch.lap("read");
  Known known = label(options, std::move(detections), inputs.labels(), recipe, threads, summary);
  stopwatch.lap("labels");
  return known;
}

/// Learns from the labelled detections.
method::Fit fit_known(const RunOptions& options, const Known& known, const recipe::Recipe& recipe,
                      const Threads& threads, const Progress& progress, Stopwatch& stopwatch,
                      RunSummary& summary, method::KeptFits* kept = nullptr) {
  method::DetectionRows rows = known.detections.rows();
  rows.classes = known.classes.known;
  rows.sources = known.source_numbers;
  method::Fit fit = method::fit(rows, recipe.method_settings(), threads, progress,
                                options.clusters ? &*options.clusters : nullptr, kept);
  summary.components = static_cast<int>(fit.model.mixture.components());
  summary.iterations = fit.iterations;
  summary.converged = fit.converged;
  summary.mean_log_likelihood = fit.mean_log_likelihood;
  for (std::string& note : fit_notes(fit, recipe)) summary.notes.push_back(std::move(note));
  stopwatch.add("mixture", fit.mixture_seconds);
  stopwatch.add("learn", fit.classes_seconds);
  stopwatch.since_last();
  return fit;
}

model::RecipeModel model_of(method::Model model, const RunOptions& options,
                            const recipe::Recipe& recipe) {
  model::RecipeModel result = model::named_model(std::move(model), recipe);
  result.prior = options.prior;
  result.coverage = options.coverage;
  return result;
}

/// The part of `count` things that this rank takes.
method::Range part_of(size_t count, const Communicator& ranks) {
  return {ranks.part_begin(count, ranks.rank()), ranks.part_begin(count, ranks.rank() + 1)};
}

/// The detections in the mixture; each rank places some of them, and gets all.
method::PlacedRows place(const method::Predictor& predictor, Matrix scaled,
                         const Threads& threads) {
  const Communicator& ranks = threads.ranks();
  if (ranks.is_alone()) return predictor.place_scaled(std::move(scaled), threads);
  const method::Range own = part_of(static_cast<size_t>(scaled.rows()), ranks);
  const method::PlacedRows placed = predictor.place_scaled(
      scaled.middleRows(static_cast<long>(own.begin), static_cast<long>(own.size())), threads);
  return {std::move(scaled), ranks.all_values(std::span<const method::Placement>(placed.places))};
}

/// The classes of the placed detections of these rows; each rank classifies some of them, and the
/// first one gets all.
method::Posteriors classify(const method::Predictor& predictor, const method::PlacedRows& placed,
                            const recipe::Limits& limits, std::span<const size_t> rows,
                            const Threads& threads) {
  const Communicator& ranks = threads.ranks();
  const method::Range own = part_of(rows.size(), ranks);
  const auto own_rows = rows.subspan(own.begin, own.size());
  const recipe::Limits of_rows = limits.take(own_rows);
  method::Posteriors posteriors =
      predictor.classify(placed.take(own_rows), of_rows.lower, of_rows.upper, threads);
  if (ranks.is_alone()) return posteriors;
  method::Posteriors all;
  const Eigen::Index classes = posteriors.probabilities.cols();
  all.probabilities.resize(static_cast<long>(rows.size()), classes);
  for (const std::string& bytes : ranks.gather(packed(posteriors))) {
    unpack(bytes, posteriors);
    all.probabilities.middleRows(static_cast<long>(all.classes.size()),
                                 posteriors.probabilities.rows()) = posteriors.probabilities;
    all.append_lists(posteriors);
  }
  return all;
}

/// Learns from the labelled detections, and classifies the others and their sources, of which only
/// the first rank has the verdicts.
Learned learn(const RunOptions& options, const Known& known, const recipe::Recipe& recipe,
              const Threads& threads, const Progress& progress, Stopwatch& stopwatch,
              RunSummary& summary, method::KeptFits& kept) {
  method::Fit fit = fit_known(options, known, recipe, threads, progress, stopwatch, summary, &kept);
  Learned learned;
  learned.model = model_of(std::move(fit.model), options, recipe);
  learned.clusters = std::move(fit.clusters);
  const auto sources = known.sources.only(known.classes.to_classify);
  learned.rows = sources.rows;
  const method::Predictor predictor(learned.model);
  method::PlacedRows placed = place(predictor, std::move(fit.scaled), threads);
  learned.posteriors = classify(predictor, placed, known.detections.limits, learned.rows, threads);
  learned.places = std::move(placed.places);
  stopwatch.lap("probabilities");
  if (!threads.ranks().is_first()) return learned;

  learned.combining = learned.model.combining();
  std::vector<double> tails;
  for (const size_t row : learned.rows) tails.push_back(learned.places[row].tail_probability);
  learned.verdicts =
      method::vote(learned.posteriors, tails, sources.renumbered(), learned.of_sources(), threads);
  stopwatch.lap("vote");
  return learned;
}

/// The columns of the table of detections: as published, but for the method bayes.
tables::ClassColumns detection_columns(const Learned& learned) {
  if (!learned.model.bayes) return {};
  tables::ClassColumns columns = learned.columns();
  columns.features_missing = columns.anomalies = false;
  columns.published = true;
  return columns;
}

/// The tables of the detections that were classified, and of all sources.
void make_classified(const Known& known, const Learned& learned, const recipe::Recipe& recipe,
                     const Threads& threads, Tables& tables) {
  const recipe::Detections& detections = known.detections;
  const Table chosen = detections.table.select(learned.rows);
  const tables::ClassColumns of_detections = detection_columns(learned);
  tables.classified = tables::class_table_header(chosen, recipe, of_detections);
  tables::append_classes(chosen, learned.posteriors, take_rows(detections.features, learned.rows),
                         {}, recipe, of_detections, tables.classified);
  std::vector<method::Placement> places;
  places.reserve(learned.rows.size());
  for (const size_t row : learned.rows) places.push_back(learned.places[row]);
  const Table anomalies = tables::anomaly_table(learned.places);
  const tables::AllSources all{detections.table, anomalies, known.sources,
                               tables::standings_by_label(known.classes), &known.labels};
  tables.sources = tables::source_tables(tables.classified, tables::anomaly_table(places),
                                         learned.verdicts, all, recipe, learned.columns(), threads);
}

/// The tables, with counts.
Tables make_tables(const Known& known, const Learned& learned, const recipe::Recipe& recipe,
                   const Threads& threads, RunSummary& summary) {
  Tables tables;
  threads.run(2, [&](size_t part) {
    if (part == 0)
      make_classified(known, learned, recipe, threads, tables);
    else
      tables.clusters =
          tables::cluster_table(known.detections.table, known.labels, learned.clusters,
                                known.detections.features, learned.places, recipe);
  });
  for (size_t i = 0; i < learned.rows.size(); ++i) {
    const bool has_class = learned.posteriors.classes[i].has_value();
    ++(has_class ? summary.classification.classified : summary.classification.without_class);
    summary.with_missing += has_class && learned.posteriors.features_missing[i] > 0;
  }
  summary.sources_unique = tables.sources.unique.rows();
  summary.sources_ambiguous = tables.sources.ambiguous.rows();
  summary.sources_without_class = tables.sources.sources_without_class;
  return tables;
}

/// What the record of a run says of other files.
struct Files {
  InputRecords inputs;
  Digests companions;
};

/// Writes all but the record, in parallel, the largest first, and computes digests.
Files write_tables(const io::OutputFolder& folder, const Inputs& tables_read,
                   const io::WriteOptions& options, const Known& known, const Learned& learned,
                   const Tables& tables, const recipe::Recipe& recipe, const Threads& threads,
                   std::vector<std::string>& notes) {
  Files files;
  io::WriteOptions each = io::with_inputs(options, tables_read.all());
  each.threads = Threads(1);
  const io::Format format = options.format.value_or(io::Format::csv);
  std::map<std::string, std::vector<std::string>> notes_of;
  // Threads find their entries, and add none.
  for (const std::string& stem : tables::run_file::tables()) {
    notes_of[stem];
    files.companions[tables::run_file::table_name(stem, format)];
  }
  files.companions[tables::run_file::model];
  const auto note_digest = [&](const std::string& name) {
    files.companions.at(name) = sha256_of_file(folder.file(name));
  };
  const auto write = [&](const char* stem, const Table& table) {
    return [&, stem] {
      tables::run_file::write_table(folder, stem, table, each, notes_of.at(stem));
      note_digest(tables::run_file::table_name(stem, format));
    };
  };
  const auto write_published = [&](const char* stem, const Table& texts, const Table& numbers) {
    return [&, stem] {
      tables::run_file::write_published(folder, stem, texts, numbers, each, notes_of.at(stem));
      note_digest(tables::run_file::table_name(stem, format));
    };
  };
  const tables::ClassColumns columns = learned.columns();
  const std::vector<std::function<void()>> outputs = {
      [&] {
        catalog::write_catalog_file(folder.file(tables::run_file::catalog),
                                    {recipe, tables.clusters, known.classes, known.sources,
                                     tables.classified, learned.rows, learned.verdicts, columns});
      },
      [&] {
        const auto write_detections = [&](const Table& table) {
          write(tables::run_file::detections, table)();
        };
        if (!io::has_metadata(format))
          write_detections(tables::with_row_numbers(tables.classified));
        else
          write_detections(tables.classified);
      },
      write(tables::run_file::clusters, tables.clusters),
      write_published(tables::run_file::unique, tables.sources.unique,
                      tables.sources.unique_numbers),
      write_published(tables::run_file::ambiguous, tables.sources.ambiguous,
                      tables.sources.ambiguous_numbers),
      write(tables::run_file::sources, tables.sources.sources),
      [&] { files.inputs.first = tables::file_record(tables_read.detections); },
      [&] { files.inputs.second = tables::file_record(tables_read.labels()); },
      [&] {
        model::save_model(learned.model, folder.file(tables::run_file::model), io::Overwrite::no);
        note_digest(tables::run_file::model);
      }};
  threads.run(outputs.size(), [&](size_t i) { outputs[i](); });
  for (auto& [stem, of_table] : notes_of)
    notes.insert(notes.end(), of_table.begin(), of_table.end());
  return files;
}

}  // namespace

std::vector<std::string> fit_notes(const method::Fit& fit, const recipe::Recipe& recipe) {
  std::vector<std::string> notes;
  if (!fit.converged)
    notes.push_back(fmt::format("the mixture did not converge within {} iterations",
                                recipe.mixture.max_iterations));
  const method::Model& model = fit.model;
  std::vector<std::string> unlearned;
  for (size_t c = 0; c < recipe.classes.size(); ++c)
    if (!model.has_learned(method::ClassId(c))) unlearned.push_back(recipe.classes[c]);
  if (!unlearned.empty())
    notes.push_back(
        (model.bayes ? std::string(recipe.integrates() ? "without labelled detections, "
                                                       : "without complete labelled detections, ")
                     : fmt::format("with fewer than {} labelled detections in every cluster, ",
                                   recipe.min_members)) +
        "these classes were not learned: " + join(unlearned, ", "));
  if (!model.bayes || model.bayes->collapsed.empty()) return notes;
  std::vector<std::string> names;
  for (const auto& [id, cluster] : model.bayes->collapsed)
    names.push_back(fmt::format("{} in cluster {}", recipe.class_name(id), number_of(cluster)));
  notes.push_back(fmt::format(
      "{} covariance{} of a class in a cluster had collapsed, and the covariance of all clusters "
      "was used instead: {}",
      names.size(), names.size() == 1 ? "" : "s", join(names, ", ")));
  return notes;
}

Training train(const RunOptions& options, const recipe::Recipe& recipe, const Threads& threads,
               const Progress& progress) {
  Training training;
  RunSummary& summary = training.summary;
  Stopwatch stopwatch;
  const Known known =
      read_known(options, Inputs(options), recipe, threads, progress, stopwatch, summary);
  method::Fit fit = fit_known(options, known, recipe, threads, progress, stopwatch, summary);
  training.model = model_of(std::move(fit.model), options, recipe);
  summary.seconds = stopwatch.seconds();
  return training;
}

RunSummary run(const RunOptions& options, const recipe::Recipe& recipe, const Threads& threads,
               const Progress& progress) {
  RunSummary summary;
  summary.files = tables::run_file::all(options.write.format.value_or(io::Format::csv));
  // Tables of an earlier run in another format do not stay beside those of this one.
  auto replaced = tables::run_file::names_in_all_formats(tables::run_file::tables());
  for (const char* name :
       {tables::run_file::model, tables::run_file::catalog, tables::run_file::record})
    replaced.emplace_back(name);
  const bool is_first = threads.ranks().is_first();
  std::optional<io::OutputFolder> folder;
  if (is_first) folder.emplace(options.out, replaced, options.write.overwrite);
  Stopwatch stopwatch;
  const Inputs tables_read(options);
  const Known known =
      read_known(options, tables_read, recipe, threads, progress, stopwatch, summary);
  Checkpoint checkpoint(options.checkpoint,
                        method::RowBlocks(known.detections.features, threads.ranks()), recipe,
                        threads);
  const Learned learned =
      learn(options, known, recipe, threads, progress, stopwatch, summary, checkpoint);
  if (!is_first) return summary;
  const Tables tables = make_tables(known, learned, recipe, threads, summary);
  if (options.anomalies)
    summary.anomalies = tables::most_unusual(tables.clusters, options.anomalies);
  stopwatch.lap("tables");
  Files files = write_tables(*folder, tables_read, options.write, known, learned, tables, recipe,
                             threads, summary.notes);
  stopwatch.lap("write");
  summary.seconds = stopwatch.seconds();
  write_record(*folder, run_record(options, recipe, summary, files.inputs, threads), recipe,
               std::move(files.companions), summary.files);
  folder->commit();
  checkpoint.remove();
  return summary;
}

}  // namespace uhuru::jobs
