#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/library.hpp"
#include "bench/gpu/device.hpp"

namespace palier {

/// NVIDIA's matrix products, as frameworks call them, on the default stream of the current CUDA context. Numbers are
/// stored by columns; of int8 the first matrix is transposed, which is the form that its units take.
class Cublas {
 public:
  static std::optional<Cublas> if_installed();

  /// "cuBLAS 13.0.2".
  std::string version() const;

  /// c = a * b, at these addresses of the device, of n * n numbers each; c as wide as result_width(). Returns once it
  /// is under way. Throws Error.
  void multiply(GpuFormat format, int n, std::uint64_t a, std::uint64_t b, std::uint64_t c) const;

 private:
  struct Handle;
  Cublas(const Library* library, std::shared_ptr<Handle> handle);

  const Library* library_;
  std::shared_ptr<Handle> handle_;
};

}  // namespace palier
