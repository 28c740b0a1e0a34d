#pragma once
#include <optional>
#include <string>
#include <vector>

#include "profiles/costs.hpp"

namespace palier {

/// A number of the footprint with what it was reckoned from. docs/footprint.md has the formulas.
struct Figure {
  Range value;
  std::string unit;    ///< "kWh", "kg CO2e"
  std::string method;  ///< "hours x watts x PUE"
  int year = 0;        ///< of the data behind it; 0: of no year
  std::string source;
};

/// Something that lowers the footprint, for this case.
struct Improvement {
  std::string action;
  std::string impact;  ///< "-1.2 kg a month (-15 %), computed"
  Range share;         ///< of the whole footprint
  Range kg;            ///< per month
  bool computed = false;
  std::string difficulty;  ///< "easy", "medium", "hard"
  std::string tools;
  Provenance provenance;
};

/// What the advised option uses and emits, per month and per thousand requests.
struct Footprint {
  std::string option;  ///< id of the CostOption
  std::string name;
  Figure watts;                                 ///< mean over the hours
  Figure energy;                                ///< kWh a month
  Figure scope2;                                ///< kg a month: electricity, location-based
  Figure scope3;                                ///< kg a month: the share of what making the hardware emitted
  Figure energy_per_thousand, kg_per_thousand;  ///< of requests
  std::string note;                             ///< whose scopes these are
  std::vector<Improvement> improvements;        ///< the largest first
};

void to_json(Json& json, const Footprint& footprint);
void from_json(const Json& json, Footprint& footprint);

}  // namespace palier
