#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "bench/endpoint/load.hpp"
#include "bench/energy.hpp"

namespace palier {

/// What a kWh emits: grams of CO2e, low, central and high.
struct CarbonIntensity {
  std::string region, updated;  ///< whose electricity, and the date of the numbers
  std::array<double, 3> grams = {};
};

/// What this machine took during a run on a server of its own, the client's share in it.
struct TokenEnergy {
  double joules = 0, seconds = 0;
  std::vector<std::string> sources;  ///< that told it: "RAPL package-0"
  bool processors = true;            ///< false: the cards alone told something
  CarbonIntensity intensity;
  std::optional<double> per_thousand_output_tokens;  ///< joules, of all completed requests, the warm-up's too
};

/// None where the machine told nothing.
std::optional<TokenEnergy> energy_of(const LoadResult& load, const EnergySources& sources,
                                     const CarbonIntensity& intensity);

/// {joules, watts, sources, processors, region, intensity, updated, joules_per_thousand_output_tokens,
/// gco2e_per_thousand_output_tokens}; ranges are [low, central, high].
void to_json(Json& json, const TokenEnergy& energy);

/// "This machine, the client in it, took 512 J (51.2 W by RAPL package-0): 12.3 J and .. gCO2e for ..".
std::string text_of(const TokenEnergy& energy);

}  // namespace palier
