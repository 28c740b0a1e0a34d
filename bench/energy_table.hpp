#pragma once
#include <array>
#include <string>
#include <vector>

#include "base/lang.hpp"
#include "base/terminal.hpp"
#include "bench/report.hpp"

namespace palier {

/// A Report's energy in words.
struct EnergyTable {
  std::array<std::string, 4> header;
  std::vector<std::array<std::string, 4>> rows;  ///< benchmark, configuration, joules, carbon of a unit of its work
  std::string how;                               ///< whether it is measured, and whose electricity it is
};

/// Empty where `energy` is null.
EnergyTable energy_table(const Json& energy, Lang lang);

/// The same for a terminal, after an empty line.
std::string energy_text(const Json& energy, const Terminal& terminal);

}  // namespace palier
