#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <algorithm>

#include "base/text.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

// "24684092 kB": the kernel's kB are 1024 bytes.
std::optional<Bytes> kilobytes(std::string_view text) {
  if (!text.ends_with(" kB")) return std::nullopt;
  const std::optional<long long> value = to_integer(trim(text.substr(0, text.size() - 3)));
  if (!value || *value < 0 || *value > (1LL << 52)) return std::nullopt;
  return static_cast<Bytes>(*value) * 1024;
}

Bytes sum_of_nodes(const Machine& machine) {
  constexpr Bytes most = Bytes{1} << 50;  // no computer has a pebibyte, and this many can be added
  Bytes sum = 0;
  for (const NumaNode& node : machine.cpu.numa) {
    if (node.memory.value_or(0) > most) return 0;
    sum += node.memory.value_or(0);
  }
  return sum;
}

// The NUMA nodes' own sum, where it is another one by more than what the kernel keeps for itself.
std::vector<Fact::Other> also(const Machine& machine, std::string_view key, Bytes bytes) {
  const Bytes sum = sum_of_nodes(machine);
  const bool differs = sum > 0 && (sum < bytes / 10 * 9 || sum / 10 * 9 > bytes);
  if (key != "MemTotal" || !differs) return {};
  return {{"/sys/devices/system/node", fmt::format("{} bytes in all nodes", sum)}};
}

std::optional<std::string> ask_sysinfo() {
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) return std::nullopt;
  return fmt::format("{}", static_cast<Bytes>(info.totalram) * info.mem_unit);
}

// LXCFS writes a container's own /proc/meminfo, and the system call still tells of the host; a filter for system calls
// can do it the other way round. The lesser one holds.
void compare_with_sysinfo(const Root& root, Machine& machine, const std::string& path) {
  const std::string raw(trim(root.answer("sysinfo", ask_sysinfo).value_or("")));
  const std::optional<long long> answer = to_integer(raw);
  if (!answer || *answer <= 0) return;
  const auto told = static_cast<Bytes>(*answer), shown = machine.memory.total.value_or(told);
  if (!machine.memory.total) return set(machine, machine.memory.total, told, "/memory/total", {"sysinfo(2)", raw});
  if (told > shown - shown / 20 && told < shown + shown / 20) return;
  const auto fact = std::ranges::find(machine.facts, "/memory/total", &Fact::pointer);
  if (told < shown) {
    fact->also.push_back({fact->source, fact->raw});
    fact->source = "sysinfo(2)";
    fact->raw = raw;
    machine.memory.total = told;
    return;
  }
  fact->also.push_back({"sysinfo(2)", raw});
  const std::string mounts = root.read("/proc/self/mountinfo").value_or("");
  if (mounts.find(" " + path + " ") != std::string::npos) machine.effective.bound_by.memory = "lxcfs";
}

}  // namespace

void probe_memory(const Root& root, Machine& machine) {
  const std::string path = "/proc/meminfo";
  const std::optional<std::string> meminfo = root.read(path);
  if (meminfo) {
    for_each_pair(*meminfo, ':', [&](std::string_view key, std::string_view value) {
      const std::optional<Bytes> bytes = kilobytes(value);
      const auto keep = [&](std::optional<Bytes>& member, const char* pointer) {
        if (!bytes) return;
        member = *bytes;
        record(machine, pointer, {path, std::string(value)}, also(machine, key, *bytes));
      };
      if (key == "MemTotal") keep(machine.memory.total, "/memory/total");
      if (key == "MemAvailable") keep(machine.memory.available, "/memory/available");
      if (key == "SwapTotal") keep(machine.memory.swap, "/memory/swap");
    });
  }
  compare_with_sysinfo(root, machine, path);
  if (const Bytes sum = sum_of_nodes(machine); !machine.memory.total && sum > 0) {
    set(machine, machine.memory.total, sum, "/memory/total",
        {"/sys/devices/system/node", fmt::format("{} bytes in all nodes", sum)});
  }
  if (!machine.memory.total) {
    machine.notes.push_back({"memory", "the amount of memory is unknown", path + " has no MemTotal"});
  } else if (!machine.memory.available) {
    machine.notes.push_back(
        {"memory", "how much memory is free is unknown",
         path + (meminfo ? " has no MemAvailable: Linux writes it since 3.14" : " cannot be read")});
  }
}

}  // namespace palier
