#pragma once
#include <string>
#include <vector>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// A GPU's own memory that the kernel has made a memory node of the system, as on POWER9 with NVLink and on Grace
/// Hopper: MemTotal counts it, though it is the GPU's.
struct GpuNode {
  int index = 0;
  std::string file;  ///< NVIDIA's file that says so
  Bytes total = 0;   ///< MemTotal of the node
  Bytes free = 0;
};

/// By NVIDIA's /proc/driver/nvidia/gpus/*/numa_status.
std::vector<GpuNode> gpu_memory_nodes(const Root& root);

}  // namespace palier
