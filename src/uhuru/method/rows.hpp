// Detections as the method sees them: numbers.
#pragma once

#include <optional>
#include <span>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/ids.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Detections, as views of numbers that the caller keeps. Lists have one entry per row, or none.
struct DetectionRows {
  MatrixView features;  // rows × D, unscaled; NaN if missing
  /// Confidence limits (68 %) of the features, in the same unit; NaN if unknown. Without rows: none
  /// are known.
  MatrixView lower, upper;
  /// The class of a detection to learn from; nothing if it is not known. Without rows: none is.
  std::span<const std::optional<ClassId>> classes = {};
  /// Detections of a source have the same number. Without rows: each is a source of its own.
  std::span<const SourceId> sources = {};
};

}  // namespace uhuru::method
#pragma GCC visibility pop
