#include <sys/utsname.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/cpuinfo.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

const std::string cpuinfo_file = "/proc/cpuinfo";
constexpr std::size_t longest_cpuinfo = std::size_t{8} << 20;  // 1500 bytes for each of 4096 processors, and some more

// The instruction sets that decide how fast AI software runs, and what the kernel calls them: "flags" on x86,
// "Features" on Arm.
struct Isa {
  std::string_view name, x86, arm;
};
constexpr auto isas = std::to_array<Isa>({
    {"fma", "fma", ""},
    {"f16c", "f16c", ""},
    {"avx2", "avx2", ""},
    {"avx_vnni", "avx_vnni", ""},
    {"avx512f", "avx512f", ""},
    {"avx512bw", "avx512bw", ""},
    {"avx512_vnni", "avx512_vnni", ""},
    {"avx512_bf16", "avx512_bf16", ""},
    {"avx512_fp16", "avx512_fp16", ""},
    {"amx_tile", "amx_tile", ""},
    {"amx_bf16", "amx_bf16", ""},
    {"amx_int8", "amx_int8", ""},
    {"neon", "", "asimd"},
    {"fp16", "", "asimdhp"},
    {"dotprod", "", "asimddp"},
    {"bf16", "", "bf16"},
    {"i8mm", "", "i8mm"},
    {"sve", "", "sve"},
    {"sve2", "", "sve2"},
});

std::optional<std::string> ask_architecture() {
  utsname name{};
  return ::uname(&name) == 0 ? std::optional<std::string>(name.machine) : std::nullopt;
}

// hwloc-gather-topology's captures have what uname told in a file.
const std::string hwloc_file = "/proc/hwloc-nofile-info";

std::string gathered_architecture(const Root& root) {
  std::string architecture;
  for_each_pair(root.read(hwloc_file).value_or(""), ':', [&](std::string_view key, std::string_view value) {
    if (key == "Architecture") architecture = std::string(value);
  });
  return architecture;
}

void set_architecture(const Root& root, const CpuInfo& info, Machine& machine) {
  std::string& member = machine.cpu.architecture;
  const char* pointer = "/cpu/architecture";
  const std::string file = "/proc/sys/kernel/arch";
  if (const auto text = root.read_line(file); text && !text->empty()) {
    set(machine, member, *text, pointer, {file, *text});
  } else if (const auto answer = root.answer("architecture", ask_architecture)) {
    set(machine, member, trim(*answer), pointer, {"uname", *answer});
  } else if (const std::string gathered = gathered_architecture(root); !gathered.empty()) {
    set(machine, member, gathered, pointer, {hwloc_file, gathered});
  } else if (info.architecture) {
    set(machine, member, info.architecture->name, pointer, {cpuinfo_file, info.architecture->raw});
  }
}

void set_isa(const CpuInfo& info, Machine& machine) {
  if (!info.flags) return;
  std::string found;
  for (const Isa& isa : isas) {
    const std::string_view flag = info.arm ? isa.arm : isa.x86;
    if (flag.empty() || !info.flags->contains(flag)) continue;
    machine.cpu.isa.emplace_back(isa.name);
    found += (found.empty() ? "" : " ") + std::string(flag);
  }
  record(machine, "/cpu/isa", {cpuinfo_file, found});
}

}  // namespace

void probe_cpu(const Root& root, Machine& machine) {
  const CpuInfo info = parse_cpuinfo(root.read(cpuinfo_file, longest_cpuinfo).value_or(""));
  // Arm kernels name the instruction set ("ARMv8 Processor rev 4"): the cores' own names say more.
  const bool generic = !info.cores.empty() && !info.models.empty() && info.models.front().starts_with("ARMv");
  if (!info.models.empty() && !generic) {
    set(machine, machine.cpu.model, join(info.models, " + "), "/cpu/model",
        {cpuinfo_file, info.model_key + ": " + info.models.front()});
  } else if (!info.cores.empty()) {
    set(machine, machine.cpu.model, join(info.cores, " + "), "/cpu/model", {cpuinfo_file, "CPU part"});
  }
  set_architecture(root, info, machine);
  set_isa(info, machine);
}

}  // namespace palier
