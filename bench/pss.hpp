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

/// What processes have in memory.
struct MemorySize {
  Bytes resident = 0;  ///< each page in each process
  Bytes pss = 0;       ///< pages that several processes share divided among them
  MemorySize& operator+=(const MemorySize& other);
};

/// The sizes in the text of a smaps_rollup; nullopt where one is missing.
std::optional<MemorySize> parse_memory(std::string_view text);

/// What a process and its children have. nullopt of one that is gone, or that may not be read.
std::optional<MemorySize> memory_of(const Root& root, pid_t process);

/// Reads the memory of what works, again and again that of all workers, in a thread that takes at most a hundredth of a
/// processor: the kernel walks all pages of a process for it.
class PssWatch {
 public:
  /// `process` tells which one works for a worker now, 0 where none does; it is called from another thread.
  PssWatch(std::function<pid_t(int worker)> process, int workers);
  ~PssWatch();
  PssWatch(const PssWatch&) = delete;
  PssWatch& operator=(const PssWatch&) = delete;

  struct Seen {
    Bytes largest = 0;    ///< PSS of a worker
    MemorySize together;  ///< of all workers at the moment when their PSS was the most
    long readings = 0;    ///< of a worker
    void add(const Seen& other);
  };
  /// Ends it.
  Seen stop();

 private:
  void watch(int workers);
  Seen read_all(const Root& root, int workers) const;

  std::function<pid_t(int)> process_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  Seen seen_;
  std::thread thread_;
};

}  // namespace palier
