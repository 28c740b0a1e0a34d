#include "bench/gpu/cublas.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

#include "base/error.hpp"

namespace palier {
namespace {

// The part of cublas_api.h and library_types.h that is used here, as in cuBLAS 11 to 13.
using Status = int;
constexpr Status success = 0;
constexpr int real_32f = 0, real_16f = 2, real_8i = 3, real_32i = 10, real_16bf = 14;
constexpr int compute_32f = 68, compute_32i = 72, compute_32f_fast_tf32 = 77;
constexpr int plain = 0, transposed = 1, choose_algorithm = -1;

struct Product {
  int numbers, result, compute;
};

// In the order of GpuFormat.
constexpr std::array products = {Product{real_32f, real_32f, compute_32f},
                                 Product{real_32f, real_32f, compute_32f_fast_tf32},
                                 Product{real_16f, real_16f, compute_32f}, Product{real_16bf, real_16bf, compute_32f},
                                 Product{real_8i, real_32i, compute_32i}};

}  // namespace

Cublas::Cublas(const Library* library, std::shared_ptr<Handle> handle)
    : library_(library), handle_(std::move(handle)) {}

std::optional<Cublas> Cublas::if_installed() {
  auto library = Library::if_installed(
      {"libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "/usr/local/cuda/lib64/libcublas.so"});
  if (!library) return std::nullopt;
  // Kept until the program ends, as the driver is (cuda.cpp).
  static const Library* const kept = new Library(std::move(*library));
  const auto create = kept->find_if_there<Status(Handle**)>("cublasCreate_v2");
  const auto destroy = kept->find_if_there<Status(Handle*)>("cublasDestroy_v2");
  Handle* handle = nullptr;
  if (create == nullptr || destroy == nullptr || create(&handle) != success) return std::nullopt;
  return Cublas(kept, {handle, destroy});
}

std::string Cublas::version() const {
  int version = 0;
  const auto get = library_->find_if_there<Status(Handle*, int*)>("cublasGetVersion_v2");
  if (get == nullptr || get(handle_.get(), &version) != success) return "cuBLAS";
  return fmt::format("cuBLAS {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

void Cublas::multiply(GpuFormat format, int n, std::uint64_t a, std::uint64_t b, std::uint64_t c) const {
  // Addresses of the device are pointers in the library's prototype.
  Status (*gemm)(Handle*, int, int, int, int, int, const void*, std::uint64_t, int, int, std::uint64_t, int, int,
                 const void*, std::uint64_t, int, int, int, int) = nullptr;
  library_->find("cublasGemmEx", gemm);
  const Product kind = products.at(static_cast<std::size_t>(format));
  const bool whole = format == GpuFormat::int8;
  const float one = 1, zero = 0;
  const std::int32_t whole_one = 1, whole_zero = 0;
  const void* alpha = whole ? static_cast<const void*>(&whole_one) : &one;
  const void* beta = whole ? static_cast<const void*>(&whole_zero) : &zero;
  const Status status = gemm(handle_.get(), whole ? transposed : plain, plain, n, n, n, alpha, a, kind.numbers, n, b,
                             kind.numbers, n, beta, c, kind.result, n, kind.compute, choose_algorithm);
  if (status != success)
    throw Error({.message = fmt::format("cuBLAS has no product of {} on this card", to_string(format)),
                 .reason = fmt::format("cublasGemmEx: error {}", status)});
}

}  // namespace palier
