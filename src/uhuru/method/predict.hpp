// From detections and a model to the classes of the detections.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/placement.hpp"
#include "uhuru/method/model.hpp"
#include "uhuru/method/rows.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Detections in a model's mixture, one entry per row.
struct PlacedRows {
  Matrix scaled;  // rows × D; NaN if missing, or if the logarithm is undefined
  std::vector<Placement> places;

  PlacedRows take(std::span<const size_t> rows) const;
};

/// The classes of detections, one entry per row. A detection without class has probabilities of 0.
struct Posteriors {
  std::vector<std::optional<ClusterId>> clusters;
  std::vector<std::optional<ClassId>> classes;  // the most probable
  Matrix probabilities;                         // rows × classes
  std::vector<int> features_missing;
  /// The p-value that the detection belongs to a learned class, NaN without any feature; none
  /// unless the method is bayes. See BayesDensity::Classes.
  std::vector<double> p_known;

  /// Appends the rows of `other` to all lists, but not to the probabilities.
  void append_lists(const Posteriors& other);
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, Posteriors& posteriors) {
  archive(posteriors.clusters, posteriors.classes, posteriors.probabilities,
          posteriors.features_missing, posteriors.p_known);
}

/// A model prepared for classification. Thread-safe.
class Predictor {
 public:
  /// `model` must outlive it and have classes. Throws Error (input) if a covariance is not positive
  /// definite.
  explicit Predictor(const Model& model);

  /// Places rows of unscaled features (rows × D; NaN if missing).
  PlacedRows place(const MatrixView& features, const Threads& threads) const;
  /// Places rows that have been scaled by the model's scaling.
  PlacedRows place_scaled(Matrix scaled, const Threads& threads) const;

  /// Classifies placed rows. A missing feature is marginalized by the method bayes and set to the
  /// model's median by mahalanobis; a row without any feature gets neither cluster nor class.
  /// `lower`, `upper`: confidence limits of the unscaled features, for bayes; may have no rows. Its
  /// probabilities have the prior of the model. The result is the same for any number of threads.
  /// Source: [PD24] sec. 3.5; bayes is our addition.
  Posteriors classify(const PlacedRows& rows, const MatrixView& lower, const MatrixView& upper,
                      const Threads& threads) const;

 private:
  void classify_by_distance(const PlacedRows& rows, const Threads& threads,
                            Posteriors& result) const;
  void classify_bayes(const PlacedRows& rows, const MatrixView& lower, const MatrixView& upper,
                      const Threads& threads, Posteriors& result) const;

  const Model& model_;
  MixturePlacer placer_;
  std::optional<BayesDensity> bayes_;
};

/// Classifies detections: features and limits of `rows`. Throws Error (input) if the model has no
/// classes or another number of features, or a feature is infinite. Thread-safe.
Posteriors predict(const Model& model, const DetectionRows& rows, const Threads& threads,
                   const Progress& progress = {});

}  // namespace uhuru::method
#pragma GCC visibility pop
