#include "uhuru/jobs/predict.hpp"

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/ranks_writer.hpp"
#include "uhuru/method/explain.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/systems.hpp"

namespace uhuru::jobs {
namespace {

/// In any format: tables of an earlier vote in another one do not stay beside those of this one.
std::vector<std::string> vote_files() {
  return tables::run_file::names_in_all_formats(tables::run_file::vote_tables());
}

/// See MeasurementIndex::chosen.
std::vector<bool> chosen_rows(io::TableReader& detections, const recipe::Recipe& recipe) {
  recipe::MeasurementIndex index(detections.header(), recipe);
  Table batch = detections.header().empty_copy();
  while (detections.read(batch)) index.add(batch);
  index.share(detections.ranks());
  return index.chosen();
}

}  // namespace

PredictionReader::PredictionReader(io::TableReader& detections, const model::RecipeModel& model,
                                   const Threads& threads)
    : io::TableReader(""),
      decimal_(sky::decimal_positions(detections,
                                      recipe::position_columns(detections.header(), model.recipe))),
      detections_(decimal_ ? *decimal_ : detections),
      model_(model),
      threads_(threads),
      measurements_(detections_.header(), model.recipe) {
  if (!model.has_classes())
    throw input_error("the model has no classes", "model " + model.name,
                      "a model trained with labels, by uhuru run");
  extractor_.emplace(model.recipe, detections_.header(), recipe::AbsentColumns::missing_values);
  predictor_.emplace(model);
  combining_ = model.combining();
  columns_ = tables::all_columns(model, combining_ ? &*combining_ : nullptr);
  header_ = tables::class_table_header(detections_.header(), model.recipe, columns_);
  batch_ = read_ = detections_.header().empty_copy();
  counts_.of_class.assign(model.recipe.classes.size(), 0);
}

std::vector<std::string> PredictionReader::remarks() const {
  std::vector<std::string> notes = notes_;
  const auto ours = extractor_->notes(model_.bayes.has_value());
  notes.insert(notes.end(), ours.begin(), ours.end());
  if (!shared_.note.empty())
    notes.push_back(shared_.note + (chosen_.empty() ? "" : "; each was taken once"));
  return notes;
}

void PredictionReader::share_findings() {
  notes_ = detections_.remarks();
  extractor_->share(ranks(), detections_.late_rows());
  measurements_.share(ranks());
  shared_ = measurements_.shared();
  counts_.add_up(ranks());
}

void PredictCounts::add_up(const Communicator& ranks) {
  std::vector<uint64_t> counts = of_class;
  for (const uint64_t count :
       {read, classified, without_features, without_class, with_missing, out_of_range, repeated})
    counts.push_back(count);
  ranks.add_up(counts);
  std::copy_n(counts.data(), of_class.size(), of_class.data());
  const uint64_t* count = counts.data() + of_class.size();
  for (uint64_t* total : {&read, &classified, &without_features, &without_class, &with_missing,
                          &out_of_range, &repeated})
    *total = *count++;
}

/// Reads a batch with at least one row that is to be classified; false at the end.
bool PredictionReader::read_chosen(size_t max_rows) {
  do {
    if (!detections_.read(batch_, max_rows)) return false;
    measurements_.add(batch_);
    counts_.read = detections_.rows_read();
    const uint64_t first = counts_.read - batch_.rows();
    const uint64_t first_row = detections_.rows_before() + first;  // for messages
    detections_.in_place([&] {
      features_ = extractor_->features(batch_, first_row);
      limits_ = extractor_->limits(batch_, features_, first_row);
    });
    counts_.out_of_range = extractor_->out_of_range();
    if (chosen_.empty()) {
      std::swap(read_, batch_);
      return true;
    }
    if (counts_.read > chosen_.size())
      throw input_error("the file changed while being read", "",
                        fmt::format("{} rows", chosen_.size()));
    std::vector<size_t> rows;
    for (size_t row = 0; row < batch_.rows(); ++row)
      if (chosen_[first + row]) rows.push_back(row);
    counts_.repeated += batch_.rows() - rows.size();
    read_ = batch_.select(rows);
    features_ = take_rows(features_, rows);
    limits_ = limits_.take(rows);
  } while (read_.rows() == 0);
  return true;
}

void PredictionReader::read_rows(Table& batch, size_t max_rows) {
  if (!read_chosen(max_rows)) return;
  const method::PlacedRows placed = predictor_->place(features_, threads_);
  posteriors_ = predictor_->classify(placed, limits_.lower, limits_.upper, threads_);
  tables::append_classes(read_, posteriors_, features_, placed.places, model_.recipe, columns_,
                         batch);
  for (size_t row = 0; row < read_.rows(); ++row) {
    const auto& id = posteriors_.classes[row];
    if (id) ++counts_.of_class[number_of(*id)];
    counts_.classified += id.has_value();
    counts_.with_missing += id && posteriors_.features_missing[row] > 0;
    counts_.without_features += !posteriors_.clusters[row];
    counts_.without_class += !id && posteriors_.clusters[row];
  }
}

method::DetectionRows PredictionReader::rows(size_t first, size_t count) const {
  const auto part = [&](const Matrix& of_all) -> MatrixView {
    if (of_all.rows() == 0) return of_all;
    return of_all.middleRows(static_cast<long>(first), static_cast<long>(count));
  };
  return {part(features_), part(limits_.lower), part(limits_.upper)};
}

Table explanation_header(const Table& detections, const recipe::Recipe& recipe) {
  Table table;
  table.name = "explanation";
  tables::add_identity(detections, recipe, table);
  table.add(make_field("feature", Type::text,
                       "Feature; or prior, together (what features say only together), total",
                       "meta.id"));
  const auto names = recipe::column_names(recipe.classes, recipe::log_odds_prefix);
  for (size_t c = 0; c < names.size(); ++c)
    table.add(make_field(names[c], Type::float64,
                         "Log odds of class " + recipe.classes[c] +
                             " against the others: prior and total, or what the feature adds",
                         "stat.value"));
  return table;
}

namespace {

/// Explanations of detections as rows of a table: for each detection one row for the prior, one for
/// each feature, one for what they say only together, and the total.
class ExplanationWriter {
 public:
  ExplanationWriter(const PredictOptions& options, const PredictionReader& predictions,
                    const model::RecipeModel& model, const io::WriteOptions& write)
      : model_(model) {
    table_ = explanation_header(predictions.detections(), model.recipe);
    tables::add_systems(predictions.detections(), model.recipe, table_);
    io::WriteOptions whole = write;
    whole.parts.reset();
    writer_ = io::create_table_of_ranks(options.explain, table_, whole, predictions.ranks());
  }

