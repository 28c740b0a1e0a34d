#pragma once
#include "bench/session.hpp"

namespace palier {

/// Memory bandwidth by the triad a[i] = b[i] + s * c[i], in B/s, for each number of threads of `session` and for plain
/// and non-temporal stores. Counted as STREAM counts (J. D. McCalpin, "STREAM benchmark reference information": 24
/// bytes an element), over arrays of at least four times the last-level caches; the results are checked. Ends after
/// about `seconds`. Throws Error where a result is wrong or memory is short.
std::vector<Benchmark> measure_memory(Session& session, double seconds, const Watch& watch);

}  // namespace palier
