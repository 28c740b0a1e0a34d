#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// Names that tell whose computer it is.
struct PersonalNames {
  std::vector<std::string> users;
  std::vector<std::string> hosts;
};

/// Those of the real machine: the accounts with a folder in /home, who is logged in, and the host name. Names that
/// every image ships with ("root", "ubuntu") identify nobody and are left out.
PersonalNames personal_names();

/// What a capture holds.
struct Capture {
  Machine machine;                 ///< what the folder replays to
  std::vector<std::string> files;  ///< relative to the folder, sorted
};

/// Detects `root` and writes all that the probes read to `folder`, so that Root(folder) replays it: files, entries of
/// folders, links, and in palier/ what no file tells. UUIDs, serial-like tags, the names given and the servers of
/// network mounts are replaced, each always by the same stand-in. Throws Error where `folder` holds anything or cannot
/// be written; nothing is then left behind.
Capture capture(const Root& root, const std::filesystem::path& folder, const PersonalNames& names);

}  // namespace palier
