#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/root.hpp"
#include "hwdetect/card_state.hpp"

namespace palier {

/// What a card did at a moment.
struct CardReading {
  double at = 0;      ///< steady_seconds()
  std::string doing;  ///< what was measured then
  CardState state;
};

/// Watts over a stretch, and what told them.
struct MeanPower {
  double watts;
  const char* method;  ///< "energy counter", or "power" that was read again and again
};

/// The mean of the readings from `begin` to `end`: by the counter from its first step to its last one there, since it
/// steps rarely; where it does not step twice, by the power. nullopt of fewer than two readings that tell it.
std::optional<MeanPower> mean_power(const std::vector<CardReading>& readings, double begin, double end);

/// Who tells of a card. `open` is called once and its result again and again, both in the thread that watches; they
/// throw Error where it cannot be asked.
struct CardSource {
  std::string name;  ///< "NVML"
  std::function<std::function<CardState()>()> open;
};

/// `pci` is the card's address: "0000:01:00.0".
CardSource nvml_source(const std::string& pci);
CardSource sysfs_source(const Root& root, const std::string& pci);

/// Reads what is told of a card, again and again, in a thread of its own, until stop(). A library that hangs is left
/// behind. For several threads.
class CardWatch {
 public:
  explicit CardWatch(CardSource source, std::chrono::milliseconds period = std::chrono::milliseconds(50));
  ~CardWatch();
  CardWatch(const CardWatch&) = delete;
  CardWatch& operator=(const CardWatch&) = delete;

  /// What is measured from now on.
  void doing(const std::string& what);
  std::vector<CardReading> readings() const;
  /// Waits for the first reading; nullopt where there is none by then.
  std::optional<CardReading> first(std::chrono::milliseconds patience) const;
  std::size_t readings_since(double at) const;
  /// Why there are none, or no more; empty where all is well.
  std::string trouble() const;
  /// Waits at most `patience` for the reading on its way.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds(2));

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace palier
