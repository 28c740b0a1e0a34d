#pragma once
#include <optional>
#include <string>
#include <vector>

#include "hwdetect/machine.hpp"
#include "profiles/fit/engines.hpp"
#include "profiles/knowledge.hpp"

namespace palier {

/// What holds and computes: a GPU, or the processor with its memory.
struct FitDevice {
  std::string name;  ///< "NVIDIA GeForce RTX 3060", "memory"
  Bytes total = 0;
  Bytes free = 0;                       ///< what a program may take now
  bool unified = false;                 ///< its memory is the processor's
  std::optional<Range> bandwidth = {};  ///< bytes per second
  std::optional<Range> flops = {};      ///< FLOP/s in 16 bits, dense
  std::optional<Range> power = {};      ///< watts
  std::string basis = {};               ///< where bandwidth and rate come from
};

/// A machine as a model sees it.
struct FitTarget {
  std::vector<FitDevice> gpus;  ///< the usable ones
  FitDevice host;
  double cpus = 0;
  Range host_power;  ///< watts of processor and memory
};

/// The usable GPUs and the memory that is free, limits included. Of several GPUs those that are part of a processor do
/// not count. Rates are those of gpus.yaml and jetson.yaml; of a processor whose bandwidth nobody measured, what is
/// usual.
FitTarget target_of(const Machine& machine, const Knowledge& knowledge, const SpeedShares& usual);

/// A palier.report/1 document, and where it was read.
struct MeasuredReport {
  Json document;
  std::string name;
};

/// Takes the bandwidths and rates that a report measured, of the memory and processor (`palier
/// bench`) and of the GPUs that have the same names (`palier bench gpu`). Throws Error where it has no bandwidth of
/// either.
void use_report(FitTarget& target, const MeasuredReport& report);

}  // namespace palier
