#include "profiles/power.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr double giga = 1e9;

void add_gpu(const Range& power, const Knowledge& knowledge, Draw& draw) {
  draw.gpu = draw.gpu + knowledge.carbon.model("gpu-load").value * power;
  draw.gpu_waiting = draw.gpu_waiting + Range::exactly(power.central) * knowledge.carbon.model("gpu-idle").value;
}

Range board_power(const Gpu& gpu, const Knowledge& knowledge) {
  if (const GpuModel* model = find_gpu(knowledge.gpus, gpu)) return model->power;
  return knowledge.carbon.model(gpu.unified ? "integrated-power" : "gpu-power").value;
}

}  // namespace

const JetsonModule* jetson_of(const Machine& machine, const std::vector<JetsonModule>& jetsons) {
  if (machine.platform.kind != "jetson" || !machine.platform.model) return nullptr;
  const std::string model = lower(*machine.platform.model);
  const auto memory = static_cast<double>(machine.memory.total.value_or(0));
  const JetsonModule* best = nullptr;
  std::size_t most = 0;
  for (const JetsonModule& module : jetsons) {
    // "NVIDIA Jetson Orin Nano Developer Kit" is a "Jetson Orin Nano 8GB"; Linux shows seven eighths of the memory.
    std::size_t named = 0;
    const std::string name = lower(module.name);
    std::vector<std::string_view> parts = words(name);
    if (parts.back().ends_with("gb")) parts.pop_back();
    for (const std::string_view part : parts) named += model.find(part) != model.npos ? 1 : 0;
    const bool fits = memory > module.memory * 0.8 && memory <= module.memory;
    if (!fits || named < parts.size() || named <= most) continue;
    best = &module;
    most = named;
  }
  return best;
}

bool is_laptop(const Machine& machine) {
  const auto named = [](const Gpu& gpu) { return gpu.name && gpu.name->find("Laptop") != gpu.name->npos; };
  return machine.platform.chassis == "laptop" || std::ranges::any_of(machine.gpus, named);
}

bool own_computer(const Machine& machine) {
  const Platform& platform = machine.platform;
  const bool parts = machine.cpu.architecture.empty() || machine.cpu.architecture == "x86_64";
  const bool wsl = platform.kind == "wsl";  // a VM on a computer of one's own
  return parts && (platform.kind == "computer" || wsl) && (wsl || !platform.virtualization) && !platform.container &&
         !platform.notebook && !platform.cloud && !platform.scheduler && platform.chassis != "server";
}

bool takes_card(const Machine& machine) {
  const auto slice = [](const Gpu& gpu) { return gpu.kind == "slice" || gpu.mig; };
  return own_computer(machine) && !is_laptop(machine) && std::ranges::none_of(machine.gpus, slice);
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

Range Draw::mean(const Range& busy) const { return total() * busy + (host_waiting + gpu_waiting) * complement(busy); }

Range complement(const Range& share) { return {1 - share.high, 1 - share.central, 1 - share.low}; }

Draw machine_draw(const Machine& machine, const Knowledge& knowledge) {
  if (const JetsonModule* module = jetson_of(machine, knowledge.jetsons)) return jetson_draw(*module, knowledge);
  Draw draw;
  const double threads = machine.cpu.pus.value_or(4);
  const auto memory = static_cast<double>(machine.memory.total.value_or(Bytes{8} << 30));
  draw.host =
      knowledge.carbon.model("cpu-thread").value * threads + knowledge.carbon.model("memory").value * (memory / giga);
  draw.host_waiting = draw.host;
  const Gpu* best = best_gpu(machine);
  for (const Gpu& gpu : machine.gpus) {
    // A GPU in the processor rests where there is a card.
    if (!gpu.usable || (gpu.unified && &gpu != best)) continue;
    add_gpu(board_power(gpu, knowledge), knowledge, draw);
  }
  return draw;
}

Draw jetson_draw(const JetsonModule& module, const Knowledge& knowledge) {
  Draw draw;
  add_gpu(Range::exactly(module.most_power()), knowledge, draw);
  return draw;
}

Draw pc_draw(const GpuModel& gpu, const Knowledge& knowledge) {
  const Hardware& pc = knowledge.assumptions.thing("pc");
  const Range load = pc.load.value_or(Range{});
  Draw draw{.host = load, .gpu = {}, .host_waiting = pc.idle.value_or(load), .gpu_waiting = {}};
  add_gpu(gpu.power, knowledge, draw);
  return draw;
}

Draw cloud_draw(const GpuModel* gpu, const Knowledge& knowledge) {
  const Range host = knowledge.carbon.model("cloud-host").value;
  Draw draw{.host = host, .gpu = {}, .host_waiting = host, .gpu_waiting = {}};
  if (gpu != nullptr) add_gpu(gpu->power, knowledge, draw);
  return draw;
}

}  // namespace palier
