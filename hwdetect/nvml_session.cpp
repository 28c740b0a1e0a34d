#include "hwdetect/nvml_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace palier {
namespace {

// nvmlPciInfo_t
struct NvmlPci {
  std::array<char, 16> legacy_bus_id;
  unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
  std::array<char, 32> bus_id;
};

using Text = std::array<char, 96>;
constexpr auto text_size = static_cast<unsigned>(std::tuple_size_v<Text>);

std::string text_in(Text& text) {
  text.back() = '\0';
  return text.data();
}

Error refused(std::string reason) {
  return Error({.message = "NVML cannot be used", .reason = std::move(reason), .help = "nvidia-smi tells more"});
}

Library loaded() {
  auto library = Library::if_installed({"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"});
  if (!library) throw refused(std::string(nvml_not_installed));
  return std::move(*library);
}

}  // namespace

Nvml::Nvml() : library_(loaded()) {
  if (const Result result = call("nvmlInit_v2"); result != success) throw refused(error_text(result));
}

Nvml::~Nvml() { call("nvmlShutdown"); }

std::string Nvml::error_text(Result result) const {
  const auto function = library_.find_if_there<const char*(Result)>("nvmlErrorString");
  const char* text = function == nullptr ? nullptr : function(result);
  return text == nullptr ? fmt::format("NVML error {}", result) : std::string(text);
}

unsigned Nvml::device_count() const {
  unsigned count = 0;
  call("nvmlDeviceGetCount_v2", &count);
  return std::min(count, most_devices);
}

std::string Nvml::name(NvmlDevice* device) const { return text("nvmlDeviceGetName", device); }

std::string Nvml::address(NvmlDevice* device) const {
  NvmlPci pci{};
  if (call("nvmlDeviceGetPciInfo_v3", device, &pci) != success) return {};
  return fmt::format("{:04x}:{:02x}:{:02x}.0", pci.domain, pci.bus, pci.device);
}

std::string Nvml::text(const char* function, NvmlDevice* device) const {
  Text text{};
  return call(function, device, text.data(), text_size) == success ? text_in(text) : std::string();
}

std::string Nvml::driver() const {
  Text text{};
  return call("nvmlSystemGetDriverVersion", text.data(), text_size) == success ? text_in(text) : std::string();
}

}  // namespace palier
