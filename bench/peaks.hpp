#pragma once
#include "bench/peak.hpp"
#include "bench/session.hpp"

namespace palier {

/// The clock by a chain of additions ("Hz", of the slowest thread), alone and right after the widest instructions,
/// which some processors run slower for; and the peak of each instruction set, for each number of threads of `session`,
/// which must outlive them.
std::vector<Configuration> peak_configurations(Session& session);

/// The highest peak of fp32 alone.
std::vector<Configuration> fp32_peak_configurations(Session& session);

/// The kernel that does most with one instruction.
PeakKernel widest_kernel();

/// Rounds of `kernel` that take one thread a hundredth of a second.
std::size_t rounds_of(Team& team, const PeakKernel& kernel);

/// Hz of the calling thread's processor, by a chain of additions, a thousand rounds of which take some 20 microseconds.
double clock_rate(std::size_t rounds);

}  // namespace palier
