#pragma once
#include "bench/session.hpp"

namespace palier {

/// The rate of a large fp32 matrix product, in FLOP/s (2 n^3 operations, packing included), for each number of threads
/// of `session`. The result is checked against sums in double precision. Ends after about `seconds`. Throws Error where
/// a result is wrong or memory is short.
std::vector<Benchmark> measure_compute(Session& session, double seconds, const Watch& watch);

}  // namespace palier
