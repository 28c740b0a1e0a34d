#pragma once
#include <string>

#include "bench/report.hpp"

namespace palier {

/// The report as one page that needs nothing else: styles, plots and their library inside, readable without scripts, on
/// a phone and on paper. `advice` is an Advice document, whose language the page takes; null where there is none.
/// Everything in both documents is data to the page, markup included.
std::string render_html(const Report& report, const Json& advice);

}  // namespace palier
