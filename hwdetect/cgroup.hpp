#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/root.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/machine.hpp"
#include "hwdetect/mounts.hpp"

namespace palier {

/// One level of the control-group tree that this process is in.
struct CgroupLevel {
  bool unified = false;  ///< cgroup v2
  std::string name;      ///< "/system.slice/app.service" as /proc/self/cgroup has it
  std::string folder;    ///< where its files are: "/sys/fs/cgroup/system.slice/app.service"
};

/// A limit that a level sets, and the file that says so.
template <class T>
struct CgroupLimit {
  T value;
  CgroupLevel level;
  std::string file;  ///< "/sys/fs/cgroup/system.slice/app.service/memory.max"
  std::string raw;   ///< what it holds
};

/// The control groups that bind this process: every level from its own up to the top that is visible here, of cgroup
/// v1, of v2 or of both at once (hybrid: v1 controllers beside a v2 mount). The files are those of the kernel's
/// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/.
class Cgroups {
 public:
  explicit Cgroups(const Root& root);

  /// CPU quotas in CPUs (1.5), one per level that sets one.
  std::vector<CgroupLimit<double>> cpu_quotas() const;
  /// The PUs of the innermost level that names any, in each hierarchy.
  std::vector<CgroupLimit<CpuList>> cpusets() const;
  /// Memory limits in bytes, one per file that sets one.
  std::vector<CgroupLimit<Bytes>> memory_limits() const;
  /// What is in use at a level, without the file cache that the kernel can drop (inactive_file).
  std::optional<Bytes> memory_used(const CgroupLevel& level) const;

 private:
  /// The levels that `controller` has, from the innermost outwards; v1 before v2.
  std::vector<CgroupLevel> levels(std::string_view controller) const;
  std::optional<std::string> own_path(std::string_view controller) const;

  const Root& root_;
  std::vector<Mount> mounts_;
  std::string membership_;  ///< /proc/self/cgroup
};

}  // namespace palier
