#include "hwdetect/gpus.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace palier {
namespace {

// The library speaks for a device where it knows it: its facts replace those of the bus, which are kept as other
// sources.
void merge(FoundGpu& bus, const FoundGpu& library) {
  const Gpu bus_gpu = bus.gpu;
  std::vector<Fact> bus_facts = std::move(bus.facts);
  std::erase_if(bus_facts, [](const Fact& fact) { return fact.pointer == "/why_not"; });
  bus = library;
  if (!bus.gpu.numa) bus.gpu.numa = bus_gpu.numa;
  if (!bus.gpu.pci) bus.gpu.pci = bus_gpu.pci;
  for (Fact& fact : bus_facts) {
    const auto same = std::ranges::find(bus.facts, fact.pointer, &Fact::pointer);
    if (same == bus.facts.end()) {
      bus.facts.push_back(std::move(fact));
    } else {
      same->also.push_back({std::move(fact.source), std::move(fact.raw)});
    }
  }
}

// The device of the bus that the library speaks of: the one at the same address, or the first NVIDIA one that is left
// where the library may not tell the address.
FoundGpu* counterpart(std::vector<FoundGpu>& gpus, const std::vector<bool>& taken, const Gpu& wanted) {
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const Gpu& gpu = gpus[i].gpu;
    if (!taken[i] && gpu.vendor == "nvidia" && (wanted.pci ? gpu.pci == wanted.pci : true)) return &gpus[i];
  }
  return nullptr;
}

void cannot_use(FoundGpu& found, const std::string& why, const std::string& raw) {
  found.gpu.usable = false;
  found.set(found.gpu.why_not, why, "/why_not", {"NVML", raw});
}

void add_nvidia(const Root& root, std::vector<FoundGpu>& gpus) {
  NvmlAnswer answer = nvml_gpus(root);
  std::vector<bool> taken(gpus.size());
  for (const FoundGpu& found : answer.gpus) {
    if (FoundGpu* same = counterpart(gpus, taken, found.gpu)) {
      taken[static_cast<std::size_t>(same - gpus.data())] = true;
      merge(*same, found);
    } else {
      gpus.push_back(found);
    }
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    FoundGpu& found = gpus[i];
    if (taken[i] || found.gpu.vendor != "nvidia" || !found.gpu.usable) continue;
    if (answer.error.empty()) {
      cannot_use(found, "hidden from this system by the driver or a container", "not among its devices");
    } else {
      cannot_use(found, "the driver does not answer: " + answer.error, answer.error);
    }
  }
}

// Loading the library costs time: only where something says that there is an NVIDIA device.
bool may_have_nvidia(const Root& root, const std::vector<FoundGpu>& gpus) {
  const bool on_bus = std::ranges::any_of(gpus, [](const FoundGpu& found) { return found.gpu.vendor == "nvidia"; });
  return on_bus || root.exists("/dev/nvidiactl") || root.exists("/dev/dxg") || root.is_directory("/proc/driver/nvidia");
}

std::string install_help(const Machine& machine, const Gpu& gpu) {
  const std::string os = machine.os.id.value_or("");
  if (gpu.vendor == "amd") return "install AMD's driver and ROCm: https://rocm.docs.amd.com";
  if (gpu.vendor != "nvidia") return "install the driver of the GPU's maker";
  if (machine.platform.container) return "install NVIDIA's driver on the machine that runs this container";
  if (os == "ubuntu") return "sudo ubuntu-drivers install, then restart";
  if (os == "debian") return "enable non-free, then: sudo apt install nvidia-driver, then restart";
  if (os == "fedora") return "enable RPM Fusion, then: sudo dnf install akmod-nvidia, then restart";
  return "install NVIDIA's driver: https://www.nvidia.com/drivers";
}

std::string help_for(const Machine& machine, const Gpu& gpu) {
  const std::string& why = *gpu.why_not;
  if (why.starts_with("driver missing")) return install_help(machine, gpu);
  if (why.starts_with("reserved")) return "unbind it from vfio-pci to use it on this system";
  if (why.starts_with("/dev/kfd"))
    return "load the amdgpu driver with compute support, or give the container /dev/kfd and /dev/dri";
  if (machine.platform.container) return "start the container with its GPU (docker run --gpus all)";
  if (why.starts_with("the driver does not answer"))
    return "restart; where that does not help, install the driver again";
  return "ask whoever runs this system to share the GPU with you";
}

void note(Machine& machine) {
  for (const Gpu& gpu : machine.gpus) {
    const bool fixable = gpu.why_not && (gpu.vendor == "nvidia" || gpu.vendor == "amd" || gpu.vendor == "intel");
    if (!fixable) continue;
    machine.notes.push_back(
        {"gpus", fmt::format("{} cannot be used: {}", gpu_title(gpu), *gpu.why_not), help_for(machine, gpu)});
  }
}

}  // namespace

std::string gpu_title(const Gpu& gpu) {
  if (gpu.name) return *gpu.name;
  const std::string kind = gpu.vendor == "nvidia"  ? "NVIDIA GPU"
                           : gpu.vendor == "amd"   ? "AMD GPU"
                           : gpu.vendor == "intel" ? "Intel GPU"
                                                   : gpu.vendor + " display adapter";
  return kind + (gpu.pci ? " at " + *gpu.pci : "");
}

void probe_gpus(const Root& root, Machine& machine) {
  std::vector<FoundGpu> gpus = pci_gpus(root);
  if (machine.platform.kind == "jetson") gpus.push_back(jetson_gpu(root, machine));
  if (machine.platform.kind != "jetson" && may_have_nvidia(root, gpus)) add_nvidia(root, gpus);
  for (FoundGpu& found : gpus) {
    const std::string pointer = fmt::format("/gpus/{}", machine.gpus.size());
    record(machine, pointer, {found.facts.front().source, found.facts.front().raw});
    machine.gpus.push_back(std::move(found.gpu));
    for (Fact& fact : found.facts) {
      record(machine, pointer + fact.pointer, {std::move(fact.source), std::move(fact.raw)}, std::move(fact.also));
    }
  }
  note(machine);
}

}  // namespace palier
