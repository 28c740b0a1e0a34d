#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "base/root.hpp"

namespace palier {

/// What hwloc found on an earlier run, as its XML, in cache_file("topology"): it reads some thirty files of each
/// processor, most of what detection takes. Good for the same start of the same kernel with the same processor, CPUs,
/// NUMA nodes and memory; what limits a process is no part of it. Where it cannot be read or written, hwloc looks
/// again.
class TopologyCache {
 public:
  /// For the real machine, which `root` is, whose processor calls itself `model`.
  TopologyCache(const Root& root, const std::string& model);

  std::optional<std::string> find() const;
  void keep(const std::string& xml) const;

 private:
  std::filesystem::path file_;  ///< empty: no cache
  std::string state_;           ///< of the machine: the file's first line
};

}  // namespace palier
