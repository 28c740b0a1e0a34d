#include "base/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace palier {
namespace {

// Read by every thread, while the handler runs in any: sig_atomic_t would be a data race.
std::atomic<int> asked_to_stop = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may take no lock");

extern "C" void on_interrupt(int signal) {
  asked_to_stop = 1;
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(signal, &standard, nullptr);  // a second Ctrl-C is final
}

}  // namespace

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() noexcept { return asked_to_stop != 0; }

void check_interrupt() {
  if (interrupted()) throw Interrupted();
}

void clear_interrupt() noexcept {
  if (asked_to_stop == 0) return;
  asked_to_stop = 0;
  watch_interrupts();
}

}  // namespace palier
