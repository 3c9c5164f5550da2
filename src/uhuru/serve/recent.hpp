// A cache of the latest results.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// The most recently used values, by key. Thread-safe; two threads that need the same value at once
/// may both compute it.
template <class Key, class T>
class Recent {
 public:
  explicit Recent(size_t most) : most_(most) {}

  /// The value for this key; calls `make()` if it is not cached.
  template <class Make>
  std::shared_ptr<const T> get(const Key& key, const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = std::find_if(kept_.begin(), kept_.end(),
                                      [&](const auto& kept) { return kept.first == key; });
      if (found != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, found);
        return found->second;
      }
    }
    auto made = std::make_shared<const T>(make());
    const std::lock_guard lock(mutex_);
    kept_.emplace_front(key, made);
    if (kept_.size() > most_) kept_.pop_back();
    return made;
  }

 private:
  size_t most_;
  std::mutex mutex_;
  std::list<std::pair<Key, std::shared_ptr<const T>>> kept_;  // newest first
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
