#include "hwdetect/cgroup.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "base/text.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

constexpr std::string_view unified;         // the controller list of cgroup v2 in /proc/self/cgroup
constexpr std::size_t longest_path = 4096;  // PATH_MAX
constexpr Bytes no_limit = Bytes{1} << 62;  // cgroup v1 writes LONG_MAX rounded down to a page for "none"

// Where a capture has no table of mounts: the places that every distribution uses.
std::vector<Mount> usual_mounts(const Root& root) {
  const std::string top = "/sys/fs/cgroup";
  const auto at = [](std::string point, std::string type, std::string options) {
    return Mount{.device_number = {},
                 .root = "/",
                 .point = std::move(point),
                 .type = std::move(type),
                 .device = {},
                 .super_options = std::move(options)};
  };
  std::vector<Mount> mounts;
  if (root.exists(top + "/cgroup.controllers")) mounts.push_back(at(top, "cgroup2", ""));
  for (const char* controller : {"cpu", "cpuset", "memory"}) {
    const std::string point = top + "/" + controller;
    if (root.is_directory(point)) mounts.push_back(at(point, "cgroup", controller));
  }
  return mounts;
}

bool carries(const Mount& mount, std::string_view controller) {
  if (controller == unified) return mount.type == "cgroup2";
  return mount.type == "cgroup" && has_option(mount.super_options, controller);
}

// `path` as seen from the root of a mount; nullopt where it is not inside.
std::optional<std::string> inside(const std::string& path, const std::string& mount_root) {
  if (path.size() > longest_path || !path.starts_with('/') || path.find("/..") != std::string::npos)
    return std::nullopt;
  if (mount_root == "/") return path == "/" ? "" : path;
  if (!path.starts_with(mount_root)) return std::nullopt;
  const std::string rest = path.substr(mount_root.size());
  return rest.empty() || rest.front() == '/' ? std::optional(rest) : std::nullopt;
}

// Of what has no slash, nothing.
std::string parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// From the process's own level up to the mount point. A path that is not inside the mount (a namespace hides it) leaves
// the mount point alone.
std::vector<CgroupLevel> levels_of(const Mount& mount, const std::string& path, bool is_unified) {
  std::vector<CgroupLevel> levels;
  const std::optional<std::string> visible = inside(path, mount.root);
  std::string name = path;
  for (std::string rest = visible.value_or(""); !rest.empty(); rest = parent(rest), name = parent(name)) {
    levels.push_back({is_unified, name, mount.point + rest});
  }
  levels.push_back({is_unified, visible && !name.empty() ? name : "/", mount.point});
  return levels;
}

std::optional<Bytes> bytes_in(std::string_view text) {
  const std::optional<long long> value = to_integer(text);
  if (!value || *value < 0 || static_cast<Bytes>(*value) >= no_limit) return std::nullopt;
  return static_cast<Bytes>(*value);
}

std::optional<double> ratio(std::string_view quota, std::string_view period) {
  const auto q = to_integer(quota), p = to_integer(period);
  if (!q || !p || *q <= 0 || *p <= 0) return std::nullopt;
  return static_cast<double>(*q) / static_cast<double>(*p);
}

}  // namespace

Cgroups::Cgroups(const Root& root)
    : root_(root), mounts_(read_mounts(root)), membership_(root.read("/proc/self/cgroup").value_or("")) {
  std::erase_if(mounts_, [](const Mount& mount) { return mount.type != "cgroup" && mount.type != "cgroup2"; });
  if (mounts_.empty()) mounts_ = usual_mounts(root);
}

std::optional<std::string> Cgroups::own_path(std::string_view controller) const {
  for (const std::string_view line : lines(membership_)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const bool same = controller == unified ? controllers.empty() : has_option(controllers, controller);
    if (same) return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

std::vector<CgroupLevel> Cgroups::levels(std::string_view controller) const {
  std::vector<CgroupLevel> all;
  for (const std::string_view wanted : {controller, unified}) {
    const std::string path = own_path(wanted).value_or("/");
    const Mount* best = nullptr;
    for (const Mount& mount : mounts_) {
      if (carries(mount, wanted) && (best == nullptr || (!inside(path, best->root) && inside(path, mount.root)))) {
        best = &mount;
      }
    }
    if (best != nullptr) std::ranges::move(levels_of(*best, path, wanted == unified), std::back_inserter(all));
  }
  return all;
}

std::vector<CgroupLimit<double>> Cgroups::cpu_quotas() const {
  std::vector<CgroupLimit<double>> limits;
  for (const CgroupLevel& level : levels("cpu")) {
    const std::string file = level.folder + (level.unified ? "/cpu.max" : "/cpu.cfs_quota_us");
    std::string raw = root_.read_line(file).value_or("");
    if (!level.unified) raw += " " + root_.read_line(level.folder + "/cpu.cfs_period_us").value_or("");
    const std::vector<std::string_view> parts = words(raw);
    if (parts.size() != 2) continue;
    if (const std::optional<double> cpus = ratio(parts[0], parts[1])) limits.push_back({*cpus, level, file, raw});
  }
  return limits;
}

std::vector<CgroupLimit<CpuList>> Cgroups::cpusets() const {
  std::vector<CgroupLimit<CpuList>> sets;
  for (const CgroupLevel& level : levels("cpuset")) {
    const bool known = std::ranges::any_of(sets, [&](const auto& set) { return set.level.unified == level.unified; });
    if (known) continue;
    const char* v1_files[] = {"/cpuset.effective_cpus", "/cpuset.cpus"};
    const char* v2_files[] = {"/cpuset.cpus.effective"};
    const auto files = level.unified ? std::span<const char* const>(v2_files) : std::span<const char* const>(v1_files);
    for (const char* name : files) {
      const std::string file = level.folder + name;
      const std::string raw = root_.read_line(file).value_or("");
      const std::optional<CpuList> list = parse_cpu_list(raw);
      if (!list || list->empty()) continue;
      sets.push_back({*list, level, file, raw});
      break;
    }
  }
  return sets;
}

std::vector<CgroupLimit<Bytes>> Cgroups::memory_limits() const {
  std::vector<CgroupLimit<Bytes>> limits;
  for (const CgroupLevel& level : levels("memory")) {
    const auto add = [&](const char* name) {
      const std::string file = level.folder + name;
      const std::string raw = root_.read_line(file).value_or("");
      if (const std::optional<Bytes> bytes = bytes_in(raw)) limits.push_back({*bytes, level, file, raw});
    };
    if (level.unified) {
      add("/memory.max");
      add("/memory.high");  // beyond it the kernel slows the process down until it gives memory back
    } else {
      add("/memory.limit_in_bytes");
    }
  }
  return limits;
}

std::optional<Bytes> Cgroups::memory_used(const CgroupLevel& level) const {
  const std::string current = level.folder + (level.unified ? "/memory.current" : "/memory.usage_in_bytes");
  const std::optional<Bytes> used = bytes_in(root_.read_line(current).value_or(""));
  if (!used) return std::nullopt;
  const std::string_view wanted = level.unified ? "inactive_file" : "total_inactive_file";
  Bytes cache = 0;
  const std::string statistics = root_.read(level.folder + "/memory.stat").value_or("");
  for_each_pair(statistics, ' ', [&](std::string_view key, std::string_view value) {
    if (key == wanted) cache = bytes_in(value).value_or(0);
  });
  return *used - std::min(*used, cache);
}

}  // namespace palier
