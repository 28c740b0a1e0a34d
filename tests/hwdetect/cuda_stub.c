/* A library with the ABI of NVIDIA's libcuda.so.1, for tests. PALIER_CUDA_STUB names what it plays. Built a second time
 * with STUB_OLD it lacks functions. The prototypes are those of cuda.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { success = 0, out_of_memory = 2, no_device = 100, not_permitted = 800, wrong_driver = 803 };

static int current = -1;
static int contexts[2];

static int plays(const char* name) {
  const char* role = getenv("PALIER_CUDA_STUB");
  return role != NULL && strcmp(role, name) == 0;
}

__attribute__((constructor)) static void load(void) {
  if (plays("hang at load")) sleep(600);
}

int cuInit(unsigned flags) {
  if (plays("hang")) sleep(600);
  return flags != 0 ? 1 : plays("wrong driver") ? wrong_driver : plays("no device") ? no_device : success;
}
int cuDeviceGetCount(int* count) {
  *count = plays("two") ? 2 : plays("absurd") ? 2000000000 : 1;
  return success;
}
int cuDeviceGet(int* device, int ordinal) {
  *device = ordinal;
  return ordinal < 2 ? success : no_device;
}
int cuDeviceGetName(char* name, int size, int device) {
  if (plays("no terminator")) {
    memset(name, 'x', (size_t)size);
    return success;
  }
  return snprintf(name, (size_t)size, "NVIDIA Stub %d MIG 1g.10gb", device) < 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int device) {
  *bytes = (size_t)(device + 1) << 33;
  return success;
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  *value = attribute == 75 ? 9 : device;
  return success;
}
#ifndef STUB_OLD
int cuDeviceGetPCIBusId(char* text, int size, int device) {
  return snprintf(text, (size_t)size, "0000:%02X:00.0", 0x1a + device) < 0;
}
int cuDevicePrimaryCtxRetain(int** context, int device) {
  *context = &contexts[device];
  return plays("memory taken") ? out_of_memory : success;
}
int cuCtxSetCurrent(int* context) {
  current = (int)(context - contexts);
  return success;
}
int cuMemGetInfo_v2(size_t* free, size_t* total) {
  *total = (size_t)(current + 1) << 33;
  *free = *total - ((size_t)1 << 30);
  return plays("memory refused") ? not_permitted : success;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  (void)device;
  return success;
}
#endif
