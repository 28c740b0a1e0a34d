#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/process.hpp"
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

// A power mode of the board, from nvpmodel's configuration.
struct Mode {
  std::string id, name;
  long long memory_clock = 0;  ///< Hz; 0: as fast as the memory can
};

// "< POWER_MODEL ID=0 NAME=15W >" starts a mode, "EMC MAX_FREQ 2133000000" in it bounds the memory's clock.
std::vector<Mode> parse_modes(std::string_view configuration) {
  std::vector<Mode> modes;
  for (const std::string_view line : lines(configuration)) {
    const std::vector<std::string_view> parts = words(line);
    if (parts.size() >= 4 && parts[0] == "<" && parts[1] == "POWER_MODEL") {
      Mode mode;
      for (const std::string_view part : parts) {
        if (part.starts_with("ID=")) mode.id = part.substr(3);
        if (part.starts_with("NAME=")) mode.name = part.substr(5);
      }
      modes.push_back(std::move(mode));
    } else if (parts.size() == 3 && parts[0] == "EMC" && parts[1] == "MAX_FREQ" && !modes.empty()) {
      modes.back().memory_clock = std::max(0LL, to_integer(parts[2]).value_or(0));
    }
  }
  return modes;
}

std::optional<std::string> ask_nvpmodel() {
  try {
    const ProcessResult result = run({.argv = {"nvpmodel", "-q"}, .timeout = std::chrono::seconds(3)});
    return result.ok() ? std::optional(result.out) : std::nullopt;
  } catch (const Error&) {  // not installed
    return std::nullopt;
  }
}

// "NV Power Mode: 25W"; where the program may not tell, its state file has the number ("pmode:0002").
std::optional<std::string> current_mode(const Root& root, const std::vector<Mode>& modes, Reading& reading) {
  const std::string answer = root.answer("nvpmodel", ask_nvpmodel).value_or("");
  for (const std::string_view line : lines(answer)) {
    const std::size_t at = line.find("Power Mode:");
    if (at == std::string_view::npos) continue;
    const std::string name(trim(line.substr(at + sizeof "Power Mode:" - 1)));
    reading = {"nvpmodel -q", std::string(line)};
    if (!name.empty()) return name;
  }
  const std::string file = "/var/lib/nvpmodel/status", state = root.read_line(file).value_or("");
  if (!state.starts_with("pmode:")) return std::nullopt;
  const std::optional<long long> id = to_integer(words(state).front().substr(6));
  const auto mode = std::ranges::find_if(modes, [&](const Mode& one) { return id && to_integer(one.id) == id; });
  reading = {file, state};
  return mode == modes.end() ? std::nullopt : std::optional(mode->name);
}

void note_slow_memory(const std::vector<Mode>& modes, const std::string& current, Machine& machine) {
  const auto now = std::ranges::find(modes, current, &Mode::name);
  const auto best = std::ranges::max_element(modes, {}, &Mode::memory_clock);
  if (now == modes.end() || now->memory_clock <= 0 || now->memory_clock >= best->memory_clock) return;
  const auto megahertz = [](long long clock) { return clock / 1000000; };
  machine.notes.push_back(
      {"platform",
       fmt::format("power mode {} runs the memory at {} of {} MHz: language models answer at {} % of the speed",
                   current, megahertz(now->memory_clock), megahertz(best->memory_clock),
                   now->memory_clock * 100 / best->memory_clock),
       fmt::format("sudo nvpmodel -m {} ({}), where power supply and cooling allow", best->id, best->name)});
}

}  // namespace

void read_power_mode(const Root& root, Machine& machine) {
  const std::vector<Mode> modes = parse_modes(root.read("/etc/nvpmodel.conf").value_or(""));
  Reading reading;
  const std::optional<std::string> mode = current_mode(root, modes, reading);
  if (!mode) return;
  set(machine, machine.platform.power_mode, *mode, "/platform/power_mode", reading);
  note_slow_memory(modes, *mode, machine);
}

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
  found.set(gpu.kind, "integrated", "/kind", {"/proc/device-tree/compatible", "the GPU is part of the chip"});
  gpu.usable = std::ranges::any_of(nodes, [&](const char* node) { return root.exists(node); });
  if (!gpu.usable) {
    found.set(gpu.why_not, "the GPU's device files are not there", "/why_not", {"/dev/nvgpu, /dev/nvhost-*", ""});
  }
  return found;
}

}  // namespace palier
