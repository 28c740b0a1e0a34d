#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/gpus.hpp"
#include "hwdetect/nvml_library.hpp"
#include "hwdetect/nvml_session.hpp"

namespace palier {
namespace {

constexpr std::size_t most_devices = 64;

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
  if (const auto links = bytes_at(device, "nvlinks"); links && *links <= most_nvlinks) {
    found.set(gpu.link.nvlinks, static_cast<int>(*links), "/link/nvlinks", {"NVML", fmt::format("{} up", *links)});
  }
  if (const auto speed = bytes_at(device, "nvlink_speed"); speed && found.gpu.link.nvlinks)
    found.set(found.gpu.link.nvlink_speed, *speed, "/link/nvlink_speed", {"NVML", fmt::format("{} B/s", *speed)});
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
    answer.absent = answer.error == nvml_not_installed;
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
