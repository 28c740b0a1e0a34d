#pragma once
#include <cstddef>
#include <vector>

#include "bench/session.hpp"

namespace palier {

/// Lines of memory, each of which tells where the next one is: one cycle through all of them in random order (S.
/// Sattolo, "An algorithm to generate a random cyclic permutation" (1986)), which no prefetcher foresees.
class Chain {
 public:
  /// `memory` has `lines` lines of `line` bytes, at least two, and is written to.
  Chain(char* memory, std::size_t lines, std::size_t line, std::uint64_t seed);
  /// Goes `steps` lines further; nanoseconds a step.
  double walk(std::size_t steps);
  std::size_t lines() const { return lines_; }

 private:
  std::size_t lines_;
  void** at_;
};

/// The sizes to measure: 16 KiB, 24 KiB, 32 KiB, 48 KiB.. and `largest`.
std::vector<std::size_t> working_sets(std::size_t largest);

/// "memory latency" in nanoseconds: the time of a load that waits for the one before, of one thread, by working set up
/// to four times the last-level caches, at least 64 MiB and at most 1 GiB, less where memory is short. Ends after about
/// `seconds`.
std::vector<Benchmark> measure_latency(Session& session, double seconds, const Watch& watch);

/// "memory latency between nodes": from each NUMA node to the memory of each. Nothing where there is only one.
std::vector<Benchmark> measure_node_latency(Session& session, double seconds, const Watch& watch);

}  // namespace palier
