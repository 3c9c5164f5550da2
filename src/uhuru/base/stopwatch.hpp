// Timing of the stages of a computation.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru {

/// Stages and their times in seconds, in order.
using StageSeconds = std::vector<std::pair<std::string, double>>;

/// Times consecutive stages. Not thread-safe.
class Stopwatch {
 public:
  /// Ends a stage: records the time since the previous stage ended, or since construction.
  void lap(const std::string& stage) { add(stage, since_last()); }
  /// Adds to the time of a new or existing stage.
  void add(const std::string& stage, double seconds) {
    for (auto& [name, sum] : seconds_)
      if (name == stage) {
        sum += seconds;
        return;
      }
    seconds_.emplace_back(stage, seconds);
  }
  /// Seconds since the last call, lap or construction.
  double since_last() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }
  const StageSeconds& seconds() const { return seconds_; }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  StageSeconds seconds_;
};

}  // namespace uhuru
#pragma GCC visibility pop
