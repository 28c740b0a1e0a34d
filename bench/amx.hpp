#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/gemm_tile.hpp"

namespace palier {

/// AMX's eight tiles, each 16 rows of 64 bytes. Encodings and the layout of the configuration: Intel 64 and IA-32
/// Architectures Software Developer's Manual, volume 1, chapter 18.
class AmxTiles {
 public:
#if defined(__x86_64__)
  /// Of the calling thread, before it uses any. Takes as long as a dozen tile products (204 cycles on Sapphire Rapids,
  /// by Intel's optimization manual), and libraries release the tiles, too: so once for each matrix product.
  static void configure() {
    struct alignas(64) Configuration {
      std::uint8_t palette = 1, start_row = 0;
      std::array<std::uint8_t, 14> reserved{};
      std::array<std::uint16_t, 16> row_bytes{64, 64, 64, 64, 64, 64, 64, 64};
      std::array<std::uint8_t, 16> rows{16, 16, 16, 16, 16, 16, 16, 16};
    };
    static_assert(sizeof(Configuration) == 64);
    static constexpr Configuration configuration;
    asm volatile("ldtilecfg %0" : : "m"(configuration));
  }
  static void release() { asm volatile("tilerelease"); }

  template <int tile>
  void zero() {
    asm volatile("tilezero %%tmm%c0" : : "i"(tile));
  }
  template <int tile>
  void load(const void* from, std::size_t stride) {
    asm volatile("tileloadd (%1,%2,1), %%tmm%c0" : : "i"(tile), "r"(from), "r"(stride) : "memory");
  }
  template <int tile>
  void store(void* to, std::size_t stride) {
    asm volatile("tilestored %%tmm%c0, (%1,%2,1)" : : "i"(tile), "r"(to), "r"(stride) : "memory");
  }
  /// sum += a x b, for words of two bf16 each, or of four int8 of which a's are unsigned.
  template <int sum, int a, int b>
  void dot_bf16() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sum), "i"(a), "i"(b));
  }
  template <int sum, int a, int b>
  void dot_int8() {
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sum), "i"(a), "i"(b));
  }
  /// Into the second-level cache: addresses that nothing lies at do no harm. Not by the compiler's builtin, whose calls
  /// GCC 12 leaves out where a function consists of them.
  void fetch(const void* from) { asm volatile("prefetcht1 (%0)" : : "r"(from)); }
#endif

  /// Whether the processor has AMX, the kernel saves its registers, and it lets this process use them. Asks it once.
  static bool usable();
};

namespace amx {

using Word = std::uint32_t;
constexpr int rows = 32;
constexpr int columns = 32;
constexpr std::size_t side = 16;  // words of a tile's row, and its rows
constexpr std::size_t line = 64;  // of a cache, bytes

/// The tile below mostly comes next: its rows of C are brought into the second-level cache, two in each step, which the
/// loads that `run` begins with would wait for. Not into the first: rows that are a multiple of a page apart evict each
/// other there.
template <class Tiles>
void fetch_rows(Tiles& tiles, const Word* next, std::size_t row_bytes, std::size_t step) {
  if (step >= rows / 2) return;
  const char* first = reinterpret_cast<const char*>(next) + 2 * step * row_bytes;
  for (const char* row : {first, first + row_bytes}) {
    tiles.fetch(row);
    tiles.fetch(row + side * sizeof(Word));
  }
}

/// Of what lies in the third-level cache, a share in each step.
template <class Tiles>
void fetch_ahead(Tiles& tiles, const Ahead& ahead, std::size_t share, std::size_t step) {
  for (std::size_t byte = 0; byte < share; byte += line) tiles.fetch(ahead.from + step * share + byte);
}

/// GemmTile::run over `Tiles`, which has the functions of AmxTiles; `dot` is of the type of `Dot`. Four sums from two
/// tiles of A and two of B: a load for each product, the fewest that eight tiles allow.
template <class Tiles, class Dot>
void run(std::size_t depth, const void* packed_a, const void* packed_b, void* result, std::size_t stride,
         bool accumulate, const Ahead& ahead) {
  const Word* a = static_cast<const Word*>(packed_a);
  const Word* b = static_cast<const Word*>(packed_b);
  Word* c = static_cast<Word*>(result);
  Word* below = c + side * stride;
  const std::size_t row = stride * sizeof(Word);
  constexpr std::size_t a_row = side * sizeof(Word), b_row = columns * sizeof(Word);
  Tiles tiles;
  if (accumulate) {
    tiles.template load<0>(c, row);
    tiles.template load<1>(c + side, row);
    tiles.template load<2>(below, row);
    tiles.template load<3>(below + side, row);
  } else {
    tiles.template zero<0>();
    tiles.template zero<1>();
    tiles.template zero<2>();
    tiles.template zero<3>();
  }
  const std::size_t steps = depth / side;
  const std::size_t share = (ahead.bytes / line + steps - 1) / steps * line;
  for (std::size_t k = 0; k < depth; k += side, a += side * rows, b += side * columns) {
    fetch_rows(tiles, below + side * stride, row, k / side);
    fetch_ahead(tiles, ahead, share, k / side);
    tiles.template load<4>(a, a_row);
    tiles.template load<6>(b, b_row);
    Dot::template dot<0, 4, 6>(tiles);
    tiles.template load<7>(b + side, b_row);
    Dot::template dot<1, 4, 7>(tiles);
    tiles.template load<5>(a + side * side, a_row);
    Dot::template dot<2, 5, 6>(tiles);
    Dot::template dot<3, 5, 7>(tiles);
  }
  tiles.template store<0>(c, row);
  tiles.template store<1>(c + side, row);
  tiles.template store<2>(below, row);
  tiles.template store<3>(below + side, row);
}

struct DotBf16 {
  template <int sum, int a, int b, class Tiles>
  static void dot(Tiles& tiles) {
    tiles.template dot_bf16<sum, a, b>();
  }
};

struct DotInt8 {
  template <int sum, int a, int b, class Tiles>
  static void dot(Tiles& tiles) {
    tiles.template dot_int8<sum, a, b>();
  }
};

/// GemmTile::pack_a: for each 16 words of the depth, those of all rows one below the other, as tiles are loaded.
void pack_a(std::size_t depth, const void* a, std::size_t stride, void* packed);

}  // namespace amx
}  // namespace palier
