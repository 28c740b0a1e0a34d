/* A triad by the rules of STREAM (McCalpin): static arrays of at least four times the last-level cache, one pass a
 * timing, 24 bytes counted an element, results checked. Debian has no package of STREAM itself.
 *   gcc -O3 -march=native -fopenmp -mcmodel=large -DELEMENTS=N [-DNON_TEMPORAL] [-DHUGE_PAGES] triad.c
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

static void pass(double scalar) {
#ifdef NON_TEMPORAL
#if defined(__AVX512F__)
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j += 8)
    _mm512_stream_pd(a + j, _mm512_add_pd(_mm512_load_pd(b + j), _mm512_mul_pd(_mm512_set1_pd(scalar), _mm512_load_pd(c + j))));
#elif defined(__AVX__)
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j += 4)
    _mm256_stream_pd(a + j, _mm256_add_pd(_mm256_load_pd(b + j), _mm256_mul_pd(_mm256_set1_pd(scalar), _mm256_load_pd(c + j))));
#else
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j += 2)
    _mm_stream_pd(a + j, _mm_add_pd(_mm_load_pd(b + j), _mm_mul_pd(_mm_set1_pd(scalar), _mm_load_pd(c + j))));
#endif
#else
#pragma omp parallel for schedule(static)
  for (long j = 0; j < ELEMENTS; j++) a[j] = b[j] + scalar * c[j];
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
    rate[i] = 24.0 * ELEMENTS / (omp_get_wtime() - begin);
  }
  for (long j = 0; j < ELEMENTS; j += 997) {
    if (a[j] != 2 + 3 * (double)(j % 7)) return fprintf(stderr, "wrong result at %ld\n", j), 1;
  }
  qsort(rate, PASSES, sizeof *rate, ascending);
  printf("%.0f\n", rate[PASSES / 2]);
  return 0;
}
