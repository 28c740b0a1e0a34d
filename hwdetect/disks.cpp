#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "base/text.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/disk_kind.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

// Filesystems that hold a person's files. Whatever is not here is the kernel's own, an image, or a window on another
// mount.
constexpr auto local_types = std::to_array<std::string_view>(
    {"ext2", "ext3",  "ext4", "xfs",   "btrfs",   "zfs",     "bcachefs", "f2fs",    "jfs",  "reiserfs",
     "vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "hfsplus", "apfs",     "overlay", "aufs", "virtiofs"});
// Those that another computer answers for, which may take for ever.
constexpr auto network_types = std::to_array<std::string_view>(
    {"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "lustre", "gpfs", "beegfs", "glusterfs", "afs", "fuse.sshfs",
     "fuse.glusterfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone", "fuse.juicefs"});

constexpr std::size_t most_disks = 256;

template <std::size_t N>
bool any_of(const std::array<std::string_view, N>& types, const std::string& type) {
  return std::ranges::find(types, std::string_view(type)) != types.end();
}

bool is_network(const Mount& mount) { return any_of(network_types, mount.type); }

// The mounts worth showing: one per filesystem, files and firmware partitions left out.
std::vector<Mount> real_mounts(const Root& root) {
  std::map<std::string, Mount> seen_last;  // a mount hides an earlier one at the same place
  std::vector<std::string> order;
  for (Mount& mount : read_mounts(root)) {
    if (!seen_last.contains(mount.point)) order.push_back(mount.point);
    seen_last[mount.point] = std::move(mount);
  }
  std::vector<Mount> real;
  for (const std::string& point : order) {
    const Mount& mount = seen_last[point];
    const bool wanted = any_of(local_types, mount.type) || is_network(mount);
    const bool firmware = point == "/boot" || point.starts_with("/boot/") || point == "/efi";
    if (!wanted || firmware) continue;
    if (!is_network(mount) && !root.is_directory(point)) continue;
    const auto same = std::ranges::find_if(real, [&](const Mount& other) {
      return !mount.device_number.empty() && other.device_number == mount.device_number;
    });
    if (same == real.end() && real.size() < most_disks) {
      real.push_back(mount);
    } else if (same != real.end() && same->root != "/" && mount.root == "/") {
      *same = mount;
    }
  }
  return real;
}

std::optional<std::string> ask_space(const std::string& point) {
  struct statvfs status {};
  if (::statvfs(point.c_str(), &status) != 0) return std::nullopt;
  const Bytes block = status.f_frsize;
  return fmt::format("{} {}", status.f_blocks * block, status.f_bavail * block);
}

// One line per mount, "SIZE FREE MOUNT" in bytes. All servers are asked at once: those that are gone cost one wait.
std::optional<std::string> ask_spaces(const std::vector<Mount>& mounts) {
  std::vector<std::future<std::optional<std::string>>> answers;
  for (const Mount& mount : mounts) {
    const auto ask = [point = mount.point] { return ask_space(point); };
    const std::launch how = is_network(mount) ? std::launch::async : std::launch::deferred;
    answers.push_back(begin(how, [ask, network = is_network(mount)] {
      return network ? within(std::chrono::milliseconds(300), ask) : ask();
    }));
  }
  std::string text;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    if (const auto space = answers[i].get()) text += fmt::format("{} {}\n", *space, escaped(mounts[i].point));
  }
  return text;
}

std::map<std::string, std::pair<Bytes, Bytes>> parse_spaces(std::string_view text) {
  std::map<std::string, std::pair<Bytes, Bytes>> spaces;
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> fields = words(line);
    if (fields.size() != 3) continue;
    const auto size = to_integer(fields[0]), free = to_integer(fields[1]);
    if (!size || !free || *size < 0 || *free < 0) continue;
    spaces[unescaped(fields[2])] = {static_cast<Bytes>(*size), static_cast<Bytes>(*free)};
  }
  return spaces;
}

// The size that the filesystem tells is not always what a person may fill.
void note_quotas(const Mount& mount, Machine& machine) {
  static constexpr auto quotas =
      std::to_array<std::string_view>({"quota", "usrquota", "grpquota", "uquota", "prjquota", "pquota", "gquota"});
  const bool limited =
      std::ranges::any_of(quotas, [&](std::string_view option) { return has_option(mount.super_options, option); });
  if (limited) {
    machine.notes.push_back({"disks", fmt::format("quotas are on at {}: you may write less than is free", mount.point),
                             "quota -s, or ask whoever runs this system"});
  }
}

// One note for all of them: a cluster has many, and they go down together.
void note_unknown_sizes(bool asked, Machine& machine) {
  std::vector<const Disk*> unknown;
  for (const Disk& disk : machine.disks) {
    if (!disk.size) unknown.push_back(&disk);
  }
  if (unknown.empty()) return;
  std::stable_partition(unknown.begin(), unknown.end(), [](const Disk* disk) { return disk->kind == "network"; });
  const Disk& first = *unknown.front();
  const std::string others = unknown.size() > 1 ? fmt::format(" and {} more", unknown.size() - 1) : "";
  if (!asked) {
    machine.notes.push_back({"disks", fmt::format("the size of {}{} is unknown", first.mount, others),
                             "palier/statvfs is not in the machine folder"});
  } else {
    machine.notes.push_back({"disks", fmt::format("{}{} did not answer: the size is unknown", first.mount, others),
                             first.kind == "network"
                                 ? fmt::format("df -h {} waits longer; the server is {}", first.mount, first.device)
                                 : std::string("df -h says why")});
  }
}

Disk read_disk(const Root& root, const Mount& mount, const std::string& pointer, Machine& machine) {
  Disk disk{mount.point, mount.device, mount.type, {}, {}};
  record(machine, pointer, {"/proc/self/mountinfo", fmt::format("{} {} {}", mount.point, mount.type, mount.device)});
  if (is_network(mount)) {
    set(machine, disk.kind, "network", pointer + "/kind", {"/proc/self/mountinfo", mount.type});
  } else if (mount.type == "virtiofs") {
    set(machine, disk.kind, "virtual", pointer + "/kind", {"/proc/self/mountinfo", mount.type});
  } else if (auto kind = disk_kind(root, mount)) {
    set(machine, disk.kind, kind->name, pointer + "/kind", std::move(kind->reading));
  }
  return disk;
}

}  // namespace

void probe_disks(const Root& root, Machine& machine) {
  const std::vector<Mount> mounts = real_mounts(root);
  const std::optional<std::string> answer = root.answer("statvfs", [&] { return ask_spaces(mounts); });
  const auto spaces = parse_spaces(answer.value_or(""));
  for (const Mount& mount : mounts) {
    const std::string pointer = fmt::format("/disks/{}", machine.disks.size());
    Disk disk = read_disk(root, mount, pointer, machine);
    if (const auto space = spaces.find(mount.point); space != spaces.end()) {
      const auto [size, free] = space->second;
      set(machine, disk.size, size, pointer + "/size", {"statvfs", fmt::format("{}", size)});
      set(machine, disk.free, free, pointer + "/free", {"statvfs", fmt::format("{}", free)});
    }
    note_quotas(mount, machine);
    machine.disks.push_back(std::move(disk));
  }
  note_unknown_sizes(answer.has_value(), machine);
}

}  // namespace palier
