#include "hwdetect/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

std::string size_text(const std::optional<Bytes>& bytes) {
  return bytes ? format_bytes(static_cast<double>(*bytes)) : "unknown";
}

std::string count_text(int count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string system_text(const Machine& machine) {
  std::string text = machine.os.name.value_or(machine.os.id.value_or("unknown system"));
  if (machine.os.kernel) text += ", Linux " + *machine.os.kernel;
  return text;
}

// "Jetson, in a KVM virtual machine, in a docker container, on aws"; empty on a plain computer without a name.
std::string place_text(const Platform& platform) {
  static const std::map<std::string, std::string> names = {{"colab", "Google Colab"},
                                                           {"kaggle", "Kaggle"},
                                                           {"studio-lab", "SageMaker Studio Lab"},
                                                           {"aws", "Amazon Web Services"},
                                                           {"gcp", "Google Cloud"},
                                                           {"azure", "Microsoft Azure"},
                                                           {"slurm", "Slurm"},
                                                           {"kubernetes", "Kubernetes"}};
  const auto name = [&](const std::string& key) { return names.contains(key) ? names.at(key) : key; };
  std::vector<std::string> parts;
  if (platform.model) parts.push_back(*platform.model);
  if (platform.kind == "wsl") parts.emplace_back("Windows Subsystem for Linux");
  if (platform.virtualization && platform.kind != "wsl") {
    parts.push_back(*platform.virtualization == "unknown" ? "a virtual machine"
                                                          : *platform.virtualization + " virtual machine");
  }
  if (platform.container) parts.push_back(*platform.container + " container");
  if (platform.cloud) parts.push_back(name(*platform.cloud));
  if (platform.notebook) parts.push_back(name(*platform.notebook));
  if (platform.scheduler) parts.push_back("under " + name(*platform.scheduler));
  return join(parts, ", ");
}

std::string cpu_text(const Cpu& cpu) {
  std::vector<std::string> parts = {cpu.model.value_or(cpu.architecture.empty() ? "unknown" : cpu.architecture)};
  if (cpu.packages && *cpu.packages > 1) parts.push_back(count_text(*cpu.packages, "socket", "sockets"));
  if (cpu.cores) parts.push_back(count_text(*cpu.cores, "core", "cores"));
  if (cpu.pus && cpu.pus != cpu.cores) parts.push_back(count_text(*cpu.pus, "thread", "threads"));
  if (cpu.kinds.size() > 1) {
    std::vector<std::string> kinds;
    for (const CpuKind& kind : cpu.kinds) kinds.push_back(fmt::format("{} {}", kind.pus, kind.name));
    parts.push_back("threads by kind: " + join(kinds, " + "));
  }
  if (cpu.numa.size() > 1) parts.push_back(fmt::format("{} NUMA nodes", cpu.numa.size()));
  return join(parts, ", ");
}

std::string caches_text(const Cpu& cpu) {
  std::vector<std::string> parts;
  for (const Cache& cache : cpu.caches) {
    if (cache.type == "instruction") continue;
    parts.push_back(
        fmt::format("L{} {} x {}", cache.level, cache.count, format_bytes(static_cast<double>(cache.size))));
  }
  return join(parts, ", ");
}

std::string memory_text(const Memory& memory) {
  std::string text = size_text(memory.total);
  if (memory.available) text += ", " + size_text(memory.available) + " available";
  if (memory.swap && *memory.swap > 0) text += ", swap " + size_text(memory.swap);
  return text;
}

std::string gpu_text(const Gpu& gpu) {
  std::vector<std::string> parts = {gpu.name.value_or(gpu.vendor + (gpu.pci ? " at " + *gpu.pci : ""))};
  if (gpu.memory_total) {
    parts.push_back(size_text(gpu.memory_total) + (gpu.unified ? " shared with the CPU" : " of memory"));
  }
  if (gpu.memory_free) parts.push_back(size_text(gpu.memory_free) + " free");
  if (gpu.compute_capability) parts.push_back("compute capability " + *gpu.compute_capability);
  if (gpu.driver) parts.push_back("driver " + *gpu.driver);
  if (gpu.why_not) parts.push_back("not usable: " + *gpu.why_not);
  return join(parts, ", ");
}

std::string disk_text(const Disk& disk) {
  return fmt::format("{}: {} free of {} ({})", disk.mount, size_text(disk.free), size_text(disk.size), disk.filesystem);
}

std::string tools_text(const std::vector<Tool>& tools) {
  std::vector<std::string> parts;
  for (const Tool& tool : tools) parts.push_back(tool.name + (tool.version ? " " + *tool.version : ""));
  return parts.empty() ? "none of those that palier looks for" : join(parts, ", ");
}

std::string missing_text(const std::vector<Tool>& tools) {
  static constexpr auto wanted = std::to_array<std::string_view>(
      {"python3", "pip", "uv", "conda", "mamba", "git", "tmux", "docker", "kubectl", "helm"});
  std::vector<std::string> missing;
  for (const std::string_view name : wanted) {
    if (std::ranges::find(tools, name, &Tool::name) == tools.end()) missing.emplace_back(name);
  }
  return join(missing, ", ");
}

std::string isa_text(const std::vector<std::string>& isa) {
  // What stands for what is below it: a student needs the ladder's upper rungs.
  std::vector<std::string> shown;
  for (const std::string& name : isa) {
    static constexpr auto basic = std::to_array<std::string_view>({"fma", "f16c", "avx512bw", "amx_tile"});
    if (std::ranges::find(basic, name) == basic.end()) shown.push_back(name);
  }
  return join(shown, ", ");
}

void row(Table& table, const char* name, const std::string& text, Style style = Style::plain) {
  if (!text.empty()) table.row({Cell(name, Style::bold), Cell(text, style)});
}

std::string cpus_text(const Machine& machine) {
  if (!machine.effective.cpus) return "unknown";
  const std::string number = format_number(*machine.effective.cpus);
  const std::string& bound = machine.effective.bound_by.cpus;
  if (bound == "hardware") return "all " + number;
  return fmt::format("{} of {} ({})", number, machine.cpu.pus ? std::to_string(*machine.cpu.pus) : "an unknown number",
                     bound);
}

std::string usable_memory_text(const Machine& machine) {
  const Effective& effective = machine.effective;
  std::string text = size_text(effective.memory);
  if (effective.bound_by.memory == "hardware") {
    text = "all " + text;
  } else {
    text += fmt::format(" of {} ({})", size_text(machine.memory.total), effective.bound_by.memory);
  }
  if (effective.memory_available) text += ", " + size_text(effective.memory_available) + " free now";
  return text;
}

}  // namespace

