// Fits of mixtures in a folder, from which the same command goes on.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>

#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// Where fits are kept, and how often.
struct CheckpointOptions {
  std::string folder;  // empty: nowhere
  double minutes = 5;  // between two states; 0: after each iteration
  /// Is told that fits of the folder are used, and that one cannot be kept.
  std::function<void(const std::string&)> note = [](const std::string&) {};
};

/// Keeps fits in the files `fit-K-START.json` of a folder, START counted from 1. A file is replaced
/// only by a whole one. Not thread-safe.
class Checkpoint : public method::KeptFits {
 public:
  /// `features`: what is fitted, scaled or not, NaN if missing; fits are those of the same features
  /// and settings. Makes the folder. Collective. Throws Error (input) if it cannot be made, or
  /// written to.
  Checkpoint(const CheckpointOptions& options, const method::RowBlocks& features,
             const recipe::Recipe& recipe, const Threads& threads);

  /// Throws Error (input) if the file is that of other features or settings, or cannot be read.
  std::optional<method::MixtureFit> read(int components, int start) override;
  /// Writes the fit if it is the last of its iterations, or the minutes have passed. If it cannot
  /// be written, the fit goes on all the same.
  void write(int components, int start, const method::MixtureFit& fit, bool is_last) override;

  /// Removes the files that were read or written here, and the folder if nothing else is in it: to
  /// be called when the outputs are there.
  void remove();

 private:
  std::string path(int components, int start) const;

  CheckpointOptions options_;
  std::string of_;  // what identifies the fits
  size_t features_;
  std::set<std::string> paths_;
  bool has_read_ = false, has_failed_ = false;
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

}  // namespace uhuru::jobs
#pragma GCC visibility pop
