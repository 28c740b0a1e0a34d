#include "bench/card_energy.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/nvidia_cards.hpp"

namespace palier {

// Kept by each question on its way, which may be left behind.
struct CardEnergy::Session {
  NvidiaCards nvidia;
  std::vector<NvidiaCards::Card> cards;  ///< those that tell something
  std::vector<Card> told;

  Session() {
    for (std::size_t i = 0; i < nvidia.cards().size(); ++i) {
      const NvidiaCards::Card& card = nvidia.cards()[i];
      const bool counts = nvidia.energy(card).has_value();
      if (!counts && !nvidia.power(card)) continue;
      cards.push_back(card);
      told.push_back({.name = fmt::format("GPU {}, {}", i, printable(card.name)), .counts = counts});
    }
  }

  std::vector<std::optional<double>> read() const {
    std::vector<std::optional<double>> values;
    for (std::size_t i = 0; i < cards.size(); ++i)
      values.push_back(told[i].counts ? nvidia.energy(cards[i]) : nvidia.power(cards[i]));
    return values;
  }
};

CardEnergy::CardEnergy(std::chrono::milliseconds patience) : patience_(patience) {
  const auto opened = std::make_shared<std::shared_ptr<Session>>();
  const auto answer = within(patience_, [opened]() -> std::optional<std::string> {
    try {
      *opened = std::make_shared<Session>();
    } catch (const Error&) {  // detection says why
      return std::nullopt;
    }
    return "open";
  });
  if (!answer) return;
  session_ = std::move(*opened);
  cards_ = session_->told;
}

std::vector<std::optional<double>> CardEnergy::read() {
  std::vector<std::optional<double>> none(cards_.size());
  if (!session_) return none;
  const auto values = std::make_shared<std::vector<std::optional<double>>>();
  const auto answer = within(patience_, [session = session_, values]() -> std::optional<std::string> {
    *values = session->read();
    return "read";
  });
  if (answer) return std::move(*values);
  session_.reset();
  return none;
}

std::shared_ptr<CardEnergy> card_energy(const Root& root) {
  if (!root.is_real()) return nullptr;
  auto energy = std::make_shared<CardEnergy>();
  return energy->cards().empty() ? nullptr : energy;
}

}  // namespace palier
