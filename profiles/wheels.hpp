#pragma once
#include <string>
#include <vector>

#include "hwdetect/machine.hpp"
#include "profiles/sheet.hpp"

namespace palier {

/// Wheels that PyTorch publishes: the first row is what pip installs by itself.
struct Wheels {
  std::string name;
  double least = 0;   ///< compute capability
  std::string index;  ///< for pip's --index-url
  Provenance provenance;
};

const Sheet::Format& wheel_format();
std::vector<Wheels> read_wheels(const Sheet& sheet);

/// Notes the GPUs that today's default wheels do not serve, and the wheels that do.
void note_unserved_gpus(Machine& machine, const std::vector<Wheels>& wheels);

}  // namespace palier
