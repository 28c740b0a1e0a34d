#include "bench/gpu/limits.hpp"

#include <algorithm>

namespace palier {
namespace {

const Json* gpu_of(const Report& report, const Json& index) {
  for (const Json& gpu : report.method.at("gpus")) {
    if (gpu.at("device") == index) return &gpu;
  }
  return nullptr;
}

/// As detection found it; nullptr where the driver does not tell its address.
const GpuLink* link_of(const Json& gpu, const Machine& machine) {
  const std::string pci = gpu.value("pci", "");
  const auto found = std::ranges::find_if(machine.gpus, [&](const Gpu& one) { return one.pci == pci; });
  return pci.empty() || found == machine.gpus.end() ? nullptr : &found->link;
}

std::optional<LinkLimit> bus_limit(const GpuLink& link) {
  const auto& speed = link.pcie_speed_max ? link.pcie_speed_max : link.pcie_speed;
  return speed && link.pcie_width ? pcie_limit(*speed, *link.pcie_width) : std::nullopt;
}

std::optional<LinkLimit> slower(const std::optional<LinkLimit>& a, const std::optional<LinkLimit>& b) {
  if (!a || !b) return std::nullopt;
  return a->rate < b->rate ? a : b;
}

std::optional<LinkLimit> between(const Report& report, const Benchmark& benchmark, const Machine& machine) {
  const Json *from = gpu_of(report, benchmark.parameters.at("from")),
             *to = gpu_of(report, benchmark.parameters.at("to"));
  if (from == nullptr || to == nullptr) return std::nullopt;
  const GpuLink *out = link_of(*from, machine), *in = link_of(*to, machine);
  if (out == nullptr || in == nullptr) return std::nullopt;
  const bool direct = benchmark.parameters.value("direct", false);
  const auto fast = direct ? slower(nvlink_limit(*out), nvlink_limit(*in)) : std::nullopt;
  return fast ? fast : slower(bus_limit(*out), bus_limit(*in));
}

std::optional<LinkLimit> limit_of(const Report& report, const Benchmark& benchmark, const Machine& machine,
                                  const DataSheet& data_sheet) {
  if (benchmark.name == "gpu to gpu") return between(report, benchmark, machine);
  const Json* gpu = gpu_of(report, benchmark.parameters.value("device", Json()));
  if (gpu == nullptr) return std::nullopt;
  if (benchmark.parameters.contains("memory")) {
    const GpuLink* link = gpu->value("unified", false) ? nullptr : link_of(*gpu, machine);
    return link == nullptr ? std::nullopt : bus_limit(*link);
  }
  const std::optional<double> rate = data_sheet ? data_sheet(*gpu, benchmark) : std::nullopt;
  return rate ? std::optional(LinkLimit{"data sheet", *rate}) : std::nullopt;
}

}  // namespace

void set_limit(Json& parameters, const LinkLimit& limit) {
  parameters["limit"] = limit.rate;
  parameters["limit_of"] = limit.name;
}

void add_limits(Report& report, const Machine& machine, const DataSheet& data_sheet) {
  for (Benchmark& benchmark : report.benchmarks) {
    if (benchmark.parameters.contains("limit")) continue;
    if (const auto limit = limit_of(report, benchmark, machine, data_sheet)) set_limit(benchmark.parameters, *limit);
  }
}

}  // namespace palier
