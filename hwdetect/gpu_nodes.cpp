#include "hwdetect/gpu_nodes.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

// "Node 255 MemTotal:       15728640 kB"
Bytes node_bytes(std::string_view meminfo, std::string_view wanted) {
  Bytes bytes = 0;
  for_each_pair(meminfo, ':', [&](std::string_view key, std::string_view value) {
    const std::vector<std::string_view> names = words(key), amount = words(value);
    if (names.empty() || names.back() != wanted || amount.empty()) return;
    const std::optional<long long> kilobytes = to_integer(amount.front());
    if (kilobytes && *kilobytes >= 0 && *kilobytes < (1LL << 40)) bytes = static_cast<Bytes>(*kilobytes) * 1024;
  });
  return bytes;
}

}  // namespace

std::vector<GpuNode> gpu_memory_nodes(const Root& root) {
  const std::string gpus = "/proc/driver/nvidia/gpus";
  std::vector<GpuNode> nodes;
  for (const std::string& address : root.list(gpus)) {
    GpuNode node{.index = -1, .file = fmt::format("{}/{}/numa_status", gpus, address)};
    bool online = false;
    const std::string status = root.read(node.file).value_or("");
    for_each_pair(status, ':', [&](std::string_view key, std::string_view value) {
      const std::optional<long long> number = to_integer(value);
      if (key == "Node" && number && *number >= 0 && *number < 65536) node.index = static_cast<int>(*number);
      if (key == "Status") online = value == "online";
    });
    if (node.index < 0 || !online) continue;
    const std::string meminfo =
        root.read(fmt::format("/sys/devices/system/node/node{}/meminfo", node.index)).value_or("");
    node.total = node_bytes(meminfo, "MemTotal");
    node.free = node_bytes(meminfo, "MemFree");
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace palier
