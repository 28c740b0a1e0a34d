#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "bench/precision.hpp"

namespace palier {

/// C = A x B of n x n numbers each, row by row. Of int8, A is unsigned and B signed.
struct Operands {
  Precision precision;
  std::size_t n;
  const void* a;
  const void* b;
  void* c;
};

/// The product as a library that frameworks call computes it.
struct LibraryProduct {
  std::string library;             ///< "OpenBLAS"
  std::string version;             ///< "0.3.21"
  std::string isa;                 ///< what it really uses, in its own words: "Haswell", "brg:avx512_core_bf16"
  std::function<void()> multiply;  ///< throws Error
};

/// nullopt where the library is not installed or has no such product. It stays loaded until the program ends.
std::optional<LibraryProduct> openblas_product(const Operands& operands, int threads);
std::optional<LibraryProduct> onednn_product(const Operands& operands, int threads);

}  // namespace palier
