#pragma once
#include "hwdetect/machine.hpp"
#include "profiles/knowledge.hpp"

namespace palier {

/// Watts, apart so that each can be lowered by itself.
struct Draw {
  Range host, gpu;                  ///< at work: processor and memory; GPUs
  Range host_waiting, gpu_waiting;  ///< while a service waits for requests, switched on and with its model loaded

  Range total() const { return host + gpu; }
  /// Over the hours, of which `busy` is the share at work.
  Range mean(const Range& busy) const;
};

/// What is left of a whole: 0.5 to 0.8 of 0.2 to 0.5.
Range complement(const Range& share);

/// What a machine draws while it works. Processor: hardware threads times carbon.yaml's cpu-thread (half load, TDP
/// unknown); memory: its size times W/GB; each usable card: board power times gpu-load, gpu-power where palier does not
/// know it; a GPU that is part of the processor: integrated-power. A Jetson: its power mode at most, as GPU. Screen,
/// disks, fans and power supply are not in it.
Draw machine_draw(const Machine& machine, const Knowledge& knowledge);

/// Whether a person may put parts into it: a PC or a laptop, no VM, container, job or board.
bool own_computer(const Machine& machine);

/// Whether it has room for a graphics card, as far as it tells.
bool takes_card(const Machine& machine);

/// A laptop by its chassis, or by the name of its GPU.
bool is_laptop(const Machine& machine);

/// The module that a Jetson is; nullptr for another machine and for a module that palier does not know.
const JetsonModule* jetson_of(const Machine& machine, const std::vector<JetsonModule>& jetsons);

/// A Jetson's power mode at most, times gpu-load.
Draw jetson_draw(const JetsonModule& module, const Knowledge& knowledge);

/// A new PC of costs.yaml with this card.
Draw pc_draw(const GpuModel& gpu, const Knowledge& knowledge);

/// One GPU of a cloud server with its share of the host.
Draw cloud_draw(const GpuModel* gpu, const Knowledge& knowledge);

/// The usable GPU with the most memory, and how much that is; nullptr where there is none.
const Gpu* best_gpu(const Machine& machine);
double gpu_memory_of(const Gpu& gpu, const Machine& machine);

}  // namespace palier
