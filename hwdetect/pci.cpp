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

// NVIDIA's kernel module names its devices even where no library is installed.
void set_nvidia_names(const Root& root, const std::string& address, FoundGpu& found) {
  const std::string file = "/proc/driver/nvidia/gpus/" + address + "/information";
  const std::string information = root.read(file).value_or("");
  for_each_pair(information, ':', [&](std::string_view key, std::string_view value) {
    const auto keep = [&](std::optional<std::string>& member, const char* pointer) {
      const bool known = !value.empty() && value.find("??") == std::string_view::npos;
      if (known) found.set(member, std::string(value), pointer, {file, std::string(value)});
    };
    if (key == "Model" && value != "Unknown") keep(found.gpu.name, "/name");
    if (key == "GPU UUID") keep(found.gpu.uuid, "/uuid");
  });
}

// "[GeForce RTX 3060]" of "GA106 [GeForce RTX 3060]": what stands on the box, where it is known.
std::string sold_as(std::string_view name) {
  const std::size_t open = name.find('['), close = name.rfind(']');
  const bool boxed = open != std::string_view::npos && close != std::string_view::npos && open + 1 < close;
  return std::string(boxed ? name.substr(open + 1, close - open - 1) : name);
}

// The name of a device in the distribution's PCI database: a line "<tab>DEVICE  NAME" below "VENDOR  NAME".
std::optional<std::string> ask_name(unsigned vendor, unsigned device) {
  constexpr std::size_t longest = std::size_t{8} << 20;
  for (const char* file : {"/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"}) {
    const std::optional<std::string> text = Root().read(file, longest);
    if (!text) continue;
    const std::size_t start = text->find(fmt::format("\n{:04x}  ", vendor));
    if (start == std::string::npos) return std::nullopt;
    for (const std::string_view line : lines(std::string_view(*text).substr(text->find('\n', start + 1) + 1))) {
      if (!line.starts_with('\t') && !line.starts_with('#')) return std::nullopt;
      if (line.starts_with(fmt::format("\t{:04x}  ", device))) return std::string(trim(line.substr(7)));
    }
  }
  return std::nullopt;
}

void set_name(const Root& root, unsigned vendor, const std::string& folder, FoundGpu& found) {
  const std::optional<unsigned> device = read_hex(root, folder + "/device");
  if (found.gpu.name || !device || !found.gpu.kind) return;
  const std::string key = fmt::format("pci-name-{:04x}-{:04x}", vendor, *device);
  const auto name = root.answer(key, [&] { return ask_name(vendor, *device); });
  if (!name || trim(*name).empty()) return;
  found.set(found.gpu.name, shorten(sold_as(trim(*name)), 100), "/name", {"pci.ids", std::string(trim(*name))});
}

void set_link(const Root& root, const std::string& folder, FoundGpu& found) {
  GpuLink& link = found.gpu.link;
  const auto lanes = [&](std::optional<int>& member, const char* name, const char* pointer) {
    const std::string file = folder + "/" + name;
    const std::optional<long long> width = to_integer(root.read_line(file).value_or(""));
    // 0 and 255 are what a device says that has no link, or is asleep.
    if (width && *width > 0 && *width <= 32) {
      found.set(member, static_cast<int>(*width), pointer, {file, fmt::format("{}", *width)});
    }
  };
  lanes(link.pcie_width, "current_link_width", "/link/pcie_width");
  lanes(link.pcie_width_max, "max_link_width", "/link/pcie_width_max");
  const auto speed = [&](std::optional<std::string>& member, const char* name, const char* pointer) {
    const std::string file = folder + "/" + name;
    const std::string text = root.read_line(file).value_or("");
    const std::size_t unit = text.find("GT/s");
    if (link.pcie_width && unit != std::string::npos && text.size() < 40)
      found.set(member, text.substr(0, unit + 4), pointer, {file, text});
  };
  speed(link.pcie_speed, "current_link_speed", "/link/pcie_speed");
  speed(link.pcie_speed_max, "max_link_speed", "/link/pcie_speed_max");
}

// The device file of the device in `folder` that programs compute through: "/dev/dri/renderD128"; empty where none is
// here.
std::string render_node(const Root& root, const std::string& folder) {
  for (const std::string& node : root.list(folder + "/drm")) {
    if (node.starts_with("renderD") && root.exists("/dev/dri/" + node)) return "/dev/dri/" + node;
  }
  return {};
}

// Whether a program can compute on it, as far as the bus and the device files tell; empty where it can.
std::string obstacle(const Root& root, const std::string& folder, const Vendor* vendor, const std::string& driver) {
  if (vendor == nullptr) return "not a GPU that palier knows";
  if (!vendor->computes) return "a display adapter that cannot compute";
  if (driver.empty()) {
    // Only a driver makes the folder drm: what copied this machine's files left out the link.
    return root.is_directory(folder + "/drm") ? "this capture does not have the name of its driver" : "driver missing";
  }
  if (driver == "vfio-pci") return "reserved for a virtual machine (vfio-pci)";
  if (driver == "nouveau") return "driver missing: nouveau cannot run CUDA";
  if (vendor->name == "nvidia") return driver == "nvidia" ? "" : "driver missing: bound to " + driver;
  if (!root.is_directory("/dev")) return "this capture does not have /dev, which would tell";
  if (vendor->name == "amd" && !root.exists("/dev/kfd")) return "/dev/kfd is not there";
  const std::string node = render_node(root, folder);
  if (vendor->name == "intel" && node.empty()) return "no render node in /dev/dri";
  for (const std::string& device : {vendor->name == "amd" ? std::string("/dev/kfd") : std::string(), node}) {
    if (!device.empty() && !may_open(root, device)) return "no permission to open " + device;
  }
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
  // Of the accelerators AMD's and NVIDIA's alone are GPUs: Intel's are NPUs, a virtual machine's a stand-in.
  const bool makes_gpus = known && (vendor->name == "amd" || vendor->name == "nvidia");
  if (base == processing_accelerator && !makes_gpus) return std::nullopt;

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
  if (gpu.vendor == "nvidia") {
    found.set(gpu.kind, "discrete", "/kind", {folder + "/vendor", "a PCI device of NVIDIA's"});
    set_nvidia_names(root, address, found);
  }
  if (gpu.vendor == "amd") read_amd(root, folder, found);
  if (gpu.vendor == "intel") read_intel(root, folder, found);
  set_name(root, *id, folder, found);
  set_link(root, folder, found);
  const std::string numa_file = folder + "/numa_node";
  const std::optional<long long> node = to_integer(root.read_line(numa_file).value_or(""));
  if (node && *node >= 0 && *node < 65536) {
    found.set(gpu.numa, static_cast<int>(*node), "/numa", {numa_file, fmt::format("{}", *node)});
  }
  return found;
}

}  // namespace

std::optional<Bytes> read_byte_count(const Root& root, const std::string& path) {
  const std::optional<long long> value = to_integer(root.read_line(path).value_or(""));
  // No memory of a GPU is near a pebibyte; two of these are added without a thought of overflow.
  return value && *value >= 0 && *value < (1LL << 50) ? std::optional(static_cast<Bytes>(*value)) : std::nullopt;
}

std::vector<FoundGpu> pci_gpus(const Root& root) {
  std::vector<FoundGpu> found;
  std::vector<std::string> addresses = root.list(devices);
  std::ranges::sort(addresses);  // hexadecimal: 19 is before 9b, and NVIDIA counts its devices so
  for (const std::string& address : addresses) {
    if (auto gpu = read_device(root, address)) found.push_back(std::move(*gpu));
  }
  return found;
}

}  // namespace palier
