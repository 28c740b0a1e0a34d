#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/spawn.hpp"

namespace palier {

/// The most workers that can be measured.
inline constexpr int most_workers = 1024;

/// What one job takes when nothing else runs.
struct JobCost {
  double seconds = 0;
  double cpu_seconds = 0;
};

/// The job that workers do again and again.
class Workload {
 public:
  Workload() = default;
  virtual ~Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  /// What people call it: the command line.
  virtual std::string name() const = 0;
  /// Does the job once, in at most `limit` seconds, and returns what it took. Throws Error where it fails.
  virtual JobCost check(double limit) = 0;
  /// Does the job once, as worker 0 .. most_workers - 1, each of which is one thread at a time.
  virtual JobEnd run(int worker) = 0;
  /// Sends a signal to the jobs that run; called while other threads are in run().
  virtual void signal_all(int signal) = 0;
  /// How its workers run: "process", "thread" or "async".
  virtual const char* kind() const = 0;
  /// Called before a sample with so many workers: what has to be there before the clock starts.
  virtual void prepare(int) {}
  /// Of tasks of an event loop: the seconds that each job waits before run(), which then does the rest. None: each
  /// worker is a thread of ours, and run() is the whole job.
  virtual std::optional<double> waits() const { return {}; }
  /// The process that does a worker's jobs one after the other, and whose costs nobody else adds up before it ends; 0:
  /// they are done in this one, or each in a child of its own. Valid after prepare().
  virtual pid_t process(int) const { return 0; }
  /// The process that does a worker's job at this moment, whose memory is the job's; 0 where there is none. Called
  /// while other threads are in run().
  virtual pid_t working(int worker) const { return process(worker); }
  /// The least that JobEnd::peak_memory can show; 0 where it is exact.
  virtual Bytes memory_floor() const = 0;
};

/// Each job is one run of `argv`, its output thrown away. Throws Error where there is no such program.
std::unique_ptr<Workload> command_workload(std::vector<std::string> argv);

}  // namespace palier
