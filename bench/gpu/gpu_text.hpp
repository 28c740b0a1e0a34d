#pragma once
#include <string>

#include "base/terminal.hpp"
#include "bench/report.hpp"

namespace palier {

/// A report of `palier bench gpu` as people read it: tables for each GPU.
std::string render_gpus(const Report& report, const Terminal& terminal);

}  // namespace palier
