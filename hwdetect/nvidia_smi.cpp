#include <fmt/format.h>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

constexpr std::size_t most_gpus = 64;

// An older nvidia-smi refuses a question that has a field which it does not know: the second is for those.
std::optional<std::string> ask_nvidia_smi() {
  for (const char* fields : {"name,uuid,pci.bus_id,memory.total,memory.free,driver_version,compute_cap",
                             "name,uuid,pci.bus_id,memory.total,memory.free,driver_version"}) {
    for (const char* program : {"nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"}) {
      try {
        const ProcessResult result =
            run({.argv = {program, fmt::format("--query-gpu={}", fields), "--format=csv,noheader,nounits"},
                 .timeout = std::chrono::seconds(5)});
        if (result.ok()) return result.out;
      } catch (const Error&) {  // not installed
        continue;
      }
    }
  }
  return std::nullopt;
}

// "[N/A]", "[Not Supported]" and "[Insufficient Permissions]" are no values.
std::optional<std::string> value(std::string_view field) {
  field = trim(field);
  if (field.empty() || field.front() == '[' || field == "N/A") return std::nullopt;
  return std::string(field);
}

// "00000000:01:00.0" -> "0000:01:00.0", the way /sys writes it.
std::string sys_address(const std::string& text) { return lower(text.size() == 16 ? text.substr(4) : text); }

FoundGpu read_line(const std::vector<std::string_view>& fields) {
  FoundGpu found;
  Gpu& gpu = found.gpu;
  const char* source = "nvidia-smi";
  const auto field = [&](std::size_t i) { return i < fields.size() ? value(fields[i]) : std::nullopt; };
  const auto keep = [&](std::optional<std::string>& member, std::size_t i, const char* pointer) {
    if (const auto text = field(i)) found.set(member, *text, pointer, {source, *text});
  };
  const auto keep_memory = [&](std::optional<Bytes>& member, std::size_t i, const char* pointer) {
    const std::optional<long long> mebibytes = to_integer(field(i).value_or(""));
    if (!mebibytes || *mebibytes <= 0 || *mebibytes > (1LL << 30)) return;
    found.set(member, static_cast<Bytes>(*mebibytes) << 20, pointer, {source, fmt::format("{} MiB", *mebibytes)});
  };
  found.set(gpu.vendor, "nvidia", "/vendor", {source, "nvidia"});
  keep(gpu.name, 0, "/name");
  keep(gpu.uuid, 1, "/uuid");
  if (const auto address = field(2)) found.set(gpu.pci, sys_address(*address), "/pci", {source, *address});
  keep_memory(gpu.memory_total, 3, "/memory_total");
  keep_memory(gpu.memory_free, 4, "/memory_free");
  keep(gpu.driver, 5, "/driver");
  keep(gpu.compute_capability, 6, "/compute_capability");
  gpu.usable = true;
  const std::string memory(fields.size() > 3 ? trim(fields[3]) : "");
  if (memory == "[N/A]" || memory == "[Not Supported]") {
    found.set(gpu.unified, true, "/unified", {source, "memory.total: " + memory});
  }
  return found;
}

}  // namespace

NvidiaAnswer nvidia_smi_gpus(const Root& root) {
  const std::optional<std::string> text = root.answer("nvidia-smi.csv", ask_nvidia_smi);
  if (!text) return {{}, "nvidia-smi does not answer"};
  NvidiaAnswer answer;
  for (const std::string_view line : lines(*text)) {
    const std::vector<std::string_view> fields = split(line, ',');
    if (fields.size() >= 6 && answer.gpus.size() < most_gpus) answer.gpus.push_back(read_line(fields));
  }
  if (answer.gpus.empty()) answer.error = "nvidia-smi lists no GPU";
  return answer;
}

}  // namespace palier
