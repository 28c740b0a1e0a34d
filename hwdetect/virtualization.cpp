#include "hwdetect/virtualization.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/probe.hpp"
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace palier {
namespace {

const std::string dmi = "/sys/class/dmi/id/";

struct Firmware {
  std::string_view file, starts_with, virtualization, cloud;
};
// What hypervisors and clouds write into the firmware tables; the first row that matches decides each column. Names:
// systemd's src/basic/virt.c and cloud-init's ds-identify.
constexpr auto firmwares = std::to_array<Firmware>({
    {"sys_vendor", "Amazon EC2", "kvm", "aws"},
    {"bios_vendor", "Amazon EC2", "kvm", "aws"},
    {"product_name", "Google Compute Engine", "kvm", "gcp"},
    {"chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", "hyperv", "azure"},
    {"chassis_asset_tag", "OracleCloud.com", "kvm", "oracle"},
    {"sys_vendor", "DigitalOcean", "kvm", "digitalocean"},
    {"sys_vendor", "Hetzner", "kvm", "hetzner"},
    {"sys_vendor", "Scaleway", "kvm", "scaleway"},
    {"sys_vendor", "Vultr", "kvm", "vultr"},
    {"sys_vendor", "Linode", "kvm", "linode"},
    {"sys_vendor", "Akamai", "kvm", "linode"},
    {"sys_vendor", "UpCloud", "kvm", "upcloud"},
    {"product_name", "Alibaba Cloud ECS", "kvm", "alibaba"},
    {"product_name", "OpenStack", "kvm", "openstack"},
    {"product_name", "KVM", "kvm", ""},
    {"product_name", "Virtual Machine", "hyperv", ""},
    {"product_name", "VirtualBox", "virtualbox", ""},
    {"product_name", "Apple Virtualization", "apple", ""},
    {"sys_vendor", "QEMU", "qemu", ""},
    {"sys_vendor", "VMware", "vmware", ""},
    {"sys_vendor", "innotek GmbH", "virtualbox", ""},
    {"sys_vendor", "Xen", "xen", ""},
    {"sys_vendor", "Parallels", "parallels", ""},
    {"bios_vendor", "Bochs", "bochs", ""},
    {"bios_vendor", "BHYVE", "bhyve", ""},
    {"bios_vendor", "Xen", "xen", ""},
});

struct Hypervisor {
  std::string_view signature, name;
};
constexpr auto hypervisors = std::to_array<Hypervisor>({
    {"KVMKVMKVM", "kvm"},
    {"Linux KVM Hv", "kvm"},
    {"TCGTCGTCGTCG", "qemu"},
    {"VMwareVMware", "vmware"},
    {"Microsoft Hv", "hyperv"},
    {"XenVMMXenVMM", "xen"},
    {"VBoxVBoxVBox", "virtualbox"},
    {"bhyve bhyve", "bhyve"},
    {"ACRNACRNACRN", "acrn"},
});

// CPUID leaf 0x40000000 holds a hypervisor's signature where leaf 1 says that there is one.
std::optional<std::string> ask_cpuid() {
#if defined(__x86_64__) || defined(__i386__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned hypervisor_bit = 1U << 31;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & hypervisor_bit) == 0) return "none";
  __cpuid(0x40000000, a, b, c, d);
  std::string signature;
  for (const unsigned word : {b, c, d}) {
    for (unsigned shift = 0; shift < 32; shift += 8) signature += static_cast<char>((word >> shift) & 0xFF);
  }
  return printable(trim(signature));
#else
  return std::nullopt;
#endif
}

bool is_bare_metal(const Root& root) {
  // An EC2 instance without a hypervisor has the same vendor, and a type that says so: "c5.metal", "m7i.metal-24xl".
  return read_identity(root, dmi + "product_name").value_or("").find(".metal") != std::string::npos;
}

void set_from_firmware(const Root& root, Machine& machine) {
  Platform& platform = machine.platform;
  for (const Firmware& firmware : firmwares) {
    const std::string path = dmi + std::string(firmware.file);
    const std::optional<std::string> text = read_identity(root, path);
    if (!text || !text->starts_with(firmware.starts_with)) continue;
    const Reading reading{path, std::string(firmware.starts_with)};
    if (!firmware.cloud.empty() && !platform.cloud) {
      set(machine, platform.cloud, std::string(firmware.cloud), "/platform/cloud", reading);
    }
    if (!platform.virtualization && !is_bare_metal(root)) {
      set(machine, platform.virtualization, std::string(firmware.virtualization), "/platform/virtualization", reading);
    }
  }
}

// What a capture without CPUID's answer still shows: a hypervisor's own PCI device, and the processor's flag.
std::optional<Hypervisor> trace_of_hypervisor(const Root& root, Reading& reading) {
  static constexpr auto devices =
      std::to_array<Hypervisor>({{"80eecafe", "virtualbox"}, {"15ad0740", "vmware"}, {"58530001", "xen"}});
  reading.source = "/proc/bus/pci/devices";
  const std::string bus = root.read(reading.source).value_or("");
  for (const std::string_view line : lines(bus)) {
    const std::vector<std::string_view> fields = words(line);
    const auto known = std::ranges::find(devices, fields.size() > 1 ? fields[1] : "", &Hypervisor::signature);
    reading.raw = line;
    if (known != devices.end()) return *known;
  }
  reading = {"/proc/cpuinfo", "flags: hypervisor"};
  const std::string processors = root.read(reading.source).value_or("");
  const bool flag = std::ranges::any_of(lines(processors), [](std::string_view line) {
    return line.starts_with("flags") && std::ranges::count(words(line), "hypervisor") > 0;
  });
  return flag ? std::optional(Hypervisor{"", "unknown"}) : std::nullopt;
}

// IBM's mainframes: "VM00 Control Program: KVM/Linux", or "z/VM    6.1.0".
std::optional<Hypervisor> mainframe_hypervisor(const Root& root, Reading& reading) {
  reading.source = "/proc/sysinfo";
  std::optional<Hypervisor> found;
  const std::string information = root.read(reading.source).value_or("");
  for_each_pair(information, ':', [&](std::string_view key, std::string_view value) {
    if (found || !key.ends_with("Control Program")) return;  // VM00 is the one below us
    found = {value, value.starts_with("KVM") ? "kvm" : "zvm"};
    reading.raw = value;
  });
  return found;
}

void set_from_cpu(const Root& root, Machine& machine) {
  const auto keep = [&](std::string_view name, std::string source, std::string raw) {
    set(machine, machine.platform.virtualization, std::string(name), "/platform/virtualization",
        {std::move(source), std::move(raw)});
  };
  const std::string xen = "/sys/hypervisor/type", tree = "/proc/device-tree/hypervisor/compatible";
  if (const auto type = root.read_line(xen); type && !type->empty()) return keep(*type, xen, *type);
  if (const auto text = root.read_line(tree)) {
    return keep(text->find("xen") != std::string::npos ? "xen" : "kvm", tree, *text);
  }
  Reading reading;
  if (const auto found = mainframe_hypervisor(root, reading)) return keep(found->name, reading.source, reading.raw);
  const std::optional<std::string> answer = root.answer("hypervisor", ask_cpuid);
  if (!answer) {
    const auto found = trace_of_hypervisor(root, reading);
    return found ? keep(found->name, reading.source, reading.raw) : void();
  }
  const std::string signature(trim(*answer));
  if (signature == "none") return;
  const auto known = std::ranges::find(hypervisors, std::string_view(signature), &Hypervisor::signature);
  keep(known == hypervisors.end() ? "unknown" : known->name, "CPUID", signature);
}

}  // namespace

bool is_cloud_asset_tag(std::string_view tag) {
  return std::ranges::any_of(firmwares, [&](const Firmware& firmware) {
    return firmware.file == "chassis_asset_tag" && trim(tag) == firmware.starts_with;
  });
}

void set_virtualization(const Root& root, Machine& machine) {
  if (machine.platform.kind == "wsl" && machine.os.kernel->find("WSL2") != std::string::npos) {
    return set(machine, machine.platform.virtualization, "hyperv", "/platform/virtualization",
               {"/proc/sys/kernel/osrelease", *machine.os.kernel});
  }
  set_from_firmware(root, machine);
  if (!machine.platform.virtualization && !is_bare_metal(root)) set_from_cpu(root, machine);
}

}  // namespace palier
