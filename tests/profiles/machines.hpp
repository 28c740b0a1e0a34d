#pragma once
#include <optional>

#include "hwdetect/machine.hpp"
#include "profiles/advise.hpp"

namespace palier::testing {

constexpr Bytes GiB = Bytes{1} << 30;

/// A computer with this much usable memory and nothing else said.
inline Machine with_memory(double gib) {
  Machine machine;
  machine.memory.total = static_cast<Bytes>(gib * static_cast<double>(GiB));
  machine.effective.memory = machine.memory.total;
  machine.effective.cpus = 4;
  machine.facts.push_back({.pointer = "/memory/total", .source = "/proc/meminfo", .raw = {}, .also = {}});
  return machine;
}

inline Machine with_gpu(double gib, Bytes vram) {
  Machine machine = with_memory(gib);
  Gpu gpu;
  gpu.vendor = "nvidia";
  gpu.name = "NVIDIA GeForce RTX 3060";
  gpu.memory_total = vram;
  gpu.usable = true;
  machine.gpus.push_back(gpu);
  return machine;
}

/// A container on a large host.
inline Machine limited(double host_gib, double limit_gib) {
  Machine machine = with_memory(host_gib);
  machine.effective.memory = static_cast<Bytes>(limit_gib * static_cast<double>(GiB));
  machine.effective.bound_by.memory = "cgroup limit /docker/x";
  return machine;
}

inline Tree built_in_tree() { return load_tree(DataPath(std::nullopt, embedded::data())); }

inline Needs needs(std::map<std::string, std::string> answers, Lang lang = Lang::en) {
  return {.answers = std::move(answers), .lang = lang};
}

}  // namespace palier::testing
