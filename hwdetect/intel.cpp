#include <fmt/format.h>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

// The xe driver tells the memory of each tile; i915 with Intel's own patches tells all of it.
std::optional<Reading> memory_reading(const Root& root, const std::string& folder, Bytes& total) {
  std::string sources, raw;
  const auto add = [&](const std::string& file) {
    const std::optional<Bytes> bytes = read_byte_count(root, file);
    if (!bytes) return;
    total += *bytes;
    sources += (sources.empty() ? "" : ", ") + file;
    raw += (raw.empty() ? "" : " + ") + fmt::format("{}", *bytes);
  };
  for (const std::string& name : root.list(folder)) {
    if (name.starts_with("tile")) add(fmt::format("{}/{}/physical_vram_size_bytes", folder, name));
  }
  if (total == 0) {
    for (const std::string& name : root.list(folder + "/drm")) {
      if (name.starts_with("card")) add(fmt::format("{}/drm/{}/lmem_total_bytes", folder, name));
    }
  }
  return total > 0 ? std::optional(Reading{sources, raw}) : std::nullopt;
}

}  // namespace

void read_intel(const Root& root, const std::string& folder, FoundGpu& found) {
  Bytes total = 0;
  if (const auto reading = memory_reading(root, folder, total)) {
    found.set(found.gpu.memory_total, total, "/memory_total", *reading);
    return found.set(found.gpu.kind, "discrete", "/kind", {reading->source, "has memory of its own"});
  }
  // Intel's processors have their own GPU at this address, and no card is ever there (PCI root complex).
  const bool integrated = found.gpu.pci.value_or("").ends_with(":00:02.0");
  found.set(found.gpu.kind, integrated ? "integrated" : "discrete", "/kind",
            {"PCI address", found.gpu.pci.value_or("")});
  if (integrated) found.set(found.gpu.unified, true, "/unified", {"PCI address", *found.gpu.pci});
}

}  // namespace palier
