#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/root.hpp"

namespace palier {

/// A line of /proc/self/mountinfo (proc_pid_mountinfo(5)).
struct Mount {
  std::string device_number;  ///< "254:0"; empty where only /proc/mounts is there
  std::string root;           ///< the part of the filesystem that is mounted: "/"
  std::string point;          ///< where it is mounted
  std::string type;           ///< "ext4"
  std::string device;         ///< "/dev/vda1"
  std::string super_options;  ///< of the filesystem: "rw,cpu,cpuacct"
};

/// What is mounted, in the kernel's order: from /proc/self/mountinfo, or from /proc/mounts where a capture lacks it.
std::vector<Mount> read_mounts(const Root& root);

/// True where the comma-separated `options` have `option`.
bool has_option(std::string_view options, std::string_view option);

/// `text` with its octal escapes ("\040") made characters.
std::string unescaped(std::string_view text);

/// `text` with white space and backslashes as the kernel escapes them.
std::string escaped(std::string_view text);

}  // namespace palier
