/* A library with the ABI of NVIDIA's libnvidia-ml.so.1, for tests. PALIER_NVML_STUB names what it plays. Built a second
 * time with STUB_OLD it lacks what older drivers lack. The prototypes are those of nvml.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { success = 0, not_supported = 3, no_permission = 4, not_found = 6, driver_not_loaded = 9, gpu_is_lost = 15 };

typedef struct {
  int index, slice;
} Device;
typedef struct {
  unsigned long long total, free, used;
} Memory;
typedef struct {
  char legacy_bus_id[16];
  unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
  char bus_id[32];
} Pci;
typedef struct {
  unsigned version;
  int sensor, degrees;
} Temperature;
typedef struct {
  unsigned field, scope;
  long long timestamp, latency;
  int value_type, result;
  union {
    double d;
    unsigned ui;
    unsigned long long ull;
  } value;
} FieldValue;

static Device gpus[4] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}};
static Device slices[2] = {{0, 1}, {0, 2}};

static int plays(const char* name) {
  const char* role = getenv("PALIER_NVML_STUB");
  return role != NULL && strcmp(role, name) == 0;
}

__attribute__((constructor)) static void load(void) {
  if (plays("hang at load")) sleep(600);
}

int nvmlInit_v2(void) {
  if (plays("hang")) sleep(600);
  return plays("no driver") ? driver_not_loaded : success;
}
int nvmlShutdown(void) { return success; }
const char* nvmlErrorString(int error) {
  return error == driver_not_loaded ? "Driver Not Loaded"
         : error == no_permission   ? "Insufficient Permissions"
         : error == gpu_is_lost     ? "GPU is lost"
                                    : "?";
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) { return snprintf(text, size, "570.86.15") < 0; }
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = plays("four") ? 4 : 1;
  return success;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned i, Device** device) {
  *device = &gpus[i];
  return plays("no permission") ? no_permission : success;
}
int nvmlDeviceGetName(Device* device, char* text, unsigned size) {
  const char* slice = device->slice == 1 ? " MIG 3g.20gb" : device->slice == 2 ? " MIG 1g.5gb" : "";
  return snprintf(text, size, "NVIDIA Stub%s", slice) < 0;
}
int nvmlDeviceGetUUID(Device* device, char* text, unsigned size) {
  return snprintf(text, size, "%s-%d%d", device->slice ? "MIG" : "GPU", device->index, device->slice) < 0;
}
int nvmlDeviceGetMemoryInfo(Device* device, Memory* memory) {
  if (plays("no memory")) return not_supported;
  if (plays("memory refused")) return no_permission;
  memory->total = device->slice == 0 ? 40ULL << 30 : device->slice == 1 ? 20ULL << 30 : 5ULL << 30;
  memory->free = memory->total - (1ULL << 30);
  memory->used = 1ULL << 30;
  return success;
}
int nvmlDeviceGetCudaComputeCapability(Device* device, int* major, int* minor) {
  *major = 8;
  *minor = device->index;
  return success;
}

/* What it does now. The energy counter steps a hundred times a second, at 250 W. */
static int tells(const char* what) {
  static _Atomic int told;
  if (plays("hang on the way") && ++told > 20) sleep(600);
  if (plays("lost on the way") && ++told > 20) return gpu_is_lost;
  const char* role = getenv("PALIER_NVML_STUB");
  if (role == NULL || strncmp(role, "untold: ", 8) != 0) return success;
  return strcmp(role + 8, "all") == 0 || strcmp(role + 8, what) == 0 ? not_supported : success;
}
int nvmlDeviceGetClockInfo(Device* device, int type, unsigned* clock) {
  (void)device;
  *clock = type == 1 ? 1980 : 2619;
  return type == 1 || type == 2 ? tells("clock") : 2;
}
int nvmlDeviceGetTemperature(Device* device, int sensor, unsigned* degrees) {
  (void)device;
  *degrees = 61;
  return sensor == 0 ? tells("temperature") : 2;
}
int nvmlDeviceGetTemperatureV(Device* device, Temperature* temperature) {
  (void)device;
  if (temperature->version != (sizeof *temperature | 1u << 24) || temperature->sensor != 0) return 25;
  temperature->degrees = 62;
  return plays("untold: all") ? not_supported : success;
}
int nvmlDeviceGetPowerUsage(Device* device, unsigned* milliwatts) {
  (void)device;
  *milliwatts = 200000;
  return tells("power");
}
int nvmlDeviceGetUtilizationRates(Device* device, unsigned* gpu_and_memory) {
  (void)device;
  gpu_and_memory[0] = plays("busy") ? 60 : 3;
  gpu_and_memory[1] = 0;
  return tells("utilization");
}
int nvmlDeviceGetCurrentClocksThrottleReasons(Device* device, unsigned long long* bits) {
  (void)device;
  *bits = plays("hot") ? 0x44 : 0x1;
  return tells("limits");
}
#ifndef STUB_OLD
int nvmlDeviceGetCurrentClocksEventReasons(Device* device, unsigned long long* bits) {
  return nvmlDeviceGetCurrentClocksThrottleReasons(device, bits);
}
int nvmlDeviceGetTotalEnergyConsumption(Device* device, unsigned long long* millijoules) {
  (void)device;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  *millijoules = ((unsigned long long)now.tv_sec * 100 + (unsigned long long)now.tv_nsec / 10000000) * 2500;
  return plays("untold: counter") ? not_supported : tells("power");
}
int nvmlDeviceGetFieldValues(Device* device, int count, FieldValue* values) {
  (void)device;
  for (int i = 0; i < count; ++i) {
    values[i].result = values[i].field == 90 ? success : not_supported;
    values[i].value_type = 1;
    values[i].value.ui = 25781;
  }
  return success;
}
int nvmlDeviceGetPciInfo_v3(Device* device, Pci* pci) {
  memset(pci, 0, sizeof *pci);
  pci->bus = 0x19u + (unsigned)device->index;
  return device->slice ? not_supported : success;
}
int nvmlDeviceGetMigMode(Device* device, unsigned* current, unsigned* pending) {
  (void)device;
  *current = *pending = plays("mig");
  return success;
}
int nvmlDeviceGetMaxMigDeviceCount(Device* device, unsigned* count) {
  (void)device;
  *count = 7;
  return success;
}
int nvmlDeviceGetMigDeviceHandleByIndex(Device* device, unsigned i, Device** slice) {
  (void)device;
  /* Slices may leave gaps between their numbers. */
  if (i != 0 && i != 3) return not_found;
  *slice = &slices[i == 3];
  return success;
}
int nvmlDeviceGetNvLinkState(Device* device, unsigned link, unsigned* active) {
  (void)device;
  *active = link < 4 && plays("four");
  return link < 12 ? success : not_supported;
}
#endif
