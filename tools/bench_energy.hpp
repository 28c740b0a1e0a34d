#pragma once
#include <string>

#include "bench/report.hpp"
#include "tools/command.hpp"

namespace palier {

/// What a unit of each benchmark's work took, for a grid of carbon.yaml (the world's mean where `region` is empty):
/// {"region", "intensity", "updated", "sources": what measured it, "work": [{"benchmark", "threads" or the like, "per",
/// "method", "watts", "joules", "gco2e"}]}, each a [low, central, high]. By what the machine measured during the
/// samples, otherwise by the model of docs/footprint.md for a machine at work, of which only the fullest configuration
/// is said. Throws a usage Error for a region that is not there.
Json energy_of(const Report& report, const std::string& region, const Context& context);

}  // namespace palier
