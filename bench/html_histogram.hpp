#pragma once
#include <string>

#include "bench/report.hpp"

namespace palier::html {

/// The raw samples of a benchmark as a small histogram between the least and the largest, which needs no script; empty
/// of fewer than five.
std::string histogram(const Benchmark& benchmark);

}  // namespace palier::html
