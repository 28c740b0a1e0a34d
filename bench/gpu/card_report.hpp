#pragma once
#include <string>
#include <vector>

#include "bench/gpu/card_watch.hpp"
#include "bench/report.hpp"

namespace palier {

/// What a card did while it was measured, of the readings of that time: benchmarks whose samples are in the order of
/// time and have no interval, since each depends on the one before ("gpu SM clock", "gpu memory clock" in Hz, "gpu
/// temperature" in degrees Celsius, "gpu power" in W), those that the card tells. `parameters` are added to each.
std::vector<Benchmark> card_benchmarks(const std::vector<CardReading>& readings, const Json& parameters);

/// What held its clocks down, the most frequent first: [{"limit": in words, "share": of the readings, "during": what
/// was measured then}]; null where the card does not tell.
Json card_limits(const std::vector<CardReading>& readings);

/// "slowed down by its power limit in 34 % of the readings: product of bf16, product of fp16", a sentence each.
std::vector<std::string> limit_sentences(const Json& limits);

}  // namespace palier
