#include "profiles/power.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr double giga = 1e9;

}  // namespace

const JetsonModule* jetson_of(const Machine& machine, const std::vector<JetsonModule>& jetsons) {
  if (machine.platform.kind != "jetson" || !machine.platform.model) return nullptr;
  const std::string model = lower(*machine.platform.model);
  const auto memory = static_cast<double>(machine.memory.total.value_or(0));
  for (const JetsonModule& module : jetsons) {
    // "NVIDIA Jetson Orin Nano Developer Kit" is a "Jetson Orin Nano 8GB"; Linux shows seven eighths of the memory.
    std::string name = lower(module.name);
    name = name.substr(0, name.find_last_of(' '));
    if (model.find(name) != model.npos && memory > module.memory * 0.8 && memory <= module.memory) return &module;
  }
  return nullptr;
}

double gpu_memory_of(const Gpu& gpu, const Machine& machine) {
  if (gpu.memory_total) return static_cast<double>(*gpu.memory_total);
  if (!gpu.unified || gpu.vendor != "nvidia") return 0;
  return static_cast<double>(machine.effective.memory.value_or(machine.memory.total.value_or(0)));
}

const Gpu* best_gpu(const Machine& machine) {
  // A card counts before the GPU that is part of a processor.
  const auto rank = [&](const Gpu& gpu) { return std::pair(gpu.kind != "integrated", gpu_memory_of(gpu, machine)); };
  const Gpu* best = nullptr;
  for (const Gpu& gpu : machine.gpus) {
    if (gpu.usable && (best == nullptr || rank(gpu) > rank(*best))) best = &gpu;
  }
  return best;
}

Draw machine_draw(const Machine& machine, const Knowledge& knowledge) {
  Draw draw;
  if (const JetsonModule* module = jetson_of(machine, knowledge.jetsons)) return jetson_draw(*module, knowledge);
  const double threads = machine.cpu.pus.value_or(4);
  const auto memory = static_cast<double>(machine.memory.total.value_or(Bytes{8} << 30));
  draw.host =
      knowledge.carbon.model("cpu-thread").value * threads + knowledge.carbon.model("memory").value * (memory / giga);
  const Gpu* gpu = best_gpu(machine);
  const GpuModel* model = gpu == nullptr ? nullptr : find_gpu(knowledge.gpus, *gpu);
  if (gpu != nullptr && !gpu->unified) {
    const Range power = model != nullptr ? model->power : knowledge.carbon.model("gpu-power").value;
    draw.gpu = knowledge.carbon.model("gpu-load").value * power;
  }
  return draw;
}

Draw jetson_draw(const JetsonModule& module, const Knowledge& knowledge) {
  return {{}, knowledge.carbon.model("gpu-load").value * module.most_power()};
}

Draw cloud_draw(const GpuModel* gpu, const Knowledge& knowledge) {
  Draw draw{knowledge.carbon.model("cloud-host").value, {}};
  if (gpu != nullptr) draw.gpu = knowledge.carbon.model("gpu-load").value * gpu->power;
  return draw;
}

}  // namespace palier
