#pragma once
#include <memory>
#include <vector>

#include "hwdetect/machine.hpp"

struct hwloc_topology;

namespace palier {

/// The processing units that this process may use, as hwloc sees them.
class Binding {
 public:
  /// Throws Error where hwloc cannot read this computer.
  Binding();

  /// The operating system's numbers of the PUs, spread: any first n of them are as far apart as n can be (packages,
  /// then caches, then cores, and hardware threads of one core last).
  const std::vector<unsigned>& places() const { return places_; }
  /// Binds the calling thread to one PU; false where the system refuses.
  bool bind(unsigned place) const;
  /// Bytes of all last-level caches of the PUs together; 0 where unknown.
  Bytes last_level_cache() const { return last_level_cache_; }
  /// Bytes of the level-2 cache of one PU, shared or not; 0 where unknown.
  Bytes second_level_cache() const { return second_level_cache_; }

 private:
  struct Destroy {
    void operator()(hwloc_topology* topology) const;
  };
  std::unique_ptr<hwloc_topology, Destroy> topology_;
  std::vector<unsigned> places_;
  Bytes last_level_cache_ = 0;
  Bytes second_level_cache_ = 0;
};

}  // namespace palier
