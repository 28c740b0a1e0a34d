#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "bench/binding.hpp"
#include "bench/noise.hpp"
#include "bench/sampling.hpp"
#include "bench/workers_job.hpp"

namespace palier {

/// Jobs per second of one worker that is bound to a place, while others around it do the same job.
struct Beside {
  std::string share;          ///< what they share with it, and nearer ones do not: Neighbours::share
  int busy = 0;               ///< how many they were
  std::vector<double> rates;  ///< of the one worker, a sample each
  double slow_down = 0;       ///< 1 - median(rates) / median(alone); below 0 where it was faster beside them
  std::optional<std::array<double, 2>> interval;  ///< 95 % bootstrap, of slow_down
};

/// What busy neighbours take from a worker.
struct Isolation {
  std::vector<double> alone;  ///< jobs per second of the worker without neighbours
  std::vector<Beside> beside;
  std::string why_not;  ///< why nothing was measured
};

struct IsolationOptions {
  double seconds = 3;  ///< that it may take
  double limit = 30;   ///< seconds that a job may take until it is ended
  int most_busy = 1;   ///< neighbours that the limits on CPUs, memory and requests leave room for
  std::uint64_t seed = 1;
};

/// The seconds that three rounds take, the fewest that say anything.
double least_isolation_seconds(const Binding& binding, const JobCost& job);

/// Samples the worker alone and beside all neighbours of each kind, in turn and in random order, for `options.seconds`.
/// Ctrl-C ends it early: what whole rounds measured is returned.
Isolation measure_isolation(Workload& workload, const Binding& binding, const JobCost& job,
                            const IsolationOptions& options, const NoiseMeter& meter, const Watch& watch);

/// {"alone": {samples, median, spread} or null, "beside": [{share, busy, samples, median, spread, slow_down,
/// interval}], "why_not": null or a text}
Json isolation_document(const Isolation& isolation);

/// A sentence of this document for each kind of neighbours, or why there is none; nothing where it is null.
std::vector<std::string> isolation_sentences(const Json& document);

}  // namespace palier
