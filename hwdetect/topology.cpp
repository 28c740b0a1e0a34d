#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "hwdetect/cores.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/gpu_nodes.hpp"
#include "hwdetect/hwloc_topology.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

const std::string cpu_folder = "/sys/devices/system/cpu";
const std::string node_folder = "/sys/devices/system/node";

CpuList to_list(hwloc_const_bitmap_t bitmap) {
  CpuList list;
  unsigned i = 0;
  hwloc_bitmap_foreach_begin(i, bitmap) list.push_back(static_cast<int>(i));
  hwloc_bitmap_foreach_end();
  return list;
}

void count_objects(hwloc_topology_t topology, Machine& machine) {
  const auto keep = [&](std::optional<int>& member, const char* pointer, hwloc_obj_type_t type) {
    const int count = hwloc_get_nbobjs_by_type(topology, type);
    if (count <= 0) return;
    set(machine, member, count, pointer,
        {"hwloc, " + cpu_folder, fmt::format("{} x {}", count, hwloc_obj_type_string(type))});
  };
  keep(machine.cpu.packages, "/cpu/packages", HWLOC_OBJ_PACKAGE);
  keep(machine.cpu.cores, "/cpu/cores", HWLOC_OBJ_CORE);
  keep(machine.cpu.pus, "/cpu/pus", HWLOC_OBJ_PU);
}

void add_caches(hwloc_topology_t topology, Machine& machine) {
  const auto types = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE,
                      HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE};
  for (const hwloc_obj_type_t type : types) {
    const int count = hwloc_get_nbobjs_by_type(topology, type);
    // A hybrid processor has caches of two sizes on one level. Some kernels do not tell a size.
    std::map<Bytes, int, std::greater<>> sizes;
    for (int i = 0; i < count; ++i) {
      ++sizes[hwloc_get_obj_by_type(topology, type, static_cast<unsigned>(i))->attr->cache.size];
    }
    for (const auto& [size, number] : sizes) {
      if (size == 0) continue;
      const auto& cache = hwloc_get_obj_by_type(topology, type, 0)->attr->cache;
      const char* kind = cache.type == HWLOC_OBJ_CACHE_INSTRUCTION ? "instruction"
                         : cache.type == HWLOC_OBJ_CACHE_DATA      ? "data"
                                                                   : "unified";
      record(machine, fmt::format("/cpu/caches/{}", machine.cpu.caches.size()),
             {"hwloc, " + cpu_folder, fmt::format("{} x {} of {} bytes", number, hwloc_obj_type_string(type), size)});
      machine.cpu.caches.push_back({static_cast<int>(cache.depth), kind, size, number});
    }
  }
}

