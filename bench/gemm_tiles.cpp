#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/platform/x86.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include <algorithm>
#include <cstdint>

#include "bench/amx.hpp"
#include "bench/gemm_tile.hpp"

namespace palier {
namespace {

typedef std::uint32_t Word __attribute__((may_alias));  // NOLINT(modernize-use-using): attributes need it
typedef std::uint32_t LooseWord __attribute__((aligned(1), may_alias));  // NOLINT(modernize-use-using)
typedef std::uint16_t Bf16 __attribute__((may_alias));                   // NOLINT(modernize-use-using)
using Int8 = unsigned char;

constexpr std::size_t rows_ahead = 12;   // prefetched while B is packed: its rows are too far apart for hardware to
constexpr std::size_t steps_ahead = 16;  // at which A is prefetched from the second-level cache
constexpr std::size_t steps_before_result = 64;  // at which C is: earlier, B's stream would push it out again

// Sizes of register tiles: as many accumulators as the instruction set has registers, less those that B and one
// broadcast value of A need. With AVX-512 rather wide than high: the rows of a C whose length is a multiple of a page
// compete for the same few places of a first-level cache, and 14 of them pushed each other out.
#define MULTIPLY_FP32                                                                 \
  TILE_TARGET inline void multiply_add(Vector& sum, const Word* a, const Vector& b) { \
    sum += *reinterpret_cast<const float*>(a) * b;                                    \
  }

#if defined(__x86_64__)
namespace avx512 {
using Vector = float __attribute__((vector_size(64), may_alias));
using Number = Word;
constexpr int rows = 6;
constexpr int vectors = 4;
#define TILE_TARGET [[gnu::target("avx512f")]]
MULTIPLY_FP32
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace avx512

namespace avx512_bf16 {
using Vector = float __attribute__((vector_size(64), may_alias));
using Number = Bf16;
constexpr int rows = 6;
constexpr int vectors = 4;
#define TILE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl,avx512bf16")]]
TILE_TARGET inline void multiply_add(Vector& sum, const Word* a, const Vector& b) {
  const __m512i pair = _mm512_set1_epi32(static_cast<int>(*a));
  sum = _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(pair), reinterpret_cast<__m512bh>(b));
}
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace avx512_bf16

namespace avx512_vnni {
using Vector = std::int32_t __attribute__((vector_size(64), may_alias));
using Number = Int8;
constexpr int rows = 6;
constexpr int vectors = 4;
#define TILE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]]
TILE_TARGET inline void multiply_add(Vector& sum, const Word* a, const Vector& b) {
  const __m512i quadruple = _mm512_set1_epi32(static_cast<int>(*a));
  sum = reinterpret_cast<Vector>(
      _mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), quadruple, reinterpret_cast<__m512i>(b)));
}
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace avx512_vnni

namespace avx2 {
using Vector = float __attribute__((vector_size(32), may_alias));
using Number = Word;
constexpr int rows = 6;
constexpr int vectors = 2;
#define TILE_TARGET [[gnu::target("avx2,fma")]]
MULTIPLY_FP32
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace avx2

namespace avx_vnni {
using Vector = std::int32_t __attribute__((vector_size(32), may_alias));
using Number = Int8;
constexpr int rows = 6;
constexpr int vectors = 2;
#define TILE_TARGET [[gnu::target("avx2,avxvnni")]]
TILE_TARGET inline void multiply_add(Vector& sum, const Word* a, const Vector& b) {
  const __m256i quadruple = _mm256_set1_epi32(static_cast<int>(*a));
  sum = reinterpret_cast<Vector>(
      _mm256_dpbusd_avx_epi32(reinterpret_cast<__m256i>(sum), quadruple, reinterpret_cast<__m256i>(b)));
}
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace avx_vnni
#endif

#if defined(__aarch64__)
namespace neon {
using Vector = float __attribute__((vector_size(16), may_alias));
using Number = Word;
constexpr int rows = 8;
constexpr int vectors = 3;
#define TILE_TARGET
MULTIPLY_FP32
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace neon

#ifdef __clang__
#define WITH(extension) [[gnu::target(extension)]]
#else
#define WITH(extension) [[gnu::target("arch=armv8.2-a+" extension)]]
#endif
// In assembly, since Clang 14's intrinsics are there for whole files only.
#define MULTIPLY_BY(instruction)                                                      \
  TILE_TARGET inline void multiply_add(Vector& sum, const Word* a, const Vector& b) { \
    using Words = std::uint32_t __attribute__((vector_size(16)));                     \
    const Words word = {*a, *a, *a, *a};                                              \
    asm(instruction : "+w"(sum) : "w"(b), "w"(word));                                 \
  }

namespace neon_bf16 {
using Vector = float __attribute__((vector_size(16), may_alias));
using Number = Bf16;
constexpr int rows = 8;
constexpr int vectors = 3;
#define TILE_TARGET WITH("bf16")
MULTIPLY_BY("bfdot %0.4s, %1.8h, %2.8h")
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace neon_bf16

namespace neon_dotprod {
using Vector = std::int32_t __attribute__((vector_size(16), may_alias));
using Number = Int8;
constexpr int rows = 8;
constexpr int vectors = 3;
#define TILE_TARGET WITH("dotprod")
MULTIPLY_BY("sdot %0.4s, %1.16b, %2.16b")
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace neon_dotprod
#endif

namespace portable {
using Vector = float __attribute__((vector_size(16), may_alias));
using Number = Word;
constexpr int rows = 4;
constexpr int vectors = 2;
#define TILE_TARGET
MULTIPLY_FP32
#include "bench/gemm_tile.inc"
#undef TILE_TARGET
}  // namespace portable

}  // namespace

#define VECTOR_TILE(isa, precision, place) \
  { isa, precision, place::rows, place::columns, 1, 384, place::run, place::pack_a, place::pack_b<place::columns> }

std::vector<GemmTile> gemm_tiles() {
  std::vector<GemmTile> tiles;
  const auto add = [&tiles](bool has, const GemmTile& tile) {
    if (has) tiles.push_back(tile);
  };
#if defined(__x86_64__)
  // What the C library found in CPUID and XCR0 when the program started, never the model number.
  constexpr int tile_depth = amx::side, amx_depth = 768;  // it computes so fast that C's traffic would show
  add(CPU_FEATURE_ACTIVE(AVX512F), VECTOR_TILE("avx512f", Precision::fp32, avx512));
  add(CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(FMA), VECTOR_TILE("avx2", Precision::fp32, avx2));
  add(CPU_FEATURE_ACTIVE(AMX_BF16) && CPU_FEATURE_ACTIVE(AVX512_BF16) && AmxTiles::usable(),
      {"amx_bf16", Precision::bf16, amx::rows, amx::columns, tile_depth, amx_depth, amx::run<AmxTiles, amx::DotBf16>,
       amx::pack_a, avx512_bf16::pack_b<amx::columns>, AmxTiles::configure, AmxTiles::release});
  add(CPU_FEATURE_ACTIVE(AVX512_BF16) && CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512VL),
      VECTOR_TILE("avx512_bf16", Precision::bf16, avx512_bf16));
  add(CPU_FEATURE_ACTIVE(AMX_INT8) && CPU_FEATURE_ACTIVE(AVX512_VNNI) && AmxTiles::usable(),
      {"amx_int8", Precision::int8, amx::rows, amx::columns, tile_depth, amx_depth, amx::run<AmxTiles, amx::DotInt8>,
       amx::pack_a, avx512_vnni::pack_b<amx::columns>, AmxTiles::configure, AmxTiles::release});
  add(CPU_FEATURE_ACTIVE(AVX512_VNNI) && CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512VL),
      VECTOR_TILE("avx512_vnni", Precision::int8, avx512_vnni));
  add(CPU_FEATURE_ACTIVE(AVX_VNNI) && CPU_FEATURE_ACTIVE(AVX2), VECTOR_TILE("avx_vnni", Precision::int8, avx_vnni));
#elif defined(__aarch64__)
  const bool has_dotprod = (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
  const bool has_bf16 = (::getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0;
  add(true, VECTOR_TILE("neon", Precision::fp32, neon));
  add(has_bf16, VECTOR_TILE("neon_bf16", Precision::bf16, neon_bf16));
  add(has_dotprod, VECTOR_TILE("neon_dotprod", Precision::int8, neon_dotprod));
#endif
  add(true, VECTOR_TILE("portable", Precision::fp32, portable));
  return tiles;
}

}  // namespace palier
