#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/root.hpp"

namespace palier {

/// What NVIDIA's cards take, by NVML. A library that does not answer within `patience` is left behind, and tells
/// nothing from then on. For one thread at a time.
class CardEnergy {
 public:
  struct Card {
    std::string name;     ///< "GPU 0, NVIDIA A100"
    bool counts = false;  ///< joules that add up; otherwise the watts of the moment
  };

  explicit CardEnergy(std::chrono::milliseconds patience = std::chrono::seconds(2));

  const std::vector<Card>& cards() const { return cards_; }
  /// Joules or watts of each, in the order of cards(); empty for those that do not tell.
  std::vector<std::optional<double>> read();

 private:
  struct Session;
  std::chrono::milliseconds patience_;
  std::shared_ptr<Session> session_;
  std::vector<Card> cards_;
};

/// Of the real machine, where it has such cards; nullptr otherwise.
std::shared_ptr<CardEnergy> card_energy(const Root& root);

}  // namespace palier
