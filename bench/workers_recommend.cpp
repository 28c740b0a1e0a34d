#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.hpp"
#include "bench/statistics.hpp"
#include "bench/workers.hpp"

namespace palier {
namespace {

constexpr double enough = 0.95;     ///< of the best median
constexpr double busy_share = 0.9;  ///< of the CPUs: they are what binds
constexpr int resamples = 400;

/// Index of the first of `medians` that is enough.
std::size_t choose(const std::vector<double>& medians) {
  const double best = *std::max_element(medians.begin(), medians.end());
  const auto chosen =
      std::find_if(medians.begin(), medians.end(), [best](double median) { return median >= enough * best; });
  return static_cast<std::size_t>(chosen - medians.begin());
}

/// The share of measurements, drawn again from the samples, in which the same number is chosen.
double certainty_of(const std::vector<WorkerCount>& counts, std::size_t chosen, std::uint64_t seed) {
  Random random(seed);
  int same = 0;
  for (int i = 0; i < resamples; ++i) {
    std::vector<double> medians;
    for (const WorkerCount& count : counts) {
      std::vector<double> drawn(count.rates.size());
      for (double& rate : drawn) rate = count.rates[random.below(drawn.size())];
      medians.push_back(median(drawn));
    }
    if (choose(medians) == chosen) ++same;
  }
  return static_cast<double>(same) / resamples;
}

std::string times(int workers) { return fmt::format("{} {}", workers, workers == 1 ? "worker" : "workers"); }

/// What the best of the larger numbers would bring.
std::string what_more_brings(const std::vector<WorkerCount>& counts, std::size_t chosen) {
  const auto best = std::max_element(counts.begin() + static_cast<std::ptrdiff_t>(chosen) + 1, counts.end(),
                                     [](const WorkerCount& a, const WorkerCount& b) { return a.median < b.median; });
  const int percent = static_cast<int>(std::lround(100 * (best->median / counts[chosen].median - 1)));
  if (percent > 0) return fmt::format("{} bring only {} % more", best->workers, percent);
  if (percent < 0) return fmt::format("{} bring {} % less", best->workers, -percent);
  return fmt::format("{} bring no more", best->workers);
}

}  // namespace

Recommendation recommend(const std::vector<WorkerCount>& counts, const Machine& machine,
                         const std::optional<Ceiling>& ceiling, std::uint64_t seed) {
  std::vector<double> medians;
  medians.reserve(counts.size());
  for (const WorkerCount& count : counts) medians.push_back(count.median);
  const std::size_t chosen = choose(medians);
  const WorkerCount& count = counts[chosen];
  Recommendation result{.workers = count.workers, .bound_by = {}, .why = {}};
  result.certainty = certainty_of(counts, chosen, seed);
  if (chosen + 1 == counts.size()) {
    result.bound_by = ceiling ? ceiling->bound_by : "range";
    result.why = ceiling ? ceiling->why
                         : fmt::format("the most that was measured; --max {} would show whether more bring more",
                                       std::min(most_workers, 2 * count.workers));
    return result;
  }
  result.why = what_more_brings(counts, chosen);
  if (!machine.effective.cpus) {
    result.bound_by = "contention";
    return result;
  }
  const double cpus = *machine.effective.cpus;
  const bool busy = count.busy_cpus + count.foreign_cpus >= busy_share * cpus;
  result.bound_by = busy ? "cpu" : "contention";
  result.why += fmt::format("; {} {} {} of {} CPUs busy", times(count.workers), count.workers == 1 ? "keeps" : "keep",
                            format_number(count.busy_cpus), format_number(cpus));
  if (!busy) result.why += ", so the jobs wait for each other or for a device";
  if (busy && count.busy_cpus < busy_share * cpus)
    result.why += fmt::format(", other programs {}", format_number(count.foreign_cpus));
  return result;
}

}  // namespace palier
