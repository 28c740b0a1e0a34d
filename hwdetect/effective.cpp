#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "base/units.hpp"
#include "hwdetect/cgroup.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/environment.hpp"
#include "hwdetect/gpu_nodes.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

constexpr const char* gpus_left_out = "the GPUs' own memory left out";
constexpr const char* address_space = "ulimit -v";

// The PUs that the scheduler gives this thread, in the Linux list format.
std::optional<std::string> ask_affinity() {
  for (int count = 1024; count <= 65536; count *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(count));
    if (set == nullptr) return std::nullopt;
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(count));
    const bool done = ::sched_getaffinity(0, size, set) == 0;
    const bool too_small = !done && errno == EINVAL;
    CpuList list;
    for (int i = 0; done && i < count; ++i) {
      if (CPU_ISSET_S(static_cast<std::size_t>(i), size, set)) list.push_back(i);
    }
    CPU_FREE(set);
    if (done) return format_cpu_list(list);
    if (!too_small) return std::nullopt;
  }
  return std::nullopt;
}

template <class T>
struct Candidate {
  T value;
  std::string name;  ///< for "bound_by"
  Reading reading;
};

// The least of all, the first of equals; the others stay in the trail.
template <class T>
void choose(Machine& machine, std::optional<T>& member, std::string* bound_by, const std::string& what,
            const std::vector<Candidate<T>>& candidates) {
  if (candidates.empty()) return;
  const auto least = std::ranges::min_element(candidates, {}, &Candidate<T>::value);
  std::vector<Fact::Other> others;
  for (const Candidate<T>& candidate : candidates) {
    if (&candidate != &*least) others.push_back({candidate.reading.source, candidate.reading.raw});
  }
  member = least->value;
  if (bound_by != nullptr) {
    *bound_by = least->name;
    record(machine, "/effective/bound_by/" + what, least->reading);
  }
  record(machine, "/effective/" + what, least->reading, std::move(others));
}

void effective_cpus(const Root& root, Machine& machine, const Cgroups& cgroups, const Environment& environment) {
  std::vector<Candidate<double>> candidates;
  const std::string online_file = "/sys/devices/system/cpu/online";
  const std::optional<CpuList> online = parse_cpu_list(root.read_line(online_file).value_or(""));
  if (machine.cpu.pus) {
    candidates.push_back(
        {static_cast<double>(*machine.cpu.pus), "hardware", {"/cpu/pus", fmt::format("{}", *machine.cpu.pus)}});
  }
  const auto add_list = [&](const CpuList& list, std::string name, Reading reading) {
    const CpuList usable = online && !online->empty() ? intersection(list, *online) : list;
    if (!usable.empty())
      candidates.push_back({static_cast<double>(usable.size()), std::move(name), std::move(reading)});
  };
  for (const auto& set : cgroups.cpusets()) {
    add_list(set.value, "cgroup cpuset " + set.level.name, {set.file, set.raw});
  }
  if (const std::optional<std::string> text = root.answer("affinity", ask_affinity)) {
    if (const auto list = parse_cpu_list(*text)) add_list(*list, "affinity", {"sched_getaffinity", *text});
  }
  // Slurm gives a job these even where it does not bind it to them (sbatch(1)).
  const char* slurm = "SLURM_CPUS_ON_NODE";
  const std::string given = environment.value(slurm).value_or("");
  if (const auto number = to_integer(given); number && *number > 0 && *number < 65536) {
    candidates.push_back({static_cast<double>(*number), "slurm", {slurm, given}});
  }
  for (const auto& quota : cgroups.cpu_quotas()) {
    candidates.push_back({quota.value, "cgroup quota " + quota.level.name, {quota.file, quota.raw}});
  }
  choose(machine, machine.effective.cpus, &machine.effective.bound_by.cpus, "cpus", candidates);
}

// Slurm's megabytes are 1048576 bytes; 0 is all of the node's memory (sbatch(1)).
std::optional<Candidate<Bytes>> slurm_memory(const Environment& environment) {
  const auto read = [&](const char* variable) {
    return std::clamp(to_integer(environment.value(variable).value_or("")).value_or(0), 0LL, 1LL << 32);
  };
  const long long node = read("SLURM_MEM_PER_NODE"), cpu = read("SLURM_MEM_PER_CPU"),
                  cpus = std::min(read("SLURM_CPUS_ON_NODE"), 65536LL);
  if (node > 0) return {{static_cast<Bytes>(node) << 20, "slurm", {"SLURM_MEM_PER_NODE", fmt::format("{}", node)}}};
  if (cpu <= 0 || cpus <= 0) return std::nullopt;
  return {{static_cast<Bytes>(cpu * cpus) << 20,
           "slurm",
           {"SLURM_MEM_PER_CPU, SLURM_CPUS_ON_NODE", fmt::format("{} x {}", cpu, cpus)}}};
}

