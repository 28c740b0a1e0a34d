#pragma once
#include <vector>

#include "profiles/fit/serving.hpp"
#include "profiles/sheet.hpp"

namespace palier {

/// A row of engines.yaml.
struct EngineOverhead {
  Engine engine = Engine::llama_cpp;
  Range device;      ///< bytes on each GPU
  Range host;        ///< bytes of memory
  double share = 1;  ///< of a GPU's memory, the part it takes at most
  Provenance provenance;
};

/// How much of what a device could do is done.
struct SpeedShares {
  Range gpu_decode, gpu_prefill, cpu_decode, cpu_prefill;
  Range cpu_bandwidth;  ///< bytes per second, where it was not measured
  Range cpu_rate;       ///< FLOP/s of a core, where it was not measured
};

struct EngineFacts {
  std::vector<EngineOverhead> engines;  ///< all three
  SpeedShares speed;

  const EngineOverhead& of(Engine engine) const;
};

const Sheet::Format& engine_format();
EngineFacts read_engines(const Sheet& sheet);

}  // namespace palier
