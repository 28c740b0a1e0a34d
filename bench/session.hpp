#pragma once
#include <vector>

#include "bench/noise.hpp"
#include "bench/sampling.hpp"
#include "bench/team.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

struct MeasureOptions {
  std::vector<int> threads;  ///< numbers of threads to measure with; empty: 1, 2, 4.. and all that `machine` allows
  double seconds = 20;
  std::uint64_t seed = 1;
};

/// What the measurements of the hardware share: bound threads, the numbers of them to measure with, an eye on the
/// neighbours.
class Session {
 public:
  /// Throws a usage Error where `options` asks for more threads than there are processors for this process.
  Session(const Machine& machine, const MeasureOptions& options, Binding binding = Binding());

  const Binding& binding() const { return binding_; }
  Team& team() { return team_; }
  const std::vector<int>& threads() const { return threads_; }  ///< ascending, no number twice
  const NoiseMeter& meter() const { return meter_; }
  std::uint64_t seed() const { return seed_; }
  /// Bytes that a measurement may take: 40 % of what is available and allowed, 1 GiB where that is unknown.
  Bytes memory() const { return memory_; }
  /// Samples `configurations` for at most `seconds`; adds what is true of all of them to their warnings.
  std::vector<Benchmark> sample(const std::vector<Configuration>& configurations, double seconds,
                                const Watch& watch) const;

 private:
  Binding binding_;
  std::vector<int> threads_;
  Team team_;
  NoiseMeter meter_;
  std::uint64_t seed_;
  Bytes memory_;
};

/// 1, 2, 4.. below `most`, and `most`.
std::vector<int> doubling(int most);

/// "1 thread", "2 threads".
std::string thread_label(int threads);

}  // namespace palier
