#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/workers_job.hpp"

namespace palier {

/// The work that palier has itself, to compare ways of running it.
enum class JobKind {
  compute,  ///< what an AI program does all day: split a text into words, count them, multiply matrices; 10 ms
  files,    ///< write 1 MiB into a file, read it back, count its words
  api,      ///< wait 20 ms for an answer that never was asked for, then read its JSON
};

/// "compute", "files", "api"; nullopt of anything else.
std::optional<JobKind> job_kind(std::string_view name);

/// What a job does besides waiting.
class BuiltInJob {
 public:
  explicit BuiltInJob(JobKind kind);
  JobKind kind() const { return kind_; }
  std::string name() const;
  /// Seconds that a job waits before it works.
  double wait() const { return kind_ == JobKind::api ? 0.02 : 0; }
  /// Does the work; what it took of the calling thread. Throws Error where no file can be written.
  JobEnd work() const;

 private:
  JobKind kind_;
  std::string text_;
};

/// Each worker is a thread.
std::unique_ptr<Workload> thread_workload(JobKind kind);

/// The workers are tasks of one thread's event loop: their waits overlap, what they compute does not.
std::unique_ptr<Workload> async_workload(JobKind kind);

/// Each worker is a process that does one job after the other: a run of `server`, which answers each line of its
/// standard input with a line "CPU-SECONDS PEAK-BYTES" when a job is done, and ends with its input, as serve_jobs does.
std::unique_ptr<Workload> process_workload(JobKind kind, std::vector<std::string> server);

/// The other end: a job for each line of standard input until it ends.
void serve_jobs(JobKind kind);

}  // namespace palier
