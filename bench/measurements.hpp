#pragma once
#include <string>
#include <vector>

#include "bench/report.hpp"

namespace palier {

/// What any document of `palier bench` measured, in the form that a Report has.
struct Measurements {
  std::string name;               ///< where the document came from
  Json subject = Json::object();  ///< what was measured, flat: {"processor": "AMD EPYC", "memory_bytes": 25276510208}
  std::vector<Benchmark> benchmarks;  ///< an endpoint's metrics and rates; a rate has one sample
  std::vector<std::string> warnings;  ///< what speaks against trusting the figures
};

/// Reads palier.report/1, palier.endpoint/1 and palier.endpoint-sweep/1. Throws Error.
Measurements measurements_of(const Json& document, const std::string& name);

}  // namespace palier