  void write(const PredictionReader& predictions, const Threads& threads) {
    Table identity;
    const auto columns = tables::add_identity(predictions.detections(), model_.recipe, identity);
    const auto names = model_.recipe.feature_names();
    constexpr size_t at_a_time = 1024;  // each is evaluated once for every feature
    std::vector<std::optional<method::Explanation>> found;
    for (size_t begin = 0; begin < predictions.detections().rows(); begin += at_a_time) {
      const size_t count = std::min(at_a_time, predictions.detections().rows() - begin);
      std::vector<std::vector<size_t>> alone;
      for (size_t i = 0; i < count; ++i) alone.push_back({i});
      for (auto& one : method::explain(model_, predictions.rows(begin, count), alone, threads))
        found.push_back(std::move(one));
    }
    Table batch = table_.empty_copy();
    for (size_t row = 0; row < found.size(); ++row) {
      if (!found[row]) continue;
      const auto add = [&](const std::string& what, const auto& values) {
        size_t c = 0;
        for (const Column* column : columns) batch.columns[c++].append_from(*column, row);
        batch.columns[c++].append_text(what);
        for (const double value : values) batch.columns[c++].append_number(value);
      };
      add("prior", found[row]->prior);
      for (size_t f = 0; f < names.size(); ++f)
        add(names[f], found[row]->features.row(static_cast<long>(f)));
      add("together", found[row]->together);
      add("total", found[row]->total);
    }
    writer_->write(batch);
  }
  void commit() { writer_->commit(); }

