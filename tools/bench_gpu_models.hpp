#pragma once
#include <string>

#include "base/data.hpp"
#include "base/terminal.hpp"
#include "bench/report.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// What the measured GPUs mean: for 1, 2, 4.. model servers at once the best model of which their free memory holds so
/// many, and how fast it answers by `palier fit`'s roofline with the measured bandwidth and rate. Empty where none of
/// the machine's GPUs was measured, or nothing fits on them.
std::string models_text(const Machine& machine, const Report& report, const DataPath& data, const Terminal& terminal);

}  // namespace palier
