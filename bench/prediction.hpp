#pragma once
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "bench/report.hpp"

namespace palier {

/// What somebody expects of a machine before it is measured.
struct Prediction {
  std::string name;       ///< "memory bandwidth"
  std::string unit;       ///< "B/s"
  std::string benchmark;  ///< what measures it: how the name of the benchmarks begins
  double low = 0, central = 0, high = 0;
  std::string basis;  ///< where it comes from
};

/// [{name, unit, low, central, high, basis, measured, off, within}..]: each prediction beside the best median of its
/// benchmarks, how far that is off (0.2: a fifth above) and whether it lies between low and high; what was not measured
/// is left out. A prediction of "workers" is beside the recommended number.
Json predicted_beside(const Report& report, const std::vector<Prediction>& predictions);

/// The same for people; says so where nothing of it was measured.
std::string prediction_text(const Json& predicted, const Terminal& terminal);

}  // namespace palier
