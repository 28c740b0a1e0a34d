#include "bench/gpu/card_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "bench/sampling.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/nvidia_cards.hpp"
#include "hwdetect/sysfs_card.hpp"

namespace palier {
namespace {

constexpr double longest_silence = 5;  // seconds

/// By the counter, whose steps are seen at the reading after them.
std::optional<MeanPower> by_counter(const std::vector<const CardReading*>& stretch) {
  const CardReading *first = nullptr, *last = nullptr;
  for (std::size_t i = 1; i < stretch.size(); ++i) {
    const auto &before = stretch[i - 1]->state.energy, &now = stretch[i]->state.energy;
    if (!before || !now) return std::nullopt;
    if (*now < *before) return std::nullopt;  // its driver began again
    if (*now == *before) continue;
    if (first == nullptr) first = stretch[i];
    last = stretch[i];
  }
  if (first == last) return std::nullopt;
  return MeanPower{(*last->state.energy - *first->state.energy) / (last->at - first->at), "energy counter"};
}

std::optional<MeanPower> by_power(const std::vector<const CardReading*>& stretch) {
  double joules = 0, seconds = 0;
  for (std::size_t i = 1; i < stretch.size(); ++i) {
    const auto &before = stretch[i - 1]->state.power, &now = stretch[i]->state.power;
    if (!before || !now) continue;
    const double passed = stretch[i]->at - stretch[i - 1]->at;
    joules += (*before + *now) / 2 * passed;
    seconds += passed;
  }
  if (seconds <= 0) return std::nullopt;
  return MeanPower{joules / seconds, "power"};
}

}  // namespace

std::optional<MeanPower> mean_power(const std::vector<CardReading>& readings, double begin, double end) {
  std::vector<const CardReading*> stretch;
  for (const CardReading& reading : readings) {
    if (reading.at >= begin && reading.at <= end) stretch.push_back(&reading);
  }
  if (stretch.size() < 2) return std::nullopt;
  const auto counted = by_counter(stretch);
  return counted ? counted : by_power(stretch);
}

CardSource nvml_source(const std::string& pci) {
  return {"NVML", [pci]() -> std::function<CardState()> {
            const auto nvidia = std::make_shared<const NvidiaCards>();
            const auto card = std::ranges::find(nvidia->cards(), pci, &NvidiaCards::Card::pci);
            if (card == nvidia->cards().end())
              throw Error(
                  {.message = "NVML cannot be used", .reason = fmt::format("NVML does not know the card at {}", pci)});
            return [nvidia, card] { return nvidia->state(*card); };
          }};
}

CardSource sysfs_source(const Root& root, const std::string& pci) {
  return {"the kernel's driver", [root, pci]() -> std::function<CardState()> {
            const auto card = std::make_shared<SysfsCard>(root, pci);
            return [card] { return card->state(steady_seconds()); };
          }};
}

// Kept by the thread that reads, which may be left behind.
struct CardWatch::Shared {
  explicit Shared(CardSource told_by) : source(std::move(told_by)) {}

  const CardSource source;
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false, ended = false;
  double heard = steady_seconds();  ///< when it last answered
  std::string doing, trouble;
  std::vector<CardReading> readings;

  std::string no_answer() const { return source.name + " did not answer in time"; }

  void read_all(std::chrono::milliseconds period) {
    const std::function<CardState()> read = source.open();
    for (bool more = true; more;) {
      CardState state = read();
      const double now = steady_seconds();
      std::unique_lock lock(mutex);
      heard = now;
      if (!state.error.empty()) trouble = state.error;
      readings.push_back({now, doing, std::move(state)});
      changed.notify_all();
      more = !changed.wait_for(lock, period, [this] { return stopping; });
    }
  }

  void run(std::chrono::milliseconds period) {
    std::string failure;
    try {
      read_all(period);
    } catch (const Error& error) {
      failure = error.text().reason;
    }
    const std::lock_guard lock(mutex);
    if (!failure.empty()) trouble = failure;
    ended = true;
    changed.notify_all();
  }
};

CardWatch::CardWatch(CardSource source, std::chrono::milliseconds period)
    : shared_(std::make_shared<Shared>(std::move(source))) {
  try {
    std::thread([shared = shared_, period] { shared->run(period); }).detach();
  } catch (const std::system_error&) {
    shared_->trouble = "no thread was to be had";
    shared_->ended = true;
  }
}

CardWatch::~CardWatch() { stop(); }

void CardWatch::doing(const std::string& what) {
  const std::lock_guard lock(shared_->mutex);
  shared_->doing = what;
}

std::vector<CardReading> CardWatch::readings() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->readings;
}

std::optional<CardReading> CardWatch::first(std::chrono::milliseconds patience) const {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait_for(lock, patience, [this] { return shared_->ended || !shared_->readings.empty(); });
  return shared_->readings.empty() ? std::nullopt : std::optional(shared_->readings.front());
}

std::size_t CardWatch::readings_since(double at) const {
  const std::lock_guard lock(shared_->mutex);
  return static_cast<std::size_t>(
      std::ranges::count_if(shared_->readings, [at](const CardReading& one) { return one.at >= at; }));
}

std::string CardWatch::trouble() const {
  const std::lock_guard lock(shared_->mutex);
  const bool silent = !shared_->ended && steady_seconds() - shared_->heard > longest_silence;
  return shared_->trouble.empty() && silent ? shared_->no_answer() : shared_->trouble;
}

void CardWatch::stop(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stopping) return;
    shared_->stopping = true;
    shared_->changed.notify_all();
  }
  const auto ended = within(patience, [shared = shared_]() -> std::optional<std::string> {
    std::unique_lock lock(shared->mutex);
    shared->changed.wait(lock, [&] { return shared->ended; });
    return "ended";
  });
  const std::lock_guard lock(shared_->mutex);
  if (!ended) shared_->trouble = shared_->no_answer();
}

}  // namespace palier