 private:
  const model::RecipeModel& model_;
  Table table_;
  std::unique_ptr<io::TableWriter> writer_;
};

}  // namespace

method::Posteriors predict_numbers(io::TableReader& detections, const model::RecipeModel& model,
                                   const Threads& threads, const Progress& progress) {
  PredictionReader predictions(detections, model, threads);
  Table batch = predictions.header().empty_copy();
  method::Posteriors all;
  std::vector<double> probabilities;
  while (predictions.read(batch)) {
    const method::Posteriors& some = predictions.posteriors();
    probabilities.insert(probabilities.end(), some.probabilities.data(),
                         some.probabilities.data() + some.probabilities.size());
    all.append_lists(some);
    if (progress)
      progress("predict", static_cast<uint64_t>(1000 * predictions.fraction_read()), 1000);
  }
  all.probabilities =
      Eigen::Map<const Matrix>(probabilities.data(), static_cast<long>(all.classes.size()),
                               static_cast<long>(model.recipe.classes.size()));
  return all;
}

PredictSummary predict_table(const PredictOptions& options, const model::RecipeModel& model,
                             const Threads& threads, const Progress& progress) {
  std::optional<io::Input> input;  // if it is read twice
  if (options.unique_detections) input.emplace(options.detections);
  std::vector<bool> chosen;
  if (input) chosen = chosen_rows(*input->open_part(threads), model.recipe);
  const auto reader =
      input ? input->open_part(threads) : io::open_table_part(options.detections, threads);
  PredictionReader predictions(*reader, model, threads);
  predictions.choose(std::move(chosen));
  if (options.vote_folder) {
    const recipe::Recipe& recipe = model.recipe;
    recipe::required_column(reader->header(), recipe, recipe.name_column);
    if (!recipe.observation_column.empty())
      recipe::required_column(reader->header(), recipe, recipe.observation_column);
    for (const std::string& file : vote_files())
      io::check_target(*options.vote_folder + "/" + file, options.write.overwrite);
  }
  io::OutputGroup outputs;
  io::WriteOptions write = options.write;
  write.group = &outputs;
  const Communicator& ranks = threads.ranks();
  const auto writer = io::create_table_of_ranks(options.out, predictions.header(), write, ranks);
  std::optional<ExplanationWriter> explanations;
  if (!options.explain.empty()) {
    if (!model.bayes)
      throw Error(ErrorKind::usage, "the model cannot explain its classes", "model " + model.name,
                  "a model of the method bayes");
    explanations.emplace(options, predictions, model, write);
  }
  PredictSummary summary;
  summary.absent = predictions.absent();
  summary.anomalies = predictions.header().empty_copy();
  Table batch = predictions.header().empty_copy();
  Table all = batch;
  while (predictions.read(batch)) {
    writer->write(batch);
    if (explanations) explanations->write(predictions, threads);
    if (options.vote_folder) all.append_rows(batch);
    if (options.anomalies) {
      summary.anomalies.append_rows(batch);
      summary.anomalies = tables::most_unusual(summary.anomalies, options.anomalies);
    }
    if (progress)
      progress("predict", static_cast<uint64_t>(1000 * predictions.fraction_read()), 1000);
  }
  static_cast<PredictCounts&>(summary) = predictions.counts();
  summary.notes = predictions.remarks();
  summary.shared = predictions.shared();
  if (options.anomalies) {
    gather_rows(summary.anomalies, ranks);
    summary.anomalies = tables::most_unusual(summary.anomalies, options.anomalies);
  }
  if (options.vote_folder) {
    tables::bring_sources_together(all, model.recipe, ranks);
    auto votes = tables::vote_on_table(all, model.recipe, threads, predictions.combining());
    if (ranks.is_first()) summary.votes = std::move(votes);
  }
  writer->commit();
  if (explanations) explanations->commit();
  if (summary.votes)
    for (std::string& note : write_votes(*summary.votes, *options.vote_folder, write))
      summary.notes.push_back(std::move(note));
  outputs.commit(ranks);
  return summary;
}

std::vector<std::string> write_votes(const tables::SourceTables& votes,
                                     const std::string& folder_path,
                                     const io::WriteOptions& options) {
  io::OutputFolder folder(folder_path, vote_files(), options.overwrite, options.group);
  std::vector<std::string> notes;
  const auto write_published = [&](const char* stem, const Table& texts, const Table& numbers) {
    tables::run_file::write_published(folder, stem, texts, numbers, options, notes);
  };
  write_published(tables::run_file::unique, votes.unique, votes.unique_numbers);
  write_published(tables::run_file::ambiguous, votes.ambiguous, votes.ambiguous_numbers);
  tables::run_file::write_table(folder, tables::run_file::sources, votes.sources, options, notes);
  folder.commit();
  return notes;
}

}  // namespace uhuru::jobs
