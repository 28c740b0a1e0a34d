#pragma once
#include <string>
#include <vector>

#include "profiles/estimate.hpp"

namespace palier {

/// The share of the hours at work: a service that is always on waits for requests most of the time.
Range busy_of(const Case& about);

/// Fills in month, three_years and in_budget from the other amounts.
void sum_up(CostOption& option, const Case& about);

/// The price less the resale. Whoever buys dear sells dear, so the ends go together.
Range net_price(const CostOption& option);

/// What the people who run it cost a month. Data and governance take a team wherever the machines stand; machines of
/// one's own, clusters included, take another. Nothing for somebody who learns.
Range people_of(PlatformKind kind, const Case& about);

/// What a platform lends and where it ends, in one line.
std::string terms_of(const Workplace& platform, const Case& about);

/// Whether the default image of a platform has kernels for a GPU.
bool works(const GpuModel& gpu, const Workplace& platform);

/// The machine at hand, and what could be bought in its place: cards, PCs, a Jetson, a server. What cannot do the work
/// goes to `misses`.
std::vector<CostOption> hardware_options(const Case& about, std::vector<CostMiss>& misses);

}  // namespace palier
