#include "hwdetect/disk_kind.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr int deepest = 6;  // LVM on encryption on RAID on a partition, and some more

// Where the kernel has a block device: "/sys/devices/pci0000:00/.../nvme0n1/nvme0n1p2". What is in it is read by this
// path and not through the links that lead there, which a capture keeps as links.
struct Block {
  std::string folder, name;
};

std::optional<Block> block_at(const Root& root, const std::string& path) {
  const std::string target = root.link(path).value_or("");
  const std::size_t at = target.find("devices/");
  if (at == std::string::npos) return std::nullopt;
  return Block{"/sys/" + target.substr(at), target.substr(target.rfind('/') + 1)};
}

// A partition's folder lies in its disk's.
Block disk_of(const Root& root, const Block& block) {
  if (!root.exists(block.folder + "/partition")) return block;
  const std::string folder = block.folder.substr(0, block.folder.rfind('/'));
  return {folder, folder.substr(folder.rfind('/') + 1)};
}

// Mounts name a device by number, or by path where the filesystem has a number of its own (Btrfs, overlay).
std::optional<Block> block_of(const Root& root, const Mount& mount) {
  if (!mount.device_number.empty() && !mount.device_number.starts_with("0:")) {
    if (auto block = block_at(root, "/sys/dev/block/" + mount.device_number)) return block;
  }
  if (!mount.device.starts_with("/dev/")) return std::nullopt;
  return block_at(root, "/sys/class/block/" + mount.device.substr(mount.device.rfind('/') + 1));
}

bool has_virtual_bus(const std::string& link) {
  static constexpr auto marks = std::to_array<std::string_view>({"/virtio", "/vbd-", "/vmbus", "VMBUS", "/xen"});
  return std::ranges::any_of(marks, [&](std::string_view mark) { return link.find(mark) != std::string::npos; });
}

// Hypervisors' own SCSI and NVMe disks carry their names.
bool is_virtual_model(const std::string& vendor, const std::string& model) {
  static constexpr auto names =
      std::to_array<std::string_view>({"qemu", "vbox", "vmware", "msft", "virtual disk", "persistentdisk", "google",
                                       "amazon elastic block store", "nutanix", "xensrc"});
  const std::string text = lower(vendor + " " + model);
  return std::ranges::any_of(names, [&](std::string_view name) { return text.find(name) != std::string::npos; });
}

std::optional<DiskKind> kind_of(const Root& root, const Block& block, int depth) {
  for (const std::string& below : root.list(block.folder + "/slaves")) {
    const auto next = block_at(root, "/sys/class/block/" + below);
    if (next && depth < deepest) return kind_of(root, *next, depth + 1);
  }
  if (has_virtual_bus(block.folder)) return DiskKind{"virtual", {"/sys/class/block/" + block.name, block.folder}};
  const Block disk = disk_of(root, block);
  const std::string vendor = root.read_line(disk.folder + "/device/vendor").value_or("");
  const std::string model_file = disk.folder + "/device/model", model = root.read_line(model_file).value_or("");
  if (is_virtual_model(vendor, model)) return DiskKind{"virtual", {model_file, vendor + " " + model}};
  if (disk.name.starts_with("nvme")) return DiskKind{"nvme", {"/sys/class/block/" + disk.name, model}};
  const std::string file = disk.folder + "/queue/rotational", turns = root.read_line(file).value_or("");
  if (turns == "0") return DiskKind{"ssd", {file, turns}};
  if (turns == "1") return DiskKind{"hdd", {file, turns}};
  return std::nullopt;
}

}  // namespace

std::optional<DiskKind> disk_kind(const Root& root, const Mount& mount) {
  const std::optional<Block> block = block_of(root, mount);
  return block ? kind_of(root, *block, 0) : std::nullopt;
}

}  // namespace palier
