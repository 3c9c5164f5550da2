// Figures of an evaluation, as SVG files.
#pragma once

#include <string>
#include <vector>

#include "uhuru/study/evaluation.hpp"

namespace uhuru::study {

/// How often each label was predicted for each true label, with the fraction of the true label.
std::string confusion_figure(const Evaluation& evaluation);

/// Accuracy against mean probability in ten bins, and the number of rows per bin. Throws Error
/// (bug) without probabilities, as do the two below. All are thread-safe, and give the same bytes
/// for the same evaluation.
std::string reliability_figure(const Evaluation& evaluation);

/// The curve of each label with the area under it; a label without a curve is only in the legend.
std::string roc_figure(const Evaluation& evaluation);
/// The same; the area is the average precision.
std::string precision_recall_figure(const Evaluation& evaluation);

struct Figure {
  std::string name;  // "confusion", "reliability", "roc", "precision_recall"
  std::string svg;
};

/// All available figures: without probabilities only the confusion matrix.
std::vector<Figure> evaluation_figures(const Evaluation& evaluation);

}  // namespace uhuru::study
