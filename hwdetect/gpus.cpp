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
  if (!bus.gpu.name) bus.gpu.name = bus_gpu.name;
  if (!bus.gpu.uuid) bus.gpu.uuid = bus_gpu.uuid;
  if (!bus.gpu.driver) bus.gpu.driver = bus_gpu.driver;
  if (!bus.gpu.kind) bus.gpu.kind = bus_gpu.kind;
  const GpuLink told = bus.gpu.link;
  bus.gpu.link = bus_gpu.link;
  bus.gpu.link.nvlinks = told.nvlinks;
  bus.gpu.link.nvlink_speed = told.nvlink_speed;
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

// Puts what NVIDIA's software tells beside what the bus tells; true for those that it spoke of.
std::vector<bool> merge_all(const std::vector<FoundGpu>& answer, std::vector<FoundGpu>& gpus) {
  std::vector<bool> taken(gpus.size());
  for (const FoundGpu& found : answer) {
    FoundGpu* same = found.gpu.kind == "slice" ? nullptr : counterpart(gpus, taken, found.gpu);
    if (same != nullptr) {
      taken[static_cast<std::size_t>(same - gpus.data())] = true;
      merge(*same, found);
    } else {
      gpus.push_back(found);
    }
  }
  return taken;
}

void explain_silence(const Root& root, const NvidiaAnswer& answer, FoundGpu& found) {
  const bool loaded = root.exists("/proc/driver/nvidia/gpus/" + found.gpu.pci.value_or("?") + "/information");
  if (answer.error.empty()) {
    cannot_use(found, "hidden from this system by the driver or a container", {"NVML", "not among its devices"});
  } else if (loaded && !root.exists("/dev/nvidiactl")) {
    cannot_use(found, "its device files are not here", {"/dev/nvidiactl", "is not there"});
  } else if (answer.error.starts_with("this capture")) {
    cannot_use(found, answer.error, {"NVML", "not recorded"});
  } else {
    cannot_use(found, "the driver does not answer: " + answer.error, {"NVML", answer.error});
  }
}

void add_nvidia(const Root& root, const Machine& machine, std::vector<FoundGpu>& gpus) {
  NvidiaAnswer answer = nvml_gpus(root);
  if (answer.absent) {
    NvidiaAnswer other = nvidia_smi_gpus(root);
    if (other.error.empty()) answer = std::move(other);
  }
  const std::vector<bool> taken = merge_all(answer.gpus, gpus);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i] && gpus[i].gpu.vendor == "nvidia" && gpus[i].gpu.usable) explain_silence(root, answer, gpus[i]);
  }
  ask_cuda(root, gpus);
  for (FoundGpu& found : gpus) {
    if (found.gpu.vendor == "nvidia" && found.gpu.unified) share_memory(found, machine);
  }
}

// Loading the library costs time: only where something says that there is an NVIDIA device.
bool may_have_nvidia(const Root& root, const std::vector<FoundGpu>& gpus) {
  const bool on_bus = std::ranges::any_of(gpus, [](const FoundGpu& found) { return found.gpu.vendor == "nvidia"; });
  return on_bus || root.exists("/dev/nvidiactl") || root.exists("/dev/dxg") || root.is_directory("/proc/driver/nvidia");
}

// WSL has the GPU of Windows without a PCI device: only the libraries that Windows lends tell of it.
void note_wsl(const Root& root, Machine& machine, const std::vector<FoundGpu>& gpus) {
  if (!root.exists("/dev/dxg")) return;
  const bool found = std::ranges::any_of(gpus, [](const FoundGpu& gpu) { return gpu.gpu.usable; });
  if (found) {
    machine.notes.push_back({"gpus", "programs of Windows use the same GPU and are not seen here",
                             "close them where memory is missing: browsers, video players, games"});
  } else {
    machine.notes.push_back({"gpus", "Windows shares a GPU (/dev/dxg), and no library here can use it",
                             "install NVIDIA's driver on Windows, none in Linux; then: wsl --shutdown"});
  }
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
  if (why.starts_with("this capture")) return "palier detect --capture on that machine records what tells";
  if (why.starts_with("driver missing")) return install_help(machine, gpu);
  if (why.starts_with("reserved")) return "unbind it from vfio-pci to use it on this system";
  if (why.starts_with("hidden by"))
    return "unset " + why.substr(why.rfind(' ') + 1) + ", or start the container with its GPU";
  if (why.starts_with("MIG is on")) return "make one: sudo nvidia-smi mig -lgip lists the sizes, -cgi SIZE -C makes it";
  if (why.starts_with("the kernel has it for graphics")) return "ROCm does not support this chip; Vulkan may";
  if (why.starts_with("its device files") && !machine.platform.container) return "sudo nvidia-modprobe -u -c 0";
  if (why.starts_with("no permission")) {
    return machine.platform.container ? "start the container with --group-add of the devices' group (ls -ln /dev/dri)"
                                      : "sudo usermod -aG render,video $USER, then log in again";
  }
  if (why.starts_with("/dev/kfd"))
    return "load the amdgpu driver with compute support, or give the container /dev/kfd and /dev/dri";
  if (machine.platform.container) return "start the container with its GPU (docker run --gpus all)";
  if (why.starts_with("the driver does not answer"))
    return "restart; where that does not help, install the driver again";
  return "ask whoever runs this system to share the GPU with you";
}

// Not to be repaired: the slices are what is used.
constexpr std::string_view why_divided = "divided into MIG slices";

void note(Machine& machine) {
  for (const Gpu& gpu : machine.gpus) {
    const bool fixable = gpu.why_not && (gpu.vendor == "nvidia" || gpu.vendor == "amd" || gpu.vendor == "intel");
    if (!fixable || why_divided == *gpu.why_not) continue;
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

void cannot_use(FoundGpu& found, const std::string& why, Reading reading) {
  std::erase_if(found.facts, [](const Fact& fact) { return fact.pointer == "/why_not"; });
  found.gpu.usable = false;
  found.set(found.gpu.why_not, why, "/why_not", std::move(reading));
}

void share_memory(FoundGpu& found, const Machine& machine) {
  Gpu& gpu = found.gpu;
  found.set(gpu.kind, "integrated", "/kind", {"NVML", "no memory of its own"});
  const auto keep = [&](std::optional<Bytes>& member, const std::optional<Bytes>& from, const char* pointer,
                        const char* source) {
    if (from && !member) found.set(member, *from, pointer, {source, fmt::format("{}", *from)});
  };
  keep(gpu.memory_total, machine.memory.total, "/memory_total", "/memory/total");
  keep(gpu.memory_free, machine.memory.available, "/memory_free", "/memory/available");
}

void probe_gpus(const Root& root, Machine& machine) {
  std::vector<FoundGpu> gpus = pci_gpus(root);
  if (machine.platform.kind == "jetson") {
    gpus.push_back(jetson_gpu(root, machine));
    read_power_mode(root, machine);
  } else if (may_have_nvidia(root, gpus)) {
    add_nvidia(root, machine, gpus);
  }
  apply_masks(root, machine, gpus);
  note_wsl(root, machine, gpus);
  for (FoundGpu& found : gpus) {
    const std::string pointer = fmt::format("/gpus/{}", machine.gpus.size());
    record(machine, pointer, {found.facts.front().source, found.facts.front().raw});
    machine.gpus.push_back(std::move(found.gpu));
    for (Fact& fact : found.facts) {
      record(machine, pointer + fact.pointer, {std::move(fact.source), std::move(fact.raw)}, std::move(fact.also));
    }
  }
  note(machine);
  note_npus(root, machine);
  set_vram(machine);
}

}  // namespace palier
