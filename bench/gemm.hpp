#pragma once
#include "bench/buffer.hpp"
#include "bench/gemm_tile.hpp"
#include "bench/team.hpp"

namespace palier {

/// C = A x B for row-major matrices, blocked and packed after Goto and van de Geijn (2008) with the loop order of BLIS
/// (Van Zee and van de Geijn 2015).
class Gemm {
 public:
  /// For matrices of at most `size` rows and columns; `cache` is the bytes that a thread has of a
  /// second-level cache, 0 where unknown.
  Gemm(const GemmTile& tile, std::size_t size, Bytes cache);

  struct Shape {
    std::size_t m, n, k;  ///< A is m x k, B is k x n; none is 0
  };
  /// On the first `threads` threads of `team`; returns the seconds it took, packing included.
  double multiply(Team& team, int threads, const Shape& shape, const void* a, const void* b, void* c);

 private:
  struct Step;
  void pack_a(const Step& step, std::size_t sliver) const;
  void pack_b(const Step& step, std::size_t sliver) const;
  void block(const Step& step, std::size_t index) const;
  void run_tile(const Step& step, std::size_t row, std::size_t column, const Ahead& ahead) const;

  GemmTile tile_;
  std::size_t group_;       ///< numbers in a word
  std::size_t depth_;       ///< of one step, in words: kc
  std::size_t block_rows_;  ///< of A that stay in the second-level cache: mc
  Buffer packed_a_, packed_b_;
};

}  // namespace palier
