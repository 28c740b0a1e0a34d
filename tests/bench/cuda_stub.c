/* Libraries with the ABI of NVIDIA's libcuda.so.1, of libcublas.so.13 where built with STUB_CUBLAS, and of
 * libcublasLt.so.13 with STUB_CUBLASLT, which compute on the CPU, for tests. PALIER_CUDA_STUB names what they play. The
 * prototypes are those of cuda.h, cublas_api.h and cublasLt.h. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int plays(const char* name) {
  const char* role = getenv("PALIER_CUDA_STUB");
  return role != NULL && strcmp(role, name) == 0;
}

#ifdef STUB_CUBLAS

int cublasCreate_v2(void** handle) {
  if (plays("no cublas")) return 1;
  *handle = malloc(1);
  return 0;
}
int cublasDestroy_v2(void* handle) {
  free(handle);
  return 0;
}
int cublasGetVersion_v2(void* handle, int* version) {
  (void)handle;
  *version = 130002;
  return 0;
}
/* fp32 by columns, and int8 with the first matrix transposed; no 16-bit formats. */
int cublasGemmEx(void* handle, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int type, int lda,
                 const void* b, int type_b, int ldb, const void* beta, void* c, int type_c, int ldc, int compute,
                 int algorithm) {
  (void)handle, (void)alpha, (void)beta, (void)compute, (void)algorithm;
  const int whole = type == 3;
  if (type != type_b || tb != 0 || ta != whole || (type != 0 && !whole) || type_c != (whole ? 10 : 0)) return 15;
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      float sum = 0;
      int32_t sums = 0;
      for (int l = 0; l < k; ++l) {
        if (whole) {
          sums += ((const int8_t*)a)[l + i * lda] * ((const int8_t*)b)[l + j * ldb];
        } else {
          sum += ((const float*)a)[i + l * lda] * ((const float*)b)[l + j * ldb];
        }
      }
      if (whole) {
        ((int32_t*)c)[i + j * ldc] = sums;
      } else {
        ((float*)c)[i + j * ldc] = plays("wrong product") ? sum + 1 : sum;
      }
    }
  }
  return 0;
}

#elif defined STUB_CUBLASLT

enum { invalid_value = 7, not_supported = 15, fp8 = 28, bf16 = 14 };
typedef struct {
  int transposed_a;
} Product;
typedef struct {
  int type;
  uint64_t n;
} Layout;
typedef struct {
  uint64_t workspace;
} Preference;
typedef struct {
  uint64_t algorithm[8];
  size_t workspace;
  int state;
  float waves;
  int reserved[4];
} Choice;

