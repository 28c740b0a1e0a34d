#pragma once
#include <string>

#include "hwdetect/machine.hpp"

namespace palier {

/// The numbers of a Machine as gauges in Prometheus' text format (version 0.0.4), for node_exporter's textfile
/// collector. What is unknown has no sample.
std::string to_prometheus(const Machine& machine);

}  // namespace palier
