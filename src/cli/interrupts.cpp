#include "interrupts.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>

namespace uhuru::cli {
namespace {

std::atomic<int> received_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free);
std::chrono::steady_clock::time_point next_stop;

constexpr int heeded[] = {SIGINT, SIGTERM};

}  // namespace

Interrupts::Interrupts() {
  received_signal = 0;
  next_stop = {};
  struct sigaction action {};
  action.sa_handler = [](int number) { received_signal = number; };
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

bool Interrupts::stop() {
  const auto now = std::chrono::steady_clock::now();
  if (!received_signal || now < next_stop) return false;
  next_stop = now + std::chrono::seconds(10);
  return true;
}

}  // namespace uhuru::cli
