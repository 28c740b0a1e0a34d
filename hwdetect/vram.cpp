#include <fmt/format.h>

#include <algorithm>

#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

Vram vram_of(const Gpu& gpu, const Machine& machine) {
  Vram vram{.gpu = 0, .total = gpu.memory_total, .free = gpu.memory_free, .bound_by = "hardware"};
  if (!gpu.usable) return {0, 0, 0, "not usable: " + gpu.why_not.value_or("unknown reason")};
  if (gpu.kind == "slice") vram.bound_by = "MIG slice " + gpu.mig.value_or("");
  if (!gpu.unified) return vram;
  vram.bound_by = "system memory";
  if (!vram.total) vram.total = machine.memory.total;
  if (!vram.free) vram.free = machine.memory.available;
  return vram;
}

}  // namespace

void set_vram(Machine& machine) {
  for (std::size_t i = 0; i < machine.gpus.size(); ++i) {
    const Gpu& gpu = machine.gpus[i];
    Vram vram = vram_of(gpu, machine);
    vram.gpu = static_cast<int>(i);
    const std::string source = !gpu.usable         ? fmt::format("/gpus/{}/why_not", i)
                               : !gpu.memory_total ? "/memory/total"
                                                   : fmt::format("/gpus/{}/memory_total", i);
    record(machine, fmt::format("/effective/vram/{}", i),
           {source, vram.total ? fmt::format("{}", *vram.total) : "unknown"});
    machine.effective.vram.push_back(std::move(vram));
  }
  // Drivers take a GPU's share of the system's memory outside of every control group.
  const bool shared = std::ranges::any_of(machine.gpus, [](const Gpu& gpu) { return gpu.usable && gpu.unified; });
  if (shared && machine.effective.bound_by.memory.starts_with("cgroup")) {
    machine.notes.push_back({"gpus",
                             "the memory limit of the control group does not hold for the GPU, which shares memory",
                             "leave room: what the GPU takes is missing to all programs of this machine"});
  }
}

}  // namespace palier
