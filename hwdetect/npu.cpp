#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

struct NpuMaker {
  std::string_view name, software;
};

// Intel's NPUs are the processing accelerators of its processors (driver intel_vpu); AMD's are signal processing
// controllers, told from others of that class by their numbers (driver amdxdna: Phoenix 1502, Strix and later 17f0).
std::optional<NpuMaker> maker_of(const Root& root, const std::string& folder) {
  constexpr unsigned processing_accelerator = 0x1200, signal_processing = 0x1180;
  constexpr unsigned intel = 0x8086, amd_processors = 0x1022, phoenix = 0x1502, strix = 0x17f0;
  const unsigned device_class = read_hex(root, folder + "/class").value_or(0) >> 8;
  if (device_class != processing_accelerator && device_class != signal_processing) return std::nullopt;
  const unsigned vendor = read_hex(root, folder + "/vendor").value_or(0),
                 device = read_hex(root, folder + "/device").value_or(0);
  if (device_class == processing_accelerator && vendor == intel) {
    return {{"Intel", "OpenVINO runs models on it: https://docs.openvino.ai"}};
  }
  if (device_class == signal_processing && vendor == amd_processors && (device == phoenix || device == strix)) {
    return {{"AMD", "AMD's own software runs models on it: https://ryzenai.docs.amd.com"}};
  }
  return std::nullopt;
}

}  // namespace

void note_npus(const Root& root, Machine& machine) {
  const std::string devices = "/sys/bus/pci/devices/";
  for (const std::string& address : root.list(devices)) {
    const std::optional<NpuMaker> maker = maker_of(root, devices + address);
    if (!maker) continue;
    machine.notes.push_back(
        {"gpus",
         fmt::format("the {} NPU at {} is no GPU, and nothing that palier sets up uses it", maker->name, address),
         std::string(maker->software)});
  }
}

}  // namespace palier
