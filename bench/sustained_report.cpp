#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "bench/statistics.hpp"
#include "bench/sustained.hpp"

namespace palier {
namespace {

constexpr const char* rate_name = "sustained rate";

void add_benchmark(Report& report, const Sustained& sustained, const std::string& name, const std::string& unit,
                   double SustainedSlot::*member, std::uint64_t seed) {
  Json parameters = Json::object();
  parameters["threads"] = sustained.threads;
  parameters["precision"] = sustained.format;
  parameters["isa"] = sustained.isa;
  Benchmark benchmark = summarise(name, unit, std::move(parameters), sustained_values(sustained.slots, member), seed);
  Conditions conditions;
  for (const SustainedSlot& slot : sustained.slots) conditions += slot.conditions;
  if (conditions.joules > 0) benchmark.parameters["watts"] = conditions.joules / conditions.seconds;
  for (std::string& warning : noise_warnings(conditions)) benchmark.warnings.push_back(std::move(warning));
  report.benchmarks.push_back(std::move(benchmark));
}

Json json_of(const Sustained& sustained, const SustainedFall& fall) {
  Json json = Json::object();
  json["seconds"] = sustained_values(sustained.slots, &SustainedSlot::seconds);
  json["window"] = fall.window;
  json["first"] = fall.first;
  json["last"] = fall.last;
  json["fall"] = fall.fall;
  json["interval"] = fall.interval;
  json["clock_fall"] = fall.clock_fall;
  json["fell"] = fall.fell;
  json["causes"] = fall.causes;
  json["throttling"] = sustained.throttling;
  return json;
}

/// Where nothing points at a cause: what was looked at.
std::string no_cause(const Json& throttling) {
  std::string text = "The machine tells no cause: the clock stayed, ";
  if (throttling.at("core_events").is_null()) text += "there is no counter of heat, ";
  return text + "no quota held the program back, and neither the hypervisor nor other programs took more than before.";
}

}  // namespace

void add_to(Report& report, const Sustained& sustained, std::uint64_t seed) {
  if (sustained.slots.size() < 2) {
    report.warnings.emplace_back("too short to say whether the rate falls: give a longer --duration");
    return;
  }
  const std::string name = fmt::format("{}, {}, {}", rate_name, sustained.format, sustained.isa);
  const std::string unit = sustained.format == "int8" ? "OP/s" : "FLOP/s";
  add_benchmark(report, sustained, name, unit, &SustainedSlot::rate, seed);
  add_benchmark(report, sustained, "sustained clock", "Hz", &SustainedSlot::clock, seed);
  report.sustained = json_of(sustained, sustained_fall(sustained, seed));
}

std::vector<std::string> sustained_sentences(const Report& report) {
  if (!report.sustained.is_object()) return {};
  const Json& found = report.sustained;
  const auto rate =
      std::ranges::find_if(report.benchmarks, [](const Benchmark& b) { return b.name.starts_with(rate_name); });
  const std::string unit = rate == report.benchmarks.end() ? "" : rate->unit;
  const auto number = [&](const char* key) { return found.at(key).get<double>(); };
  const Json& interval = found.at("interval");
  if (interval.is_null()) return {"Too few samples to say whether the rate falls: give a longer --duration."};
  const std::string fall = fmt::format("by {:.1f} % ({:.1f} .. {:.1f})", 100 * number("fall"),
                                       100 * interval.at(0).get<double>(), 100 * interval.at(1).get<double>());
  std::vector<std::string> sentences = {
      fmt::format("{} {} over {}: {} in the first {} samples, {} in the last {}.",
                  found.at("fell").get<bool>() ? "The rate fell" : "The rate held: it fell", fall,
                  format_seconds(found.at("seconds").back().get<double>()), format_si(number("first"), unit),
                  found.at("window").dump(), format_si(number("last"), unit), found.at("window").dump())};
  const auto causes = found.at("causes").get<std::vector<std::string>>();
  for (const std::string& cause : causes) sentences.push_back("The machine tells: " + cause + ".");
  if (causes.empty() && found.at("fell").get<bool>()) sentences.push_back(no_cause(found.at("throttling")));
  return sentences;
}

}  // namespace palier
