/* The same matrix product by the library that the linker finds: OpenBLAS, as numpy and others call it.
 *   gcc -O2 sgemm.c -lopenblas        usage: sgemm N REPETITIONS, threads by OPENBLAS_NUM_THREADS
 * Prints the median rate in FLOP/s and the kernels that the library chose. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern char* openblas_get_corename(void);

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int ascending(const void* x, const void* y) {
  const double p = *(const double*)x, q = *(const double*)y;
  return (p > q) - (p < q);
}

int main(int argc, char** argv) {
  const int n = argc > 1 ? atoi(argv[1]) : 0;
  const int repetitions = argc > 2 ? atoi(argv[2]) : 0;
  if (n < 1 || repetitions < 1) return fprintf(stderr, "usage: sgemm N REPETITIONS\n"), 2;
  const size_t size = (size_t)n * (size_t)n;
  float* a = aligned_alloc(64, size * sizeof *a);
  float* b = aligned_alloc(64, size * sizeof *b);
  float* c = aligned_alloc(64, size * sizeof *c);
  double* rate = malloc((size_t)repetitions * sizeof *rate);
  if (!a || !b || !c || !rate) return fprintf(stderr, "not enough memory\n"), 1;
  for (size_t i = 0; i < size; i++) {
    a[i] = (float)(i % 13) / 13 - 0.5F;
    b[i] = (float)(i % 11) / 11 - 0.5F;
    c[i] = 0;
  }
  for (int i = -1; i < repetitions; i++) { /* the first one warms up */
    const double begin = now();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, c, n);
    if (i >= 0) rate[i] = 2.0 * n * n * n / (now() - begin);
  }
  qsort(rate, (size_t)repetitions, sizeof *rate, ascending);
  printf("%.0f %s\n", rate[repetitions / 2], openblas_get_corename());
  return 0;
}
