#include "interrupts.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <iterator>

#include "uhuru/io/pending_path.hpp"

namespace uhuru::cli {
namespace {

std::atomic<int> received_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free);
std::chrono::steady_clock::time_point next_stop;

/// Ends the program as the signal would, without leftovers.
void end_by_signal(int number) {
  io::remove_pending_paths();
  std::signal(number, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  std::raise(number);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace

void clean_up_at_signals() {
  struct sigaction action {};
  action.sa_handler = end_by_signal;
  sigfillset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU}) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_DFL) sigaction(number, &action, nullptr);
  }
}

Interrupts::Interrupts() {
  received_signal = 0;
  next_stop = {};
  struct sigaction action {};
  action.sa_handler = [](int number) {
    if (received_signal) end_by_signal(number);
    received_signal = number;
  };
  for (size_t i = 0; i < std::size(heeded_); ++i) {
    sigaction(heeded_[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(heeded_[i], &action, nullptr);
  }
}

Interrupts::~Interrupts() {
  for (size_t i = 0; i < std::size(heeded_); ++i) sigaction(heeded_[i], &before_[i], nullptr);
}

int Interrupts::received() { return received_signal; }

bool Interrupts::stop() {
  const auto now = std::chrono::steady_clock::now();
  if (!received_signal || now < next_stop) return false;
  next_stop = now + std::chrono::seconds(10);
  return true;
}

}  // namespace uhuru::cli
