#include "bench/workers_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/units.hpp"
#include "bench/sampling.hpp"

namespace palier {
namespace {

constexpr auto poll = std::chrono::milliseconds(20);
constexpr double grace = 0.5;  ///< seconds that a job has to end by itself

/// The threads of one sample. However it ends, none of them and no job is left.
class Crew {
 public:
  Crew(Workload& workload, int workers) : workload_(workload), records_(static_cast<std::size_t>(workers)) {}

  ~Crew() { end_jobs(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void start(double seconds) {
    try {
      for (std::size_t i = 0; i < records_.size(); ++i) {
        count(+1);
        threads_.emplace_back([this, i] { work(static_cast<int>(i)); });
      }
    } catch (const std::system_error& e) {
      count(-1);
      throw Error({.message = fmt::format("cannot start {} workers", records_.size()),
                   .reason = e.code().message(),
                   .help = "fewer workers may fit: see ulimit -u"});
    }
    deadline_ = steady_seconds() + seconds;
  }

  /// True when all workers have finished; false at the time `until` or on Ctrl-C.
  bool wait(double until) {
    std::unique_lock lock(mutex_);
    while (working_ > 0 && steady_seconds() < until && !interrupted()) ended_.wait_for(lock, poll);
    return working_ == 0;
  }

  /// The crew must have finished.
  WorkersSample result() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    if (failure_) std::rethrow_exception(failure_);
    WorkersSample sample;
    std::vector<std::vector<Stretch>> stretches;
    for (Record& record : records_) {
      stretches.push_back(std::move(record.stretches));
      sample.jobs += static_cast<long>(stretches.back().size());
      for (const auto& [status, count] : record.failures) sample.failures[status] += count;
      for (const Stretch& job : stretches.back())
        sample.longest_job = std::max(sample.longest_job, job.end - job.start);
      sample.cpu_seconds += record.cpu_seconds;
      sample.peak_memory = std::max(sample.peak_memory, record.peak_memory);
    }
    sample.rate = jobs_per_second(stretches);
    return sample;
  }

 private:
  struct Record {
    std::vector<Stretch> stretches;
    std::map<int, long> failures;
    double cpu_seconds = 0;
    Bytes peak_memory = 0;
  };

  void work(int worker) {
    try {
      Record& record = records_[static_cast<std::size_t>(worker)];
      do {
        const double start = steady_seconds();
        const JobEnd end = workload_.run(worker);
        record.stretches.push_back({.start = start, .end = steady_seconds(), .ok = end.status == 0});
        if (end.status != 0) ++record.failures[end.status];
        record.cpu_seconds += end.cpu_seconds;
        record.peak_memory = std::max(record.peak_memory, end.peak_memory);
      } while (steady_seconds() < deadline_);
    } catch (...) {
      deadline_ = 0;
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    count(-1);
  }

  void count(int change) {
    const std::lock_guard lock(mutex_);
    working_ += change;
    ended_.notify_all();
  }

  // A worker may start one more job after a signal has passed, so the signal is repeated until all have finished.
  void end_jobs() {
    deadline_ = 0;
    const double kill_from = steady_seconds() + grace;
    std::unique_lock lock(mutex_);
    while (working_ > 0) {
      workload_.signal_all(steady_seconds() < kill_from ? SIGTERM : SIGKILL);
      ended_.wait_for(lock, poll);
    }
    lock.unlock();
    for (std::thread& thread : threads_) thread.join();
  }

  Workload& workload_;
  std::vector<Record> records_;
  std::vector<std::thread> threads_;
  std::atomic<double> deadline_ = std::numeric_limits<double>::infinity();
  std::mutex mutex_;
  std::condition_variable ended_;
  int working_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

double jobs_per_second(const std::vector<std::vector<Stretch>>& workers) {
  double from = -std::numeric_limits<double>::infinity(), first = -from, to = -from, last = from;
  for (const auto& jobs : workers) {
    from = std::max(from, jobs.front().start);
    first = std::min(first, jobs.front().start);
    to = std::min(to, jobs.back().end);
    last = std::max(last, jobs.back().end);
  }
  if (to <= from) {  // some worker had finished before another began: the best that can be said
    from = first;
    to = last;
  }
  double done = 0;
  for (const auto& jobs : workers) {
    for (const Stretch& job : jobs) {
      const double inside = std::min(job.end, to) - std::max(job.start, from);
      if (job.ok && inside > 0) done += inside / (job.end - job.start);
    }
  }
  return to > from ? done / (to - from) : 0;
}

WorkersSample take_sample(Workload& workload, int workers, double seconds, double limit, const NoiseMeter& meter) {
  const Conditions before = meter.read();
  const double end = steady_seconds() + seconds + limit;
  Crew crew(workload, workers);
  crew.start(seconds);
  if (!crew.wait(end)) {
    if (interrupted()) {
      WorkersSample none;
      none.interrupted = true;
      return none;
    }
    throw Error({.message = fmt::format("the jobs do not end with {} workers: {}", workers, workload.name()),
                 .reason = fmt::format("a job was still running after {}", format_seconds(seconds + limit)),
                 .help = "give a longer --time-budget, or look at what the jobs wait for"});
  }
  const Conditions after = meter.read();
  WorkersSample sample = crew.result();
  sample.conditions = after - before;
  return sample;
}

}  // namespace palier
