#pragma once
#include <string>
#include <vector>

#include "hwdetect/machine.hpp"
#include "profiles/gpus.hpp"

namespace palier {

/// What to suppose of a machine instead of what was found.
struct Supposition {
  std::vector<std::string> with;     ///< "gpu=2x RTX 3060 12GB", "memory=32GiB", "cpus=16"
  std::vector<std::string> without;  ///< "gpu"

  bool empty() const { return with.empty() && without.empty(); }
};

/// `machine` as supposed: every fact that changes has the source "supposed" with what was found before beside it, and a
/// note in the section "supposed" says so. GPUs are taken from `models`. Throws Error for what cannot be supposed, for
/// a GPU that no row has, and, with the choices, for a name that several rows have.
Machine suppose(Machine machine, const Supposition& what, const std::vector<GpuModel>& models);

}  // namespace palier
