#include "uhuru/pipeline/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/features/extract.hpp"
#include "uhuru/pipeline/input.hpp"
#include "uhuru/sky/position_columns.hpp"

namespace uhuru {
namespace {

const std::vector<std::string> vote_files = {"uniquely_classified.csv",
                                             "ambiguous_classification.csv", "sources.csv"};

/// See MeasurementIndex::chosen.
std::vector<bool> chosen_rows(TableReader& detections, const Recipe& recipe) {
  MeasurementIndex index(detections.header(), recipe);
  Table batch = detections.header().empty_copy();
  while (detections.read(batch)) index.add(batch);
  return index.chosen();
}

}  // namespace

Predictor::Predictor(const Model& model)
    : model_(model), density_(model.mixture), placer_(model.mixture) {
  if (model.bayes) bayes_.emplace(*model.bayes);
}

Prediction Predictor::operator()(const Matrix& features, const Limits& limits,
                                 const Threads& threads) const {
  Prediction prediction;
  Classified& classified = prediction.classified;
  const auto rows = static_cast<size_t>(features.rows());
  const auto count = static_cast<Eigen::Index>(model_.scaling.size());
  prediction.features_missing.assign(rows, 0);
  classified.clusters.assign(rows, -1);
  Matrix scaled(features.rows(), count);  // NaN if missing
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row) {
      const auto r = static_cast<Eigen::Index>(row);
      for (Eigen::Index f = 0; f < count; ++f) {
        scaled(r, f) = model_.scaling[f].apply(features(r, f));
        if (std::isfinite(scaled(r, f))) continue;
        ++prediction.features_missing[row];
        scaled(r, f) = std::numeric_limits<double>::quiet_NaN();
      }
    }
  });
  classified.anomalies = find_anomalies(placer_, model_.density_quantiles, scaled, threads);
  Matrix filled = scaled;
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row)
      for (Eigen::Index f = 0; f < count; ++f)
        if (double& value = filled(static_cast<long>(row), f); std::isnan(value))
          value = model_.scaling[f].apply(model_.medians[f]);
    const Matrix joint = density_.log_joint(
        filled.middleRows(static_cast<long>(begin), static_cast<long>(end - begin)));
    for (size_t row = begin; row < end; ++row) {
      const double* of_row = joint.row(static_cast<long>(row - begin)).data();
      if (prediction.features_missing[row] == count) continue;
      const bool by_place = bayes_ && prediction.features_missing[row] > 0;
      classified.clusters[row] =
          by_place ? classified.anomalies.placements[row].cluster
                   : static_cast<int>(std::max_element(of_row, of_row + joint.cols()) - of_row);
    }
  });
  const size_t class_count = model_.recipe.classes.size();
  if (!bayes_) {
    RowClasses classes =
        classify_rows(model_.scores, classified.clusters, filled, class_count, threads);
    classified.classes = std::move(classes.classes);
    classified.probabilities = std::move(classes.probabilities);
    return prediction;
  }
  const Matrix learned = (*bayes_)(scaled, scaled_variance(limits, model_.scaling), threads);
  classified.probabilities = Matrix::Zero(features.rows(), static_cast<long>(class_count));
  classified.classes.assign(rows, -1);
  for (size_t row = 0; row < rows; ++row) {
    if (classified.clusters[row] < 0) continue;
    const auto r = static_cast<Eigen::Index>(row);
    for (size_t l = 0; l < model_.bayes->learned.size(); ++l)
      classified.probabilities(r, model_.bayes->learned[l]) = learned(r, static_cast<long>(l));
    classified.classes[row] =
        most_probable(std::span<const double>(classified.probabilities.row(r).data(), class_count));
  }
  return prediction;
}

PredictionReader::PredictionReader(TableReader& detections, const Model& model,
                                   const Threads& threads)
    : TableReader(""),
      decimal_(decimal_positions(detections, {model.recipe.ra_column, model.recipe.dec_column})),
      detections_(decimal_ ? *decimal_ : detections),
      model_(model),
      threads_(threads),
      measurements_(detections_.header(), model.recipe) {
  if (!model.has_classes())
    throw input_error("the model has no classes", "model " + model.name,
                      "a model trained with labels, by uhuru run");
  extractor_.emplace(model.recipe, detections_.header(), AbsentColumns::missing_values);
  predictor_.emplace(model);
  header_ = class_table_header(detections_.header(), model.recipe, {.features_missing = true});
  batch_ = read_ = detections_.header().empty_copy();
  counts_.of_class.assign(model.recipe.classes.size(), 0);
}

