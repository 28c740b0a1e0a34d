#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/gpu/card_watch.hpp"
#include "bench/gpu/device.hpp"
#include "bench/sampling.hpp"

namespace palier {

struct GpuOptions {
  double seconds = 20;  ///< for one device
  std::uint64_t seed = 1;
  Bytes most_memory = Bytes{3} << 30;         ///< of the device; never more than 40 % of what is free on it
  std::shared_ptr<CardWatch> card = nullptr;  ///< that tells the energy of the products; may be null
};

/// What one device does, verified: its own copy and triad (B/s, read and written), transfers from and to the computer's
/// memory as a program has it ("pageable") and as the device reaches it ("pinned"), kernels that are started and waited
/// for one after the other (launches/s), and products of two square matrices in each format that it has (FLOP/s, 2 n^3
/// for each), with their energy where the card tells it. Each benchmark's parameters have "device" = `index`.
struct GpuMeasured {
  std::vector<Benchmark> benchmarks;
  std::vector<std::string> notes;  ///< what could not be measured, and why
  Bytes taken = 0;                 ///< of the device's memory, given back since
};

/// A figure that fails leaves a note, and the others are measured. Throws Error where nothing can be.
GpuMeasured measure_gpu(GpuDevice& device, int index, const GpuOptions& options, const Watch& watch);

}  // namespace palier
