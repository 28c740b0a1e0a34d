#include "bench/workers_load.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>

#include "base/root.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

// The first eight fields of a line are user, nice, system, idle, iowait, irq, softirq and steal; guest time is part of
// user time.
constexpr std::size_t fields = 8;
constexpr std::size_t idle = 3, iowait = 4;

std::vector<int> own_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &set)) cpus.push_back(i);
  }
  return cpus;
}

}  // namespace

std::optional<double> cpu_seconds_taken(std::string_view stat, const std::vector<int>& cpus, double ticks) {
  double sum = 0;
  std::size_t found = 0;
  for (const std::string_view line : lines(stat)) {
    const std::vector<std::string_view> parts = words(line);
    const bool ours = !parts.empty() && std::any_of(cpus.begin(), cpus.end(), [&](int cpu) {
      return parts.front() == fmt::format("cpu{}", cpu);
    });
    if (!ours || parts.size() <= fields) continue;
    ++found;
    for (std::size_t i = 0; i < fields; ++i) {
      if (i != idle && i != iowait) sum += to_number(parts[i + 1]).value_or(0);
    }
  }
  if (cpus.empty() || found != cpus.size()) return {};
  return sum / ticks;
}

std::optional<double> cpu_seconds_taken() {
  const auto stat = Root().read("/proc/stat");
  if (!stat) return {};
  return cpu_seconds_taken(*stat, own_cpus(), static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

}  // namespace palier
