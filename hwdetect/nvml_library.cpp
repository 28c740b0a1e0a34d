#include "hwdetect/nvml_library.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/json.hpp"
#include "hwdetect/nvml_session.hpp"

namespace palier {
namespace {

// Parts of nvml.h.
struct NvmlMemory {
  unsigned long long total, free, used;
};
struct NvmlFieldValue {
  unsigned field, scope;
  long long timestamp, latency;
  int value_type;
  Nvml::Result result;
  union {
    double d;
    int si;
    unsigned ui;
    unsigned long ul;
    unsigned long long ull;
    long long sll;
  } value;
};
constexpr unsigned field_nvlink_speed = 90;  // NVML_FI_DEV_NVLINK_SPEED_MBPS_COMMON
constexpr int value_is_unsigned = 1;         // NVML_VALUE_TYPE_UNSIGNED_INT
constexpr unsigned long long mega = 1000000;

void keep_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void describe_memory(const Nvml& nvml, NvmlDevice* device, Json& json) {
  NvmlMemory memory{};
  const Nvml::Result result = nvml.call("nvmlDeviceGetMemoryInfo", device, &memory);
  if (result == Nvml::success) {
    json["memory"] = {{"total", memory.total}, {"free", memory.free}};
  } else {
    json["memory_error"] = result == Nvml::not_supported ? std::string("Not Supported") : nvml.error_text(result);
  }
}

// The slices that a GPU with MIG is cut into, as far as this process may see them.
Json ask_slices(const Nvml& nvml, NvmlDevice* device) {
  Json slices = Json::array();
  unsigned count = 0;
  nvml.call("nvmlDeviceGetMaxMigDeviceCount", device, &count);
  for (unsigned i = 0; i < std::min(count, Nvml::most_devices); ++i) {
    NvmlDevice* slice = nullptr;
    if (nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", device, i, &slice) != Nvml::success) continue;
    Json json = Json::object();
    keep_text(json, "name", nvml.name(slice));
    keep_text(json, "uuid", nvml.text("nvmlDeviceGetUUID", slice));
    describe_memory(nvml, slice, json);
    slices.push_back(std::move(json));
  }
  return slices;
}

void describe_links(const Nvml& nvml, NvmlDevice* device, Json& json) {
  int up = 0;
  for (unsigned link = 0; link < most_nvlinks; ++link) {
    unsigned active = 0;
    if (nvml.call("nvmlDeviceGetNvLinkState", device, link, &active) == Nvml::success && active == 1) ++up;
  }
  if (up == 0) return;
  json["nvlinks"] = up;
  NvmlFieldValue speed{};
  speed.field = field_nvlink_speed;
  const bool told = nvml.call("nvmlDeviceGetFieldValues", device, 1, &speed) == Nvml::success &&
                    speed.result == Nvml::success && speed.value_type == value_is_unsigned;
  if (told && speed.value.ui > 0) json["nvlink_speed"] = speed.value.ui * mega;
}

Json describe(const Nvml& nvml, NvmlDevice* device) {
  Json json = Json::object();
  keep_text(json, "name", nvml.name(device));
  keep_text(json, "uuid", nvml.text("nvmlDeviceGetUUID", device));
  keep_text(json, "pci", nvml.address(device));
  describe_memory(nvml, device, json);
  int major = 0, minor = 0;
  if (nvml.call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor) == Nvml::success) {
    json["compute_capability"] = fmt::format("{}.{}", major, minor);
  }
  unsigned current = 0, pending = 0;
  if (nvml.call("nvmlDeviceGetMigMode", device, &current, &pending) == Nvml::success && current == 1) {
    json["mig"] = "enabled";
    json["slices"] = ask_slices(nvml, device);
  }
  describe_links(nvml, device, json);
  return json;
}

Json ask_devices(const Nvml& nvml) {
  Json devices = Json::array();
  for (unsigned i = 0; i < nvml.device_count(); ++i) {
    NvmlDevice* device = nullptr;
    const Nvml::Result result = nvml.call("nvmlDeviceGetHandleByIndex_v2", i, &device);
    devices.push_back(result == Nvml::success ? describe(nvml, device) : Json{{"error", nvml.error_text(result)}});
  }
  return devices;
}

}  // namespace

std::optional<std::string> ask_nvml() {
  try {
    const Nvml nvml;
    Json json = Json::object();
    keep_text(json, "driver", nvml.driver());
    json["devices"] = ask_devices(nvml);
    return to_text(json);
  } catch (const Error& error) {
    return to_text({{"error", error.text().reason}});
  }
}

}  // namespace palier
