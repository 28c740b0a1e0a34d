#include "hwdetect/nulls.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"

namespace palier {
namespace {

struct Row {
  std::string_view pattern;  ///< of pointers; '*' is one part
  Null null;
};
constexpr auto rows = std::to_array<Row>({
    {"/gpus/*/memory_total",
     {"unknown", "NVIDIA: the driver (NVML); AMD: amdgpu's mem_info_vram_total; Intel: the xe driver"}},
    {"/gpus/*/memory_free",
     {"unknown", "NVIDIA: the driver (NVML); AMD: amdgpu's mem_info_vram_used; Intel's drivers do not tell"}},
    {"/gpus/*/name", {"unknown", "the GPU's driver, or the database /usr/share/misc/pci.ids (Debian: pci.ids)"}},
    {"/gpus/*/uuid", {"unknown", "NVIDIA's driver; others have none"}},
    {"/gpus/*/driver", {"unknown", "a driver bound to the device, in /sys/bus/pci/devices/*/driver"}},
    {"/gpus/*/compute_capability", {"unknown", "NVIDIA's driver; others have none"}},
    {"/gpus/*/architecture",
     {"unknown", "KFD, the kernel's side of ROCm, in /sys/class/kfd; NVIDIA and Intel have none here"}},
    {"/gpus/*/mig", {"none", "not divided into MIG slices, which only NVIDIA's driver would tell"}},
    {"/gpus/*/why_not", {"none", "nothing is in the way"}},
    {"/gpus/*/kind", {"unknown", "the GPU's driver"}},
    {"/gpus/*/numa", {"unknown", "the firmware; a machine with one memory node may have -1 there"}},
    {"/gpus/*/pci", {"unknown", "/sys/bus/pci/devices; GPUs that are part of a chip are not on the bus"}},
    {"/gpus/*/link/*", {"unknown", "/sys/bus/pci/devices/*/current_link_width; NVLinks: NVIDIA's driver"}},
    {"/disks/*/size", {"unknown", "an answer of statvfs: df -h"}},
    {"/disks/*/free", {"unknown", "an answer of statvfs: df -h"}},
    {"/disks/*/kind", {"unknown", "/sys/dev/block; layers such as overlay hide the disk that is below them"}},
    {"/tools/*/version", {"unknown", "an answer of the program within two seconds"}},
    {"/platform/virtualization", {"none", "no sign of a hypervisor in firmware tables, device tree or CPUID"}},
    {"/platform/container", {"none", "no sign of a container manager"}},
    {"/platform/notebook", {"none", "none of the variables that Colab, Kaggle and Studio Lab set"}},
    {"/platform/cloud", {"none", "no cloud's name in the firmware tables"}},
    {"/platform/scheduler", {"none", "neither SLURM_JOB_ID nor KUBERNETES_SERVICE_HOST is set"}},
    {"/platform/power_mode", {"none", "Jetsons alone have one: nvpmodel -q"}},
    {"/platform/model",
     {"unknown", "/sys/class/dmi/id/product_name or /proc/device-tree/model; virtual machines may have neither"}},
    {"/platform/chassis", {"unknown", "/sys/class/dmi/id/chassis_type; virtual machines have none"}},
    {"/os/*", {"unknown", "/etc/os-release and /proc/sys/kernel/osrelease"}},
    {"/cpu/*", {"unknown", "/proc/cpuinfo and /sys/devices/system/cpu"}},
    {"/cpu/numa/*/memory", {"unknown", "/sys/devices/system/node"}},
    {"/memory/*", {"unknown", "/proc/meminfo"}},
    {"/effective/cpus", {"unknown", "/sys/devices/system/cpu"}},
    {"/effective/*", {"unknown", "/proc/meminfo"}},
    {"/effective/bound_by/*", {"none", "what it would bind is unknown"}},
    {"/effective/vram/*/*", {"unknown", "what would reveal the GPU's own memory: --explain gpus"}},
});

bool matches(std::string_view pattern, std::string_view pointer) {
  const std::vector<std::string_view> wanted = split(pattern, '/'), parts = split(pointer, '/');
  return std::ranges::equal(wanted, parts, [](auto want, auto part) { return want == "*" || want == part; });
}

void add_nulls(const Json& value, const std::string& pointer, Json& list) {
  if (value.is_null()) {
    const Null null = null_at(pointer);
    return list.push_back({{"pointer", pointer}, {"means", null.means}, {"note", null.note}});
  }
  if (!value.is_structured()) return;
  for (const auto& [key, member] : value.items()) {
    add_nulls(member, (Json::json_pointer(pointer) / key).to_string(), list);
  }
}

}  // namespace

Null null_at(std::string_view pointer) {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) { return matches(row.pattern, pointer); });
  return found == rows.end() ? Null{"unknown", "no source tells it"} : found->null;
}

Json nulls_of(const Json& document) {
  Json list = Json::array();
  for (const auto& [name, section] : document.items()) {
    if (name != "notes" && name != "facts") add_nulls(section, "/" + name, list);
  }
  return list;
}

}  // namespace palier
