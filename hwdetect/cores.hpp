#pragma once
#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// Kinds of cores by the size of their first-level data cache, where nothing else tells them apart: virtual machines
/// and other programs' captures lack the kernel's own lists. Needs cpu.caches; does nothing where all are alike.
void add_kinds_by_cache(const Root& root, Machine& machine);

/// Kernels before 6.0 number the clusters of an Arm chip as packages. Sets cpu.packages to one where there is one
/// memory node and no firmware table that could know better. Needs cpu.packages and cpu.numa.
void join_clusters(const Root& root, Machine& machine);

}  // namespace palier
