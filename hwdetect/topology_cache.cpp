#include "hwdetect/topology_cache.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "hwdetect/cache_file.hpp"
#include "hwdetect/hwloc_topology.hpp"

namespace palier {
namespace {

constexpr std::size_t largest = std::size_t{16} << 20;  // a machine of 1,000 processors takes one

// "MemTotal: 24681936 kB": what a hypervisor adds while the machine runs shows here.
std::string memory_line(const Root& root) {
  const std::string text = root.read("/proc/meminfo").value_or("");
  return std::string(trim(text.substr(0, text.find('\n'))));
}

// Empty where the kernel does not say since when it runs.
std::string state_of(const Root& root, const std::string& model) {
  const std::string boot = root.read_line("/proc/sys/kernel/random/boot_id").value_or("");
  if (boot.empty()) return "";
  return printable(fmt::format("palier {} hwloc {:#x} {} cpus {} nodes {} {} {}", PALIER_VERSION, HWLOC_API_VERSION,
                               boot, root.read_line("/sys/devices/system/cpu/online").value_or("-"),
                               root.read_line("/sys/devices/system/node/online").value_or("-"), memory_line(root),
                               model));
}

}  // namespace

TopologyCache::TopologyCache(const Root& root, const std::string& model)
    : file_(cache_file("topology")), state_(state_of(root, model)) {
  if (state_.empty()) file_.clear();
}

std::optional<std::string> TopologyCache::find() const {
  if (file_.empty()) return std::nullopt;
  const std::optional<std::string> text = Root().read(file_.string(), largest);
  const bool whole = text && text->starts_with(state_ + "\n") && text->ends_with("</topology>\n");
  if (!whole) return std::nullopt;
  return text->substr(state_.size() + 1);
}

void TopologyCache::keep(const std::string& xml) const {
  if (!file_.empty()) write_cache(file_, state_ + "\n" + xml);
}

}  // namespace palier
