// Figures of an evaluation, as SVG files.
#pragma once

#include <string>
#include <vector>

#include "uhuru/evaluate/evaluation.hpp"

namespace uhuru {

/// How often each label was predicted for each true one, with its part of the true ones.
std::string confusion_figure(const Evaluation& evaluation);

/// Accuracy against mean probability in ten bins, and how many rows each has. Throws Error (bug)
/// without probabilities, as do the two below. All are thread-safe, and give the same bytes for the
/// same evaluation.
std::string reliability_figure(const Evaluation& evaluation);

/// The curve of each label with the area under it; a label without one stands in the legend alone.
std::string roc_figure(const Evaluation& evaluation);
/// The same; the area is the average precision.
std::string precision_recall_figure(const Evaluation& evaluation);

struct Figure {
  std::string name;  // "confusion", "reliability", "roc", "precision_recall"
  std::string svg;
};

/// All figures that the evaluation has: without probabilities only the confusion.
std::vector<Figure> evaluation_figures(const Evaluation& evaluation);

}  // namespace uhuru
