#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
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
constexpr Result success = 0, not_supported = 3, function_not_found = 13;
struct NvmlMemory {
  unsigned long long total, free, used;
};
struct NvmlPci {
  std::array<char, 16> legacy_bus_id;
  unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
  std::array<char, 32> bus_id;
};
constexpr unsigned most_devices = 64, most_links = 18;

constexpr std::string_view not_installed = "libnvidia-ml.so.1 is not installed";

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

void describe_memory(const Library& nvml, Device device, Json& json) {
  NvmlMemory memory{};
  const Result result = nvml.call("nvmlDeviceGetMemoryInfo", device, &memory);
  if (result == success) {
    json["memory"] = {{"total", memory.total}, {"free", memory.free}};
  } else {
    json["memory_error"] = result == not_supported ? std::string("Not Supported") : nvml.error_text(result);
  }
}

// The slices that a GPU with MIG is cut into, as far as this process may see them.
Json ask_slices(const Library& nvml, Device device) {
  Json slices = Json::array();
  unsigned count = 0;
  nvml.call("nvmlDeviceGetMaxMigDeviceCount", device, &count);
  for (unsigned i = 0; i < std::min(count, most_devices); ++i) {
    Device slice = nullptr;
    if (nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", device, i, &slice) != success) continue;
    Json json = Json::object();
    Buffer buffer{};
    if (nvml.call("nvmlDeviceGetName", slice, buffer.data(), buffer_size) == success) json["name"] = text_in(buffer);
    if (nvml.call("nvmlDeviceGetUUID", slice, buffer.data(), buffer_size) == success) json["uuid"] = text_in(buffer);
    describe_memory(nvml, slice, json);
    slices.push_back(std::move(json));
  }
  return slices;
}

int count_links(const Library& nvml, Device device) {
  int up = 0;
  for (unsigned link = 0; link < most_links; ++link) {
    unsigned active = 0;
    if (nvml.call("nvmlDeviceGetNvLinkState", device, link, &active) == success && active == 1) ++up;
  }
  return up;
}

Json describe(const Library& nvml, Device device) {
  Json json = Json::object();
  Buffer buffer{};
  if (nvml.call("nvmlDeviceGetName", device, buffer.data(), buffer_size) == success) json["name"] = text_in(buffer);
  if (nvml.call("nvmlDeviceGetUUID", device, buffer.data(), buffer_size) == success) json["uuid"] = text_in(buffer);
  NvmlPci pci{};
  if (nvml.call("nvmlDeviceGetPciInfo_v3", device, &pci) == success) json["pci"] = sys_address(pci);
  describe_memory(nvml, device, json);
  int major = 0, minor = 0;
  if (nvml.call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor) == success) {
    json["compute_capability"] = fmt::format("{}.{}", major, minor);
  }
  unsigned current = 0, pending = 0;
  if (nvml.call("nvmlDeviceGetMigMode", device, &current, &pending) == success && current == 1) {
    json["mig"] = "enabled";
    json["slices"] = ask_slices(nvml, device);
  }
  if (const int links = count_links(nvml, device); links > 0) json["nvlinks"] = links;
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
  if (!nvml) return to_text({{"error", std::string(not_installed)}});
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

void read_memory(const Json& device, FoundGpu& found) {
  const auto memory = device.find("memory");
  if (memory == device.end() || !memory->is_object()) return;
  const auto total = bytes_at(*memory, "total"), free = bytes_at(*memory, "free");
  // A chip without memory of its own says 0, or that the question makes no sense to it.
  if (!total || *total == 0) return;
  found.set(found.gpu.memory_total, *total, "/memory_total", {"NVML", fmt::format("{}", *total)});
  if (free) found.set(found.gpu.memory_free, *free, "/memory_free", {"NVML", fmt::format("{}", *free)});
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
  if (const auto links = bytes_at(device, "nvlinks"); links && *links <= most_links) {
    found.set(gpu.link.nvlinks, static_cast<int>(*links), "/link/nvlinks", {"NVML", fmt::format("{} up", *links)});
  }
  read_memory(device, found);
  const bool no_memory = text_at(device, "memory_error") == "Not Supported" ||
                         (device.contains("memory") && !gpu.memory_total && device["memory"].is_object());
  if (no_memory) found.set(gpu.unified, true, "/unified", {"NVML", "memory: Not Supported"});
  return found;
}

// "NVIDIA A100-SXM4-40GB MIG 1g.5gb" -> "1g.5gb"
std::string profile_of(const std::string& name) {
  const std::size_t at = name.find("MIG ");
  return at == std::string::npos ? "slice" : std::string(trim(std::string_view(name).substr(at + 4)));
}

FoundGpu read_slice(const Json& json, const FoundGpu& whole) {
  FoundGpu found = read_device(json, whole.gpu.driver);
  Gpu& slice = found.gpu;
  found.set(slice.kind, "slice", "/kind", {"NVML", "a MIG device"});
  found.set(slice.mig, profile_of(slice.name.value_or("")), "/mig", {"NVML", slice.name.value_or("")});
  const auto inherit = [&](std::optional<std::string>& member, const auto& from, const char* pointer) {
    if (from && !member) found.set(member, *from, pointer, {"NVML, the whole GPU", *from});
  };
  inherit(slice.pci, whole.gpu.pci, "/pci");
  inherit(slice.compute_capability, whole.gpu.compute_capability, "/compute_capability");
  return found;
}

// A GPU with MIG runs programs on its slices alone.
void add_device(const Json& json, const std::optional<std::string>& driver, std::vector<FoundGpu>& gpus) {
  FoundGpu whole = read_device(json, driver);
  std::vector<FoundGpu> slices;
  if (const auto list = json.find("slices"); list != json.end() && list->is_array()) {
    for (const Json& slice : *list) {
      if (slice.is_object() && slices.size() < most_devices) slices.push_back(read_slice(slice, whole));
    }
  }
  if (whole.gpu.mig && whole.gpu.usable) {
    const char* why = slices.empty() ? "MIG is on and no slice of it is visible here" : "divided into MIG slices";
    cannot_use(whole, why, {"NVML", fmt::format("{} slices", slices.size())});
  }
  gpus.push_back(std::move(whole));
  std::ranges::move(slices, std::back_inserter(gpus));
}

}  // namespace

NvidiaAnswer nvml_gpus(const Root& root, std::chrono::milliseconds limit) {
  const auto ask = [limit] {
    return within(limit, ask_nvml).value_or(to_text({{"error", "the NVIDIA library did not answer"}}));
  };
  const std::optional<std::string> text = root.answer("nvml.json", ask);
  if (!text) return {{}, "this capture does not have what NVIDIA's library says"};
  NvidiaAnswer answer;
  try {
    const Json json = parse_json(*text, "palier/nvml.json");
    if (!json.is_object()) return {{}, "the NVIDIA library's answer is no object"};
    answer.error = text_at(json, "error").value_or("");
    answer.absent = answer.error == not_installed;
    const auto devices = json.find("devices");
    if (devices == json.end() || !devices->is_array()) return answer;
    for (const Json& device : *devices) {
      if (device.is_object() && answer.gpus.size() < most_devices) {
        add_device(device, text_at(json, "driver"), answer.gpus);
      }
    }
  } catch (const Error& error) {
    answer.error = error.text().reason;
  }
  return answer;
}

}  // namespace palier
