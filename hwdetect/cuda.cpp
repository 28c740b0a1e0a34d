#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/library.hpp"
#include "base/text.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

// The part of cuda.h that is used here. Its ABI is stable: functions are versioned by suffix.
using Result = int;
using Device = int;
struct CudaContext;
constexpr Result success = 0;
constexpr int capability_major = 75, capability_minor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*
constexpr int most_devices = 64;

class Driver {
 public:
  explicit Driver(const Library& library) : library_(library) {}

  /// True where the driver has the function and it succeeded.
  template <class... Arguments>
  bool call(const char* name, Arguments... arguments) const {
    const auto function = library_.find_if_there<Result(Arguments...)>(name);
    return function != nullptr && function(arguments...) == success;
  }

 private:
  const Library& library_;
};

Json describe(const Driver& cuda, Device device) {
  Json json = Json::object();
  std::array<char, 128> buffer{};
  const auto text = [&] {
    buffer.back() = '\0';
    return std::string(buffer.data());
  };
  const int size = static_cast<int>(buffer.size());
  if (cuda.call("cuDeviceGetName", buffer.data(), size, device)) json["name"] = text();
  if (cuda.call("cuDeviceGetPCIBusId", buffer.data(), size, device)) json["pci"] = lower(text());
  std::size_t total = 0, free = 0;
  if (cuda.call("cuDeviceTotalMem_v2", &total, device)) json["total"] = total;
  CudaContext* context = nullptr;
  if (cuda.call("cuDevicePrimaryCtxRetain", &context, device)) {
    const bool told = cuda.call("cuCtxSetCurrent", context) && cuda.call("cuMemGetInfo_v2", &free, &total);
    if (told) json["free"] = free;
    cuda.call("cuDevicePrimaryCtxRelease_v2", device);
  }
  int major = 0, minor = 0;
  if (cuda.call("cuDeviceGetAttribute", &major, capability_major, device) &&
      cuda.call("cuDeviceGetAttribute", &minor, capability_minor, device)) {
    json["compute_capability"] = fmt::format("{}.{}", major, minor);
  }
  return json;
}

std::optional<std::string> ask_driver() {
  const auto library = Library::if_installed({"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"});
  if (!library) return std::nullopt;
  const Driver cuda(*library);
  if (!cuda.call("cuInit", 0U)) return std::nullopt;
  int count = 0;
  cuda.call("cuDeviceGetCount", &count);
  Json devices = Json::array();
  for (int i = 0; i < std::min(count, most_devices); ++i) {
    Device device = 0;
    if (cuda.call("cuDeviceGet", &device, i)) devices.push_back(describe(cuda, device));
  }
  return to_text(devices);
}

bool is_refused(const FoundGpu& found) {
  const std::string why = found.gpu.why_not.value_or("");
  const bool refused = why == "Insufficient Permissions" || why.starts_with("MIG is on and no slice");
  return found.gpu.vendor == "nvidia" && (refused || (found.gpu.usable && !found.gpu.memory_total));
}

// A container that was given one slice of a GPU sees it as a device of its own: "NVIDIA A100-SXM4-40GB MIG 1g.5gb".
void mark_slice(FoundGpu& found) {
  constexpr std::string_view mark = " MIG ";
  const std::string name = found.gpu.name.value_or("");
  const std::size_t at = name.find(mark);
  if (at == std::string::npos) return;
  std::erase_if(found.facts, [](const Fact& fact) { return fact.pointer == "/kind"; });
  found.set(found.gpu.kind, "slice", "/kind", {"CUDA driver", name});
  found.set(found.gpu.mig, name.substr(at + mark.size()), "/mig", {"CUDA driver", name});
}

// The driver's devices stand in the order of those that NVML refused to speak of, unless both tell the address.
void fill(const Json& device, FoundGpu& found) {
  Gpu& gpu = found.gpu;
  const auto text = [&](const char* key) { return device.value(key, Json()); };
  const auto keep = [&](auto& member, const char* key, const char* pointer, auto valid) {
    const Json value = text(key);
    if (member || !valid(value)) return;
    using Value = typename std::decay_t<decltype(member)>::value_type;
    found.set(member, value.get<Value>(), pointer, {"CUDA driver", value.dump()});
  };
  const auto is_text = [](const Json& value) { return value.is_string(); };
  const auto is_size = [](const Json& value) { return value.is_number_unsigned(); };
  keep(gpu.name, "name", "/name", is_text);
  keep(gpu.pci, "pci", "/pci", is_text);
  keep(gpu.memory_total, "total", "/memory_total", is_size);
  keep(gpu.memory_free, "free", "/memory_free", is_size);
  keep(gpu.compute_capability, "compute_capability", "/compute_capability", is_text);
  mark_slice(found);
  if (!gpu.memory_total) return;
  std::erase_if(found.facts, [](const Fact& fact) { return fact.pointer == "/why_not"; });
  gpu.why_not.reset();
  gpu.usable = true;
}

}  // namespace

void ask_cuda(const Root& root, std::vector<FoundGpu>& gpus, std::chrono::milliseconds limit) {
  if (std::ranges::none_of(gpus, is_refused)) return;
  const auto answer = root.answer("cuda.json", [limit] { return within(limit, ask_driver); });
  if (!answer) return;
  Json devices;
  try {
    devices = parse_json(*answer, "palier/cuda.json");
  } catch (const Error&) {
    return;
  }
  std::size_t next = 0;
  for (FoundGpu& found : gpus) {
    if (!is_refused(found)) continue;
    for (; devices.is_array() && next < devices.size(); ++next) {
      const Json& device = devices[next];
      const bool other =
          found.gpu.pci && device.is_object() && device.contains("pci") && device["pci"] != *found.gpu.pci;
      if (!device.is_object() || other) continue;
      fill(device, found);
      ++next;
      break;
    }
  }
}

}  // namespace palier
