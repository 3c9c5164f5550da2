// What was worked out for the latest requests.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

namespace uhuru {

/// Values by key, those that were asked for last. Thread-safe; two threads that want the same at
/// once may both make it.
template <class Key, class T>
class Recent {
 public:
  explicit Recent(size_t most) : most_(most) {}

  /// The value of this key; `make()` where it is not kept.
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

}  // namespace uhuru
