#pragma once
#include <optional>

#include "base/root.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/probe.hpp"

namespace palier {

/// What a disk is, and what says so.
struct DiskKind {
  std::string name;  ///< "nvme", "ssd", "hdd", "virtual"
  Reading reading;
};

/// The kind of the disk that a filesystem is on, seen through partitions, LVM and encryption. Behind a virtual device
/// nothing can be seen: whether it turns is what the hypervisor made up. nullopt where /sys tells nothing.
std::optional<DiskKind> disk_kind(const Root& root, const Mount& mount);

}  // namespace palier
