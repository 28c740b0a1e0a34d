#pragma once
#include <hwloc.h>

#include <memory>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

struct DestroyTopology {
  void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, DestroyTopology>;

/// hwloc's view of the machine that `root` is, by its files alone: packages, cores, caches of every kind, NUMA nodes.
/// Of `machine` the architecture and the processor's name are there already. Null where hwloc makes nothing of it.
Topology load_topology(const Root& root, const Machine& machine);

}  // namespace palier
