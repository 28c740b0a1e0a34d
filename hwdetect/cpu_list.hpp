#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// Numbers of PUs, ascending and without repeats.
using CpuList = std::vector<int>;

/// Reads the Linux list format ("0-3,8"); an empty text is an empty list. nullopt on anything else, and on numbers from
/// 65536 up, which no kernel knows (CONFIG_NR_CPUS ends at 8192).
std::optional<CpuList> parse_cpu_list(std::string_view text);

/// The Linux list format.
std::string format_cpu_list(const CpuList& list);

/// What is in both.
CpuList intersection(const CpuList& a, const CpuList& b);

}  // namespace palier
