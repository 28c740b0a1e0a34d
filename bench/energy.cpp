#include "bench/energy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr double micro = 1e-6;
const std::string powercap = "/sys/class/powercap/", hwmon = "/sys/class/hwmon/", supplies = "/sys/class/power_supply/";

std::optional<double> number(const Root& root, const std::string& path) {
  const auto text = root.read_line(path);
  const auto value = text ? to_integer(*text) : std::nullopt;
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

// Documentation/power/powercap: zones "intel-rapl:0" (also AMD's) and, in them, "intel-rapl:0:0". Cores and uncore are
// part of the package, psys holds all the others: packages and DRAM are what adds up.
void add_rapl(const Root& root, EnergySources& found) {
  for (const std::string& zone : root.list(powercap)) {
    const std::string name = root.read_line(powercap + zone + "/name").value_or("");
    if (!zone.starts_with("intel-rapl:") || (!name.starts_with("package") && name != "dram")) continue;
    const std::string counter = powercap + zone + "/energy_uj";
    const auto range = number(root, powercap + zone + "/max_energy_range_uj");
    if (number(root, counter) && range && *range > 0) {
      found.sources.push_back(
          {.name = name, .method = "RAPL", .paths = {counter}, .scale = micro, .range = *range * micro});
    } else if (root.exists(counter)) {
      found.notes.push_back(fmt::format("the energy counter of {} is there, and only root may read it", name));
    }
  }
}

// A Jetson's channels are its rails; the one of its input holds all the others. Millivolts times milliamperes.
std::optional<EnergySource> jetson_input(const Root& root, const std::string& folder) {
  for (int channel = 1; channel <= 3; ++channel) {
    const std::string voltage = fmt::format("{}in{}", folder, channel);
    const std::string label = root.read_line(voltage + "_label").value_or("");
    if (!label.ends_with("_IN")) continue;
    return EnergySource{.name = label,
                        .method = "INA3221",
                        .paths = {voltage + "_input", fmt::format("{}curr{}_input", folder, channel)},
                        .scale = micro};
  }
  return std::nullopt;
}

void add_hwmon(const Root& root, EnergySources& whole, EnergySources& parts) {
  for (const std::string& entry : root.list(hwmon)) {
    const std::string folder = hwmon + entry + "/", name = root.read_line(folder + "name").value_or("");
    if (name == "ina3221") {
      if (auto input = jetson_input(root, folder)) whole.sources.push_back(std::move(*input));
      continue;
    }
    if (name != "power_meter" && name != "amdgpu") continue;
    for (const char* file : {"power1_average", "power1_input"}) {
      if (!number(root, folder + file)) continue;
      (name == "power_meter" ? whole : parts)
          .sources.push_back({.name = name, .method = "hwmon", .paths = {folder + file}, .scale = micro});
      break;
    }
  }
}

void add_battery(const Root& root, EnergySources& found) {
  for (const std::string& supply : root.list(supplies)) {
    const std::string folder = supplies + supply + "/";
    if (root.read_line(folder + "type") != "Battery" || root.read_line(folder + "status") != "Discharging") continue;
    if (number(root, folder + "power_now")) {
      found.sources.push_back({.name = supply, .method = "battery", .paths = {folder + "power_now"}, .scale = micro});
    } else if (number(root, folder + "voltage_now") && number(root, folder + "current_now")) {
      found.sources.push_back({.name = supply,
                               .method = "battery",
                               .paths = {folder + "voltage_now", folder + "current_now"},
                               .scale = micro * micro});
    }
  }
}

void add_cards(const CardEnergy& cards, EnergySources& found) {
  for (std::size_t i = 0; i < cards.cards().size(); ++i) {
    const CardEnergy::Card& card = cards.cards()[i];
    EnergySource source{.name = card.name, .method = "NVML", .paths = {}, .scale = 1, .range = {}, .card = i};
    if (card.counts) source.range = std::numeric_limits<double>::infinity();
    found.sources.push_back(std::move(source));
  }
}

}  // namespace

std::vector<std::string> EnergySources::names() const {
  std::vector<std::string> all;
  for (const EnergySource& source : sources) all.push_back(source.method + " " + source.name);
  return all;
}

EnergySources energy_sources(const Root& root, const CardEnergy* cards) {
  EnergySources whole, parts;
  add_hwmon(root, whole, parts);
  if (whole.sources.empty()) add_battery(root, whole);
  whole.processors = true;
  if (!whole.sources.empty()) return whole;
  add_rapl(root, parts);
  parts.processors = std::ranges::find(parts.sources, "RAPL", &EnergySource::method) != parts.sources.end();
  if (cards != nullptr) add_cards(*cards, parts);
  return parts;
}

EnergyMeter::EnergyMeter(Root root, std::function<double()> clock, std::shared_ptr<CardEnergy> cards)
    : root_(std::move(root)), cards_(std::move(cards)), clock_(std::move(clock)), last_time_(clock_()) {
  EnergySources found = energy_sources(root_, cards_.get());
  notes_ = std::move(found.notes);
  processors_ = found.processors;
  const bool with_cards =
      std::ranges::any_of(found.sources, [](const auto& source) { return source.card.has_value(); });
  if (!with_cards) cards_.reset();
  const CardValues of_cards = read_cards();
  for (EnergySource& source : found.sources) {
    const std::optional<double> first = value(source, of_cards);
    sources_.push_back({.source = std::move(source), .last = first});
  }
}

EnergyMeter::CardValues EnergyMeter::read_cards() { return cards_ ? cards_->read() : CardValues(); }

std::optional<double> EnergyMeter::value(const EnergySource& source, const CardValues& cards) const {
  if (source.card) return cards.at(*source.card);
  double product = source.scale;
  for (const std::string& path : source.paths) {
    const std::optional<double> factor = number(root_, path);
    if (!factor) return std::nullopt;
    product *= *factor;
  }
  return source.range ? product : std::abs(product);  // some batteries count what leaves them as negative
}

void EnergyMeter::read() {
  const double now = clock_(), seconds = now - last_time_;
  last_time_ = now;
  const CardValues of_cards = read_cards();
  for (State& state : sources_) {
    const std::optional<double> next = value(state.source, of_cards);
    if (next && state.last) {
      const auto& range = state.source.range;
      const double rise = *next - *state.last;
      if (range && rise >= 0) state.joules += rise;
      if (range && rise < 0 && std::isfinite(*range))
        state.joules += rise + *range;  // otherwise its driver began again
      if (!range) state.joules += (*next + *state.last) / 2 * seconds;
    }
    if (next) state.last = next;
  }
}

double EnergyMeter::joules() {
  const std::lock_guard lock(mutex_);
  read();
  double total = 0;
  for (const State& state : sources_) total += state.joules;
  return total;
}

Json EnergyMeter::document() {
  const std::lock_guard lock(mutex_);
  read();
  Json rows = Json::array();
  for (const State& state : sources_)
    rows.push_back({{"name", state.source.name}, {"method", state.source.method}, {"joules", state.joules}});
  return rows;
}

}  // namespace palier
