#include "bench/peak.hpp"

#if defined(__x86_64__)
#include <sys/platform/x86.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "bench/amx.hpp"

namespace palier {
namespace {

// The number one in every 32 bits of each format.
constexpr std::uint32_t one_fp32 = 0x3F800000;
[[maybe_unused]] constexpr std::uint32_t one_fp16 = 0x3C003C00, one_bf16 = 0x3F803F80, one_int8 = 0x01010101;

double fp32(std::uint32_t word) {
  float value = 0;
  std::memcpy(&value, &word, sizeof value);
  return static_cast<double>(value);
}
[[maybe_unused]] double int32(std::uint32_t word) { return static_cast<double>(static_cast<std::int32_t>(word)); }
// The first of two normal numbers.
[[maybe_unused]] double fp16(std::uint32_t word) {
  const auto exponent = static_cast<int>(word >> 10 & 0x1F) - 25;
  return word == 0 ? 0 : std::ldexp(static_cast<double>((word & 0x3FF) + 0x400), exponent);
}

// Assembly keeps any compiler from merging, moving or taking apart what is measured. A type has no parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define PEAK_KERNEL(name, extension, Vector, number, constraint, one_word, decode, instruction)                 \
  extension double name(std::size_t rounds) {                                                                   \
    Vector sums[number] = {};                                                                                   \
    const Vector one = Vector{} + (one_word);                                                                   \
    for (; rounds > 0; --rounds) {                                                                              \
      _Pragma("GCC unroll 24") for (std::size_t i = 0; i < (number);                                            \
                                    ++i) asm volatile(instruction : "+" constraint(sums[i]) : constraint(one)); \
    }                                                                                                           \
    double total = 0;                                                                                           \
    _Pragma("GCC unroll 24") for (std::size_t i = 0; i < (number); ++i) total += decode(sums[i][0]);            \
    return total;                                                                                               \
  }
// NOLINTEND(bugprone-macro-parentheses)

#if defined(__x86_64__)
using Xmm = std::uint32_t __attribute__((vector_size(16)));
using Ymm = std::uint32_t __attribute__((vector_size(32)));
using Zmm = std::uint32_t __attribute__((vector_size(64)));
constexpr std::size_t few = 12, many = 16;  // of 16 and 32 registers

// Without an instruction for both, products and sums stand side by side.
double sse2_fp32(std::size_t rounds) {
  Xmm sums[few / 2] = {}, products[few / 2] = {};
  Xmm one = Xmm{} + one_fp32;
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 24
    for (std::size_t i = 0; i < few / 2; ++i) {
      asm volatile("mulps %1, %0" : "+x"(products[i]) : "x"(one));
      asm volatile("addps %1, %0" : "+x"(sums[i]) : "x"(one));
    }
  }
  double total = 0;
#pragma GCC unroll 24
  for (std::size_t i = 0; i < few / 2; ++i) total += fp32(sums[i][0]);
  return total;
}

#define AVX2 [[gnu::target("avx2")]]
#define AVX512 [[gnu::target("avx512f")]]
PEAK_KERNEL(avx2_fp32, AVX2, Ymm, few, "x", one_fp32, fp32, "vfmadd231ps %1, %1, %0")
PEAK_KERNEL(avx_vnni_int8, AVX2, Ymm, few, "x", one_int8, int32, "%{vex%} vpdpbusd %1, %1, %0")
PEAK_KERNEL(avx512_fp32, AVX512, Zmm, many, "v", one_fp32, fp32, "vfmadd231ps %1, %1, %0")
PEAK_KERNEL(avx512_fp16, AVX512, Zmm, many, "v", one_fp16, fp16, "vfmadd231ph %1, %1, %0")
PEAK_KERNEL(avx512_bf16, AVX512, Zmm, many, "v", one_bf16, fp32, "vdpbf16ps %1, %1, %0")
PEAK_KERNEL(avx512_int8, AVX512, Zmm, many, "v", one_int8, int32, "vpdpbusd %1, %1, %0")
#undef AVX2
#undef AVX512

template <class Dot>
double amx_rounds(std::size_t rounds, std::uint32_t one, double (*decode)(std::uint32_t)) {
  alignas(64) std::array<std::uint32_t, amx::side * amx::side> ones, sum;
  ones.fill(one);
  constexpr std::size_t row = amx::side * sizeof(std::uint32_t);
  AmxTiles::configure();
  AmxTiles tiles;
  tiles.zero<0>();
  tiles.zero<1>();
  tiles.zero<2>();
  tiles.zero<3>();
  tiles.load<4>(ones.data(), row);
  tiles.load<5>(ones.data(), row);
  for (std::size_t i = 0; i < rounds; ++i) {
    Dot::template dot<0, 4, 5>(tiles);
    Dot::template dot<1, 4, 5>(tiles);
    Dot::template dot<2, 4, 5>(tiles);
    Dot::template dot<3, 4, 5>(tiles);
  }
  tiles.store<3>(sum.data(), row);
  AmxTiles::release();
  return 4 * decode(sum[0]);
}

double amx_bf16(std::size_t rounds) { return amx_rounds<amx::DotBf16>(rounds, one_bf16, fp32); }
double amx_int8(std::size_t rounds) { return amx_rounds<amx::DotInt8>(rounds, one_int8, int32); }

#elif defined(__aarch64__)
using Quad = std::uint32_t __attribute__((vector_size(16)));
constexpr std::size_t many = 24;  // of 32 registers

#ifdef __clang__
#define WITH(extension) [[gnu::target(extension)]]
#define FP16 "fullfp16"
#else
#define WITH(extension) [[gnu::target("arch=armv8.2-a+" extension)]]
#define FP16 "fp16"
#endif
PEAK_KERNEL(neon_fp32, , Quad, many, "w", one_fp32, fp32, "fmla %0.4s, %1.4s, %1.4s")
PEAK_KERNEL(neon_fp16, WITH(FP16), Quad, many, "w", one_fp16, fp16, "fmla %0.8h, %1.8h, %1.8h")
PEAK_KERNEL(neon_bf16, WITH("bf16"), Quad, many, "w", one_bf16, fp32, "bfdot %0.4s, %1.8h, %1.8h")
PEAK_KERNEL(neon_bf16_matrix, WITH("bf16"), Quad, many, "w", one_bf16, fp32, "bfmmla %0.4s, %1.8h, %1.8h")
PEAK_KERNEL(neon_int8, WITH("dotprod"), Quad, many, "w", one_int8, int32, "sdot %0.4s, %1.16b, %1.16b")
PEAK_KERNEL(neon_int8_matrix, WITH("i8mm"), Quad, many, "w", one_int8, int32, "smmla %0.4s, %1.16b, %1.16b")

// Vectors as wide as the processor has them: no type of the compiler's, so that the whole loop is assembly.
constexpr std::size_t sve_chains = 16;
WITH("sve") double sve_fp32(std::size_t rounds) {
  std::uint32_t sum = 0;
  if (rounds == 0) return 0;
  asm volatile(
      "ptrue p0.s\n\t"
      "fmov z24.s, #1.0\n\t"
      ".irp n,0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23\n\t"
      "dup z\\n\\().s, #0\n\t"
      ".endr\n\t"
      "1:\n\t"
      ".irp n,0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23\n\t"
      "fmla z\\n\\().s, p0/m, z24.s, z24.s\n\t"
      ".endr\n\t"
      "subs %0, %0, #1\n\t"
      "b.ne 1b\n\t"
      "fmov %w1, s0"
      : "+r"(rounds), "=r"(sum)
      :
      : "cc", "p0", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
        "v23", "v24");
  return sve_chains * fp32(sum);
}

WITH("sve") std::size_t sve_lanes() {
  std::size_t lanes = 0;
  asm("cntw %0" : "=r"(lanes));
  return lanes;
}
#undef WITH
#undef FP16

#else
using Quad = float __attribute__((vector_size(16)));
double portable_fp32(std::size_t rounds) {
  Quad sums[4] = {};
  const volatile float one = 1;
  for (; rounds > 0; --rounds) {
    for (Quad& sum : sums) sum += (Quad{} + one) * (Quad{} + one);
  }
  return static_cast<double>(sums[0][0] + sums[1][0] + sums[2][0] + sums[3][0]);
}
#endif

}  // namespace

