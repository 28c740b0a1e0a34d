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
#include <numeric>
#include <queue>
#include <system_error>
#include <thread>
#include <tuple>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/units.hpp"
#include "bench/sampling.hpp"

namespace palier {
namespace {

constexpr auto poll = std::chrono::milliseconds(20);
constexpr double grace = 0.5;  ///< seconds that a job has to end by itself

/// What one worker did.
struct Record {
  std::vector<Stretch> stretches;
  std::map<int, long> failures;
  double cpu_seconds = 0;
  Bytes peak_memory = 0;

  void add(double start, const JobEnd& end) {
    stretches.push_back({.start = start, .end = steady_seconds(), .ok = end.status == 0});
    if (end.status != 0) ++failures[end.status];
    cpu_seconds += end.cpu_seconds;
    peak_memory = std::max(peak_memory, end.peak_memory);
  }
};

WorkersSample sample_of(std::vector<Record> records) {
  WorkersSample sample;
  std::vector<std::vector<Stretch>> stretches;
  for (Record& record : records) {
    stretches.push_back(std::move(record.stretches));
    sample.jobs += static_cast<long>(stretches.back().size());
    for (const auto& [status, count] : record.failures) sample.failures[status] += count;
    for (const Stretch& job : stretches.back()) sample.longest_job = std::max(sample.longest_job, job.end - job.start);
    sample.cpu_seconds += record.cpu_seconds;
    sample.peak_memory = std::max(sample.peak_memory, record.peak_memory);
  }
  sample.rates = jobs_per_second(stretches);
  sample.rate = std::accumulate(sample.rates.begin(), sample.rates.end(), 0.0);
  return sample;
}

/// A job of an event loop that waits until it is due.
struct Task {
  double due, start;
  int worker;
  bool operator>(const Task& other) const { return std::tie(due, worker) > std::tie(other.due, other.worker); }
};

/// The tasks of one sample, all of this thread: whichever is due first works first. None where Ctrl-C came.
std::optional<std::vector<Record>> run_loop(Workload& workload, int workers, double wait, double seconds) {
  std::vector<Record> records(static_cast<std::size_t>(workers));
  std::priority_queue<Task, std::vector<Task>, std::greater<>> tasks;
  const double begin = steady_seconds();
  for (int worker = 0; worker < workers; ++worker) tasks.push({begin + wait, begin, worker});
  while (!tasks.empty()) {
    if (interrupted()) return {};
    const Task task = tasks.top();
    if (const double rest = task.due - steady_seconds(); rest > 0) {
      std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(poll, std::chrono::duration<double>(rest)));
      continue;
    }
    tasks.pop();
    records[static_cast<std::size_t>(task.worker)].add(task.start, workload.run(task.worker));
    const double now = steady_seconds();
    if (now < begin + seconds) tasks.push({now + wait, now, task.worker});
  }
  return records;
}

/// The threads of one sample. However it ends, none of them and no job is left.
class Crew {
 public:
  Crew(Workload& workload, int workers, const WorkerPlaces* placement)
      : workload_(workload), placement_(placement), records_(static_cast<std::size_t>(workers)) {}

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
    return sample_of(std::move(records_));
  }

 private:
  // What a thread starts stays where the thread has to.
  void bind(int worker) const {
    if (placement_ == nullptr) return;
    const auto& [binding, places] = *placement_;
    const unsigned place = places[static_cast<std::size_t>(worker)];
    const pid_t process = workload_.process(worker);
    if (process == 0 ? binding.bind(place) : binding.bind_process(process, place)) return;
    throw Error({.message = "cannot bind a worker", .reason = "the system did not allow it"});
  }

  void work(int worker) {
    try {
      bind(worker);
      Record& record = records_[static_cast<std::size_t>(worker)];
      do {
        const double start = steady_seconds();
        const JobEnd end = workload_.run(worker);
        record.add(start, end);
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
  const WorkerPlaces* placement_;
  std::vector<Record> records_;
  std::vector<std::thread> threads_;
  std::atomic<double> deadline_ = std::numeric_limits<double>::infinity();
  std::mutex mutex_;
  std::condition_variable ended_;
  int working_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<double> jobs_per_second(const std::vector<std::vector<Stretch>>& workers) {
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
  std::vector<double> rates;
  for (const auto& jobs : workers) {
    double done = 0;
    for (const Stretch& job : jobs) {
      const double inside = std::min(job.end, to) - std::max(job.start, from);
      if (job.ok && inside > 0) done += inside / (job.end - job.start);
    }
    rates.push_back(to > from ? done / (to - from) : 0);
  }
  return rates;
}

namespace {

WorkersSample none_for_interrupt() {
  WorkersSample none;
  none.interrupted = true;
  return none;
}

WorkersSample sample_of_threads(Workload& workload, int workers, double seconds, double limit,
                                const WorkerPlaces* placement) {
  const double end = steady_seconds() + seconds + limit;
  Crew crew(workload, workers, placement);
  crew.start(seconds);
  if (crew.wait(end)) return crew.result();
  if (interrupted()) return none_for_interrupt();
  throw Error({.message = fmt::format("the jobs do not end with {} workers: {}", workers, workload.name()),
               .reason = fmt::format("a job was still running after {}", format_seconds(seconds + limit)),
               .help = "give a longer --time-budget, or look at what the jobs wait for"});
}

/// What has been read and written by whatever does the jobs.
std::optional<IoBytes> io_of_workers(const Workload& workload, int workers) {
  const Root root;
  if (workload.process(0) == 0) return io_of(root, 0);
  IoBytes total;
  for (int worker = 0; worker < workers; ++worker) {
    const std::optional<IoBytes> io = io_of(root, workload.process(worker));
    if (!io) return std::nullopt;
    total += *io;
  }
  return total;
}

WorkersSample sample_of_tasks(Workload& workload, int workers, double wait, double seconds) {
  auto records = run_loop(workload, workers, wait, seconds);
  return records ? sample_of(std::move(*records)) : none_for_interrupt();
}

}  // namespace

WorkersSample take_sample(Workload& workload, int workers, double seconds, double limit, const NoiseMeter& meter,
                          const WorkerPlaces* placement) {
  workload.prepare(workers);
  const std::optional<double> wait = workload.waits();
  const Conditions before = meter.read();
  const std::optional<IoBytes> io_first = io_of_workers(workload, workers);
  const std::optional<IoBytes> io_before = io_of_workers(workload, workers);
  PssWatch pss([&workload](int worker) { return workload.working(worker); }, workers);
  WorkersSample sample = wait ? sample_of_tasks(workload, workers, *wait, seconds)
                              : sample_of_threads(workload, workers, seconds, limit, placement);
  sample.pss = pss.stop();
  const std::optional<IoBytes> io_after = io_of_workers(workload, workers);
  sample.conditions = meter.read() - before;
  if (workload.process(0) != 0) sample.conditions.own += sample.cpu_seconds;
  // The reading itself is I/O of ours: what the second one finds more, the third finds again.
  if (io_first && io_before && io_after) sample.io = *io_after - *io_before - (*io_before - *io_first);
  return sample;
}

}  // namespace palier
