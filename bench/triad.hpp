#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace palier {

/// One way to compute a[i] = b[i] + scalar * c[i].
struct TriadKernel {
  std::string_view isa;     ///< "avx512f", "avx2", "sse2", "neon", "portable"
  std::string_view stores;  ///< "plain", or "non-temporal": past the caches, without reading the line first
  /// `a`, `b` and `c` are aligned to 64 bytes; any `count`.
  void (*run)(double* a, const double* b, const double* c, double scalar, std::size_t count);
};

/// The kernels that this processor can run, the widest instruction set first.
std::vector<TriadKernel> triad_kernels();

}  // namespace palier
