#include "hwdetect/cores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

const std::string cpu_folder = "/sys/devices/system/cpu";

// "48K" of the cache that is level 1 and holds data; 0 where unknown.
long long first_level_kilobytes(const Root& root, int pu) {
  const std::string caches = fmt::format("{}/cpu{}/cache", cpu_folder, pu);
  for (const std::string& index : root.list(caches)) {
    const std::string folder = fmt::format("{}/{}", caches, index);
    const bool meant = root.read_line(folder + "/level") == "1" && root.read_line(folder + "/type") == "Data";
    if (!meant) continue;
    const std::string size = root.read_line(folder + "/size").value_or("");
    return size.ends_with('K') ? to_integer(size.substr(0, size.size() - 1)).value_or(0) : 0;
  }
  return 0;
}

CpuList all_pus(const Root& root) {
  CpuList pus;
  for (const std::string& name : root.list(cpu_folder)) {
    const std::optional<CpuList> number = parse_cpu_list(name.starts_with("cpu") ? name.substr(3) : "-");
    if (number && number->size() == 1) pus.push_back(number->front());
  }
  return pus;
}

}  // namespace

void add_kinds_by_cache(const Root& root, Machine& machine) {
  const auto first_level = std::ranges::count_if(
      machine.cpu.caches, [](const Cache& cache) { return cache.level == 1 && cache.type == "data"; });
  if (first_level < 2) return;
  std::map<long long, CpuList, std::greater<>> kinds;  // the larger cache is the faster core's
  for (const int pu : all_pus(root)) {
    const long long size = first_level_kilobytes(root, pu);
    if (size > 0) kinds[size].push_back(pu);
  }
  if (kinds.size() != 2) return;
  for (const auto& [size, pus] : kinds) {
    record(machine, fmt::format("/cpu/kinds/{}", machine.cpu.kinds.size()),
           {cpu_folder + "/cpu*/cache", fmt::format("first level of {} KiB: PUs {}", size, format_cpu_list(pus))});
    machine.cpu.kinds.push_back(
        {machine.cpu.kinds.empty() ? "performance" : "efficiency", static_cast<int>(pus.size())});
  }
}

void join_clusters(const Root& root, Machine& machine) {
  const bool arm = machine.cpu.architecture == "aarch64" || machine.cpu.architecture.starts_with("arm");
  const int packages = machine.cpu.packages.value_or(1);
  if (!arm || packages < 2 || machine.cpu.numa.size() > 1 || root.is_directory("/sys/firmware/acpi")) return;
  machine.cpu.packages = 1;
  const auto fact = std::ranges::find(machine.facts, "/cpu/packages", &Fact::pointer);
  fact->also.push_back({fact->source, fact->raw});
  fact->source = "one memory node, no ACPI";
  fact->raw = fmt::format("{} clusters of one chip", packages);
}

}  // namespace palier
