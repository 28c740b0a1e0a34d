#include "tools/bench_gpu_sheets.hpp"

#include <memory>

#include "profiles/gpus.hpp"

namespace palier {
namespace {

std::optional<double> promised(const GpuModel& model, const Benchmark& benchmark) {
  if (benchmark.name == "gpu copy" || benchmark.name == "gpu triad") return model.bandwidth;
  const Json format = benchmark.parameters.value("format", Json());
  if (format == "fp32") return model.fp32;
  if (format == "tf32") return model.tf32;
  if (format == "fp16" || format == "bf16") return model.fp16;
  if (format == "fp8") return model.fp8;
  return format == "int8" ? model.int8 : std::nullopt;
}

}  // namespace

DataSheet data_sheets(const DataPath& data) {
  const auto models = std::make_shared<const std::vector<GpuModel>>(read_gpus(Sheet::load(data, gpu_format())));
  return [models](const Json& gpu, const Benchmark& benchmark) -> std::optional<double> {
    if (!gpu.contains("memory")) return std::nullopt;
    const GpuModel* model = find_gpu(*models, gpu.value("name", ""), gpu["memory"].get<double>());
    return model == nullptr ? std::nullopt : promised(*model, benchmark);
  };
}

}  // namespace palier
