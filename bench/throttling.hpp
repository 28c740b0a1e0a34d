#pragma once
#include <optional>

#include "base/json.hpp"
#include "base/root.hpp"

namespace palier {

/// What the kernel counts of processors that were held back; running totals, each none where it does not count.
struct Throttling {
  std::optional<double> core_events;     ///< of heat, in all cores (thermal_throttle/core_throttle_count)
  std::optional<double> package_events;  ///< of the package that had most
  std::optional<double> quota_seconds;   ///< that control groups with a CPU quota made their processors wait
};

Throttling read_throttling(const Root& root);

/// What is unknown on one side stays so.
Throttling operator-(const Throttling& after, const Throttling& before);

void to_json(Json& json, const Throttling& throttling);

}  // namespace palier
