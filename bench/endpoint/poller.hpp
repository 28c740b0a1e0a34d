#pragma once
#include <sys/epoll.h>

#include <array>
#include <limits>

#include "base/file.hpp"
#include "bench/endpoint/clock.hpp"

namespace palier {

/// Something with a file descriptor that a Poller watches.
class Watched {
 public:
  virtual void on_ready(std::uint32_t events) = 0;

 protected:
  ~Watched() = default;
};

/// Waits for file descriptors and for a point in time: epoll with a timer descriptor, which fires within microseconds
/// where epoll's own timeout counts milliseconds.
class Poller {
 public:
  static constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();

  /// Throws Error where the system gives no descriptors.
  Poller();

  /// False, and errno says why, where the kernel refuses.
  bool add(int fd, std::uint32_t events, Watched& watched);
  bool change(int fd, std::uint32_t events, Watched& watched);
  /// Closing a descriptor removes it too.
  void remove(int fd);
  /// Waits until something is ready, somebody calls wake(), or `deadline`, and tells those who are ready.
  void wait(Nanoseconds deadline);
  /// Ends a wait of another thread.
  void wake();

 private:
  void arm(Nanoseconds deadline);

  FileDescriptor epoll_, timer_, waker_;
  Nanoseconds armed_ = never;
  std::array<epoll_event, 256> events_{};
};

}  // namespace palier
