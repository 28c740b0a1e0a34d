#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/workers.hpp"

namespace palier {
namespace {

constexpr double shortest_sample = 0.02;  ///< seconds
constexpr double usual_sample = 0.2;
constexpr int fewest_rounds = 5;
constexpr int most_rounds = 25;

double seconds_per_round(const std::vector<int>& counts, double cpus, const JobCost& job) {
  double sum = 0;
  for (const int workers : counts) sum += stretched_job(job, workers, cpus);
  return sum;
}

}  // namespace

double stretched_job(const JobCost& job, int workers, double cpus) {
  return std::max(job.seconds, job.cpu_seconds * workers / cpus);
}

std::vector<int> worker_counts(int max, double cpus) {
  std::vector<int> counts;
  for (int workers = 1; workers < max; workers *= 2) counts.push_back(workers);
  counts.push_back(max);
  const auto add = [&](int workers) {
    const auto place = std::lower_bound(counts.begin(), counts.end(), workers);
    if (place != counts.end() && *place != workers) counts.insert(place, workers);
  };
  add(std::max(1, static_cast<int>(std::lround(cpus))));
  if (counts.size() < 4) add(3);
  return counts;
}

double seconds_per_sample(const std::vector<int>& counts, double cpus, const JobCost& job, double left) {
  const double jobs = seconds_per_round(counts, cpus, job);  // what one round takes where each worker does one job
  if (jobs > left) {
    throw Error({.message = "the time budget is too short",
                 .reason = fmt::format("a job takes {}, so that one sample of each of {} worker counts takes {}",
                                       format_seconds(job.seconds), counts.size(), format_seconds(std::ceil(jobs))),
                 .help = fmt::format("--time-budget {:.0f}s allows three of each; a smaller --max needs less",
                                     std::ceil(3 * jobs + job.seconds))},
                ExitCode::usage);
  }
  const auto size = static_cast<double>(counts.size());
  const double preferred = jobs + size * std::max(usual_sample, 10 * job.seconds);
  int rounds = std::clamp(static_cast<int>(left / preferred), fewest_rounds, most_rounds);
  if (rounds * jobs > left) rounds = std::max(1, static_cast<int>(left / jobs));
  return std::max(shortest_sample, (left / rounds - jobs) / size);
}

}  // namespace palier
