#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "hwdetect/environment.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

// Which of `gpus` a mask names: by number, in the order of `gpus`, or by the start of the UUID. What stands behind an
// entry that names none is ignored (NVIDIA's CUDA programming guide on CUDA_VISIBLE_DEVICES).
std::vector<bool> named_by(std::string_view mask, const std::vector<FoundGpu*>& gpus) {
  std::vector<bool> visible(gpus.size());
  for (std::string_view entry : split(mask, ',')) {
    entry = trim(entry);
    const std::optional<long long> number = to_integer(entry);
    const auto is_meant = [&](std::size_t i) {
      if (number) return *number == static_cast<long long>(i);
      return !entry.empty() && gpus[i]->gpu.uuid && gpus[i]->gpu.uuid->starts_with(entry);
    };
    std::size_t i = 0;
    while (i < gpus.size() && !is_meant(i)) ++i;
    if (i == gpus.size()) break;
    visible[i] = true;
  }
  return visible;
}

void hide(const Environment& environment, const char* variable, std::string_view vendor, std::vector<FoundGpu>& gpus) {
  const std::optional<std::string> mask = environment.value(variable);
  if (!mask || *mask == "all") return;
  std::vector<FoundGpu*> masked;
  for (FoundGpu& found : gpus) {
    if (found.gpu.vendor == vendor && found.gpu.usable) masked.push_back(&found);
  }
  const std::vector<bool> visible = named_by(*mask, masked);
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (visible[i]) continue;
    cannot_use(*masked[i], fmt::format("hidden by {}", variable),
               {"environment", fmt::format("{}={}", variable, *mask)});
  }
}

// NVIDIA's container runtime gives a container no GPU for these words.
void explain_void(const Environment& environment, std::vector<FoundGpu>& gpus) {
  const char* variable = "NVIDIA_VISIBLE_DEVICES";
  const std::string mask = environment.value(variable).value_or("all");
  if (mask != "void" && mask != "none" && !mask.empty()) return;
  for (FoundGpu& found : gpus) {
    if (found.gpu.vendor != "nvidia" || found.gpu.usable) continue;
    cannot_use(found, fmt::format("hidden by {}", variable), {"environment", fmt::format("{}={}", variable, mask)});
  }
}

// Numbers follow the fastest GPU first by default, which no library but CUDA itself can tell.
void note_order(const Environment& environment, Machine& machine, const std::vector<FoundGpu>& gpus) {
  const std::string mask = environment.value("CUDA_VISIBLE_DEVICES").value_or("");
  const bool by_number = !mask.empty() && to_integer(split(mask, ',').front()) && mask != "-1";
  if (!by_number || environment.value("CUDA_DEVICE_ORDER") == "PCI_BUS_ID") return;
  const auto first = std::ranges::find(gpus, "nvidia", [](const FoundGpu& found) { return found.gpu.vendor; });
  const bool alike = std::ranges::all_of(
      gpus, [&](const FoundGpu& found) { return found.gpu.vendor != "nvidia" || found.gpu.name == first->gpu.name; });
  if (alike) return;
  machine.notes.push_back({"gpus", fmt::format("which GPU CUDA_VISIBLE_DEVICES={} means depends on their speed", mask),
                           "export CUDA_DEVICE_ORDER=PCI_BUS_ID counts them as nvidia-smi does"});
}

}  // namespace

void apply_masks(const Root& root, Machine& machine, std::vector<FoundGpu>& gpus) {
  const Environment environment(root);
  note_order(environment, machine, gpus);
  if (machine.platform.container) explain_void(environment, gpus);
  hide(environment, "CUDA_VISIBLE_DEVICES", "nvidia", gpus);
  hide(environment, "ROCR_VISIBLE_DEVICES", "amd", gpus);
  hide(environment, "HIP_VISIBLE_DEVICES", "amd", gpus);
}

}  // namespace palier
