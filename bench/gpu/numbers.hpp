#pragma once
#include <cstdint>
#include <vector>

#include "bench/gpu/device.hpp"

namespace palier {

/// Random numbers that each format holds exactly: k / 128 with k from -127 to 127, k itself for int8, and for fp8 k /
/// 16 with k from -15 to 15. So the product of two matrices of them is known to the last bit but for the rounding of
/// the result. An array of any size holds these again and again; their number is prime, so that no two rows of a matrix
/// are alike.
class GpuNumbers {
 public:
  explicit GpuNumbers(std::uint64_t seed);

  /// Puts them into an array of `count` numbers of this format.
  void fill(GpuDevice& device, const GpuMemory& array, GpuFormat format, std::size_t count) const;
  /// The number at `index` of such an array.
  double at(std::size_t index, GpuFormat format) const;

 private:
  std::vector<std::int8_t> values_;
};

/// What the bytes of a result mean, as result_width() says.
double decode(const unsigned char* bytes, GpuFormat format);

}  // namespace palier
