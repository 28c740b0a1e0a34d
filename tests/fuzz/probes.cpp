#include "hwdetect/environment.hpp"
#include "hwdetect/gpus.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/probe.hpp"
#include "tests/fuzz/machine_files.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

void probe(void (*what)(const Root&, Machine&), const std::string& path, std::string_view bytes) {
  Machine machine;
  what(machine_with(path, bytes), machine);
  to_text(Json(machine));
}

FoundGpu nvidia_gpu(const char* uuid) {
  FoundGpu found;
  found.set(found.gpu.vendor, "nvidia", "/vendor", {"test", ""});
  found.gpu.uuid = uuid;
  found.gpu.usable = true;
  return found;
}

}  // namespace

void meminfo(std::string_view bytes) { probe(probe_memory, "/proc/meminfo", bytes); }
void os_release(std::string_view bytes) { probe(probe_os, "/etc/os-release", bytes); }
void mounts(std::string_view bytes) { probe(probe_disks, "/proc/self/mountinfo", bytes); }
void installed_tools(std::string_view bytes) { probe(probe_tools, "/palier/tools", bytes); }

void environment(std::string_view bytes) {
  const Root root = machine_with("/palier/environment", bytes);
  std::vector<FoundGpu> gpus = {nvidia_gpu("GPU-aa11"), nvidia_gpu("GPU-bb22"), nvidia_gpu("MIG-cc33")};
  Machine machine;
  machine.platform.container = "docker";
  probe_platform(root, machine);
  machine.memory.total = Bytes{1} << 34;
  probe_effective(root, machine);
  apply_masks(root, machine, gpus);
  hold(machine.effective.memory <= machine.memory.total, "a grant is no more than there is");
}

void nvml(std::string_view bytes) {
  for (const FoundGpu& found : nvml_gpus(machine_with("/palier/nvml.json", bytes)).gpus) {
    hold(found.gpu.vendor == "nvidia" && found.gpu.memory_total != Bytes{0}, "no memory is unknown, not zero");
  }
}

void cuda(std::string_view bytes) {
  std::vector<FoundGpu> gpus = {nvidia_gpu("GPU-aa11"), nvidia_gpu("GPU-bb22")};
  cannot_use(gpus.front(), "Insufficient Permissions", {"NVML", "Insufficient Permissions"});
  gpus.back().gpu.pci = "0000:01:00.0";
  ask_cuda(machine_with("/palier/cuda.json", bytes), gpus);
  for (const FoundGpu& found : gpus) hold(found.gpu.usable != found.gpu.why_not.has_value(), "a reason, or use");
}

void nvidia_smi(std::string_view bytes) {
  for (const FoundGpu& found : nvidia_smi_gpus(machine_with("/palier/nvidia-smi.csv", bytes)).gpus) {
    hold(found.gpu.vendor == "nvidia" && found.gpu.memory_total != Bytes{0}, "no memory is unknown, not zero");
  }
}

}  // namespace palier::fuzz
