#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/gpus.hpp"
#include "profiles/market.hpp"

namespace palier {

/// What prices are held against before they are believed.
struct Market {
  std::vector<GpuModel> gpus;
  std::vector<Workplace> platforms;
  std::vector<Offer> offers;  ///< in use
};

/// The rows of such texts as lines of a prices.yaml; `name` is what errors call them, `date` the day they are of.
/// Machines whose GPU gpus.yaml does not have are passed over. Throws Error with line where a row cannot be right,
/// which is also where a GPU costs more than 20 times what the market asks in the middle, or less than a 20th.
struct Converted {
  std::string sources, offers;  ///< lines
  std::size_t rows = 0;
  std::size_t skipped = 0;
  std::set<std::string> gpus;  ///< names of GpuModel
};
Converted convert_gpuhunt(std::string_view csv, const std::string& name, const std::string& provider,
                          const std::string& date, const Market& market);
/// `pages`: the answers in order.
Converted convert_azure(const std::vector<std::string>& pages, const std::string& name, const std::string& date,
                        const Market& market);

}  // namespace palier
