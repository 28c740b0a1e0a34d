#pragma once
#include <array>
#include <string>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "profiles/carbon.hpp"

namespace palier {

/// When to start a job within a day.
struct StartTime {
  std::string region;
  std::string name;
  double hours = 0;               ///< how long the job runs
  std::array<double, 24> mean{};  ///< g CO2e per kWh over the job, by the hour it starts at (local time)
  int best = 0, worst = 0;        ///< hours
  double day = 0;                 ///< the day's mean, g CO2e per kWh
  Provenance provenance;
  int year = 0;
  bool measured = false;  ///< the day's shape, which is modelled otherwise
};

/// Throws Error (usage) for a job of no time or of more than a day, and Error where the grid's day is not known.
StartTime start_time(const Grid& grid, double hours);

Json to_document(const StartTime& start);
std::string render(const StartTime& start, Lang lang, const Terminal& terminal);

}  // namespace palier
