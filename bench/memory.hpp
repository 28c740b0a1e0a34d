#pragma once
#include "bench/session.hpp"

namespace palier {

enum class Passes { triad, all };

/// Memory bandwidth in B/s, for each number of threads of `session` and for plain and non-temporal stores: by the triad
/// a[i] = b[i] + s * c[i], or by read, write and copy, too. Counted as STREAM counts (J. D. McCalpin, "STREAM benchmark
/// reference information": 24 bytes an element of the triad), over arrays of at least four times the last-level caches;
/// the parameters tell what the bus moves. The results are checked. Ends after about `seconds`. Throws Error where a
/// result is wrong or memory is short.
std::vector<Benchmark> measure_memory(Session& session, Passes passes, double seconds, const Watch& watch);

}  // namespace palier
