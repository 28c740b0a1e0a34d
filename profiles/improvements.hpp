#pragma once
#include "profiles/site.hpp"

namespace palier {

/// What actions.yaml would do for this footprint, the largest first. An impact is computed for the case where it can
/// be, otherwise the literature's.
std::vector<Improvement> improvements_of(const Site& site, const Case& about, const Grid& grid,
                                         const Footprint& footprint);

}  // namespace palier
