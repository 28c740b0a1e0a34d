/* Passes over memory by the rules of STREAM (McCalpin): static arrays of at least four times the last-level cache, one
 * pass a timing, bytes counted as the program asks for them, results checked. Debian has no package of STREAM itself.
 *   gcc -O3 -march=native -fopenmp -mcmodel=large -DELEMENTS=N -DTRIAD|-DCOPY|-DWRITE|-DREAD [-DNON_TEMPORAL]
 *       [-DHUGE_PAGES] stream.c
 * Prints the median rate of PASSES passes in B/s. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#ifdef NON_TEMPORAL
#include <immintrin.h>
#endif

#define PASSES 25
static double a[ELEMENTS] __attribute__((aligned(2 << 20)));
static double b[ELEMENTS] __attribute__((aligned(2 << 20)));
static double c[ELEMENTS] __attribute__((aligned(2 << 20)));
static double total;

#if defined(NON_TEMPORAL) && defined(__AVX512F__)
#define WIDTH 8
#define VECTOR __m512d
#define OP(name) _mm512_##name
#elif defined(NON_TEMPORAL) && defined(__AVX__)
#define WIDTH 4
#define VECTOR __m256d
#define OP(name) _mm256_##name
#elif defined(NON_TEMPORAL)
#define WIDTH 2
#define VECTOR __m128d
#define OP(name) _mm_##name
#endif

#if defined(TRIAD)
#define COUNTED 24.0
#define EXPECTED(j) (2 + 3 * (double)(j % 7))
#define VALUE(j) (b[j] + scalar * c[j])
#define VECTORS(j) OP(add_pd)(OP(load_pd)(b + j), OP(mul_pd)(OP(set1_pd)(scalar), OP(load_pd)(c + j)))
#elif defined(COPY)
#define COUNTED 16.0
#define EXPECTED(j) 2
#define VALUE(j) b[j]
#define VECTORS(j) OP(load_pd)(b + j)
#else
#define COUNTED 8.0
#define EXPECTED(j) 3
#define VALUE(j) scalar
#define VECTORS(j) OP(set1_pd)(scalar)
#endif

static void pass(double scalar) {
#if defined(READ)
  double sum = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : sum)
  for (long j = 0; j < ELEMENTS; j++) sum += b[j];
  total = sum + 0 * scalar;
#elif defined(NON_TEMPORAL)
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j += WIDTH) OP(stream_pd)(a + j, VECTORS(j));
#else
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j++) a[j] = VALUE(j);
#endif
}

static int ascending(const void* x, const void* y) {
  const double p = *(const double*)x, q = *(const double*)y;
  return (p > q) - (p < q);
}

int main(void) {
#ifdef HUGE_PAGES
  madvise(a, sizeof a, MADV_HUGEPAGE);
  madvise(b, sizeof b, MADV_HUGEPAGE);
  madvise(c, sizeof c, MADV_HUGEPAGE);
#endif
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j++) {
    a[j] = 1;
    b[j] = 2;
    c[j] = (double)(j % 7);
  }
  pass(3);
  double rate[PASSES];
  for (int i = 0; i < PASSES; i++) {
    const double begin = omp_get_wtime();
    pass(3);
    rate[i] = COUNTED * ELEMENTS / (omp_get_wtime() - begin);
  }
#ifdef READ
  if (total != 2.0 * ELEMENTS) return fprintf(stderr, "wrong sum\n"), 1;
#else
  for (long j = 0; j < ELEMENTS; j += 997) {
    if (a[j] != EXPECTED(j)) return fprintf(stderr, "wrong result at %ld\n", j), 1;
  }
#endif
  qsort(rate, PASSES, sizeof *rate, ascending);
  printf("%.0f\n", rate[PASSES / 2]);
  return 0;
}
