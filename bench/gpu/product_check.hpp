#pragma once
#include "bench/gpu/device.hpp"
#include "bench/gpu/numbers.hpp"
#include "bench/statistics.hpp"

namespace palier {

/// The number at `place` of an array of results, as result_width() says.
double result_at(GpuDevice& device, const GpuMemory& array, GpuFormat format, std::size_t place);

/// Whether random places of c are what the product of two matrices of `numbers` has there, but for rounding. The sums
/// are exact in 32 bits, so what rounds is the format of the result; of fp8, whose units keep fewer bits of the sums on
/// the way, what is allowed grows with the size that such sums have.
bool is_product(GpuDevice& device, const GpuNumbers& numbers, GpuFormat format, int n, const GpuMemory& c,
                Random& random);

}  // namespace palier
