#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "bench/io_bytes.hpp"
#include "bench/pss.hpp"
#include "bench/report.hpp"
#include "bench/sampling.hpp"
#include "bench/usl.hpp"
#include "bench/workers_isolation.hpp"
#include "bench/workers_job.hpp"
#include "bench/workers_memory.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

struct WorkersOptions {
  int max = 0;              ///< the most workers; 0: twice the CPUs of the machine, at least 4
  int api_slots = 0;        ///< how many requests at once the API that each job calls answers; 0: no such limit
  bool bind = false;        ///< each worker stays on one CPU; nothing that an event loop's tasks can do
  double time_budget = 30;  ///< seconds, the check of the job included
  std::uint64_t seed = 1;   ///< of the order of the samples and of the resampling
};

/// All samples that were taken with one number of workers.
struct WorkerCount {
  int workers = 0;
  std::vector<double> rates;  ///< jobs per second of each sample, in the order in which they were taken
  double median = 0;
  std::optional<std::array<double, 2>> interval;  ///< 95 %, of the median
  double efficiency = 0;                          ///< median / (workers x the median of one worker)
  long jobs = 0, failed = 0;
  double cpu_per_job = 0;     ///< seconds
  double busy_cpus = 0;       ///< CPUs kept busy, palier's own work for them included
  double foreign_cpus = 0;    ///< CPUs that other programs and other virtual machines kept busy meanwhile
  Bytes peak_memory = 0;      ///< of the largest job
  bool memory_known = false;  ///< false: the job needs at most peak_memory
  PssWatch::Seen pss = {};    ///< of the largest job
  std::optional<Bytes> pss_per_worker() const;    ///< none where it was read too rarely to be believed
  std::optional<IoBytes> io_per_job = IoBytes();  ///< none where the kernel does not tell it
  double seconds = 0, joules = 0;                 ///< of all samples; 0 J where the machine measures none
};

/// How many workers to run, and what keeps more from being better.
struct Recommendation {
  int workers = 0;
  std::string bound_by;  ///< "cpu", "memory", "api-slots", "contention" (or a device), "range" (more was not tried)
  std::string why;       ///< "4 bring only 2 % more; the CPUs are busy (1.98 of 2)"
  double certainty = 0;  ///< share of resampled measurements that give the same number
};

/// What kept larger numbers from being tried.
struct Ceiling {
  std::string bound_by;  ///< "memory" or "api-slots"
  std::string why;       ///< "8 would need 9 GiB, and there are 4 GiB (memory that is free now)"
};

struct WorkersResult {
  std::string job;
  std::string kind;                 ///< of its workers: "process", "thread" or "async"
  bool bound = false;               ///< each to one CPU
  std::vector<WorkerCount> counts;  ///< ascending; those that were measured at all
  WorkersMemory memory;
  std::map<int, long> failures;  ///< how many jobs ended with each status that is not 0
  std::optional<ScalingFit> fit;
  std::vector<CurvePoint> curve;
  Recommendation recommended;
  Isolation isolation;
  std::vector<std::string> warnings;
  bool interrupted = false;  ///< by Ctrl-C; what is here was measured before
};

/// The worker counts that are tried: 1, 2, 4, .. and `max`, the number of CPUs, where the knee is to be expected, and 3
/// where that leaves fewer than the four counts that it takes to judge a curve with three parameters.
std::vector<int> worker_counts(int max, double cpus);

/// The seconds that a job takes where `workers` share `cpus`, if it shares nothing else.
double stretched_job(const JobCost& job, int workers, double cpus);

/// The seconds that one sample of each worker count shall last, for 5 to 25 rounds of them in the `left` seconds.
/// Throws a usage Error where not even one round fits.
double seconds_per_sample(const std::vector<int>& counts, double cpus, const JobCost& job, double left);

/// Measures how many jobs per second `workload` gives at 1, 2, 4, .. workers. Samples of all worker counts are
/// interleaved in random order, so that drift bends no curve; it ends when every interval is narrow or the time budget
/// is spent. Numbers of workers whose memory exceeds what `machine` offers are left out. Throws Error where every job
/// fails, and Interrupted where Ctrl-C came before anything was measured. An eighth of the time is kept for what busy
/// neighbours take from a worker.
WorkersResult measure_workers(const WorkersOptions& options, const Machine& machine, Workload& workload,
                              const Watch& watch);

/// What a measurement says about the number to run: the smallest with 95 % of the best median.
Recommendation recommend(const std::vector<WorkerCount>& counts, const Machine& machine,
                         const std::optional<Ceiling>& ceiling, std::uint64_t seed);

/// Adds one Benchmark per worker count, and the fit and recommendation as `scaling`:
/// {job, kind, model: "usl"|"knee"|null, lambda, sigma, kappa, n_star, slope, ceiling, knee, aicc{usl, knee},
///  curve: [[n, rate, low, high]..], recommended{workers, bound_by, why, certainty}, failures{"exit code 1": 3},
///  memory{another_worker: at most, by: "pss"|"peak"}, isolation (workers_isolation.hpp)}.
void add_to(Report& report, const WorkersResult& result, std::uint64_t seed);

/// The result as people read it: a table, the recommendation with its reason, the curve, the warnings.
std::string render(const WorkersResult& result, const Terminal& terminal);

}  // namespace palier
