#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/data.hpp"
#include "profiles/actions.hpp"
#include "profiles/assumptions.hpp"
#include "profiles/carbon.hpp"
#include "profiles/gpus.hpp"
#include "profiles/market.hpp"

namespace palier {

/// What costs and footprint are computed from: every data file but the tree and the lists.
struct Knowledge {
  std::vector<GpuModel> gpus;
  std::vector<JetsonModule> jetsons;
  std::vector<Workplace> platforms;
  std::vector<Offer> offers;
  Carbon carbon;
  Assumptions assumptions;
  std::vector<Mitigation> actions;
  std::map<std::string, std::string> checked;  ///< file: the day it was last checked
};

/// Reads them all. Throws Error with file:line:column on whatever is wrong in one.
Knowledge load_knowledge(const DataPath& data);

}  // namespace palier