int cublasLtCreate(void** handle) {
  *handle = malloc(1);
  return plays("no cublas");
}
int cublasLtDestroy(void* handle) {
  free(handle);
  return 0;
}
int cublasLtMatmulDescCreate(Product** product, int compute, int scale) {
  *product = calloc(1, sizeof **product);
  return compute == 68 && scale == 0 ? 0 : invalid_value;
}
int cublasLtMatmulDescDestroy(Product* product) {
  free(product);
  return 0;
}
int cublasLtMatmulDescSetAttribute(Product* product, int attribute, const void* value, size_t size) {
  if (attribute != 3 || size != 4) return invalid_value;
  product->transposed_a = *(const int32_t*)value;
  return 0;
}
int cublasLtMatrixLayoutCreate(Layout** layout, int type, uint64_t rows, uint64_t columns, int64_t leading) {
  *layout = malloc(sizeof **layout);
  **layout = (Layout){type, rows};
  return rows == columns && (int64_t)rows == leading ? 0 : invalid_value;
}
int cublasLtMatrixLayoutDestroy(Layout* layout) {
  free(layout);
  return 0;
}
int cublasLtMatmulPreferenceCreate(Preference** preference) {
  *preference = calloc(1, sizeof **preference);
  return 0;
}
int cublasLtMatmulPreferenceDestroy(Preference* preference) {
  free(preference);
  return 0;
}
int cublasLtMatmulPreferenceSetAttribute(Preference* preference, int attribute, const void* value, size_t size) {
  if (attribute != 1 || size != 8) return invalid_value;
  preference->workspace = *(const uint64_t*)value;
  return 0;
}
/* As on Hopper: the first matrix transposed, fp8 in, bf16 out. */
int cublasLtMatmulAlgoGetHeuristic(void* handle, Product* product, Layout* a, Layout* b, Layout* c, Layout* d,
                                   Preference* preference, int wanted, Choice* choices, int* count) {
  if (handle == NULL || wanted != 1) return invalid_value;
  const int known =
      product->transposed_a == 1 && a->type == fp8 && b->type == fp8 && c->type == bf16 && d->type == bf16;
  *count = known && !plays("ada");
  choices->algorithm[0] = 7;
  choices->workspace = preference->workspace / 2;
  choices->state = 0;
  return *count == 1 ? 0 : not_supported;
}
static float e4m3(uint8_t bits) {
  const int exponent = bits >> 3 & 15, mantissa = bits & 7;
  const float size = exponent == 0 ? (float)mantissa / 512 : (float)(8 + mantissa) * (float)(1 << exponent) / 1024;
  return bits & 0x80 ? -size : size;
}
int cublasLtMatmul(void* handle, Product* product, const void* alpha, const uint8_t* a, Layout* shape_a,
                   const uint8_t* b, Layout* shape_b, const void* beta, const void* c, Layout* shape_c, uint16_t* d,
                   Layout* shape_d, const uint64_t* algorithm, void* workspace, size_t size, void* stream) {
  (void)product, (void)shape_b, (void)shape_c, (void)shape_d;
  const int fits = *(const float*)alpha == 1 && *(const float*)beta == 0 && c == d && algorithm[0] == 7;
  if (handle == NULL || !fits || workspace == NULL || size == 0 || stream != NULL) return invalid_value;
  const uint64_t n = shape_a->n;
  float* turned = malloc(n * n * sizeof(float));
  float* right = malloc(n * n * sizeof(float));
  for (uint64_t i = 0; i < n * n; ++i) {
    turned[i] = e4m3(a[i]);
    right[i] = e4m3(b[i]);
  }
  for (uint64_t j = 0; j < n; ++j) {
    for (uint64_t i = 0; i < n; ++i) {
      float sum = plays("wrong product") ? 1 : 0;
      for (uint64_t k = 0; k < n; ++k) sum += turned[k + i * n] * right[k + j * n];
      uint32_t bits;
      memcpy(&bits, &sum, sizeof bits);
      d[i + j * n] = (uint16_t)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }
  }
  free(turned);
  free(right);
  return 0;
}

#else

enum { success = 0, out_of_memory = 2, no_device = 100, unsupported_ptx = 222, lost = 719 };

static char contexts[2], module;
static int arrays, launches;
static _Thread_local void* current;

