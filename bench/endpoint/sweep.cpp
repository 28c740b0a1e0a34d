#include "bench/endpoint/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace palier {
namespace {

constexpr double close_enough = 1.1;
constexpr double least_rate = 0.01, most_load = 1e6;

EndpointRun run_at(const EndpointOptions& options, double load, const SweepWatch& watch) {
  EndpointOptions at = options;
  if (at.load.arrivals) {
    at.load.arrivals->rate = load;
  } else {
    at.load.concurrency = static_cast<int>(load);
    at.load.loops = std::min(at.load.loops, at.load.concurrency);
  }
  return bench_endpoint(std::move(at), [&](const LoadProgress& progress) { watch(load, progress); });
}

// Ascending, whatever the order in which they were made.
void sort_by_load(EndpointSweep& sweep) {
  std::vector<std::size_t> order(sweep.runs.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return sweep.loads[i]; });
  EndpointSweep sorted;
  for (const std::size_t i : order) {
    sorted.loads.push_back(sweep.loads[i]);
    sorted.runs.push_back(std::move(sweep.runs[i]));
  }
  sweep.loads = std::move(sorted.loads);
  sweep.runs = std::move(sorted.runs);
}

// Ctrl-C, or no money left for more.
bool cut_short(const EndpointRun& run) { return run.result.interrupted || run.result.out_of_money; }

// A client that is the limit measured something else, so that what it saw meets nothing.
bool meets(const EndpointRun& run) { return met(run.verdicts) && !run.result.client.limiting && !cut_short(run); }

double middle(double low, double high, bool whole) {
  return whole ? std::floor((low + high) / 2) : std::sqrt(low * high);
}

}  // namespace

std::optional<double> highest_load(double start, bool whole, const std::function<bool(double)>& meets,
                                   const std::function<bool()>& stop) {
  std::optional<double> good, bad;
  double load = start;
  while (!stop()) {
    (meets(load) ? good : bad) = load;
    if (good && bad) {
      if (whole ? *bad - *good <= 1 || *bad / *good < close_enough : *bad / *good < close_enough) break;
      load = middle(*good, *bad, whole);
    } else if (good) {
      load *= 2;
      if (load > most_load) break;
    } else {
      load = whole ? std::floor(load / 2) : load / 2;
      if (load < (whole ? 1 : least_rate)) break;
    }
  }
  return good;
}

std::optional<std::size_t> knee_of(const std::vector<EndpointRun>& runs) {
  std::optional<std::size_t> best;
  double most = 0;
  int usable = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const EndpointMetric* const e2e = runs[i].result.find("e2e");
    if (e2e == nullptr || runs[i].result.client.limiting) continue;
    ++usable;
    const double power = runs[i].result.request_rate / e2e->values.mean;
    if (power <= most) continue;
    most = power;
    best = i;
  }
  return usable < 3 ? std::nullopt : best;  // two points have no knee
}

EndpointSweep sweep_endpoint(const EndpointOptions& options, std::vector<double> loads, const SweepWatch& watch) {
  EndpointSweep sweep{.rates = options.load.arrivals.has_value()};
  std::ranges::sort(loads);
  for (const double load : loads) {
    if (!sweep.runs.empty() && cut_short(sweep.runs.back())) break;
    sweep.loads.push_back(load);
    sweep.runs.push_back(run_at(options, load, watch));
    if (!options.slo.empty() && meets(sweep.runs.back())) sweep.highest = load;
  }
  sweep.knee = knee_of(sweep.runs);
  return sweep;
}

EndpointSweep search_endpoint(const EndpointOptions& options, double start, const SweepWatch& watch) {
  EndpointSweep sweep{.rates = options.load.arrivals.has_value(), .searched = true};
  bool ended = false;
  const auto try_load = [&](double load) {
    // With fewer users than endpoints it would be another benchmark.
    if (!sweep.rates && load < static_cast<double>(options.targets.size())) return false;
    sweep.loads.push_back(load);
    sweep.runs.push_back(run_at(options, load, watch));
    ended = cut_short(sweep.runs.back());
    return meets(sweep.runs.back());
  };
  sweep.highest = highest_load(start, !sweep.rates, try_load, [&] { return ended; });
  sort_by_load(sweep);
  sweep.knee = knee_of(sweep.runs);
  return sweep;
}

}  // namespace palier
