#include "interrupts.hpp"

#include <atomic>
#include <cstddef>

namespace uhuru::cli {
namespace {

std::atomic<int> received_signal = 0;
std::atomic<bool> is_new = false;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constexpr int heeded[] = {SIGINT, SIGTERM};

}  // namespace

Interrupts::Interrupts() {
  received_signal = 0;
  is_new = false;
  struct sigaction action {};
  action.sa_handler = [](int number) {
    received_signal = number;
    is_new = true;
  };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (size_t i = 0; i < 2; ++i) {
    sigaction(heeded[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(heeded[i], &action, nullptr);
  }
}

Interrupts::~Interrupts() {
  for (size_t i = 0; i < 2; ++i) sigaction(heeded[i], &before_[i], nullptr);
}

int Interrupts::received() { return received_signal; }

bool Interrupts::stop() { return is_new.exchange(false); }

}  // namespace uhuru::cli
