#include "uhuru/pipeline/predict.hpp"

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/features/extract.hpp"

namespace uhuru {
namespace {

const std::vector<std::string> vote_files = {"uniquely_classified.csv",
                                             "ambiguous_classification.csv"};

}  // namespace

Prediction predict(const Model& model, const MixtureDensity& density, const Matrix& features,
                   const Threads& threads) {
  Prediction prediction;
  const auto rows = static_cast<size_t>(features.rows());
  const auto count = static_cast<Eigen::Index>(model.scaling.size());
  prediction.features_missing.assign(rows, 0);
  prediction.classified.clusters.assign(rows, -1);
  Matrix scaled(features.rows(), count);
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row) {
      const auto r = static_cast<Eigen::Index>(row);
      for (Eigen::Index f = 0; f < count; ++f) {
        scaled(r, f) = model.scaling[f].apply(features(r, f));
        if (std::isfinite(scaled(r, f))) continue;
        ++prediction.features_missing[row];
        scaled(r, f) = model.scaling[f].apply(model.medians[f]);
      }
    }
    const Matrix joint = density.log_joint(
        scaled.middleRows(static_cast<long>(begin), static_cast<long>(end - begin)));
    for (size_t row = begin; row < end; ++row) {
      const double* of_row = joint.row(static_cast<long>(row - begin)).data();
      if (prediction.features_missing[row] < count)
        prediction.classified.clusters[row] =
            static_cast<int>(std::max_element(of_row, of_row + joint.cols()) - of_row);
    }
  });
  RowClasses classes = classify_rows(model.scores, prediction.classified.clusters, scaled,
                                     model.recipe.classes.size(), threads);
  prediction.classified.classes = std::move(classes.classes);
  prediction.classified.probabilities = std::move(classes.probabilities);
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
  if (options.vote_folder) summary.votes = vote(all, model.recipe, threads);
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
