#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "bench/report.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// `bandwidth` is the triad alone, `memory` all passes over it and its latency; `product` is the fp32 matrix product by
/// our own kernel, `compute` all that the processor has for it; `sustained` runs its widest instructions for all of the
/// time.
enum class Stage { bandwidth, memory, product, compute, workers, sustained };

struct QuickOptions {
  std::vector<Stage> stages = {Stage::bandwidth, Stage::product, Stage::workers};
  std::vector<int> threads;  ///< of all but workers; empty: 1, 2, 4.. and all that this process may use
  double time_budget = 50;   ///< seconds, for all stages together
  std::uint64_t seed = 1;
};

/// Measures the stages one after the other. What a stage leaves of its share of the time goes to the next ones. Ctrl-C
/// ends it early: the report holds what was measured and says "interrupted" in its method. Of several stages one that
/// fails becomes a warning; a single one throws its Error, and so does a usage Error.
Report run_quick(const Machine& machine, const QuickOptions& options, Progress& progress);

/// The benchmarks of a report as people read them.
std::string render(const Report& report, const Terminal& terminal);

}  // namespace palier
