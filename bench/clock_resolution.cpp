#include "bench/clock_resolution.hpp"

#include <algorithm>
#include <limits>

namespace palier {
namespace {

constexpr int enough_moves = 100;
constexpr int most_readings = 10000000;
constexpr double steps_in_sample = 1000;

}  // namespace

ClockResolution clock_resolution(const std::function<double()>& clock) {
  ClockResolution result{.step = std::numeric_limits<double>::infinity()};
  const double begin = clock();
  double last = begin;
  int readings = 0;
  for (int moves = 0; moves < enough_moves && readings < most_readings; ++readings) {
    const double now = clock();
    if (now == last) continue;
    result.step = std::min(result.step, now - last);
    last = now;
    ++moves;
  }
  result.cost = (last - begin) / readings;
  return result;
}

const ClockResolution& steady_resolution() {
  static const ClockResolution found = clock_resolution();
  return found;
}

double shortest_sample(const ClockResolution& resolution) {
  return steps_in_sample * std::max(resolution.step, resolution.cost);
}

void to_json(Json& json, const ClockResolution& resolution) {
  json = Json::object();
  json["step"] = resolution.step;
  json["cost"] = resolution.cost;
}

}  // namespace palier