int cuInit(unsigned flags) {
  if (plays("hang")) sleep(600);
  return flags != 0 ? 1 : plays("no device") ? no_device : success;
}
int cuGetErrorString(int code, const char** text) {
  *text = code == out_of_memory ? "out of memory" : code == lost ? "unspecified launch failure" : "the stub says no";
  return success;
}
int cuDriverGetVersion(int* version) {
  *version = 13000;
  return success;
}
int cuDeviceGetCount(int* count) {
  const char* role = getenv("PALIER_CUDA_STUB");
  *count = role != NULL && strncmp(role, "two", 3) == 0 ? 2 : 1;
  return success;
}
int cuDeviceGet(int* device, int ordinal) {
  *device = ordinal;
  return success;
}
int cuDeviceGetName(char* name, int size, int device) {
  return snprintf(name, (size_t)size, "NVIDIA Stub %d", device) < 0;
}
int cuDeviceGetPCIBusId(char* text, int size, int device) {
  return snprintf(text, (size_t)size, "0000:%02X:00.0", 0x19 + device) < 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  (void)device;
  const int ampere = plays("ampere"), ada = plays("ada");
  *value = attribute == 75 ? (ampere || ada ? 8 : 9) : attribute == 76 ? (ampere ? 6 : ada ? 9 : 0) : 0;
  if (attribute == 20) *value = plays("prohibited") ? 2 : 0;
  if (attribute == 16) *value = 4;
  return success;
}
int cuDevicePrimaryCtxRetain(void** made, int device) {
  *made = &contexts[device];
  arrays = launches = 0;
  return success;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  (void)device;
  return success;
}
int cuCtxSetCurrent(void* wanted) {
  current = wanted;
  return wanted != &contexts[0] && wanted != &contexts[1];
}
int cuDeviceCanAccessPeer(int* can, int device, int other) {
  *can = device != other && !plays("two apart");
  return success;
}
int cuCtxEnablePeerAccess(void* other, unsigned flags) { return flags != 0 || other == current ? 1 : success; }
int cuCtxSynchronize(void) { return success; }
int cuMemGetInfo_v2(size_t* free, size_t* total) {
  *total = (size_t)1 << 27;
  *free = plays("full") ? (size_t)1 << 20 : *total;
  return success;
}
int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
  if (plays("little memory") && ++arrays > 4) return out_of_memory;
  *address = (uint64_t)(uintptr_t)malloc(bytes);
  return *address == 0 ? out_of_memory : success;
}
int cuMemFree_v2(uint64_t address) {
  free((void*)(uintptr_t)address);
  return success;
}
int cuMemHostAlloc(void** address, size_t bytes, unsigned flags) {
  *address = malloc(bytes);
  return flags != 0;
}
int cuMemFreeHost(void* address) {
  free(address);
  return success;
}
int cuMemcpyHtoD_v2(uint64_t to, const void* from, size_t bytes) {
  memcpy((void*)(uintptr_t)to, from, bytes);
  return success;
}
int cuMemcpyDtoH_v2(void* to, uint64_t from, size_t bytes) {
  memcpy(to, (void*)(uintptr_t)from, bytes);
  return success;
}
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream) {
  memcpy((void*)(uintptr_t)to, (void*)(uintptr_t)from, bytes);
  return stream != NULL;
}
int cuMemcpyPeerAsync(uint64_t to, void* there, uint64_t from, void* here, size_t bytes, void* stream) {
  if (there == here || current != there || stream != NULL) return 1;
  if (!plays("two lossy")) memcpy((void*)(uintptr_t)to, (void*)(uintptr_t)from, bytes);
  return success;
}
int cuModuleLoadData(void** loaded, const void* text) {
  *loaded = &module;
  return plays("old driver") || strstr(text, ".version") == NULL ? unsupported_ptx : success;
}
int cuModuleUnload(void* loaded) { return loaded != &module; }
int cuModuleGetFunction(const char** function, void* loaded, const char* name) {
  *function = strcmp(name, "triad") == 0 ? "triad" : "nothing";
  return loaded != &module;
}
int cuLaunchKernel(const char* function, unsigned x, unsigned y, unsigned z, unsigned tx, unsigned ty, unsigned tz,
                   unsigned shared, void* stream, void** arguments, void** extra) {
  if (x * y * z * tx * ty * tz == 0 || shared != 0 || stream != NULL || extra != NULL) return 1;
  if (plays("lost") && ++launches > 20) return lost;
  if (strcmp(function, "triad") != 0) return success;
  float* a = *(float**)arguments[0];
  const float* b = *(float**)arguments[1];
  const float* c = *(float**)arguments[2];
  const float scalar = *(float*)arguments[3];
  const uint64_t count = 4 * *(uint64_t*)arguments[4];
  for (uint64_t i = 0; i < count; ++i) a[i] = b[i] + (plays("wrong triad") ? 2 : scalar) * c[i];
  return success;
}
int cuEventCreate(struct timespec** event, unsigned flags) {
  *event = malloc(sizeof **event);
  return flags != 0;
}
int cuEventDestroy_v2(struct timespec* event) {
  free(event);
  return success;
}
int cuEventRecord(struct timespec* event, void* stream) {
  clock_gettime(CLOCK_MONOTONIC, event);
  return stream != NULL;
}
int cuEventSynchronize(struct timespec* event) { return event == NULL; }
int cuEventElapsedTime(float* milliseconds, const struct timespec* begin, const struct timespec* end) {
  *milliseconds = (float)((double)(end->tv_sec - begin->tv_sec) * 1e3 + (double)(end->tv_nsec - begin->tv_nsec) / 1e6);
  return success;
}

#endif
