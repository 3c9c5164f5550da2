// The state of a fit in a folder, from which the same command goes on.
#pragma once

#include <chrono>
#include <string>

#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// Where the state of a fit is kept, and how often.
struct CheckpointOptions {
  std::string folder;  // empty: nowhere
  double minutes = 5;  // between two states; 0: after each iteration
};

/// Reads and writes the state of a fit: `fit.json` in a folder. The first rank writes, and reads
/// for all. A state is replaced only by a whole one.
class Checkpoint {
 public:
  /// `rows`: scaled. Collective. Makes the folder. Throws Error (input) if there is a state of
  /// other rows or settings, one that cannot be read, or the folder cannot be written.
  Checkpoint(const CheckpointOptions& options, const method::RowBlocks& rows,
             const recipe::Recipe& recipe, const Threads& threads);

  /// For fit_mixture. Valid during the lifetime of the object.
  method::KeptStates states();

 private:
  void read(const std::string& json);
  void write(const method::FitState& state);

  CheckpointOptions options_;
  std::string path_, of_;  // of: what identifies the fit
  bool writes_ = false;
  std::optional<method::FitState> from_;
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

/// Removes the state, since the outputs are there.
void remove_checkpoint(const CheckpointOptions& options);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