// hwloc leaves a GPU's memory out up to 2.9, and shows it as a node from 2.12 on.
void add_numa(hwloc_topology_t topology, const std::vector<GpuNode>& of_gpus, Machine& machine) {
  for (hwloc_obj_t node = nullptr;
       (node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr;) {
    const auto index = static_cast<int>(node->os_index);
    if (std::ranges::find(of_gpus, index, &GpuNode::index) != of_gpus.end()) continue;
    const Bytes memory = node->attr->numanode.local_memory;
    const std::string pus = format_cpu_list(to_list(node->cpuset));
    record(machine, fmt::format("/cpu/numa/{}", machine.cpu.numa.size()),
           {"hwloc, " + node_folder, fmt::format("node{}: PUs {}, {} bytes", node->os_index, pus, memory)});
    machine.cpu.numa.push_back({index, memory > 0 ? std::optional(memory) : std::nullopt, pus});
  }
}

void add_kind(Machine& machine, const char* name, int pus, Reading reading) {
  record(machine, fmt::format("/cpu/kinds/{}", machine.cpu.kinds.size()), std::move(reading));
  machine.cpu.kinds.push_back({name, pus});
}

// On Intel's hybrid processors the kernel has a performance-counter unit for each kind of core.
void add_intel_kinds(const Root& root, Machine& machine) {
  for (const auto& [unit, name] : {std::pair("cpu_core", "performance"), std::pair("cpu_atom", "efficiency"),
                                   std::pair("cpu_lowpower", "low-power")}) {
    const std::string file = fmt::format("/sys/devices/{}/cpus", unit);
    const std::string raw = root.read_line(file).value_or("");
    const CpuList list = parse_cpu_list(raw).value_or(CpuList{});
    if (!list.empty()) add_kind(machine, name, static_cast<int>(list.size()), {file, raw});
  }
}

// Arm's kernels say how fast each core is beside the fastest, which has 1024. Cores of one sort differ by some percent,
// as the chip's clusters clock them (718 and 731 beside 997 and 1024), and two sorts by more than a tenth.
void add_arm_kinds(const Root& root, Machine& machine) {
  std::vector<std::pair<long long, int>> cores;  // capacity, PU
  for (const int pu : parse_cpu_list(root.read_line(cpu_folder + "/online").value_or("")).value_or(CpuList{})) {
    const auto capacity = to_integer(root.read_line(fmt::format("{}/cpu{}/cpu_capacity", cpu_folder, pu)).value_or(""));
    if (!capacity || *capacity <= 0 || *capacity > 1024) return;
    cores.emplace_back(*capacity, pu);
  }
  std::ranges::sort(cores);
  std::vector<CpuList> kinds;  // from the slowest
  for (std::size_t i = 0; i < cores.size(); ++i) {
    if (i == 0 || cores[i].first * 10 > cores[i - 1].first * 11) kinds.emplace_back();
    kinds.back().push_back(cores[i].second);
  }
  for (std::size_t i = kinds.size(); i-- > 0 && kinds.size() > 1;) {
    const char* name = i + 1 == kinds.size() ? "performance" : i == 0 ? "efficiency" : "medium";
    std::ranges::sort(kinds[i]);
    add_kind(machine, name, static_cast<int>(kinds[i].size()),
             {cpu_folder + "/cpu*/cpu_capacity", "PUs " + format_cpu_list(kinds[i])});
  }
}

bool has_topology(const Root& root) {
  for (const std::string& name : root.list(cpu_folder)) {
    if (name.starts_with("cpu") && root.is_directory(fmt::format("{}/{}/topology", cpu_folder, name))) return true;
  }
  return false;
}

// Without a topology in /sys (gVisor, old captures) the processors can still be counted.
void count_processors(const Root& root, Machine& machine) {
  const std::string online = cpu_folder + "/online", cpuinfo = "/proc/cpuinfo";
  const std::string list = root.read_line(online).value_or("");
  int count = static_cast<int>(parse_cpu_list(list).value_or(CpuList{}).size());
  Reading reading{online, list};
  if (count == 0) {
    for_each_pair(root.read(cpuinfo).value_or(""), ':', [&](std::string_view key, std::string_view value) {
      if (key == "processor" && to_integer(value)) ++count;
    });
    reading = {cpuinfo, fmt::format("{} x processor", count)};
  }
  machine.notes.push_back(
      {"cpu", "packages, cores and caches are unknown", cpu_folder + "/cpu0/topology is not there"});
  if (count > 0) set(machine, machine.cpu.pus, count, "/cpu/pus", reading);
}

// Processors that are there and switched off, by an administrator or with simultaneous multithreading.
void note_offline(const Root& root, Machine& machine) {
  const auto list = [&](const char* name) {
    return parse_cpu_list(root.read_line(fmt::format("{}/{}", cpu_folder, name)).value_or("")).value_or(CpuList{});
  };
  const CpuList present = list("present"), online = list("online");
  if (online.empty() || online.size() >= present.size()) return;
  const std::string smt = root.read_line(cpu_folder + "/smt/control").value_or("");
  const std::string file = smt == "off" ? "/smt/control" : "/cpuN/online";
  machine.notes.push_back(
      {"cpu", fmt::format("{} of {} CPUs are switched off", present.size() - online.size(), present.size()),
       fmt::format("echo {} | sudo tee {}{}", smt == "off" ? "on" : "1", cpu_folder, file)});
}

}  // namespace

void probe_topology(const Root& root, Machine& machine) {
  note_offline(root, machine);
  if (!has_topology(root)) return count_processors(root, machine);
  const Topology topology = load_topology(root, machine);
  if (!topology) return count_processors(root, machine);
  count_objects(topology.get(), machine);
  add_caches(topology.get(), machine);
  add_numa(topology.get(), gpu_memory_nodes(root), machine);
  join_clusters(root, machine);
  add_intel_kinds(root, machine);
  if (machine.cpu.kinds.empty()) add_arm_kinds(root, machine);
  if (machine.cpu.kinds.empty()) add_kinds_by_cache(root, machine);
  if (machine.cpu.kinds.empty() && machine.cpu.pus) {
    add_kind(machine, "core", *machine.cpu.pus, {"hwloc, " + cpu_folder, "all PUs alike"});
  }
}

}  // namespace palier
