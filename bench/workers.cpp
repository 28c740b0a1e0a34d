#include "bench/workers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/units.hpp"
#include "bench/binding.hpp"
#include "bench/clock_resolution.hpp"
#include "bench/statistics.hpp"
#include "bench/workers_sample.hpp"

namespace palier {
namespace {

constexpr std::size_t narrow_after = 8;  ///< rounds
constexpr double narrow = 0.01;          ///< half an interval, as a share of the median
constexpr double noisy = 0.1;            ///< median absolute deviation, as a share of the median
constexpr double foreign_share = 0.1;    ///< of the CPUs
constexpr double certain = 0.8;
constexpr double isolation_share = 0.125;  ///< of the time

double cpus_of(const Machine& machine) {
  return machine.effective.cpus.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

/// The memory that workers may use together, and the name of that limit.
struct MemoryLimit {
  Bytes bytes = 0;
  std::string name;
};

std::optional<MemoryLimit> memory_limit(const Machine& machine) {
  std::optional<MemoryLimit> limit;
  if (machine.effective.memory) limit = {*machine.effective.memory, machine.effective.bound_by.memory};
  if (machine.memory.available && (!limit || *machine.memory.available < limit->bytes))
    limit = {*machine.memory.available, "memory that is free now"};
  return limit;
}

class Measurement {
 public:
  Measurement(const WorkersOptions& options, const Machine& machine, Workload& workload, const Watch& watch)
      : options_(options),
        machine_(machine),
        workload_(workload),
        watch_(watch),
        cpus_(cpus_of(machine)),
        limit_(memory_limit(machine)),
        random_(options.seed),
        meter_(Root(), binding_.places()) {}

  WorkersResult operator()() {
    counts_ = worker_counts(most(), cpus_);
    show("the job once, alone");
    const JobCost job = workload_.check(options_.time_budget);
    keep_time_for_isolation(job);
    seconds_ = std::max(seconds_per_sample(counts_, cpus_, job, left()),
                        std::min(left(), shortest_sample(steady_resolution())));
    for (const int workers : counts_) longest_[workers] = stretched_job(job, workers, cpus_);
    for (int round = 1; !spent_ && !narrow_enough(); ++round) take_round(round);
    if (result_.interrupted && result_.counts.empty()) throw Interrupted();
    finish();
    isolate(job);
    return std::move(result_);
  }

 private:
  // More than the API answers at once would wait for it, or be refused.
  int most() {
    const int doubled = std::max(4, 2 * static_cast<int>(std::ceil(cpus_)));
    const int wanted = options_.max > 0 ? options_.max : std::min(doubled, most_workers);
    if (options_.api_slots == 0 || options_.api_slots >= wanted) return wanted;
    ceiling_ = {"api-slots", fmt::format("the API answers {} at once", options_.api_slots)};
    return options_.api_slots;
  }

  double elapsed() const { return steady_seconds() - start_; }
  double left() const { return options_.time_budget - isolation_seconds_ - elapsed(); }

  void keep_time_for_isolation(const JobCost& job) {
    const double seconds = isolation_share * options_.time_budget;
    if (!workload_.waits() && seconds >= least_isolation_seconds(binding_, job)) isolation_seconds_ = seconds;
  }

  /// Neighbours for which CPUs, memory and the API have room, beside the one worker.
  int room_for_neighbours() const {
    int workers = std::min(most_workers, static_cast<int>(cpus_));
    if (options_.api_slots > 0) workers = std::min(workers, options_.api_slots);
    while (exceeds_memory(workers)) --workers;
    return workers - 1;
  }

  void isolate(const JobCost& job) {
    const IsolationOptions options{.seconds = isolation_share * options_.time_budget,
                                   .limit = options_.time_budget,
                                   .most_busy = room_for_neighbours(),
                                   .seed = options_.seed};
    result_.isolation = measure_isolation(workload_, binding_, job, options, meter_,
                                          [this](double, const std::string& detail, double) { show(detail); });
    result_.interrupted = result_.interrupted || interrupted();
  }

  void show(const std::string& detail) const {
    watch_(std::min(1.0, elapsed() / options_.time_budget), detail, std::max(0.0, left()));
  }

  // One worker comes first of all: what it needs decides how far the others may go. Numbers that seem too large come
  // last, when smaller ones have shown what is shared.
  void take_round(int round) {
    std::vector<int> order = counts_;
    if (round == 1) {
      take(1, round);
      order.erase(order.begin());
    }
    random_.shuffle(order);
    std::sort(std::stable_partition(order.begin(), order.end(), [this](int n) { return !exceeds_memory(n); }),
              order.end());
    for (const int workers : order) {
      if (!exceeds_memory(workers)) take(workers, round);
      if (spent_) return;
    }
  }

  void take(int workers, int round) {
    if (seconds_ + longest_[workers] > left() && (round > 1 || left() < 0)) spent_ = true;
    if (spent_) return;
    show(fmt::format("{} {}, round {}", workers, workers == 1 ? "worker" : "workers", round));
    const WorkerPlaces placement{binding_, binding_.places_for(static_cast<std::size_t>(workers))};
    keep(workers,
         take_sample(workload_, workers, seconds_, options_.time_budget, meter_, options_.bind ? &placement : nullptr));
  }

  bool exceeds_memory(int workers) const {
    const auto need = result_.memory.of(workers);
    return workers > 1 && limit_ && need && need->bytes > limit_->bytes;
  }

  /// Leaves out the numbers of workers that turned out to exceed the memory, and says so.
  void cap_by_memory() {
    const auto first = std::ranges::find_if(counts_, [this](int workers) { return exceeds_memory(workers); });
    if (first == counts_.end()) return;
    std::erase_if(result_.counts, [&](const WorkerCount& count) { return count.workers >= *first; });
    const auto need = *result_.memory.of(*first);
    ceiling_ = {
        "memory",
        fmt::format("{} would need {}{}, and there are {} ({})", *first, format_bytes(static_cast<double>(need.bytes)),
                    need.by_pss ? ", what they share counted once" : " by the job's peak resident set",
                    format_bytes(static_cast<double>(limit_->bytes)), limit_->name)};
  }

  void keep(int workers, const WorkersSample& sample) {
    if (sample.interrupted) {
      result_.interrupted = spent_ = true;
      return;
    }
    result_.memory.add(workers, sample.peak_memory, sample.pss);
    longest_[workers] = std::max(longest_[workers], sample.longest_job);
    auto place = std::find_if(result_.counts.begin(), result_.counts.end(),
                              [&](const WorkerCount& count) { return count.workers >= workers; });
    if (place == result_.counts.end() || place->workers != workers) {
      place = result_.counts.insert(place, WorkerCount());
      place->workers = workers;
    }
    WorkerCount& count = *place;
    count.rates.push_back(sample.rate);
    count.jobs += sample.jobs;
    for (const auto& [status, number] : sample.failures) {
      count.failed += number;
      result_.failures[status] += number;
    }
    count.cpu_per_job += sample.cpu_seconds;  // sums until finish()
    const Conditions& conditions = sample.conditions;
    count.busy_cpus += conditions.own / conditions.seconds;
    count.foreign_cpus += std::max(0.0, conditions.busy + conditions.stolen - conditions.own) / conditions.seconds;
    count.seconds += conditions.seconds;
    if (meter_.measures_machine()) count.joules += conditions.joules;
    count.peak_memory = std::max(count.peak_memory, sample.peak_memory);
    count.pss.add(sample.pss);
    if (!sample.io) count.io_per_job.reset();
    if (count.io_per_job) *count.io_per_job += *sample.io;  // as cpu_per_job
  }

  bool narrow_enough() const {
    return !result_.counts.empty() &&
           std::all_of(result_.counts.begin(), result_.counts.end(), [this](const WorkerCount& count) {
             if (count.rates.size() < narrow_after) return false;
             const auto interval = median_interval(count.rates, options_.seed);
             return (*interval)[1] - (*interval)[0] <= 2 * narrow * median(count.rates);
           });
  }

  void finish() {
    result_.job = workload_.name();
    result_.kind = workload_.kind();
    result_.bound = options_.bind;
    refuse_failures();
    cap_by_memory();
    const Bytes floor = workload_.memory_floor();
    for (WorkerCount& count : result_.counts) {
      count.median = median(count.rates);
      count.interval = median_interval(count.rates, options_.seed);
      count.efficiency = count.median / (count.workers * result_.counts.front().median);
      count.cpu_per_job /= static_cast<double>(count.jobs);
      if (count.io_per_job) *count.io_per_job *= 1 / static_cast<double>(count.jobs);
      count.busy_cpus /= static_cast<double>(count.rates.size());
      count.foreign_cpus /= static_cast<double>(count.rates.size());
      count.memory_known = count.peak_memory > floor;
    }
    fit();
    result_.recommended = recommend(result_.counts, machine_, ceiling_, options_.seed);
    warn();
  }

  void refuse_failures() const {
    long jobs = 0, failed = 0;
    for (const WorkerCount& count : result_.counts) {
      jobs += count.jobs;
      failed += count.failed;
    }
    if (failed < jobs) return;
    throw Error({.message = fmt::format("cannot measure: {}", result_.job),
                 .reason = fmt::format("all {} jobs failed ({}), though it worked alone", jobs,
                                       describe_status(result_.failures.begin()->first)),
                 .help = "jobs run at the same time, without input: they may stand in each other's way"});
  }

  void fit() {
    std::vector<ScalingPoint> points;
    for (const WorkerCount& count : result_.counts) {
      for (const double rate : count.rates) {
        if (rate > 0) points.push_back({count.workers, rate});
      }
    }
    result_.fit = fit_scaling(points);
    if (result_.fit) result_.curve = curve_of(*result_.fit, points, result_.counts.back().workers, options_.seed);
  }

  void warn() {
    std::vector<std::string>& warnings = result_.warnings;
    for (const auto& [status, number] : result_.failures)
      warnings.push_back(
          fmt::format("{} jobs failed with {}; they are not counted as done", number, describe_status(status)));
    if (!result_.counts.front().io_per_job)
      warnings.emplace_back("what the jobs read and wrote is unknown: this kernel does not show it in /proc/PID/io");
    std::size_t fewest = result_.counts.front().rates.size();
    double foreign = 0;
    for (const WorkerCount& count : result_.counts) {
      fewest = std::min(fewest, count.rates.size());
      foreign += count.foreign_cpus / static_cast<double>(result_.counts.size());
      const double spread = median_absolute_deviation(count.rates) / count.median;
      if (spread > noisy)
        warnings.push_back(fmt::format("samples with {} {} vary by {:.0f} %", count.workers,
                                       count.workers == 1 ? "worker" : "workers", 100 * spread));
    }
    if (foreign > foreign_share * cpus_)
      warnings.push_back(fmt::format("other programs or virtual machines kept {} of {} CPUs busy meanwhile",
                                     format_number(foreign), format_number(cpus_)));
    if (fewest < 3) warnings.emplace_back("fewer than 3 samples of some worker counts: give a longer --time-budget");
    const Recommendation& advice = result_.recommended;
    if (advice.certainty < certain)
      warnings.push_back(fmt::format("too noisy to be sure: only {:.0f} % of resampled measurements recommend {}",
                                     100 * advice.certainty, advice.workers));
  }

  const WorkersOptions& options_;
  const Machine& machine_;
  Workload& workload_;
  const Watch& watch_;
  double cpus_;
  Binding binding_;
  std::optional<MemoryLimit> limit_;
  Random random_;
  NoiseMeter meter_;
  double start_ = steady_seconds();
  std::vector<int> counts_;
  double isolation_seconds_ = 0;   ///< kept for it
  double seconds_ = 0;             ///< of a sample
  std::map<int, double> longest_;  ///< seconds of a job at each number of workers
  std::optional<Ceiling> ceiling_;
  bool spent_ = false;
  WorkersResult result_;
};

}  // namespace

WorkersResult measure_workers(const WorkersOptions& options, const Machine& machine, Workload& workload,
                              const Watch& watch) {
  return Measurement(options, machine, workload, watch)();
}

}  // namespace palier
