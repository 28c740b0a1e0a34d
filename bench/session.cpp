#include "bench/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "bench/clock_resolution.hpp"

namespace palier {
namespace {

constexpr double memory_share = 0.4;

std::vector<int> thread_counts(const Machine& machine, const MeasureOptions& options, int places) {
  if (options.threads.empty()) {
    const double cpus = machine.effective.cpus.value_or(places);
    return doubling(std::clamp(static_cast<int>(cpus), 1, places));
  }
  std::vector<int> threads = options.threads;
  std::sort(threads.begin(), threads.end());
  threads.erase(std::unique(threads.begin(), threads.end()), threads.end());
  if (threads.front() >= 1 && threads.back() <= places) return threads;
  throw Error({.message = "wrong number of threads",
               .reason = fmt::format("{} is not between 1 and {}, the processors that this process may use",
                                     threads.front() < 1 ? threads.front() : threads.back(), places),
               .help = "for example --threads 1,2"},
              ExitCode::usage);
}

Bytes usable_memory(const Machine& machine) {
  Bytes least = machine.memory.available.value_or(Bytes{5} << 29);
  if (machine.effective.memory) least = std::min(least, *machine.effective.memory);
  return static_cast<Bytes>(memory_share * static_cast<double>(least));
}

}  // namespace

std::vector<int> doubling(int most) {
  std::vector<int> counts;
  for (int count = 1; count < most; count *= 2) counts.push_back(count);
  counts.push_back(most);
  return counts;
}

std::string thread_label(int threads) { return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s"); }

Session::Session(const Machine& machine, const MeasureOptions& options, Binding binding)
    : binding_(std::move(binding)),
      threads_(thread_counts(machine, options, static_cast<int>(binding_.places().size()))),
      team_(binding_, threads_.back()),
      meter_(Root(), binding_.places()),
      seed_(options.seed),
      memory_(usable_memory(machine)) {}

std::vector<Benchmark> Session::sample(const std::vector<Configuration>& configurations, double seconds,
                                       const Watch& watch) const {
  std::vector<Benchmark> benchmarks = palier::sample(
      configurations, {.seconds = seconds, .seed = seed_, .shortest = shortest_sample(steady_resolution())}, meter_,
      watch);
  if (team_.bound()) return benchmarks;
  for (Benchmark& benchmark : benchmarks)
    benchmark.warnings.emplace_back("the system did not let palier bind threads to processors");
  return benchmarks;
}

}  // namespace palier
