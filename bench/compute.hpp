#pragma once
#include "base/terminal.hpp"
#include "bench/session.hpp"

namespace palier {

/// The rate of a large fp32 matrix product, in FLOP/s (2 n^3 operations, packing included), for each number of threads
/// of `session`, and the peak of fp32 beside it. The result is checked against sums in double precision. Ends after
/// about `seconds`. Throws Error where a result is wrong or memory is short.
std::vector<Benchmark> measure_product(Session& session, double seconds, const Watch& watch);

/// The clock by a chain of additions, idle otherwise and right after the widest instructions; the peak of each
/// instruction set that the processor has; and products of fp32, bf16 and int8 where it has instructions for them, by
/// palier's own kernel and by the libraries that are installed, all checked. int8 is counted in OP/s.
std::vector<Benchmark> measure_compute(Session& session, double seconds, const Watch& watch);

/// The products of a report beside the peaks, and palier's beside the libraries'; empty where there are no peaks.
std::string compute_text(const Report& report, const Terminal& terminal);

}  // namespace palier