std::string describe(const Machine& machine, const Terminal& terminal) {
  Table has({Align::left, Align::left});
  row(has, "system", system_text(machine));
  row(has, "machine", place_text(machine.platform));
  row(has, "cpu", cpu_text(machine.cpu));
  row(has, "", isa_text(machine.cpu.isa));
  row(has, "", caches_text(machine.cpu));
  row(has, "memory", memory_text(machine.memory));
  for (const Gpu& gpu : machine.gpus) row(has, "gpu", gpu_text(gpu), gpu.usable ? Style::plain : Style::warning);
  if (machine.gpus.empty()) row(has, "gpu", "none found");
  for (const Disk& disk : machine.disks) row(has, "disk", disk_text(disk));
  row(has, "tools", tools_text(machine.tools));

  Table limits({Align::left, Align::left});
  const auto style = [](const std::string& bound) { return bound == "hardware" ? Style::plain : Style::warning; };
  row(limits, "cpus", cpus_text(machine), style(machine.effective.bound_by.cpus));
  row(limits, "memory", usable_memory_text(machine), style(machine.effective.bound_by.memory));

  std::string out = styled(terminal, Style::bold, "This computer") + "\n" + has.render(terminal, 2);
  out += "\n" + styled(terminal, Style::bold, "What a program here can use") + "\n" + limits.render(terminal, 2);
  Table missing({Align::left, Align::left});
  for (const Note& note : machine.notes) {
    row(missing, note.section.c_str(), note.text, Style::warning);
    row(missing, "", note.help);
  }
  const std::string absent = missing_text(machine.tools);
  row(missing, "tools", absent.empty() ? "" : "not installed, and needed by some stacks only: " + absent);
  if (!missing.empty()) {
    out += "\n" + styled(terminal, Style::bold, "What is missing") + "\n" + missing.render(terminal, 2);
  }
  return out;
}

}  // namespace palier
