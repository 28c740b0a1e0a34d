#pragma once
#include "profiles/carbon.hpp"
#include "profiles/estimate.hpp"
#include "profiles/power.hpp"

namespace palier {

/// What an option is made of and where it stands.
struct Site {
  const CostOption* option = nullptr;
  bool own = false;  ///< bought: its electricity is one's own
  Draw draw;         ///< at work, per GPU
  double gpus = 1;   ///< as many are rented or bought
  const Overhead* overhead = nullptr;
  const Embodied* embodied = nullptr;
  double made = 1;                 ///< so many of `embodied`
  Range busy = Range::exactly(1);  ///< of the hours
  std::string method;              ///< of mean_watts(): "8 threads x 2 W + 33 GB x 0.375 W"
  std::vector<Provenance> from;    ///< of its numbers

  /// Over the hours, at work and waiting.
  Range mean_watts() const { return draw.mean(busy) * gpus; }
};

/// `option` and the knowledge in `about` outlive it.
Site site_of(const CostOption& option, const Case& about);

}  // namespace palier
