#include "bench/quick.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/interrupt.hpp"
#include "bench/built_in_job.hpp"
#include "bench/cache_steps.hpp"
#include "bench/clock_resolution.hpp"
#include "bench/compute.hpp"
#include "bench/latency.hpp"
#include "bench/memory.hpp"
#include "bench/sustained.hpp"
#include "bench/workers.hpp"

namespace palier {
namespace {

struct Part {
  const char* name;
  double share;  ///< of the time, relative to the other stages that are measured
};

Part part(Stage stage) {
  switch (stage) {
    case Stage::bandwidth:
      return {"memory bandwidth", 0.25};
    case Stage::memory:
      return {"memory bandwidth and latency", 0.25};
    case Stage::product:
      return {"matrix product", 0.3};
    case Stage::compute:
      return {"peaks and matrix products", 0.3};
    case Stage::workers:
      return {"parallel workers", 0.45};
    case Stage::sustained:
      return {"sustained rate", 1};
  }
  return {};
}

/// What a stage is given: its slice of the whole run.
struct Slice {
  double seconds;
  Watch watch;
};

void append(Report& report, const std::vector<Benchmark>& measured) {
  report.benchmarks.insert(report.benchmarks.end(), measured.begin(), measured.end());
}

Slice part_of(const Slice& slice, double from, double to) {
  return {slice.seconds * (to - from), [&slice, from, to](double fraction, const std::string& detail, double left) {
            slice.watch(from + fraction * (to - from), detail, left);
          }};
}

void measure_all_memory(Session& session, const Machine& machine, const Slice& slice, Report& report) {
  const bool has_nodes = session.binding().nodes().size() > 1;
  const double latency = 0.5, nodes = has_nodes ? 0.85 : 1;  // where these parts begin
  const Slice first = part_of(slice, 0, latency), second = part_of(slice, latency, nodes),
              third = part_of(slice, nodes, 1);
  append(report, measure_memory(session, Passes::all, first.seconds, first.watch));
  if (interrupted()) return;
  const std::vector<Benchmark> curve = measure_latency(session, second.seconds, second.watch);
  append(report, curve);
  report.method["caches"] = cache_document(cache_steps(curve), machine.cpu.caches);
  if (has_nodes && !interrupted()) append(report, measure_node_latency(session, third.seconds, third.watch));
}

void measure(Stage stage, const Machine& machine, const QuickOptions& options, const Slice& slice, Report& report) {
  if (stage == Stage::workers) {
    const auto workload = thread_workload(JobKind::compute);
    add_to(report,
           measure_workers({.time_budget = slice.seconds, .seed = options.seed}, machine, *workload, slice.watch),
           options.seed);
    return;
  }
  Session session(machine, {.threads = options.threads, .seed = options.seed});
  if (stage == Stage::product) return append(report, measure_product(session, slice.seconds, slice.watch));
  if (stage == Stage::sustained)
    return add_to(report, measure_sustained(session, slice.seconds, slice.watch), options.seed);
  if (stage == Stage::compute) return append(report, measure_compute(session, slice.seconds, slice.watch));
  if (stage == Stage::bandwidth)
    return append(report, measure_memory(session, Passes::triad, slice.seconds, slice.watch));
  measure_all_memory(session, machine, slice, report);
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
  const Json caches = report.method.value("caches", Json());
  report.method = {{"seed", options.seed},
                   {"time_budget", options.time_budget},
                   {"caches", caches},
                   {"clock", steady_resolution()},
                   {"interrupted", interrupted()}};
  return report;
}

}  // namespace palier
