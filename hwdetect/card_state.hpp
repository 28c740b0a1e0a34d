#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace palier {

/// What a card does at a moment; empty where nobody tells it.
struct CardState {
  std::optional<double> sm_clock, memory_clock;  ///< Hz; the first is that of what computes
  std::optional<double> temperature;             ///< degrees Celsius, of the chip
  std::optional<double> power;                   ///< watts; some cards tell the mean of the last second
  std::optional<double> energy;                  ///< joules since the driver was loaded
  std::optional<std::uint64_t> limits;           ///< what holds its clocks down: bits of clock_limits()
  std::optional<double> busy;  ///< share of the last moments in which it computed, for whomever: 0 to 1
  std::string error;           ///< what went wrong, other than that something is not told
};

/// A reason for which a card's clocks are lower than they could be.
struct ClockLimit {
  std::uint64_t bit;
  const char* words;  ///< "its power limit"
};

namespace clock_limit {
constexpr std::uint64_t power = 0x4, driver_heat = 0x20, hardware_heat = 0x40, current = std::uint64_t{1} << 63;
}

/// NVML's clock event reasons, and beyond them what other makers tell. An idle card's clocks are low, too: that is none
/// of them.
const std::vector<ClockLimit>& clock_limits();

}  // namespace palier
