#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "bench/precision.hpp"

namespace palier {

/// What the tiles that come later need of B. The addresses may lie past its end, where a prefetch does nothing.
struct Ahead {
  const char* from;
  std::size_t bytes;
};

/// A register-resident piece of a matrix product: `rows` x `columns` of C from packed slivers of A and B. Instructions
/// for narrow numbers multiply pairs of bf16 or quadruples of int8 that lie side by side in the depth, so that all
/// slivers consist of words of 32 bits, and a depth is a number of words.
struct GemmTile {
  std::string_view isa;  ///< "avx512f", "avx512_bf16", "amx_int8", "neon", "portable"
  Precision precision;
  int rows;
  int columns;
  int depth_unit;  ///< depths are multiples of it
  int depth;       ///< most of a step over the matrices, whole lines: the deeper, the less often C is read and written
  /// `a` and `b`, aligned to 64 bytes, are what `pack_a` and `pack_b` made. Adds to C, whose rows are `c_stride`
  /// numbers of 32 bits apart, where `accumulate`, otherwise overwrites it. Prefetches `ahead` meanwhile.
  void (*run)(std::size_t depth, const void* a, const void* b, void* c, std::size_t c_stride, bool accumulate,
              const Ahead& ahead);
  /// Packs `depth` words of each of `rows` rows of A, which are `stride` bytes apart.
  void (*pack_a)(std::size_t depth, const void* a, std::size_t stride, void* out);
  /// Packs `columns` columns of the rows of B that make `depth` words; they are `stride` bytes apart.
  void (*pack_b)(std::size_t depth, const void* b, std::size_t stride, void* out);
  /// Each thread calls them before its first `run` of a product, and after the last.
  void (*begin)() = [] {};
  void (*end)() = [] {};
};

/// The tiles that this processor can run, for each precision the fastest instruction set first. Of int8, A is unsigned
/// and below 128, B is signed: so all of them compute the same.
std::vector<GemmTile> gemm_tiles();

}  // namespace palier
