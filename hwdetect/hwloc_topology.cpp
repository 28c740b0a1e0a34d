#include "hwdetect/hwloc_topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/gpu_nodes.hpp"
#include "hwdetect/hwloc_environment.hpp"
#include "hwdetect/topology_cache.hpp"

namespace palier {
namespace {

const std::string cpu_folder = "/sys/devices/system/cpu";
const std::string node_folder = "/sys/devices/system/node";
constexpr std::size_t longest_kernel_file = 65536;

// hwloc reads files by itself. These are the ones it looks at for packages, cores, caches, NUMA nodes and kinds of
// cores. Read through the Root they are seen by a listener; copied, they are a folder of plain small files that no link
// leads out of and that no FIFO is in.
class HwlocFiles {
 public:
  /// Copies nothing where `copy` is empty.
  HwlocFiles(const Root& root, std::filesystem::path copy) : root_(root), copy_(std::move(copy)) {}

  void all(const std::string& architecture) const {
    // Where uname would tell of the real machine, hwloc reads this.
    write("/proc/hwloc-nofile-info", "OSName: Linux\nArchitecture: " + architecture + "\n");
    file("/proc/meminfo");
    first_processor();
    for (const GpuNode& node : gpu_memory_nodes(root_)) file(node.file);
    for (const char* name : {"online", "possible", "present"}) list_file(fmt::format("{}/{}", cpu_folder, name));
    for (const std::string& name : numbered(cpu_folder, "cpu")) cpu(fmt::format("{}/{}", cpu_folder, name));
    for (const char* name : {"online", "possible"}) list_file(fmt::format("{}/{}", node_folder, name));
    for (const std::string& name : numbered(node_folder, "node")) {
      for (const char* part : {"cpumap", "meminfo", "distance"}) file(fmt::format("{}/{}/{}", node_folder, name, part));
    }
  }

 private:
  void cpu(const std::string& folder) const {
    for (const char* name : {"online", "cpu_capacity", "cpufreq/cpuinfo_max_freq", "cpufreq/base_frequency"}) {
      file(fmt::format("{}/{}", folder, name));
    }
    for (const std::string& name : root_.list(folder + "/topology")) {
      if (!name.ends_with("_list")) file(fmt::format("{}/topology/{}", folder, name));
    }
    for (const std::string& index : numbered(folder + "/cache", "index")) {
      for (const char* name : {"level", "type", "size", "shared_cpu_map", "id", "coherency_line_size", "number_of_sets",
                               "physical_line_partition"}) {
        file(fmt::format("{}/cache/{}/{}", folder, index, name));
      }
    }
  }

  // The entries "PREFIX12" of a folder.
  std::vector<std::string> numbered(const std::string& folder, const std::string& prefix) const {
    std::vector<std::string> names = root_.list(folder);
    std::erase_if(names, [&](const std::string& name) {
      const std::string_view number = std::string_view(name).substr(std::min(prefix.size(), name.size()));
      return !name.starts_with(prefix) || !to_integer(number) || !parse_cpu_list(number);
    });
    return names;
  }

  // Of AMD's families with two threads in a module hwloc counts each thread as a core: the first processor tells it.
  void first_processor() const {
    const std::string text = root_.read("/proc/cpuinfo", longest_kernel_file).value_or("");
    const std::size_t end = text.find("\n\n");
    if (end != std::string::npos) write("/proc/cpuinfo", text.substr(0, end + 1));
  }

  // hwloc takes memory for every number up to the largest in a list: a list that no kernel writes is left out.
  void list_file(const std::string& path) const {
    const std::optional<std::string> text = root_.read(path, longest_kernel_file);
    if (text && parse_cpu_list(*text)) write(path, *text);
  }

  void file(const std::string& path) const {
    if (const std::optional<std::string> text = root_.read(path, longest_kernel_file)) write(path, *text);
  }

  void write(const std::string& path, const std::string& text) const {
    if (copy_.empty()) return;
    const std::filesystem::path target = copy_.string() + path;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << text;
  }

  const Root& root_;
  const std::filesystem::path copy_;
};

// Ready to be loaded; null where there is no memory.
Topology new_topology() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return nullptr;
  Topology topology(raw);
  // CPUID would show the real machine, and binds this thread to every PU in turn.
  hwloc_topology_set_components(raw, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
  // What is not asked of it here need not be read: these are files of each processor.
  hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED | HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
                                    HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS | HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS);
  hwloc_topology_set_cache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
  return topology;
}

Topology load(const std::filesystem::path& fsroot) {
  const HwlocEnvironment environment(fsroot);
  Topology topology = new_topology();
  return topology && hwloc_topology_load(topology.get()) == 0 ? std::move(topology) : nullptr;
}

Topology from_xml(const std::string& xml) {
  const HwlocEnvironment environment("");
  Topology topology = new_topology();
  const bool is_read =
      topology != nullptr &&
      hwloc_topology_set_xmlbuffer(topology.get(), xml.c_str(), static_cast<int>(xml.size() + 1)) == 0 &&
      hwloc_topology_load(topology.get()) == 0;
  return is_read ? std::move(topology) : nullptr;
}

void keep(const TopologyCache& cache, hwloc_topology_t topology) {
  const HwlocEnvironment environment("");
  char* xml = nullptr;
  int size = 0;  // the NUL at its end included
  if (hwloc_topology_export_xmlbuffer(topology, &xml, &size, 0) != 0) return;
  cache.keep(std::string(xml, static_cast<std::size_t>(size - 1)));
  hwloc_free_xmlbuffer(topology, xml);
}

// The real machine's, as an earlier run found it where nothing has changed since.
Topology load_or_find(const TopologyCache& cache) {
  if (const std::optional<std::string> xml = cache.find()) {
    if (Topology topology = from_xml(*xml)) return topology;
  }
  Topology topology = load("");
  if (topology) keep(cache, topology.get());
  return topology;
}

}  // namespace

Topology load_topology(const Root& root, const Machine& machine) {
  if (root.is_real() && !root.has_listener()) return load_or_find(TopologyCache(root, machine.cpu.model.value_or("")));
  std::optional<TemporaryDirectory> copy;
  if (!root.is_real()) copy.emplace();
  HwlocFiles(root, copy ? copy->path() : "").all(machine.cpu.architecture);
  return load(copy ? copy->path() : "");
}

}  // namespace palier
