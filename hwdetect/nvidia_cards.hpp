#pragma once
#include <optional>
#include <string>
#include <vector>

#include "hwdetect/card_state.hpp"
#include "hwdetect/nvml_session.hpp"

namespace palier {

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
