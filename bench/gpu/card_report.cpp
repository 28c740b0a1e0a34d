#include "bench/gpu/card_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

void add(std::vector<Benchmark>& all, const std::vector<CardReading>& readings, const Json& parameters,
         const char* name, const char* unit, std::optional<double> CardState::*member) {
  Benchmark one;
  one.name = name;
  one.unit = unit;
  one.parameters = parameters;
  for (const CardReading& reading : readings) {
    if (const auto& value = reading.state.*member) one.samples.push_back(*value);
  }
  if (one.samples.empty()) return;
  one.median = median(one.samples);
  one.spread = median_absolute_deviation(one.samples);
  one.parameters["least"] = std::ranges::min(one.samples);
  one.parameters["most"] = std::ranges::max(one.samples);
  all.push_back(std::move(one));
}

}  // namespace

std::vector<Benchmark> card_benchmarks(const std::vector<CardReading>& readings, const Json& parameters) {
  std::vector<Benchmark> all;
  add(all, readings, parameters, "gpu SM clock", "Hz", &CardState::sm_clock);
  add(all, readings, parameters, "gpu memory clock", "Hz", &CardState::memory_clock);
  add(all, readings, parameters, "gpu temperature", "°C", &CardState::temperature);
  add(all, readings, parameters, "gpu power", "W", &CardState::power);
  return all;
}

Json card_limits(const std::vector<CardReading>& readings) {
  const auto told =
      std::ranges::count_if(readings, [](const CardReading& one) { return one.state.limits.has_value(); });
  if (told == 0) return nullptr;
  std::vector<Json> found;
  for (const ClockLimit& limit : clock_limits()) {
    int held = 0;
    std::vector<std::string> during;
    for (const CardReading& reading : readings) {
      if ((reading.state.limits.value_or(0) & limit.bit) == 0) continue;
      ++held;
      const bool said = std::ranges::find(during, reading.doing) != during.end();
      if (!reading.doing.empty() && !said) during.push_back(reading.doing);
    }
    if (held == 0) continue;
    Json one = Json::object();
    one["limit"] = limit.words;
    one["share"] = static_cast<double>(held) / static_cast<double>(told);
    one["during"] = during;
    found.push_back(std::move(one));
  }
  std::ranges::stable_sort(found, std::greater(), [](const Json& one) { return one.at("share").get<double>(); });
  return found;
}

std::vector<std::string> limit_sentences(const Json& limits) {
  std::vector<std::string> sentences;
  if (!limits.is_array()) return sentences;
  for (const Json& one : limits) {
    const std::string during = join(one.at("during").get<std::vector<std::string>>(), ", ");
    sentences.push_back(fmt::format("its clocks were held down by {} in {:.0f} % of the readings{}",
                                    one.at("limit").get<std::string>(), 100 * one.at("share").get<double>(),
                                    during.empty() ? "" : ", during: " + during));
  }
  return sentences;
}

}  // namespace palier
