#pragma once
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/binding.hpp"

namespace palier {

/// Threads that each stay on one processing unit and do the same work side by side.
class Team {
 public:
  /// What one thread is told.
  struct Turn {
    int thread;               ///< 0 to count - 1
    int count;                ///< threads that work
    std::barrier<>& barrier;  ///< of those
  };

  /// `size` threads on the first places of `binding`; more threads than places share them.
  Team(const Binding& binding, int size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return static_cast<int>(threads_.size()); }
  /// False where the system refused to bind a thread.
  bool bound() const { return bound_; }
  /// The place of each thread.
  const std::vector<unsigned>& places() const { return places_; }
  /// Runs `work`, which must not throw, on the first `count` threads. Returns the seconds between the first one's begin
  /// and the last one's end.
  double run(int count, const std::function<void(const Turn&)>& work);

 private:
  struct Job {
    int count;
    const std::function<void(const Turn&)>& work;
    std::barrier<> barrier;
  };
  void live(const Binding& binding, int thread);

  std::vector<unsigned> places_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Job* job_ = nullptr;
  unsigned long generation_ = 0;
  int unfinished_ = 0;
  bool stopping_ = false;
  std::atomic<bool> bound_ = true;
  std::vector<std::array<double, 2>> times_;  ///< begin and end of each thread's part
  std::vector<std::thread> threads_;
};

}  // namespace palier
