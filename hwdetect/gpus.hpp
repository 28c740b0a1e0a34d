#pragma once
#include <string>
#include <vector>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"
#include "hwdetect/probe.hpp"

namespace palier {

/// A GPU as one source sees it. The pointers of its facts are those inside the GPU ("/name") until all sources have
/// been put together.
struct FoundGpu {
  Gpu gpu;
  std::vector<Fact> facts;

  /// Sets a member and records its source.
  template <class T, class V>
  void set(T& member, V&& value, const char* pointer, Reading reading) {
    member = std::forward<V>(value);
    facts.push_back({pointer, std::move(reading.source), std::move(reading.raw), {}});
  }
};

/// What people call it: "Tesla T4", "AMD GPU at 0000:04:00.0".
std::string gpu_title(const Gpu& gpu);

/// Display controllers and accelerators on the PCI bus, in the order of their addresses.
std::vector<FoundGpu> pci_gpus(const Root& root);

/// What NVIDIA's library tells, in its order.
struct NvmlAnswer {
  std::vector<FoundGpu> gpus;
  std::string error;  ///< why there is no answer: "no libnvidia-ml.so.1", "driver not loaded"; empty where there is one
};
NvmlAnswer nvml_gpus(const Root& root);

/// The GPU that is part of a Jetson's chip.
FoundGpu jetson_gpu(const Root& root, const Machine& machine);

}  // namespace palier
