#include "uhuru/pipeline/predict.hpp"

#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/features/extract.hpp"

namespace uhuru {
namespace {

const std::vector<std::string> vote_files = {"uniquely_classified.csv",
                                             "ambiguous_classification.csv"};

void predict_row(const Model& model, const MixtureDensity& density, const Matrix& features,
                 Eigen::Index row, Prediction& prediction) {
  const auto count = static_cast<Eigen::Index>(model.scaling.size());
  Matrix scaled(1, count);
  int missing = 0;
  for (Eigen::Index f = 0; f < count; ++f) {
    scaled(0, f) = model.scaling[f].apply(features(row, f));
    if (std::isfinite(scaled(0, f))) continue;
    ++missing;
    scaled(0, f) = model.scaling[f].apply(model.medians[f]);
  }
  prediction.features_missing[row] = missing;
  if (missing == count) return;
  Eigen::Index cluster = 0;
  density.log_joint(scaled).row(0).maxCoeff(&cluster);
  prediction.classified.clusters[row] = static_cast<int>(cluster);
  const std::span<double> probabilities(prediction.classified.probabilities.row(row).data(),
                                        model.recipe.classes.size());
  if (class_probabilities(model.scores, static_cast<int>(cluster), scaled.row(0).transpose(),
                          probabilities))
    prediction.classified.classes[row] = most_probable(probabilities);
}

}  // namespace

Prediction predict(const Model& model, const MixtureDensity& density, const Matrix& features,
                   const Threads& threads) {
  Prediction prediction;
  const auto rows = static_cast<size_t>(features.rows());
  prediction.features_missing.resize(rows);
  prediction.classified.clusters.assign(rows, -1);
  prediction.classified.classes.assign(rows, -1);
  prediction.classified.probabilities.setZero(
      features.rows(), static_cast<Eigen::Index>(model.recipe.classes.size()));
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row)
      predict_row(model, density, features, static_cast<Eigen::Index>(row), prediction);
  });
  return prediction;
}

PredictSummary predict_table(const PredictOptions& options, const Model& model,
                             const Threads& threads, const Progress& progress) {
  if (!model.has_classes())
    throw input_error("the model holds no classes", "model " + model.name,
                      "a model that was trained with labels, by uhuru run");
  const auto reader = open_table(options.detections, threads);
  PredictSummary summary;
  FeatureExtractor extractor(model.recipe, reader->header(), AbsentColumns::missing_values);
  summary.absent = extractor.absent();
  const Table header = class_table_header(reader->header(), model.recipe, true);
  Table all = header.empty_copy();
  if (options.vote_folder) {
    reader->header().at(model.recipe.name_column);
    reader->header().at(model.recipe.observation_column);
    for (const std::string& file : vote_files)
      check_target(*options.vote_folder + "/" + file, options.write.overwrite);
  }
  const auto writer = create_table(options.out, header, options.write);
  const MixtureDensity density(model.mixture);
  Table batch = reader->header().empty_copy();
  Table out = header.empty_copy();
  while (reader->read(batch)) {
    const Matrix features = extractor.features(batch, reader->rows_read() - batch.rows());
    const Prediction prediction = predict(model, density, features, threads);
    out.clear_rows();
    append_classes(batch, prediction.classified, features, model.recipe,
                   &prediction.features_missing, out);
    writer->write(out);
    if (options.vote_folder) all.append_rows(out);
    for (size_t row = 0; row < batch.rows(); ++row) {
      const bool classified = prediction.classified.classes[row] >= 0;
      summary.classified += classified;
      summary.with_missing += classified && prediction.features_missing[row] > 0;
      summary.without_features += prediction.classified.clusters[row] < 0;
      summary.without_class += !classified && prediction.classified.clusters[row] >= 0;
    }
    if (progress) progress("predict", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
  }
  summary.read = reader->rows_read();
  if (options.vote_folder) summary.votes = vote(all, model.recipe);
  writer->commit();
  if (summary.votes) write_votes(*summary.votes, *options.vote_folder, options.write.overwrite);
  return summary;
}

void write_votes(const Vote& votes, const std::string& folder_path, Overwrite overwrite) {
  OutputFolder folder(folder_path, vote_files, overwrite);
  write_table(folder.file(vote_files[0]), votes.unique);
  write_table(folder.file(vote_files[1]), votes.ambiguous);
  folder.commit();
}

}  // namespace uhuru
