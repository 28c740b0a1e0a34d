#include "bench/quick.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/interrupt.hpp"
#include "bench/compute.hpp"
#include "bench/memory.hpp"
#include "bench/workers.hpp"

namespace palier {
namespace {

struct Part {
  const char* name;
  double share;  ///< of the time, relative to the other stages that are measured
};

Part part(Stage stage) {
  switch (stage) {
    case Stage::memory:
      return {"memory bandwidth", 0.25};
    case Stage::compute:
      return {"matrix product", 0.3};
    case Stage::workers:
      return {"parallel workers", 0.45};
  }
  return {};
}

/// What a stage is given: its slice of the whole run.
struct Slice {
  double seconds;
  Watch watch;
};

void measure(Stage stage, const Machine& machine, const QuickOptions& options, const Slice& slice, Report& report) {
  if (stage == Stage::workers) {
    const auto workload = built_in_workload();
    add_to(report,
           measure_workers({.time_budget = slice.seconds, .seed = options.seed}, machine, *workload, slice.watch),
           options.seed);
    return;
  }
  Session session(machine, {.threads = options.threads, .seed = options.seed});
  const auto measured = stage == Stage::memory ? measure_memory(session, slice.seconds, slice.watch)
                                               : measure_compute(session, slice.seconds, slice.watch);
  report.benchmarks.insert(report.benchmarks.end(), measured.begin(), measured.end());
}

}  // namespace

Report run_quick(const Machine& machine, const QuickOptions& options, Progress& progress) {
  Report report;
  report.machine = machine;
  const double begin = steady_seconds();
  double shares = 0;
  for (const Stage stage : options.stages) shares += part(stage).share;
  for (const Stage stage : options.stages) {
    if (interrupted()) break;
    const auto [name, share] = part(stage);
    const double gone = steady_seconds() - begin;
    const double left = std::max(1.0, options.time_budget - gone);
    const Slice slice{left * share / shares, [&, gone, left, seconds = left * share / shares](
                                                 double fraction, const std::string& detail, double) {
                        const double now = gone + fraction * seconds;
                        progress.update(now / (gone + left), detail, gone + left - now);
                      }};
    progress.stage(name);
    try {
      measure(stage, machine, options, slice, report);
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) break;
      if (error.code() == ExitCode::usage || options.stages.size() == 1) throw;
      report.warnings.push_back(
          fmt::format("{} could not be measured: {}: {}", name, error.text().message, error.text().reason));
    }
    shares -= share;
  }
  progress.clear();
  report.method = {{"seed", options.seed}, {"time_budget", options.time_budget}, {"interrupted", interrupted()}};
  return report;
}

}  // namespace palier
