#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

const std::string devices = "/sys/bus/pci/devices";

struct Vendor {
  unsigned id;
  std::string_view name;
  bool computes;  ///< makes GPUs that AI software runs on
};
// PCI vendor numbers: the pci.ids database.
constexpr auto vendors = std::to_array<Vendor>({
    {0x10de, "nvidia", true},
    {0x1002, "amd", true},
    {0x8086, "intel", true},
    {0x1234, "qemu", false},
    {0x1b36, "red hat", false},
    {0x1af4, "virtio", false},
    {0x1013, "cirrus", false},
    {0x15ad, "vmware", false},
    {0x80ee, "virtualbox", false},
    {0x1414, "microsoft", false},
    {0x5853, "xen", false},
    {0x1d0f, "amazon", false},
    {0x1a03, "aspeed", false},
    {0x102b, "matrox", false},
});

// Base classes of the PCI Code and ID Assignment Specification.
constexpr unsigned display_controller = 0x03, processing_accelerator = 0x12;

std::optional<Bytes> read_bytes(const Root& root, const std::string& path) {
  const std::optional<long long> value = to_integer(root.read_line(path).value_or(""));
  return value && *value >= 0 ? std::optional(static_cast<Bytes>(*value)) : std::nullopt;
}

void set_amd_memory(const Root& root, const std::string& folder, FoundGpu& found) {
  const std::string total_file = folder + "/mem_info_vram_total";
  const std::optional<Bytes> total = read_bytes(root, total_file);
  const std::optional<Bytes> used = read_bytes(root, folder + "/mem_info_vram_used");
  if (total) found.set(found.gpu.memory_total, *total, "/memory_total", {total_file, fmt::format("{}", *total)});
  if (total && used && *used <= *total) {
    found.set(found.gpu.memory_free, *total - *used, "/memory_free",
              {folder + "/mem_info_vram_used", fmt::format("{}", *used)});
  }
  const std::string name_file = folder + "/product_name";
  if (const auto name = read_identity(root, name_file)) found.set(found.gpu.name, *name, "/name", {name_file, *name});
}

bool has_render_node(const Root& root, const std::string& folder) {
  return std::ranges::any_of(root.list(folder + "/drm"), [&](const std::string& node) {
    return node.starts_with("renderD") && root.exists("/dev/dri/" + node);
  });
}

// Whether a program can compute on it, as far as the bus and the device files tell; empty where it can.
std::string obstacle(const Root& root, const std::string& folder, const Vendor* vendor, const std::string& driver) {
  if (vendor == nullptr) return "not a GPU that palier knows";
  if (!vendor->computes) return "a display adapter that cannot compute";
  if (driver.empty()) return "driver missing";
  if (driver == "vfio-pci") return "reserved for a virtual machine (vfio-pci)";
  if (driver == "nouveau") return "driver missing: nouveau cannot run CUDA";
  if (vendor->name == "nvidia") return driver == "nvidia" ? "" : "driver missing: bound to " + driver;
  if (vendor->name == "amd" && !root.exists("/dev/kfd")) return "/dev/kfd is not there";
  if (vendor->name == "intel" && !has_render_node(root, folder)) return "no render node in /dev/dri";
  return "";
}

std::optional<FoundGpu> read_device(const Root& root, const std::string& address) {
  const std::string folder = devices + "/" + address;
  const std::optional<unsigned> device_class = read_hex(root, folder + "/class"),
                                id = read_hex(root, folder + "/vendor");
  if (!device_class || !id) return std::nullopt;
  const unsigned base = *device_class >> 16;
  if (base != display_controller && base != processing_accelerator) return std::nullopt;
  const auto vendor = std::ranges::find(vendors, *id, &Vendor::id);
  const bool known = vendor != vendors.end();
  if (!known && base == processing_accelerator) return std::nullopt;

  FoundGpu found;
  Gpu& gpu = found.gpu;
  found.set(gpu.pci, address, "/pci", {devices, address});
  found.set(gpu.vendor, known ? std::string(vendor->name) : fmt::format("0x{:04x}", *id), "/vendor",
            {folder + "/vendor", fmt::format("0x{:04x}", *id)});
  const std::string driver = link_name(root, folder + "/driver").value_or("");
  if (!driver.empty()) found.set(gpu.driver, driver, "/driver", {folder + "/driver", driver});
  const std::string why_not = obstacle(root, folder, known ? &*vendor : nullptr, driver);
  gpu.usable = why_not.empty();
  if (!why_not.empty()) found.set(gpu.why_not, why_not, "/why_not", {folder + "/driver", driver});
  if (gpu.vendor == "amd") set_amd_memory(root, folder, found);
  const std::string numa_file = folder + "/numa_node";
  const std::optional<long long> node = to_integer(root.read_line(numa_file).value_or(""));
  if (node && *node >= 0 && *node < 65536) {
    found.set(gpu.numa, static_cast<int>(*node), "/numa", {numa_file, fmt::format("{}", *node)});
  }
  return found;
}

}  // namespace

std::vector<FoundGpu> pci_gpus(const Root& root) {
  std::vector<FoundGpu> found;
  for (const std::string& address : root.list(devices)) {
    if (auto gpu = read_device(root, address)) found.push_back(std::move(*gpu));
  }
  return found;
}

}  // namespace palier
