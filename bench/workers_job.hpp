#pragma once
#include <memory>
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
  /// The least that JobEnd::peak_memory can show; 0 where it is exact.
  virtual Bytes memory_floor() const = 0;
};

/// Each job is one run of `argv`, its output thrown away. Throws Error where there is no such program.
std::unique_ptr<Workload> command_workload(std::vector<std::string> argv);

/// What a worker of an AI program does all day, in about ten milliseconds: it splits a text into words, counts them and
/// multiplies matrices. The workers are threads: a process for each job would measure how fast processes start, which
/// a command does, and threads share nothing here that processes would not share.
std::unique_ptr<Workload> built_in_workload();

}  // namespace palier
