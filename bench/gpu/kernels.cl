// The kernels of the OpenCL devices. REAL is float, or half where the device has it; sums are in float.
#ifdef HALF
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#define REAL half
#else
#define REAL float
#endif

__kernel void nothing(void) {}

__kernel void triad(__global float4* a, __global const float4* b, __global const float4* c, float scalar) {
  const size_t i = get_global_id(0);
  a[i] = b[i] + scalar * c[i];
}

// c = a * b, n * n each, row by row. A work group makes 64 x 64 of c, each of its 16 x 16 items 4 x 4 of them; 16
// columns of a and 16 rows of b at a time are shared by all.
#define TILE 64
#define DEPTH 16
#define SIDE 16
#define EACH 4

__kernel __attribute__((reqd_work_group_size(SIDE, SIDE, 1))) void product(int n, __global const REAL* a,
                                                                           __global const REAL* b, __global REAL* c) {
  __local REAL shared_a[DEPTH][TILE];
  __local REAL shared_b[DEPTH][TILE];
  const int x = get_local_id(0), y = get_local_id(1), item = y * SIDE + x;
  const int row = get_group_id(1) * TILE, column = get_group_id(0) * TILE;
  float sum[EACH][EACH];
  for (int i = 0; i < EACH; ++i)
    for (int j = 0; j < EACH; ++j) sum[i][j] = 0;
  for (int begin = 0; begin < n; begin += DEPTH) {
    for (int each = item; each < TILE * DEPTH; each += SIDE * SIDE) {
      shared_a[each % DEPTH][each / DEPTH] = a[(row + each / DEPTH) * n + begin + each % DEPTH];
      shared_b[each / TILE][each % TILE] = b[(begin + each / TILE) * n + column + each % TILE];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < DEPTH; ++k) {
      float left[EACH], right[EACH];
      for (int i = 0; i < EACH; ++i) left[i] = shared_a[k][y * EACH + i];
      for (int j = 0; j < EACH; ++j) right[j] = shared_b[k][x + SIDE * j];
      for (int i = 0; i < EACH; ++i)
        for (int j = 0; j < EACH; ++j) sum[i][j] += left[i] * right[j];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < EACH; ++i)
    for (int j = 0; j < EACH; ++j) c[(row + y * EACH + i) * n + column + x + SIDE * j] = sum[i][j];
}
