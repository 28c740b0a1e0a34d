#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "bench/buffer.hpp"
#include "bench/team.hpp"

namespace palier {

/// A register-resident piece of a matrix product: `rows` x `columns` of C from packed slivers of A and B.
struct SgemmTile {
  std::string_view isa;  ///< "avx512f", "avx2", "neon", "portable"
  int rows;
  int columns;
  /// `a` holds `depth` groups of `rows` values, `b`, aligned to 64 bytes, `depth` groups of `columns`. Adds to C where
  /// `accumulate`, otherwise overwrites it.
  void (*run)(std::size_t depth, const float* a, const float* b, float* c, std::size_t c_stride, bool accumulate);
  /// Packs `depth` columns of `rows` rows of A, which are `stride` values apart.
  void (*pack)(std::size_t depth, const float* a, std::size_t stride, float* out);
};

/// The tiles that this processor can run, the widest instruction set first.
std::vector<SgemmTile> sgemm_tiles();

/// C = A x B for row-major fp32 matrices, blocked and packed after Goto and van de Geijn (2008) with the loop order of
/// BLIS (Van Zee and van de Geijn 2015).
class Sgemm {
 public:
  /// For matrices of at most `size` rows and columns; `cache` is the bytes of a second-level cache, 0 where unknown.
  Sgemm(const SgemmTile& tile, std::size_t size, Bytes cache);

  struct Shape {
    std::size_t m, n, k;  ///< A is m x k, B is k x n
  };
  /// On the first `threads` threads of `team`; returns the seconds it took, packing included.
  double multiply(Team& team, int threads, const Shape& shape, const float* a, const float* b, float* c);

 private:
  struct Step;
  void pack_a(const Step& step, std::size_t sliver);
  void pack_b(const Step& step, std::size_t sliver);
  void block(const Step& step, std::size_t index) const;
  void tile(const Step& step, std::size_t row, std::size_t column) const;

  SgemmTile tile_;
  std::size_t depth_;       ///< of one step: kc
  std::size_t block_rows_;  ///< of A that stay in the second-level cache: mc
  Buffer packed_a_, packed_b_;
};

}  // namespace palier
