#pragma once
#include <map>
#include <vector>

#include "bench/binding.hpp"
#include "bench/io_bytes.hpp"
#include "bench/noise.hpp"
#include "bench/pss.hpp"
#include "bench/workers_job.hpp"

namespace palier {

/// When one job ran, in seconds on a common clock.
struct Stretch {
  double start = 0, end = 0;
  bool ok = true;
};

/// Jobs per second of each worker while every one was busy: from the latest first start to the first moment at which a
/// worker has nothing more to do. A job that lies partly in that window counts by the share of its time in it, so that
/// long jobs need no long window and short ones no rounding. Jobs that failed count nothing. `workers` holds the jobs
/// of each worker in order, at least one.
std::vector<double> jobs_per_second(const std::vector<std::vector<Stretch>>& workers);

/// What a number of workers did in a short time.
struct WorkersSample {
  std::vector<double> rates;  ///< jobs per second that went well, of each worker
  double rate = 0;            ///< of all together
  long jobs = 0;
  std::map<int, long> failures;  ///< how many jobs ended with each status
  double cpu_seconds = 0;        ///< of all jobs
  Conditions conditions;         ///< what happened on the processors meanwhile
  double longest_job = 0;        ///< seconds
  Bytes peak_memory = 0;         ///< of the largest job
  PssWatch::Seen pss;            ///< of the jobs, while they ran
  std::optional<IoBytes> io;     ///< of all jobs; none where the kernel does not tell it
  bool interrupted = false;      ///< by Ctrl-C: the jobs were ended and the rest says nothing
};

/// Where the workers of a sample have to stay.
struct WorkerPlaces {
  const Binding& binding;
  std::vector<unsigned> places;  ///< of each worker
};

/// Lets `workers` threads do the job for `seconds` and then finish the jobs they have begun; each does at least one.
/// Throws Error where a job cannot be started, where a worker cannot be bound to its place, or where the jobs have not
/// ended `limit` seconds later: they are killed. Tasks of an event loop have no places.
WorkersSample take_sample(Workload& workload, int workers, double seconds, double limit, const NoiseMeter& meter,
                          const WorkerPlaces* placement = nullptr);

}  // namespace palier
