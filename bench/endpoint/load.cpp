#include "bench/endpoint/load.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"

namespace palier {
namespace {

constexpr Nanoseconds start_after = 20_ms;  // in which the loops begin to wait
constexpr auto watch_interval = std::chrono::milliseconds(50);
constexpr int watches_in_meter_interval = 20;

LoadPlan plan_of(const LoadOptions& options, const std::vector<Nanoseconds>* arrivals) {
  LoadPlan plan;
  plan.arrivals = arrivals;
  plan.concurrency = options.concurrency;
  plan.most = options.requests;
  plan.loops = options.loops;
  plan.keep_chunks = options.keep_chunks;
  plan.turns = options.turns;
  plan.think = nanoseconds(options.think);
  plan.spending = options.spending.get();
  plan.start = plan.measure_from = monotonic_now() + start_after;
  if (options.duration > 0) {
    plan.stop = plan.start + nanoseconds(options.duration);
    plan.give_up = plan.stop + nanoseconds(options.drain);
    plan.measure_from += nanoseconds(options.duration * options.warm_up);
  } else {
    plan.warm_up_requests = static_cast<std::uint64_t>(static_cast<double>(options.requests) * options.warm_up);
  }
  plan.timeout = nanoseconds(options.timeout);
  return plan;
}

/// The threads of the loops; joined at the end of the scope.
class LoadThreads {
 public:
  LoadThreads(const LoadPlan& plan, LoadCounters& counters, const std::vector<unsigned>& places, const Binding& binding)
      : counters_(counters) {
    for (int i = 0; i < plan.loops; ++i) loops.push_back(std::make_unique<LoadLoop>(plan, counters, i));
    try {
      for (std::size_t i = 0; i < loops.size(); ++i) {
        threads_.emplace_back([this, i, &places, &binding] {
          if (!places.empty() && !binding.bind(places[i % places.size()])) bound = false;
          loops[i]->run();
          ++finished_;
        });
      }
    } catch (const std::system_error& error) {
      cancel();
      join();
      throw Error({.message = "cannot start the load", .reason = error.what()});
    }
  }
  ~LoadThreads() { join(); }
  LoadThreads(const LoadThreads&) = delete;
  LoadThreads& operator=(const LoadThreads&) = delete;

  void cancel() {
    counters_.cancel = true;
    for (const auto& loop : loops) loop->wake();
  }
  bool finished() const { return finished_ == loops.size(); }
  void join() {
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  std::vector<std::unique_ptr<LoadLoop>> loops;
  std::atomic<bool> bound = true;

 private:
  LoadCounters& counters_;
  std::atomic<std::size_t> finished_ = 0;
  std::vector<std::thread> threads_;
};

/// Turns running totals into progress.
class ProgressReader {
 public:
  ProgressReader(const LoadCounters& counters, Nanoseconds start) : counters_(counters), start_(start) {}
  LoadProgress read() {
    LoadProgress progress{.elapsed = std::max(0.0, seconds(monotonic_now() - start_)),
                          .sent = counters_.sent,
                          .completed = counters_.completed,
                          .failed = counters_.failed,
                          .events = counters_.events};
    const std::int64_t sum = counters_.first_output_sum;
    if (progress.completed > completed_)
      mean_ = seconds(sum - sum_) / static_cast<double>(progress.completed - completed_);
    completed_ = progress.completed;
    sum_ = sum;
    progress.mean_ttft = mean_;
    return progress;
  }

