#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace palier {

/// One way to pass once over arrays in memory.
struct StreamKernel {
  /// "read": a[0] = sum of b; "write": a[i] = scalar; "copy": a[i] = b[i]; "triad": a[i] = b[i] + scalar * c[i].
  std::string_view operation;
  std::string_view isa;  ///< "avx512f", "avx2", "sse2", "neon", "portable"
  /// "plain", or "non-temporal": past the caches, without reading the line first; "none" of a read.
  std::string_view stores;
  /// `a`, `b` and `c` are aligned to 64 bytes; any `count`.
  void (*run)(double* a, const double* b, const double* c, double scalar, std::size_t count);

  /// Bytes of an element that the program asks for, as STREAM counts.
  std::size_t counted() const;
  /// Bytes of an element that cross the memory bus where a plain store first reads the line that it writes to.
  std::size_t moved() const;
};

/// The kernels that this processor can run, the widest instruction set first.
std::vector<StreamKernel> stream_kernels();

}  // namespace palier
