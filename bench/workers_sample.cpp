#include "bench/workers_sample.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

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
#include "bench/workers_load.hpp"

namespace palier {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto poll = std::chrono::milliseconds(20);
constexpr double grace = 0.5;  ///< seconds that a job has to end by itself

double now() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

double cpu_seconds_used() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return sum;
}

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
    deadline_ = now() + seconds;
  }

  /// True when all workers have finished; false at the time `until` or on Ctrl-C.
  bool wait(double until) {
    std::unique_lock lock(mutex_);
    while (working_ > 0 && now() < until && !interrupted()) ended_.wait_for(lock, poll);
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
        const double start = now();
        const JobEnd end = workload_.run(worker);
        record.stretches.push_back({.start = start, .end = now(), .ok = end.status == 0});
        if (end.status != 0) ++record.failures[end.status];
        record.cpu_seconds += end.cpu_seconds;
        record.peak_memory = std::max(record.peak_memory, end.peak_memory);
      } while (now() < deadline_);
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
    const double kill_from = now() + grace;
    std::unique_lock lock(mutex_);
    while (working_ > 0) {
      workload_.signal_all(now() < kill_from ? SIGTERM : SIGKILL);
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

WorkersSample take_sample(Workload& workload, int workers, double seconds, double limit) {
  const auto taken_before = cpu_seconds_taken();
  const double cpu_before = cpu_seconds_used();
  const double start = now();
  Crew crew(workload, workers);
  crew.start(seconds);
  if (!crew.wait(start + seconds + limit)) {
    if (interrupted()) {
      WorkersSample none;
      none.interrupted = true;
      return none;
    }
    throw Error({.message = fmt::format("the jobs do not end with {1} workers: {0}", workload.name(), workers),
                 .reason = fmt::format("a job was still running after {}", format_seconds(seconds + limit)),
                 .help = "give a longer --time-budget, or look at what the jobs wait for"});
  }
  const double busy = cpu_seconds_used() - cpu_before, elapsed = now() - start;
  const auto taken_after = cpu_seconds_taken();
  WorkersSample sample = crew.result();
  sample.busy_cpus = busy / elapsed;
  if (taken_before && taken_after) sample.foreign_cpus = std::max(0.0, (*taken_after - *taken_before - busy) / elapsed);
  return sample;
}

}  // namespace palier
