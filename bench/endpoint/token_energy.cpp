#include "bench/endpoint/token_energy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr double joules_in_kwh = 3.6e6;

std::optional<std::array<double, 3>> grams_of(const TokenEnergy& energy) {
  if (!energy.per_thousand_output_tokens) return {};
  std::array<double, 3> grams = energy.intensity.grams;
  for (double& gram : grams) gram *= *energy.per_thousand_output_tokens / joules_in_kwh;
  return grams;
}

}  // namespace

std::optional<TokenEnergy> energy_of(const LoadResult& load, const EnergySources& sources,
                                     const CarbonIntensity& intensity) {
  if (load.conditions.joules <= 0) return {};
  TokenEnergy energy{.joules = load.conditions.joules,
                     .seconds = load.conditions.seconds,
                     .sources = sources.names(),
                     .processors = sources.processors,
                     .intensity = intensity,
                     .per_thousand_output_tokens = {}};
  double tokens = 0;
  for (const RequestRecord& record : load.records) {
    if (record.outcome == Outcome::completed) tokens += std::max(record.completion_tokens, 0);
  }
  if (tokens > 0) energy.per_thousand_output_tokens = 1000 * energy.joules / tokens;
  return energy;
}

void to_json(Json& json, const TokenEnergy& energy) {
  json = Json::object();
  json["joules"] = energy.joules;
  json["watts"] = energy.joules / energy.seconds;
  json["sources"] = energy.sources;
  json["processors"] = energy.processors;
  json["region"] = energy.intensity.region;
  json["intensity"] = energy.intensity.grams;
  json["updated"] = energy.intensity.updated;
  json["joules_per_thousand_output_tokens"] = energy.per_thousand_output_tokens;
  json["gco2e_per_thousand_output_tokens"] = grams_of(energy);
}

std::string text_of(const TokenEnergy& energy) {
  const char* who = energy.processors ? "This machine, the client in it," : "The GPUs alone, without the processors,";
  std::string text = fmt::format("{} took {} J ({} W by {})", who, format_number(energy.joules),
                                 format_number(energy.joules / energy.seconds), printable(join(energy.sources, ", ")));
  if (const auto grams = grams_of(energy)) {
    text += fmt::format(": {} J and {} gCO2e ({} to {}, electricity of {}) for a thousand output tokens",
                        format_number(*energy.per_thousand_output_tokens), format_number((*grams)[1]),
                        format_number((*grams)[0]), format_number((*grams)[2]), printable(energy.intensity.region));
  }
  return text + "\n";
}

}  // namespace palier