 private:
  const LoadCounters& counters_;
  Nanoseconds start_;
  std::uint64_t completed_ = 0;
  std::int64_t sum_ = 0;
  double mean_ = 0;
};

bool watch_until_finished(LoadThreads& threads, ProgressReader progress, const NoiseMeter& meter,
                          const LoadWatch& watch) {
  bool stopped = false;
  for (int turn = 1; !threads.finished(); ++turn) {
    std::this_thread::sleep_for(watch_interval);
    if (turn % watches_in_meter_interval == 0) meter.read();  // power is added up from reading to reading
    if (interrupted() && !stopped) {
      stopped = true;
      threads.cancel();
    }
    watch(progress.read());
  }
  return stopped;
}

template <class T>
void append(std::vector<T>& all, const SampleLog<T>& some) {
  for (std::size_t i = 0; i < some.size(); ++i) all.push_back(some[i]);
}

void collect(const ReplyLog& log, LoadResult& result) {
  append(result.gaps, log.gaps);
  append(result.errors, log.errors);
  append(result.handling, log.handling);
  append(result.chunks, log.chunks);
  if (result.failure_text.empty()) result.failure_text = log.failure_text;
  result.retry_after = std::max(result.retry_after, log.retry_after);
}

void collect(const LoadLoop& loop, LoadResult& result) {
  append(result.records, loop.records());
  for (std::size_t i = 0; i < std::max<std::size_t>(result.parts.size(), 1); ++i) {
    collect(loop.log(i), result);
    if (!result.parts.empty()) collect(loop.log(i), result.parts[i]);
  }
}

// Each target's records, measured over the same time.
void part(LoadResult& result) {
  for (LoadResult& one : result.parts) {
    one.start = result.start;
    one.measure_from = result.measure_from;
    one.stop = result.stop;
    one.interrupted = result.interrupted;
  }
  if (result.parts.empty()) return;
  for (const RequestRecord& record : result.records) result.parts[record.target].records.push_back(record);
}

// What was scheduled and never sent was cancelled: nothing vanishes.
void add_unsent(const LoadPlan& plan, std::vector<RequestRecord>& records) {
  std::ranges::sort(records, {}, &RequestRecord::index);
  if (plan.arrivals == nullptr) return;
  std::vector<bool> known(plan.arrivals->size());
  for (const RequestRecord& record : records) known[record.index] = true;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i]) continue;
    const Nanoseconds scheduled = plan.start + (*plan.arrivals)[i];
    records.push_back({.index = i,
                       .scheduled = scheduled,
                       .warm_up = scheduled < plan.measure_from,
                       .target = static_cast<std::uint16_t>(i % plan.targets.size())});
  }
  std::ranges::sort(records, {}, &RequestRecord::index);
}

// The time that was measured: from the first request that is no warm-up to the end of sending, or of the last answer
// where that is earlier.
void set_window(const LoadPlan& plan, LoadResult& result) {
  Nanoseconds first = Poller::never, last = plan.start;
  for (const RequestRecord& record : result.records) {
    if (!record.warm_up) first = std::min(first, record.scheduled);
    last = std::max(last, record.end);
  }
  result.measure_from = plan.warm_up_requests > 0 && first != Poller::never ? first : plan.measure_from;
  result.stop = std::min(plan.stop, last);
}

}  // namespace

LoadResult run_load(const LoadOptions& options, std::vector<LoadTarget> targets, bool stream, const Binding& binding,
                    const LoadWatch& watch) {
  std::vector<Nanoseconds> arrivals;
  if (options.arrivals) {
    const double duration = options.duration > 0 ? options.duration : std::numeric_limits<double>::infinity();
    arrivals = schedule(*options.arrivals, duration, options.requests);
  }
  const NoiseMeter meter(Root(), binding.places());
  const Conditions before = meter.read();
  LoadPlan plan = plan_of(options, options.arrivals ? &arrivals : nullptr);
  plan.targets = std::move(targets);
  plan.stream = stream;
  LoadCounters counters;
  LoadResult result{.start = plan.start};
  if (plan.targets.size() > 1) result.parts.resize(plan.targets.size());
  LoadThreads threads(plan, counters, options.places, binding);
  result.interrupted = watch_until_finished(threads, {counters, plan.start}, meter, watch);
  threads.join();
  const double elapsed = seconds(monotonic_now() - plan.start);
  result.conditions = meter.read() - before;
  for (const auto& loop : threads.loops) {
    collect(*loop, result);
    result.busy.push_back(seconds(loop->cpu()) / elapsed);
  }
  add_unsent(plan, result.records);
  set_window(plan, result);
  part(result);
  result.bound = threads.bound;
  result.out_of_money = options.spending != nullptr && options.spending->exhausted();
  return result;
}

LoadResult run_load(const LoadOptions& options, const MakeTransport& transport, const Prompts& prompts, bool stream,
                    const Binding& binding, const LoadWatch& watch) {
  return run_load(options, {{.transport = transport, .prompts = &prompts}}, stream, binding, watch);
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace palier
