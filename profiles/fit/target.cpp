#include "profiles/fit/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "profiles/power.hpp"

namespace palier {
namespace {

// Detection's order is that of the document: what is free stands beside the GPU of the same number.
const Vram* vram_of(const Machine& machine, std::size_t gpu) {
  const auto found = std::ranges::find(machine.effective.vram, static_cast<int>(gpu), &Vram::gpu);
  return found == machine.effective.vram.end() ? nullptr : &*found;
}

void set_rates(FitDevice& device, const Gpu& gpu, const Machine& machine, const Knowledge& knowledge) {
  if (const GpuModel* model = find_gpu(knowledge.gpus, gpu)) {
    device.bandwidth = Range::exactly(model->bandwidth);
    if (model->fp16 || model->fp32) device.flops = Range::exactly(model->fp16.value_or(*model->fp32));
    device.power = model->power;
    device.basis = fmt::format("data sheet ({})", model->id);
    return;
  }
  const JetsonModule* module = jetson_of(machine, knowledge.jetsons);
  if (module == nullptr) return;
  device.power = Range::exactly(module->most_power());
  for (const PowerMode& mode : module->modes) {
    if (!mode.bandwidth || mode.name != machine.platform.power_mode.value_or(mode.name)) continue;
    device.bandwidth = Range::exactly(*mode.bandwidth);
    device.power = Range::exactly(mode.power);
    device.basis = fmt::format("data sheet ({}, {})", module->id, mode.name);
  }
}

FitDevice device_of(const Machine& machine, std::size_t index, const Knowledge& knowledge) {
  const Gpu& gpu = machine.gpus[index];
  FitDevice device{.name = gpu.name.value_or(gpu.vendor + " GPU"), .total = gpu.memory_total.value_or(0)};
  device.free = gpu.memory_free.value_or(device.total);
  if (const Vram* vram = vram_of(machine, index)) {
    device.total = vram->total.value_or(device.total);
    device.free = vram->free.value_or(std::min(device.free, device.total));
  }
  device.unified = gpu.unified;
  if (gpu.unified && device.total == 0) device.total = device.free = machine.effective.memory_available.value_or(0);
  set_rates(device, gpu, machine, knowledge);
  return device;
}

// The best median of the benchmarks that `wanted` takes; 0 where there is none.
template <class Wanted>
double best_median(const Json& report, const Wanted& wanted) {
  double best = 0;
  for (const Json& benchmark : report.at("benchmarks")) {
    if (wanted(benchmark)) best = std::max(best, benchmark.at("median").get<double>());
  }
  return best;
}

bool is_named(const Json& benchmark, std::string_view start) {
  return benchmark.at("name").get_ref<const std::string&>().starts_with(start);
}

bool use_host(FitDevice& host, const Json& report, const std::string& basis) {
  const auto median = [&](std::string_view name) {
    return best_median(report, [&](const Json& one) { return is_named(one, name); });
  };
  const double bandwidth = median("memory triad"), rate = median("matrix product");
  if (bandwidth <= 0) return false;
  host.bandwidth = Range::exactly(bandwidth);
  if (rate > 0) host.flops = Range::exactly(rate);
  host.basis = basis;
  return true;
}

// What `palier bench gpu` measured of its device `index`. Models compute in 16 bits.
bool use_gpu(FitDevice& gpu, const Json& report, int index, const std::string& basis) {
  const auto median = [&](const auto& wanted) {
    return best_median(report, [&](const Json& one) {
      const Json& parameters = one.at("parameters");
      return parameters.contains("device") && parameters["device"] == index && wanted(one, parameters);
    });
  };
  const double bandwidth =
      median([](const Json& one, const Json&) { return is_named(one, "gpu copy") || is_named(one, "gpu triad"); });
  const double rate = median([](const Json& one, const Json& parameters) {
    const Json format = parameters.value("format", Json());
    return is_named(one, "gpu matrix product") && (format == "fp16" || format == "bf16");
  });
  if (bandwidth <= 0) return false;
  gpu.bandwidth = Range::exactly(bandwidth);
  if (rate > 0) gpu.flops = Range::exactly(rate);
  gpu.basis = basis;
  return true;
}

// The measured GPUs are told by their names, several of one name by their order.
bool use_gpus(std::vector<FitDevice>& gpus, const Json& report, const std::string& basis) {
  bool used = false;
  const Json measured = report.at("method").value("gpus", Json::array());
  std::map<std::string, std::size_t> met;
  for (const Json& one : measured) {
    const std::string name = one.at("name");
    std::size_t skip = met[name]++;
    for (FitDevice& gpu : gpus) {
      if (gpu.name != name || skip-- > 0) continue;
      used = use_gpu(gpu, report, one.at("device"), basis) || used;
      break;
    }
  }
  return used;
}

}  // namespace

FitTarget target_of(const Machine& machine, const Knowledge& knowledge, const SpeedShares& usual) {
  FitTarget target;
  for (std::size_t i = 0; i < machine.gpus.size(); ++i) {
    if (machine.gpus[i].usable) target.gpus.push_back(device_of(machine, i, knowledge));
  }
  std::erase_if(target.gpus, [](const FitDevice& gpu) { return gpu.total == 0; });
  const bool has_card = std::ranges::any_of(target.gpus, [](const FitDevice& gpu) { return !gpu.unified; });
  if (has_card) std::erase_if(target.gpus, &FitDevice::unified);
  target.cpus = machine.effective.cpus.value_or(machine.cpu.pus.value_or(1));
  const Bytes total = machine.effective.memory.value_or(machine.memory.total.value_or(0));
  target.host = {.name = "memory", .total = total, .free = machine.effective.memory_available.value_or(total)};
  target.host.bandwidth = usual.cpu_bandwidth;
  target.host.flops = usual.cpu_rate * std::max(1.0, target.cpus);
  target.host.basis = "supposed: usual of such machines";
  const Draw draw = machine_draw(machine, knowledge);
  target.host_power = draw.host;
  target.host.power = draw.host;
  return target;
}

void use_report(FitTarget& target, const MeasuredReport& measured) {
  const auto& [report, name] = measured;
  require_schema(report, "palier.report/1", name);
  const std::string basis = fmt::format("measured ({})", name);
  bool host = false, gpus = false;
  try {
    host = use_host(target.host, report, basis);
    gpus = use_gpus(target.gpus, report, basis);
  } catch (const nlohmann::json::exception& error) {
    throw_wrong_document(name, error.what());
  }
  if (!host && !gpus) {
    throw Error({.message = "cannot use the report",
                 .reason = "it has no bandwidth of this machine's memory or GPUs",
                 .location = {.file = name},
                 .help = "palier bench --output FILE measures the memory, palier bench gpu --output FILE the GPUs"});
  }
  for (FitDevice& gpu : target.gpus) {
    if (host && gpu.unified && !gpu.bandwidth) gpu.bandwidth = target.host.bandwidth, gpu.basis = target.host.basis;
  }
}

}  // namespace palier
