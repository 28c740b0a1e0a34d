#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

struct Chip {
  std::string_view compatible, gpu, compute_capability;
};
// The GPUs of NVIDIA's Tegra chips and their CUDA compute capability (developer.nvidia.com/cuda-gpus).
constexpr auto chips = std::to_array<Chip>({
    {"nvidia,tegra264", "NVIDIA Thor", "11.0"},
    {"nvidia,tegra234", "NVIDIA Orin", "8.7"},
    {"nvidia,tegra194", "NVIDIA Xavier", "7.2"},
    {"nvidia,tegra186", "NVIDIA TX2", "6.2"},
    {"nvidia,tegra210", "NVIDIA Tegra X1", "5.3"},
});

// "# R36 (release), REVISION: 4.3, GCID: ..." -> "R36.4.3"
std::optional<std::string> release_of(std::string_view text) {
  const std::vector<std::string_view> parts = words(text);
  const auto major = std::ranges::find_if(parts, [](auto part) { return part.starts_with('R') && part.size() <= 4; });
  const auto revision = std::ranges::find(parts, "REVISION:");
  if (major == parts.end() || revision == parts.end() || revision + 1 == parts.end()) return std::nullopt;
  const std::string_view number = revision[1].substr(0, revision[1].find(','));
  if (!to_integer(major->substr(1)) || !to_number(number)) return std::nullopt;
  return fmt::format("{}.{}", *major, number);
}

}  // namespace

FoundGpu jetson_gpu(const Root& root, const Machine& machine) {
  FoundGpu found;
  Gpu& gpu = found.gpu;
  found.set(gpu.vendor, "nvidia", "/vendor", {"/proc/device-tree/compatible", "nvidia,tegra"});
  const std::string tree = root.read("/proc/device-tree/compatible").value_or("");
  const std::vector<std::string_view> compatible = split(tree, '\0');
  for (const Chip& chip : chips) {
    if (std::ranges::find(compatible, chip.compatible) == compatible.end()) continue;
    const Reading reading{"/proc/device-tree/compatible", std::string(chip.compatible)};
    found.set(gpu.name, std::string(chip.gpu), "/name", reading);
    found.set(gpu.compute_capability, std::string(chip.compute_capability), "/compute_capability", reading);
    break;
  }
  // NVML has no figure for memory that the GPU shares with the processor.
  found.set(gpu.unified, true, "/unified", {"/proc/device-tree/compatible", "the GPU is part of the chip"});
  if (machine.memory.total) {
    found.set(gpu.memory_total, *machine.memory.total, "/memory_total",
              {"/memory/total", fmt::format("{}", *machine.memory.total)});
  }
  if (machine.memory.available) {
    found.set(gpu.memory_free, *machine.memory.available, "/memory_free",
              {"/memory/available", fmt::format("{}", *machine.memory.available)});
  }
  const std::string release_file = "/etc/nv_tegra_release";
  const std::string release = root.read_line(release_file).value_or("");
  if (const auto version = release_of(release)) found.set(gpu.driver, *version, "/driver", {release_file, release});
  static constexpr auto nodes =
      std::to_array<const char*>({"/dev/nvgpu/igpu0", "/dev/nvhost-ctrl-gpu", "/dev/nvidiactl", "/dev/nvmap"});
  gpu.usable = std::ranges::any_of(nodes, [&](const char* node) { return root.exists(node); });
  if (!gpu.usable) {
    found.set(gpu.why_not, "the GPU's device files are not there", "/why_not", {"/dev/nvgpu, /dev/nvhost-*", ""});
  }
  return found;
}

}  // namespace palier
