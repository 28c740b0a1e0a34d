#pragma once
#include <string>

#include "base/lang.hpp"
#include "bench/report.hpp"

namespace palier::html {

/// The roofline of a report that has both the bandwidth of memory and a rate of computing (S. Williams, A. Waterman and
/// D. Patterson, "Roofline: an insightful visual performance model for multicore architectures" (2009)): a section with
/// its plot, which is added to `plots`, and its table; empty where one of them is missing. Of
/// the processor with the most threads, and of each GPU.
std::string roofline_section(const Report& report, Lang lang, Json& plots);

}  // namespace palier::html
