#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <tuple>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

// The part of NVIDIA's nvml.h that is used here. Its ABI is stable: functions are versioned by suffix.
struct NvmlDevice;
using Device = NvmlDevice*;
using Result = int;
constexpr Result success = 0, function_not_found = 13;
struct NvmlMemory {
  unsigned long long total, free, used;
};
struct NvmlPci {
  std::array<char, 16> legacy_bus_id;
  unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
  std::array<char, 32> bus_id;
};
constexpr unsigned most_devices = 64;

class Library {
 public:
  Library() {
    for (const char* name : {"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"}) {
      handle_.reset(::dlopen(name, RTLD_NOW | RTLD_LOCAL));
      if (handle_) return;
    }
  }
  explicit operator bool() const { return handle_ != nullptr; }

  /// Calls a function of the library; an older library lacks some.
  template <class... Arguments>
  Result call(const char* name, Arguments... arguments) const {
    const auto function = reinterpret_cast<Result (*)(Arguments...)>(::dlsym(handle_.get(), name));
    return function == nullptr ? function_not_found : function(arguments...);
  }

  std::string error_text(Result result) const {
    const auto function = reinterpret_cast<const char* (*)(Result)>(::dlsym(handle_.get(), "nvmlErrorString"));
    const char* text = function == nullptr ? nullptr : function(result);
    return text == nullptr ? fmt::format("NVML error {}", result) : std::string(text);
  }

 private:
  struct Close {
    void operator()(void* handle) const { ::dlclose(handle); }
  };
  std::unique_ptr<void, Close> handle_;
};

using Buffer = std::array<char, 96>;
constexpr auto buffer_size = static_cast<unsigned>(std::tuple_size_v<Buffer>);

std::string text_in(Buffer& buffer) {
  buffer.back() = '\0';
  return buffer.data();
}

// "00000000:01:00.0" -> "0000:01:00.0", the way /sys writes it.
std::string sys_address(const NvmlPci& pci) {
  return fmt::format("{:04x}:{:02x}:{:02x}.0", pci.domain, pci.bus, pci.device);
}

Json describe(const Library& nvml, Device device) {
  Json json = Json::object();
  Buffer buffer{};
  if (nvml.call("nvmlDeviceGetName", device, buffer.data(), buffer_size) == success) json["name"] = text_in(buffer);
  if (nvml.call("nvmlDeviceGetUUID", device, buffer.data(), buffer_size) == success) json["uuid"] = text_in(buffer);
  NvmlPci pci{};
  if (nvml.call("nvmlDeviceGetPciInfo_v3", device, &pci) == success) json["pci"] = sys_address(pci);
  NvmlMemory memory{};
  const Result result = nvml.call("nvmlDeviceGetMemoryInfo", device, &memory);
  if (result == success) {
    json["memory"] = {{"total", memory.total}, {"free", memory.free}};
  } else {
    json["memory_error"] = nvml.error_text(result);
  }
  int major = 0, minor = 0;
  if (nvml.call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor) == success) {
    json["compute_capability"] = fmt::format("{}.{}", major, minor);
  }
  unsigned current = 0, pending = 0;
  if (nvml.call("nvmlDeviceGetMigMode", device, &current, &pending) == success && current == 1) json["mig"] = "enabled";
  return json;
}

Json ask_devices(const Library& nvml) {
  Json devices = Json::array();
  unsigned count = 0;
  nvml.call("nvmlDeviceGetCount_v2", &count);
  for (unsigned i = 0; i < std::min(count, most_devices); ++i) {
    Device device = nullptr;
    const Result result = nvml.call("nvmlDeviceGetHandleByIndex_v2", i, &device);
    devices.push_back(result == success ? describe(nvml, device) : Json{{"error", nvml.error_text(result)}});
  }
  return devices;
}

std::optional<std::string> ask_nvml() {
  const Library nvml;
  if (!nvml) return to_text({{"error", "libnvidia-ml.so.1 is not installed"}});
  if (const Result result = nvml.call("nvmlInit_v2"); result != success) {
    return to_text({{"error", nvml.error_text(result)}});
  }
  Json json = Json::object();
  Buffer buffer{};
  if (nvml.call("nvmlSystemGetDriverVersion", buffer.data(), buffer_size) == success) json["driver"] = text_in(buffer);
  json["devices"] = ask_devices(nvml);
  nvml.call("nvmlShutdown");
  return to_text(json);
}

std::optional<std::string> text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? std::optional(found->get<std::string>()) : std::nullopt;
}

std::optional<Bytes> bytes_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? std::optional(found->get<Bytes>()) : std::nullopt;
}

FoundGpu read_device(const Json& device, const std::optional<std::string>& driver) {
  FoundGpu found;
  Gpu& gpu = found.gpu;
  const auto keep = [&](std::optional<std::string>& member, const char* key, const char* pointer) {
    if (const auto text = text_at(device, key)) found.set(member, *text, pointer, {"NVML", *text});
  };
  found.set(gpu.vendor, "nvidia", "/vendor", {"NVML", "nvidia"});
  keep(gpu.name, "name", "/name");
  keep(gpu.uuid, "uuid", "/uuid");
  keep(gpu.pci, "pci", "/pci");
  keep(gpu.compute_capability, "compute_capability", "/compute_capability");
  keep(gpu.mig, "mig", "/mig");
  keep(gpu.why_not, "error", "/why_not");
  gpu.usable = !gpu.why_not;
  if (driver) found.set(gpu.driver, *driver, "/driver", {"NVML", *driver});
  const auto memory = device.find("memory");
  if (memory != device.end() && memory->is_object()) {
    const auto total = bytes_at(*memory, "total"), free = bytes_at(*memory, "free");
    if (total) found.set(gpu.memory_total, *total, "/memory_total", {"NVML", fmt::format("{}", *total)});
    if (free) found.set(gpu.memory_free, *free, "/memory_free", {"NVML", fmt::format("{}", *free)});
  }
  return found;
}

}  // namespace

NvmlAnswer nvml_gpus(const Root& root) {
  const auto ask = [] { return within(std::chrono::seconds(5), ask_nvml); };
  const std::optional<std::string> text = root.answer("nvml.json", ask);
  if (!text) return {{}, "the NVIDIA library did not answer"};
  NvmlAnswer answer;
  try {
    const Json json = parse_json(*text, "palier/nvml.json");
    if (!json.is_object()) return {{}, "the NVIDIA library's answer is no object"};
    answer.error = text_at(json, "error").value_or("");
    const auto devices = json.find("devices");
    if (devices == json.end() || !devices->is_array()) return answer;
    for (const Json& device : *devices) {
      if (device.is_object() && answer.gpus.size() < most_devices) {
        answer.gpus.push_back(read_device(device, text_at(json, "driver")));
      }
    }
  } catch (const Error& error) {
    answer.error = error.text().reason;
  }
  return answer;
}

}  // namespace palier
