#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "base/library.hpp"
#include "bench/gpu/device.hpp"

namespace palier {

/// The part of cuBLAS that has the products of fp8 (e4m3) numbers, from which come numbers of bf16. Matrices are stored
/// by columns, the first one transposed: the form that its units take.
class CublasLt {
 public:
  static std::optional<CublasLt> if_installed();

  /// c = a * b, at these addresses of the device, of n * n numbers each, on the default stream of the current CUDA
  /// context, with `workspace` bytes at `work`. Returns once it is under way. Throws Error.
  void multiply(int n, std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t work, Bytes workspace);

 private:
  struct Handle;
  struct Plan;
  CublasLt(const Library* library, std::shared_ptr<Handle> handle);
  std::shared_ptr<Plan> plan(int n, Bytes workspace) const;

  const Library* library_;
  std::shared_ptr<Handle> handle_;
  std::shared_ptr<Plan> plan_;  ///< of the last size
};

}  // namespace palier
