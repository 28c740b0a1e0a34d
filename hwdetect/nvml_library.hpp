#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace palier {

/// What the answer has as its error where there is no NVIDIA software.
constexpr std::string_view nvml_not_installed = "libnvidia-ml.so.1 is not installed";

/// More than any GPU has.
constexpr unsigned most_nvlinks = 18;

/// Loads NVML, NVIDIA's management library, and asks it for all that it knows of the devices: {"driver", "devices":
/// [{name, uuid, pci, memory: {total, free} or memory_error, compute_capability, mig, slices[], nvlinks} or {error}]}
/// or {"error"}. May take as long as the driver likes.
std::optional<std::string> ask_nvml();

}  // namespace palier