// RLIMIT_AS, which login nodes of clusters set; /proc/self/limits has "unlimited" or bytes after the name: soft, hard.
std::optional<Candidate<Bytes>> address_space_limit(const Root& root) {
  const std::string file = "/proc/self/limits", name = "Max address space";
  const std::string text = root.read(file).value_or("");
  for (const std::string_view line : lines(text)) {
    if (!line.starts_with(name)) continue;
    const std::vector<std::string_view> columns = words(line.substr(name.size()));
    const auto soft = to_integer(columns.empty() ? "" : columns.front());
    if (!soft || *soft <= 0) return std::nullopt;
    return {{static_cast<Bytes>(*soft), address_space, {file, std::string(trim(line))}}};
  }
  return std::nullopt;
}

// Where the kernel counts the GPUs' own memory to the system's, a program's share is what is left without it.
void leave_out_gpus(const std::vector<GpuNode>& nodes, const Memory& memory, std::vector<Candidate<Bytes>>& limits,
                    std::vector<Candidate<Bytes>>& available) {
  Bytes total = 0, free = 0;
  for (const GpuNode& node : nodes) {
    total += node.total;
    free += node.free;
  }
  const std::string source = nodes.empty() ? "" : nodes.front().file;
  const auto less = [&](const std::optional<Bytes>& all, Bytes part, std::vector<Candidate<Bytes>>& candidates) {
    if (!all || part == 0 || part >= *all) return;
    candidates.push_back(
        {*all - part, gpus_left_out, {source, fmt::format("{} less {} of {} GPUs", *all, part, nodes.size())}});
  };
  less(memory.total, total, limits);
  less(memory.available, free, available);
}

void effective_memory(const Root& root, Machine& machine, const Cgroups& cgroups, const Environment& environment) {
  std::vector<Candidate<Bytes>> limits, available;
  const Memory& memory = machine.memory;
  leave_out_gpus(gpu_memory_nodes(root), memory, limits, available);
  // What probe_memory found to bind is what the total is then.
  const std::string whole = machine.effective.bound_by.memory;
  // More than a limit is never free, whatever is in use of it.
  const auto add_limit = [&](Candidate<Bytes> limit, const std::optional<Bytes>& used) {
    const std::string raw = fmt::format("{} less {}", limit.reading.raw,
                                        used ? fmt::format("{} in use", *used) : "what is in use, which is unknown");
    available.push_back({limit.value - std::min(limit.value, used.value_or(0)), "", {limit.reading.source, raw}});
    limits.push_back(std::move(limit));
  };
  if (const auto limit = slurm_memory(environment)) add_limit(*limit, std::nullopt);
  // Of the limits of one process, nothing is in use before it starts.
  if (const auto limit = address_space_limit(root)) add_limit(*limit, 0);
  if (memory.total)
    limits.insert(limits.begin(), {*memory.total, whole, {"/memory/total", fmt::format("{}", *memory.total)}});
  if (memory.available) {
    available.push_back({*memory.available, "hardware", {"/memory/available", fmt::format("{}", *memory.available)}});
  }
  for (const auto& limit : cgroups.memory_limits()) {
    add_limit({limit.value, "cgroup limit " + limit.level.name, {limit.file, limit.raw}},
              cgroups.memory_used(limit.level));
  }
  choose(machine, machine.effective.memory, &machine.effective.bound_by.memory, "memory", limits);
  choose(machine, machine.effective.memory_available, nullptr, "memory_available", available);
}

// What becomes of a program that wants more memory than the limit lets it have.
const char* beyond_memory(std::string_view bound_by) {
  if (bound_by == gpus_left_out) return "the rest is the memory of the GPUs, which counts there";
  if (bound_by == address_space) {
    return "a program that asks for more gets none, and GPU libraries ask for far more than they fill: `ulimit -v "
           "unlimited`, where that is allowed, or a job of the cluster's";
  }
  return "a program that takes more is ended";
}

}  // namespace

void probe_effective(const Root& root, Machine& machine) {
  const Cgroups cgroups(root);
  const Environment environment(root);
  effective_cpus(root, machine, cgroups, environment);
  effective_memory(root, machine, cgroups, environment);
  const Effective& effective = machine.effective;
  if (effective.bound_by.cpus != "hardware" && machine.cpu.pus) {
    machine.notes.push_back({"effective",
                             fmt::format("{} of {} CPUs can be used here: {}", format_number(*effective.cpus),
                                         *machine.cpu.pus, effective.bound_by.cpus),
                             "start as many workers as can be used, not as many as the machine has"});
  }
  const bool less = effective.memory && machine.memory.total && *effective.memory < *machine.memory.total;
  if (effective.bound_by.memory != "hardware" && less) {
    machine.notes.push_back(
        {"effective",
         fmt::format("{} of {} of memory can be used here: {}", format_bytes(static_cast<double>(*effective.memory)),
                     format_bytes(static_cast<double>(*machine.memory.total)), effective.bound_by.memory),
         beyond_memory(effective.bound_by.memory)});
  }
}

}  // namespace palier
