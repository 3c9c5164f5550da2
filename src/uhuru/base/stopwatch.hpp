// The time that the stages of a computation take.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace uhuru {

/// Stages and their seconds, in order.
using StageSeconds = std::vector<std::pair<std::string, double>>;

/// Times stage after stage. Not thread-safe.
class Stopwatch {
 public:
  /// Ends a stage: the time since the last one ended, or since the beginning.
  void lap(const std::string& stage) { add(stage, since_last()); }
  /// Adds to a stage's time, which is new or one before.
  void add(const std::string& stage, double seconds) {
    for (auto& [name, sum] : seconds_)
      if (name == stage) {
        sum += seconds;
        return;
      }
    seconds_.emplace_back(stage, seconds);
  }
  /// Seconds since the last call, lap or beginning.
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
