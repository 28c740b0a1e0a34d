#pragma once
#include <string>
#include <vector>

#include "bench/report.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// Where the latency of memory rises with the size of what is read: a cache is full.
struct CacheStep {
  double from = 0;    ///< bytes: the largest size that was still as fast
  double to = 0;      ///< bytes: the smallest that is slower by half of the rise, geometrically
  double before = 0;  ///< nanoseconds, on the level below
  double after = 0;   ///< ... and above
};

/// The steps of a curve of "memory latency" benchmarks, ascending by working set. Noise only ever adds to a latency, so
/// the least sample counts, and each point as no slower than any larger one. Rises of less than a quarter are none.
std::vector<CacheStep> cache_steps(const std::vector<Benchmark>& curve);

/// {"steps": [{"from", "to", "before", "after", "level"}..], "unseen": [levels]}: the steps, each with the level of the
/// machine's data cache that it is the end of (null where none is within a factor of two), and the levels without one.
Json cache_document(const std::vector<CacheStep>& steps, const std::vector<Cache>& caches);

/// The same as lines for people, ending in a newline; empty of nothing.
std::string cache_text(const Json& document, const std::vector<Cache>& caches);

}  // namespace palier
