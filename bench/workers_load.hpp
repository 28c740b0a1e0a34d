#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace palier {

/// Seconds of CPU that all programs, the kernel and other virtual machines (steal) have taken since the start, on the
/// CPUs numbered in `cpus`: `stat` is the text of /proc/stat, which counts in 1 / `ticks` seconds (proc(5)). nullopt
/// where it does not tell.
std::optional<double> cpu_seconds_taken(std::string_view stat, const std::vector<int>& cpus, double ticks);

/// The same, now, on the CPUs that this process may use.
std::optional<double> cpu_seconds_taken();

}  // namespace palier
