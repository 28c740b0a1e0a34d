#pragma once
#include <string>

#include "base/lang.hpp"
#include "bench/report.hpp"

namespace palier::html {

/// The measured part of the page.
struct Measured {
  std::string figures;         ///< the few numbers that matter, as cards
  std::string sections;        ///< one section per group of benchmarks: a plot and its table
  Json plots = Json::array();  ///< what the plots are drawn from, in the order of the sections (page/page.js)
};

/// Benchmarks of one name are one section; where they differ by their number of threads or workers, it is plotted.
Measured measured(const Report& report, Lang lang);

}  // namespace palier::html
