#include "profiles/wheels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"
#include "profiles/gpus.hpp"

namespace palier {

const Sheet::Format& wheel_format() {
  static const Sheet::Format format = {"wheels.yaml", "palier.wheels/1", {"wheels"}};
  return format;
}

std::vector<Wheels> read_wheels(const Sheet& sheet) {
  std::vector<Wheels> wheels;
  for (const SheetRow& row : sheet.rows("wheels")) {
    row.yaml->allow_only(row_keys({"name", "least", "index"}));
    wheels.push_back({.name = row.yaml->at("name").text(),
                      .least = read_capability(row.yaml->at("least")),
                      .index = row.yaml->at("index").text(),
                      .provenance = row.provenance});
  }
  return wheels;
}

void note_unserved_gpus(Machine& machine, const std::vector<Wheels>& wheels) {
  if (wheels.empty() || machine.platform.kind == "jetson") return;  // a Jetson's wheels come from NVIDIA
  for (const Gpu& gpu : machine.gpus) {
    const std::optional<double> capability = to_number(gpu.compute_capability.value_or(""));
    if (!gpu.usable || !capability || *capability >= wheels.front().least) continue;
    const auto fits = std::ranges::find_if(wheels, [&](const Wheels& one) { return *capability >= one.least; });
    machine.notes.push_back({"gpus",
                             fmt::format("{} has compute capability {}, and {} serves {:.1f} and up (as of {})",
                                         gpu_title(gpu), *gpu.compute_capability, wheels.front().name,
                                         wheels.front().least, wheels.front().provenance.date),
                             fits == wheels.end() ? "no wheels of today serve it: an older PyTorch, or the CPU"
                                                  : "pip install torch --index-url " + fits->index});
  }
}

}  // namespace palier
