#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

const std::string nodes = "/sys/class/kfd/kfd/topology/nodes";

struct Node {
  std::string file;
  long long target = 0;  ///< gfx_target_version: 110001 is gfx1101
};

// KFD numbers devices by domain and by bus << 8 | device << 3 | function.
std::optional<Node> kfd_node(const Root& root, std::string_view address) {
  for (const std::string& name : root.list(nodes)) {
    Node node{fmt::format("{}/{}/properties", nodes, name), 0};
    long long domain = 0, location = -1;
    const std::string properties = root.read(node.file).value_or("");
    for_each_pair(properties, ' ', [&](std::string_view key, std::string_view value) {
      const long long number = to_integer(value).value_or(0);
      if (key == "domain") domain = number;
      if (key == "location_id") location = number;
      if (key == "gfx_target_version") node.target = number;
    });
    if (node.target <= 0 || location < 0) continue;
    const std::string where = fmt::format("{:04x}:{:02x}:{:02x}.{:x}", domain & 0xffff, (location >> 8) & 0xff,
                                          (location >> 3) & 0x1f, location & 7);
    if (where == address) return node;
  }
  return std::nullopt;
}

// 90010 -> "gfx90a", 110501 -> "gfx1151": the minor step is hexadecimal (ROCm's naming of processors).
std::string gfx_name(long long target) {
  return fmt::format("gfx{}{:x}{:x}", target / 10000, target / 100 % 100, target % 100);
}

// The chips that are processor and GPU in one (LLVM's AMDGPU processor table, "APU"), where an older kernel has no
// board_info to tell by.
bool is_apu(const std::string& gfx) {
  static constexpr auto chips =
      std::to_array<std::string_view>({"gfx902", "gfx90c", "gfx1013", "gfx1033", "gfx1035", "gfx1036", "gfx1037",
                                       "gfx1103", "gfx1150", "gfx1151", "gfx1152", "gfx1153"});
  return std::ranges::find(chips, gfx) != chips.end();
}

struct Pool {
  std::optional<Bytes> total, used;
};

Pool read_pool(const Root& root, const std::string& folder, const char* name) {
  return {read_byte_count(root, fmt::format("{}/mem_info_{}_total", folder, name)),
          read_byte_count(root, fmt::format("{}/mem_info_{}_used", folder, name))};
}

// Where the GPU is part of the processor it takes from its carve-out of the memory (VRAM) and, beyond it, from what
// Linux gives it on demand (GTT).
void set_memory(const Root& root, const std::string& folder, FoundGpu& found) {
  const Pool vram = read_pool(root, folder, "vram"), gtt = read_pool(root, folder, "gtt");
  if (!vram.total) return;
  const bool both = found.gpu.unified && gtt.total;
  const Bytes total = *vram.total + (both ? *gtt.total : 0);
  std::string source = folder + "/mem_info_vram_total", raw = fmt::format("{}", *vram.total);
  if (both) {
    source += " + mem_info_gtt_total";
    raw += fmt::format(" + {}", *gtt.total);
  }
  found.set(found.gpu.memory_total, total, "/memory_total", {source, raw});
  if (!vram.used || (both && !gtt.used)) return;
  const Bytes used = *vram.used + (both ? *gtt.used : 0);
  if (used > total) return;
  found.set(found.gpu.memory_free, total - used, "/memory_free",
            {folder + "/mem_info_vram_used" + (both ? " + mem_info_gtt_used" : ""), fmt::format("{} in use", used)});
}

void set_kind(const Root& root, const std::string& folder, FoundGpu& found) {
  // The driver has this file for cards alone (amdgpu's amdgpu_board_attrs_is_visible).
  const std::string board = folder + "/board_info", gfx = found.gpu.architecture.value_or("");
  if (root.exists(board)) return found.set(found.gpu.kind, "discrete", "/kind", {board, "is there"});
  if (gfx.empty()) return;
  const bool apu = is_apu(gfx);
  found.set(found.gpu.kind, apu ? "integrated" : "discrete", "/kind", {"LLVM's table of AMD processors", gfx});
  if (apu) found.set(found.gpu.unified, true, "/unified", {"LLVM's table of AMD processors", gfx});
}

}  // namespace

void read_amd(const Root& root, const std::string& folder, FoundGpu& found) {
  const std::optional<Node> node = kfd_node(root, found.gpu.pci.value_or(""));
  if (node) {
    found.set(found.gpu.architecture, gfx_name(node->target), "/architecture",
              {node->file, fmt::format("gfx_target_version {}", node->target)});
  } else if (found.gpu.usable && root.is_directory(nodes)) {
    cannot_use(found, "the kernel has it for graphics only", {nodes, "no node for this device"});
  }
  set_kind(root, folder, found);
  set_memory(root, folder, found);
  const std::string name_file = folder + "/product_name";
  if (const auto name = read_identity(root, name_file)) found.set(found.gpu.name, *name, "/name", {name_file, *name});
}

}  // namespace palier
