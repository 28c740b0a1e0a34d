#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hwdetect/nvml_session.hpp"

namespace palier {

/// What a card of NVIDIA's does at a moment; empty where NVML does not tell it.
struct CardState {
  std::optional<double> sm_clock, memory_clock;  ///< Hz
  std::optional<double> temperature;             ///< degrees Celsius, of the chip
  std::optional<double> power;                   ///< watts; of most cards since Ampere the mean of the last second
  std::optional<double> energy;                  ///< joules since the driver was loaded; Volta and newer
  std::optional<std::uint64_t> limits;           ///< what holds its clocks down: bits of clock_limits()
  std::string error;                             ///< what went wrong, other than that something is not told
};

/// A reason for which a card's clocks are lower than they could be.
struct ClockLimit {
  std::uint64_t bit;
  const char* words;  ///< "its power limit"
};

/// NVML's clock event reasons. An idle card's clocks are low, too: that is none of them.
const std::vector<ClockLimit>& clock_limits();

/// The cards that NVML knows here, for as long as this lives. Each call may take as long as the driver likes.
class NvidiaCards {
 public:
  struct Card {
    std::string name, pci;  ///< "0000:01:00.0"; empty where NVML may not tell it
    NvmlDevice* device;
  };

  /// Throws Error where there is no NVML.
  NvidiaCards();

  const std::vector<Card>& cards() const { return cards_; }
  CardState state(const Card& card) const;
  std::optional<double> energy(const Card& card) const;
  std::optional<double> power(const Card& card) const;

 private:
  Nvml nvml_;
  std::vector<Card> cards_;
};

}  // namespace palier
