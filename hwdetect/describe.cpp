#include "hwdetect/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "hwdetect/gpus.hpp"
#include "hwdetect/sections.hpp"

namespace palier {
namespace {

constexpr const char* limits_title = "What a program here can use";

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

// "KVM virtual machine, docker container, Google Cloud"; empty on a plain computer without a name.
std::string place_text(const Platform& platform) {
  std::vector<std::string> parts;
  if (platform.model) parts.push_back(*platform.model);
  if (platform.kind == "wsl") parts.emplace_back("Windows Subsystem for Linux");
  if (platform.virtualization && platform.kind != "wsl") parts.push_back(proper_name(*platform.virtualization));
  if (platform.container) parts.push_back(*platform.container + " container");
  if (platform.power_mode) parts.push_back("power mode " + *platform.power_mode);
  for (const auto& name : {platform.cloud, platform.notebook, platform.scheduler}) {
    if (name) parts.push_back(proper_name(*name));
  }
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

std::string link_text(const GpuLink& link) {
  std::vector<std::string> parts;
  if (link.pcie_width) parts.push_back(fmt::format("PCIe x{}", *link.pcie_width));
  if (link.pcie_width && link.pcie_width_max && *link.pcie_width < *link.pcie_width_max) {
    parts.back() += fmt::format(" of x{}", *link.pcie_width_max);
  }
  if (link.pcie_width && link.pcie_speed_max) parts.back() += fmt::format(" at up to {} a lane", *link.pcie_speed_max);
  if (link.nvlinks) parts.push_back(count_text(*link.nvlinks, "NVLink", "NVLinks"));
  return join(parts, ", ");
}

std::string gpu_text(const Gpu& gpu, const std::vector<Gpu>& all) {
  std::vector<std::string> parts = {gpu_title(gpu)};
  if (all.size() > 1 && gpu.kind == "integrated") parts.emplace_back("part of the processor");
  if (gpu.memory_total) {
    parts.push_back(size_text(gpu.memory_total) + (gpu.unified ? " shared with the CPU" : " of memory"));
  }
  if (gpu.memory_free) parts.push_back(size_text(gpu.memory_free) + " free");
  if (gpu.compute_capability) parts.push_back("compute capability " + *gpu.compute_capability);
  if (gpu.architecture) parts.push_back(*gpu.architecture);
  if (gpu.driver) parts.push_back("driver " + *gpu.driver);
  if (const std::string link = link_text(gpu.link); !link.empty()) parts.push_back(link);
  const bool far = std::ranges::any_of(all, [&](const Gpu& other) { return other.numa != gpu.numa; });
  if (gpu.numa && far) parts.push_back(fmt::format("NUMA node {}", *gpu.numa));
  if (gpu.why_not) parts.push_back("not usable: " + *gpu.why_not);
  return join(parts, ", ");
}

std::string disk_text(const Disk& disk) {
  const std::string size =
      disk.size || disk.free ? size_text(disk.free) + " free of " + size_text(disk.size) : "size unknown";
  return fmt::format("{}: {} ({}{}{})", disk.mount, size, disk.filesystem, disk.kind ? " on " : "",
                     disk.kind.value_or(""));
}

std::string tools_text(const Machine& machine) {
  std::vector<std::string> parts;
  parts.reserve(machine.tools.size());
  for (const Tool& tool : machine.tools) parts.push_back(tool.name + (tool.version ? " " + *tool.version : ""));
  if (!parts.empty()) return join(parts, ", ");
  // The only note about tools is that nothing is known of them.
  const bool unknown = std::ranges::find(machine.notes, "tools", &Note::section) != machine.notes.end();
  return unknown ? "unknown" : "none found";
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

// A line without text says nothing, and is left out.
void add(MachineSection& section, std::string label, std::string text, bool warning = false) {
  if (!text.empty()) section.rows.push_back({std::move(label), std::move(text), warning});
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
    text = effective.memory ? "all " + text : text;
  } else {
    text += fmt::format(" of {} ({})", size_text(machine.memory.total), effective.bound_by.memory);
  }
  if (effective.memory_available) text += ", " + size_text(effective.memory_available) + " free now";
  return text;
}

// Neighbours that are alike share a line: "8 x NVIDIA H100".
void add_gpus(MachineSection& section, const std::vector<Gpu>& gpus) {
  for (std::size_t i = 0; i < gpus.size();) {
    const std::string text = gpu_text(gpus[i], gpus);
    std::size_t end = i + 1;
    while (end < gpus.size() && gpu_text(gpus[end], gpus) == text) ++end;
    add(section, "gpu", end - i > 1 ? fmt::format("{} x {}", end - i, text) : text, !gpus[i].usable);
    i = end;
  }
}

// Where a GPU's memory is not simply its own.
void add_vram(MachineSection& section, const Machine& machine) {
  for (const Vram& vram : machine.effective.vram) {
    const auto index = static_cast<std::size_t>(vram.gpu);
    const bool plain = vram.bound_by == "hardware" || vram.gpu < 0 || index >= machine.gpus.size();
    if (plain || !machine.gpus[index].usable) continue;
    std::string text = fmt::format("{} ({})", size_text(vram.total), vram.bound_by);
    if (vram.free) text += ", " + size_text(vram.free) + " free now";
    add(section, "gpu", machine.gpus.size() > 1 ? gpu_title(machine.gpus[index]) + ": " + text : text, false);
  }
}

MachineSection what_it_has(const Machine& machine) {
  MachineSection has{"This computer", {}};
  add(has, "system", system_text(machine));
  add(has, "machine", place_text(machine.platform));
  add(has, "cpu", cpu_text(machine.cpu));
  add(has, "", isa_text(machine.cpu.isa));
  add(has, "", caches_text(machine.cpu));
  add(has, "memory", memory_text(machine.memory));
  add_gpus(has, machine.gpus);
  if (machine.gpus.empty()) add(has, "gpu", "none found");
  for (const Disk& disk : machine.disks) add(has, "disk", disk_text(disk));
  add(has, "tools", tools_text(machine));
  for (const Note& note : machine.notes) {
    if (note.section == "supposed") add(has, "supposed", note.text, true);
  }
  return has;
}

MachineSection what_limits_it(const Machine& machine) {
  const Effective::BoundBy& bound_by = machine.effective.bound_by;
  MachineSection limits{limits_title, {}};
  add(limits, "cpus", cpus_text(machine), bound_by.cpus != "hardware");
  add(limits, "memory", usable_memory_text(machine), bound_by.memory != "hardware");
  add_vram(limits, machine);
  return limits;
}

MachineSection what_is_missing(const Machine& machine) {
  MachineSection missing{"What is missing", {}};
  for (const Note& note : machine.notes) {
    if (note.section == "effective" || note.section == "supposed") continue;  // said above
    add(missing, note.section, note.text, true);
    add(missing, "", note.help);
  }
  const std::string absent = missing_text(machine.tools);
  add(missing, "tools",
      absent.empty() || machine.tools.empty() ? "" : "not installed, and needed by some stacks only: " + absent);
  return missing;
}

// Which section of the document a row is about.
bool is_wanted(const std::string& title, const std::string& label, const std::vector<std::string>& wanted) {
  const auto has = [&](std::string_view name) { return std::ranges::find(wanted, name) != wanted.end(); };
  static const std::map<std::string, std::string> sections = {
      {"system", "os"}, {"machine", "platform"}, {"cpus", "cpu"}, {"gpu", "gpus"}, {"disk", "disks"}};
  if (title == limits_title && has("effective")) return true;
  const auto found = sections.find(label);
  return has(found == sections.end() ? label : found->second) || label == "supposed";
}

}  // namespace

std::string proper_name(const std::string& name) {
  static const std::map<std::string, std::string> names = {{"kvm", "KVM virtual machine"},
                                                           {"qemu", "QEMU virtual machine"},
                                                           {"hyperv", "Hyper-V virtual machine"},
                                                           {"vmware", "VMware virtual machine"},
                                                           {"virtualbox", "VirtualBox virtual machine"},
                                                           {"xen", "Xen virtual machine"},
                                                           {"unknown", "virtual machine"},
                                                           {"colab", "Google Colab"},
                                                           {"kaggle", "Kaggle"},
                                                           {"studio-lab", "SageMaker Studio Lab"},
                                                           {"aws", "Amazon Web Services"},
                                                           {"gcp", "Google Cloud"},
                                                           {"azure", "Microsoft Azure"},
                                                           {"slurm", "Slurm"},
                                                           {"kubernetes", "Kubernetes"}};
  const auto found = names.find(name);
  return found == names.end() ? name : found->second;
}

std::vector<MachineSection> describe(const Machine& machine) {
  std::vector<MachineSection> sections = {what_it_has(machine), what_limits_it(machine), what_is_missing(machine)};
  std::erase_if(sections, [](const MachineSection& section) { return section.rows.empty(); });
  return sections;
}

std::string render(const Machine& machine, const Terminal& terminal, const std::vector<std::string>& wanted) {
  std::string out;
  for (const MachineSection& section : describe(machine)) {
    Table table({Align::left, Align::left});
    bool shown = false;
    for (const MachineRow& row : section.rows) {
      // A row without a label goes on with the one above.
      if (!row.label.empty()) shown = is_wanted(section.title, row.label, wanted);
      if (shown) table.row({Cell(row.label, Style::bold), Cell(row.text, row.warning ? Style::warning : Style::plain)});
    }
    if (table.empty()) continue;
    out += (out.empty() ? "" : "\n") + styled(terminal, Style::bold, section.title) + "\n" + table.render(terminal, 2);
  }
  return out;
}

std::string render(const Machine& machine, const Terminal& terminal) {
  return render(machine, terminal, machine_sections());
}

}  // namespace palier
