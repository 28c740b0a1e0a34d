#include "tests/fuzz/targets.hpp"

#include <array>
#include <stdexcept>

#include "base/error.hpp"

namespace palier::fuzz {

std::span<const Target> targets() {
  static constexpr auto all = std::to_array<Target>({
      {"text", text},
      {"json", json},
      {"yaml", yaml},
      {"cpu_list", cpu_list},
      {"cpuinfo", cpuinfo},
      {"meminfo", meminfo},
      {"os_release", os_release},
      {"mounts", mounts},
      {"environment", environment},
      {"installed_tools", installed_tools},
      {"nvml", nvml},
      {"cuda", cuda},
      {"nvidia_smi", nvidia_smi},
      {"cgroup", cgroup},
      {"platform", platform},
      {"jetson", jetson},
      {"pci", pci},
      {"topology", topology},
      {"machine", machine},
      {"archive", archive},
      {"document", document},
      {"prices", prices},
      {"data_file", data_file},
      {"tree", tree},
      {"needs", needs},
      {"gguf", gguf},
      {"safetensors", safetensors},
      {"model_config", model_config},
      {"sse", sse},
      {"completion", completion},
      {"http_response", http_response},
      {"trace", trace},
      {"exposition", exposition},
      {"lint", lint},
      {"workspace", workspace},
  });
  return all;
}

void run(const Target& target, std::string_view bytes) {
  try {
    target.run(bytes);
  } catch (const Error& error) {
    hold(!error.text().message.empty(), "an error says what could not be done");
  }
}

void hold(bool kept, const char* promise) {
  if (!kept) throw std::logic_error(promise);
}

}  // namespace palier::fuzz
