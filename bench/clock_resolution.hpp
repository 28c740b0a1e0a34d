#pragma once
#include <functional>

#include "base/json.hpp"
#include "bench/sampling.hpp"

namespace palier {

/// How finely a clock tells the time, in seconds.
struct ClockResolution {
  double step = 0;  ///< the least difference of two readings that differ
  double cost = 0;  ///< of a reading
};

/// Reads `clock` until it has moved a hundred times, or ten million times at most: a clock that stands still has a step
/// of infinity.
ClockResolution clock_resolution(const std::function<double()>& clock = steady_seconds);

/// Of steady_seconds(), found once.
const ClockResolution& steady_resolution();

/// The shortest time that `resolution` can measure to a thousandth.
double shortest_sample(const ClockResolution& resolution);

void to_json(Json& json, const ClockResolution& resolution);

}  // namespace palier
