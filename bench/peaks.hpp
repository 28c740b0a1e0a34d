#pragma once
#include "bench/session.hpp"

namespace palier {

/// The clock by a chain of additions ("Hz", of the slowest thread), alone and right after the widest instructions,
/// which some processors run slower for; and the peak of each instruction set, for each number of threads of `session`,
/// which must outlive them.
std::vector<Configuration> peak_configurations(Session& session);

}  // namespace palier
