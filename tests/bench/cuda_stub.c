/* Libraries with the ABI of NVIDIA's libcuda.so.1 and, built with STUB_CUBLAS, of libcublas.so.13, which compute on the
 * CPU, for tests. PALIER_CUDA_STUB names what they play. The prototypes are those of cuda.h and cublas_api.h. */
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
  return snprintf(text, (size_t)size, "0000:%02X:00.0", 0x1a + device) < 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  (void)device;
  *value = attribute == 75 ? 9 : attribute == 20 ? (plays("prohibited") ? 2 : 0) : attribute == 16 ? 4 : 0;
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
