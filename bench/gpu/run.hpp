#pragma once
#include <memory>
#include <vector>

#include "base/progress.hpp"
#include "bench/gpu/gpu.hpp"
#include "bench/gpu/limits.hpp"
#include "bench/report.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

struct GpuRunOptions {
  std::vector<int> devices = {};  ///< their numbers; empty: all
  bool processors = false;        ///< also CPUs that OpenCL offers as devices, as PoCL does
  double seconds = 20;            ///< for all devices together
  std::uint64_t seed = 1;
  double patience = 30;  ///< seconds that the drivers may take to say what there is
  DataSheet data_sheet = {};
};

/// Measures the GPUs one after the other: those of CUDA's driver, then those that OpenCL alone offers. The report's
/// method has "gpus": [{device, name, api, driver, library, pci, unified, memory, taken, clock_limits}], in whose order
/// they are numbered; a device that cannot be measured is a warning, one whose driver does not answer is left behind,
/// and the others are measured. Throws a usage Error for a number that no device has. `progress` is kept as long as a
/// driver that was left behind may speak to it.
Report run_gpus(const Machine& machine, const GpuRunOptions& options, const std::shared_ptr<Progress>& progress);

}  // namespace palier
