#pragma once
#include <vector>

#include "bench/gpu/gpu.hpp"

namespace palier {

/// A device that is open, by its number.
struct OpenGpu {
  int index;
  GpuDevice* device;
};

/// What several devices do with each other and beside each other:
///   "gpu to gpu": bytes a second from one to another, each way of each pair of one driver that has copies between
///     devices, with {"from", "to", "direct"}: directly, or through the computer's memory;
///   "gpu host to device, together": pinned memory to all at the same time, the sum of what they get ({"devices"});
///   "gpu matrix product, together": the sum of what they compute in the format that all have and that is the most used
///     of these: bf16, fp16, fp32.
/// A figure that fails leaves a note.
GpuMeasured measure_together(const std::vector<OpenGpu>& gpus, const GpuOptions& options, const Watch& watch);

}  // namespace palier
