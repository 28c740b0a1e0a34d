#pragma once
#include <optional>
#include <string>

namespace palier {

/// More than any GPU has.
constexpr unsigned most_nvlinks = 18;

/// Asks NVML for all that it knows of the devices: {"driver", "devices":
/// [{name, uuid, pci, memory: {total, free} or memory_error, compute_capability, mig, slices[], nvlinks, nvlink_speed}
/// or {error}]} or {"error"}. May take as long as the driver likes.
std::optional<std::string> ask_nvml();

}  // namespace palier
