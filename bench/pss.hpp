#pragma once
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// The proportional set size in the text of a smaps_rollup; nullopt where there is none.
std::optional<Bytes> parse_pss(std::string_view text);

/// What a process and its children have in memory, pages that several processes share divided among them. nullopt of
/// one that is gone, or that may not be read.
std::optional<Bytes> pss_of(const Root& root, pid_t process);

/// Reads the PSS of what works, one worker after the other, in a thread that takes at most a hundredth of a processor:
/// the kernel walks all pages of a process for it.
class PssWatch {
 public:
  /// `process` tells which one works for a worker now, 0 where none does; it is called from another thread.
  PssWatch(std::function<pid_t(int worker)> process, int workers);
  ~PssWatch();
  PssWatch(const PssWatch&) = delete;
  PssWatch& operator=(const PssWatch&) = delete;

  struct Seen {
    Bytes largest = 0;
    long readings = 0;
  };
  /// Ends it.
  Seen stop();

 private:
  void watch(int workers);

  std::function<pid_t(int)> process_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  Seen seen_;
  std::thread thread_;
};

}  // namespace palier
