#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/noise.hpp"
#include "bench/report.hpp"

namespace palier {

/// One thing to measure: a kernel with a number of threads.
struct Configuration {
  std::string name;              ///< Benchmark::name
  std::string unit;              ///< Benchmark::unit, which says whether more is better
  Json parameters;               ///< Benchmark::parameters
  std::string label;             ///< for the progress line: "2 threads"
  std::function<double()> once;  ///< measures once, in `unit`
};

struct SamplingLimits {
  double seconds = 10;     ///< for all configurations together; the first sample of each is always taken
  std::uint64_t seed = 1;  ///< of the order and of the bootstrap
  double width = 0.02;     ///< of the interval, relative to the median, that is narrow enough
  std::size_t least = 10;  ///< samples before the interval is believed
  std::size_t most = 100;  ///< samples
  double shortest = 0;     ///< seconds of a sample: what takes less is not timed well enough (clock_resolution.hpp)
};

/// Told before every sample: how much of the time is gone (0 to 1), what is measured, and the seconds left at most.
using Watch = std::function<void(double fraction, const std::string& doing, double seconds_left)>;

/// Seconds of a clock that never goes back.
double steady_seconds();

/// Warms each configuration up until a sample is no longer 2 % better than all before it, then samples all of them in
/// turn, in a new random order each round, so that drift meets every one alike; one whose interval is narrow enough is
/// left out from then on. Ctrl-C ends it early: what was measured is returned, and configurations without a sample are
/// left out. A sample that is shorter than `limits` allow is the mean of several.
std::vector<Benchmark> sample(const std::vector<Configuration>& configurations, const SamplingLimits& limits,
                              const NoiseMeter& meter, const Watch& watch,
                              const std::function<double()>& clock = steady_seconds);

}  // namespace palier
