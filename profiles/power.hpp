#pragma once
#include "hwdetect/machine.hpp"
#include "profiles/knowledge.hpp"

namespace palier {

/// Watts at work, apart so that each can be lowered by itself.
struct Draw {
  Range host;  ///< processor and memory
  Range gpu;

  Range total() const { return host + gpu; }
};

/// What a machine draws while it works. Processor: hardware threads times carbon.yaml's cpu-thread (half load, TDP
/// unknown); memory: its size times W/GB; GPU: board power times gpu-load, gpu-power where palier does not know it. A
/// Jetson: its power mode at most, as GPU. Screen, disks, fans and power supply are not in it.
Draw machine_draw(const Machine& machine, const Knowledge& knowledge);

/// The module that a Jetson is; nullptr for another machine and for a module that palier does not know.
const JetsonModule* jetson_of(const Machine& machine, const std::vector<JetsonModule>& jetsons);

/// A Jetson's power mode at most, times gpu-load.
Draw jetson_draw(const JetsonModule& module, const Knowledge& knowledge);

/// One GPU of a cloud server with its share of the host.
Draw cloud_draw(const GpuModel* gpu, const Knowledge& knowledge);

/// The usable GPU with the most memory, and how much that is; nullptr where there is none.
const Gpu* best_gpu(const Machine& machine);
double gpu_memory_of(const Gpu& gpu, const Machine& machine);

}  // namespace palier
