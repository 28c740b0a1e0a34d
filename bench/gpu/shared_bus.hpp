#pragma once
#include <memory>

#include "bench/gpu/device.hpp"

namespace palier {

/// Three arrays of a device that were filled for its triad, which is right.
struct GpuTriad {
  GpuMemory a, b, c;
  float scalar;
  std::size_t count;
};

/// The processors' own triad, for as long as something else runs, on memory that they share with a GPU.
class SharedBus {
 public:
  /// Takes three arrays of `bytes` of the computer's memory, and threads on all processors but one, which the GPU's
  /// driver has. Throws Error where memory is short.
  explicit SharedBus(Bytes bytes);
  ~SharedBus();

  int threads() const;
  /// Bytes a second, as STREAM counts them, for about so many seconds.
  double alone(double seconds);
  /// The same of both together, while the device does its triad `repeat` times: the sum of their rates.
  double together(GpuDevice& device, const GpuTriad& triad, int repeat);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace palier