std::vector<std::string> PredictionReader::remarks() const {
  std::vector<std::string> notes = detections_.remarks();
  const auto ours = extractor_->notes(model_.bayes.has_value());
  notes.insert(notes.end(), ours.begin(), ours.end());
  if (auto shared = measurements_.shared().note; !shared.empty())
    notes.push_back(std::move(shared) + (chosen_.empty() ? "" : "; each was taken once"));
  return notes;
}

/// Reads a batch with at least one row that is to be classified; false at the end.
bool PredictionReader::read_chosen(size_t max_rows) {
  do {
    if (!detections_.read(batch_, max_rows)) return false;
    measurements_.add(batch_);
    counts_.read = detections_.rows_read();
    const uint64_t first_row = counts_.read - batch_.rows();
    features_ = extractor_->features(batch_, first_row);
    limits_ = extractor_->limits(batch_, first_row);
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
      if (chosen_[first_row + row]) rows.push_back(row);
    counts_.repeated += batch_.rows() - rows.size();
    read_ = batch_.select(rows);
    features_ = take_rows(features_, rows);
    limits_ = limits_.take(rows);
  } while (read_.rows() == 0);
  return true;
}

void PredictionReader::read_rows(Table& batch, size_t max_rows) {
  if (!read_chosen(max_rows)) return;
  const Prediction prediction = (*predictor_)(features_, limits_, threads_);
  append_classes(read_, prediction.classified, features_, model_.recipe,
                 &prediction.features_missing, batch);
  for (size_t row = 0; row < read_.rows(); ++row) {
    const bool classified = prediction.classified.classes[row] >= 0;
    if (classified) ++counts_.of_class[static_cast<size_t>(prediction.classified.classes[row])];
    counts_.classified += classified;
    counts_.with_missing += classified && prediction.features_missing[row] > 0;
    counts_.without_features += prediction.classified.clusters[row] < 0;
    counts_.without_class += !classified && prediction.classified.clusters[row] >= 0;
  }
}

PredictSummary predict_table(const PredictOptions& options, const Model& model,
                             const Threads& threads, const Progress& progress) {
  std::optional<Input> input;  // if it is read twice
  if (options.unique_detections) input.emplace(options.detections);
  std::vector<bool> chosen;
  if (input) chosen = chosen_rows(*input->open(threads), model.recipe);
  const auto reader = input ? input->open(threads) : open_table(options.detections, threads);
  PredictionReader predictions(*reader, model, threads);
  predictions.choose(std::move(chosen));
  if (options.vote_folder) {
    reader->header().at(model.recipe.name_column);
    reader->header().at(model.recipe.observation_column);
    for (const std::string& file : vote_files)
      check_target(*options.vote_folder + "/" + file, options.write.overwrite);
  }
  OutputGroup outputs;
  WriteOptions write = options.write;
  write.group = &outputs;
  const auto writer = create_table(options.out, predictions.header(), write);
  PredictSummary summary;
  summary.absent = predictions.absent();
  summary.anomalies = predictions.header().empty_copy();
  Table batch = predictions.header().empty_copy();
  Table all = batch;
  while (predictions.read(batch)) {
    writer->write(batch);
    if (options.vote_folder) all.append_rows(batch);
    if (options.anomalies) {
      summary.anomalies.append_rows(batch);
      summary.anomalies = most_unusual(summary.anomalies, options.anomalies);
    }
    if (progress)
      progress("predict", static_cast<uint64_t>(1000 * predictions.fraction_read()), 1000);
  }
  static_cast<PredictCounts&>(summary) = predictions.counts();
  summary.notes = predictions.remarks();
  summary.shared = predictions.shared();
  if (options.vote_folder)
    summary.votes = vote(all, model.recipe, threads, model.bayes ? &*model.bayes : nullptr);
  writer->commit();
  if (summary.votes)
    write_votes(*summary.votes, *options.vote_folder, options.write.overwrite, &outputs);
  outputs.commit();
  return summary;
}

void write_votes(const Vote& votes, const std::string& folder_path, Overwrite overwrite,
                 OutputGroup* group) {
  OutputFolder folder(folder_path, vote_files, overwrite, group);
  write_table(folder.file(vote_files[0]), votes.unique);
  write_table(folder.file(vote_files[1]), votes.ambiguous);
  write_table(folder.file(vote_files[2]), votes.sources);
  folder.commit();
}

}  // namespace uhuru
