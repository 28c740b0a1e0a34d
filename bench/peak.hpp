#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace palier {

/// The multiply-and-add instruction of one instruction set, on registers alone: independent chains of it, enough of
/// them to hide how long each takes.
struct PeakKernel {
  std::string_view isa;     ///< "sse2", "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_int8", "neon", "sve"
  std::string_view format;  ///< of the numbers multiplied: "fp32", "fp16", "bf16", "int8"
  std::size_t chains;
  std::size_t lanes;     ///< sums in a register
  std::size_t products;  ///< that an instruction adds to each sum
  /// Goes through all chains `rounds` times. Returns the total of the first sums of all chains, of products 1 x 1.
  double (*run)(std::size_t rounds);

  /// Of one round: a product and its addition are two.
  double operations() const { return 2.0 * static_cast<double>(chains * lanes * products); }
};

/// The kernels that this processor can run.
std::vector<PeakKernel> peak_kernels();

/// Additions in a round of add_chain().
constexpr std::size_t chain_length = 64;

/// Additions that each need the one before: one a clock cycle on every processor.
void add_chain(std::size_t rounds);

}  // namespace palier
