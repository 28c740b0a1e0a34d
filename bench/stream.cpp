#include "bench/stream.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/platform/x86.h>
#endif

namespace palier {
namespace {

#if defined(__x86_64__)
inline void fence() { _mm_sfence(); }

namespace avx512 {
using Vector = double __attribute__((vector_size(64), may_alias));
#define STREAM_TARGET [[gnu::target("avx512f")]]
STREAM_TARGET inline void past(double* to, const Vector& value) { _mm512_stream_pd(to, value); }
#include "bench/stream.inc"
#undef STREAM_TARGET
}  // namespace avx512

namespace avx2 {
using Vector = double __attribute__((vector_size(32), may_alias));
#define STREAM_TARGET [[gnu::target("avx2,fma")]]
STREAM_TARGET inline void past(double* to, const Vector& value) { _mm256_stream_pd(to, value); }
#include "bench/stream.inc"
#undef STREAM_TARGET
}  // namespace avx2

namespace sse2 {
using Vector = double __attribute__((vector_size(16), may_alias));
#define STREAM_TARGET
inline void past(double* to, const Vector& value) { _mm_stream_pd(to, value); }
#include "bench/stream.inc"
#undef STREAM_TARGET
}  // namespace sse2

#elif defined(__aarch64__)
inline void fence() {}

namespace neon {
using Vector = double __attribute__((vector_size(32), may_alias));  // two registers: stnp stores a pair
#define STREAM_TARGET
inline void past(double* to, const Vector& value) {
  using Half = double __attribute__((vector_size(16)));
  const Half low = {value[0], value[1]}, high = {value[2], value[3]};
  asm volatile("stnp %q0, %q1, [%2]" : : "w"(low), "w"(high), "r"(to) : "memory");
}
#include "bench/stream.inc"
#undef STREAM_TARGET
}  // namespace neon

#else
inline void fence() {}

namespace portable {
using Vector = double __attribute__((vector_size(16), may_alias));
#define STREAM_TARGET
inline void past(double* to, const Vector& value) { *reinterpret_cast<Vector*>(to) = value; }
#include "bench/stream.inc"
#undef STREAM_TARGET
}  // namespace portable
#endif

std::size_t values_of(std::string_view operation) { return operation == "triad" ? 3 : operation == "copy" ? 2 : 1; }

}  // namespace

std::size_t StreamKernel::counted() const { return values_of(operation) * sizeof(double); }

std::size_t StreamKernel::moved() const { return counted() + (stores == "plain" ? sizeof(double) : 0); }

std::vector<StreamKernel> stream_kernels() {
  std::vector<StreamKernel> kernels;
#if defined(__x86_64__)
  // What the C library found in CPUID and XCR0 when the program started, never the model number.
  if (CPU_FEATURE_ACTIVE(AVX512F)) avx512::add_to(kernels, "avx512f", true);
  if (CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(FMA)) avx2::add_to(kernels, "avx2", true);
  sse2::add_to(kernels, "sse2", true);
#elif defined(__aarch64__)
  neon::add_to(kernels, "neon", true);
#else
  portable::add_to(kernels, "portable", false);
#endif
  return kernels;
}

}  // namespace palier