std::vector<PeakKernel> peak_kernels() {
  std::vector<PeakKernel> kernels;
  const auto add = [&kernels](bool has, const PeakKernel& kernel) {
    if (has) kernels.push_back(kernel);
  };
#if defined(__x86_64__)
  // What the C library found in CPUID and XCR0 when the program started, never the model number.
  const bool avx512 = CPU_FEATURE_ACTIVE(AVX512F);
  add(true, {"sse2", "fp32", few / 2, 4, 1, sse2_fp32});
  add(CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(FMA), {"avx2", "fp32", few, 8, 1, avx2_fp32});
  add(avx512, {"avx512f", "fp32", many, 16, 1, avx512_fp32});
  add(avx512 && CPU_FEATURE_ACTIVE(AVX512_FP16), {"avx512_fp16", "fp16", many, 32, 1, avx512_fp16});
  add(avx512 && CPU_FEATURE_ACTIVE(AVX512_BF16), {"avx512_bf16", "bf16", many, 16, 2, avx512_bf16});
  add(CPU_FEATURE_ACTIVE(AMX_BF16) && AmxTiles::usable(), {"amx_bf16", "bf16", 4, 256, 32, amx_bf16});
  add(CPU_FEATURE_ACTIVE(AVX_VNNI), {"avx_vnni", "int8", few, 8, 4, avx_vnni_int8});
  add(avx512 && CPU_FEATURE_ACTIVE(AVX512_VNNI), {"avx512_vnni", "int8", many, 16, 4, avx512_int8});
  add(CPU_FEATURE_ACTIVE(AMX_INT8) && AmxTiles::usable(), {"amx_int8", "int8", 4, 256, 64, amx_int8});
#elif defined(__aarch64__)
  const unsigned long first = ::getauxval(AT_HWCAP), second = ::getauxval(AT_HWCAP2);
  add(true, {"neon", "fp32", many, 4, 1, neon_fp32});
  if ((first & HWCAP_SVE) != 0) add(true, {"sve", "fp32", sve_chains, sve_lanes(), 1, sve_fp32});
  add((first & HWCAP_ASIMDHP) != 0, {"neon_fp16", "fp16", many, 8, 1, neon_fp16});
  add((second & HWCAP2_BF16) != 0, {"neon_bf16", "bf16", many, 4, 2, neon_bf16});
  add((second & HWCAP2_BF16) != 0, {"neon_bf16_matrix", "bf16", many, 4, 4, neon_bf16_matrix});
  add((first & HWCAP_ASIMDDP) != 0, {"neon_dotprod", "int8", many, 4, 4, neon_int8});
  add((second & HWCAP2_I8MM) != 0, {"neon_i8mm", "int8", many, 4, 8, neon_int8_matrix});
#else
  add(true, {"portable", "fp32", 4, 4, 1, portable_fp32});
#endif
  return kernels;
}

void add_chain(std::size_t rounds) {
  std::uint64_t sum = 0, one = 1;
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 64
    for (std::size_t i = 0; i < chain_length; ++i) {
#if defined(__x86_64__)
      asm volatile("add %1, %0" : "+r"(sum) : "r"(one) : "cc");
#elif defined(__aarch64__)
      asm volatile("add %0, %0, %1" : "+r"(sum) : "r"(one));
#else
      asm volatile("" : "+r"(sum), "+r"(one));
      sum += one;
#endif
    }
  }
}

}  // namespace palier
