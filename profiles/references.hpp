#pragma once
#include <vector>

#include "profiles/carbon.hpp"
#include "profiles/gpus.hpp"
#include "profiles/lists.hpp"
#include "profiles/market.hpp"
#include "profiles/tree.hpp"

namespace palier {

/// What a data file says of another's rows. Each throws Error with the place, and the nearest name there is: a row that
/// names nothing would be left out of every advice without a word.

/// Every offer's platform is one of `platforms`, and its GPU one of `gpus` with that memory.
void check_offers(const Sheet& prices, const std::vector<GpuModel>& gpus, const std::vector<Workplace>& platforms);

/// Every platform's operator is one of carbon.yaml's providers.
void check_operators(const Sheet& platforms, const Carbon& carbon);

/// Every provider's regions are grids.
void check_regions(const Sheet& carbon_sheet, const Carbon& carbon);

/// Every platform and every list leads to a leaf of the tree.
void check_leaves(const std::vector<Workplace>& platforms, const Tree& tree);
void check_leaves(const std::vector<ShortList>& lists, const Tree& tree);

}  // namespace palier
