#include "tools/bench_energy.hpp"

#include <algorithm>

#include "bench/energy.hpp"
#include "bench/headlines.hpp"
#include "hwdetect/machine.hpp"
#include "profiles/power.hpp"

namespace palier {
namespace {

constexpr double joules_in_kwh = 3.6e6;

Json json_of(const Range& range) { return {range.low, range.central, range.high}; }

/// "job" of "jobs/s", "FLOP" of "FLOP/s"; empty where it is no rate.
std::string work_of(const std::string& unit) {
  if (!unit.ends_with("/s")) return {};
  std::string work = unit.substr(0, unit.size() - 2);
  if (work.ends_with("ches")) return work.substr(0, work.size() - 2);
  if (work.size() > 3 && work.ends_with("s")) work.pop_back();
  return work;
}

std::optional<Range> measured(const Benchmark& benchmark) {
  const Json watts = benchmark.parameters.value("watts", Json());
  return watts.is_number() ? std::optional(Range::exactly(watts.get<double>())) : std::nullopt;
}

Json work_row(const Benchmark& benchmark, const std::string& where, const Range& watts, bool is_measured,
              const Range& intensity) {
  const Range joules = watts * (1 / benchmark.median);
  return {{"benchmark", benchmark.name},
          {"at", where},
          {"per", work_of(benchmark.unit)},
          {"method", is_measured ? "measured" : "model"},
          {"watts", json_of(watts)},
          {"joules", json_of(joules)},
          {"gco2e", json_of(joules * intensity * (1 / joules_in_kwh))}};
}

Range draw_of(const Json& machine, const Knowledge& knowledge, bool with_gpus) {
  const Draw draw = machine_draw(machine_from(machine, "the report"), knowledge);
  return with_gpus ? draw.total() : draw.host;
}

Json rows(const Report& report, const Knowledge& knowledge, const Range& intensity) {
  Json work = Json::array();
  for (const BenchmarkGroup& group : groups(report)) {
    const char* x = axis(group);
    for (const Benchmark* b : group) {
      const std::optional<Range> watts = measured(*b);
      if (work_of(b->unit).empty() || b->median <= 0 || (!watts && b != group.back())) continue;
      const Range taken = watts ? *watts : draw_of(report.machine, knowledge, b->name.starts_with("gpu"));
      work.push_back(work_row(*b, x == nullptr ? "" : position(*b, x), taken, watts.has_value(), intensity));
    }
  }
  return work;
}

}  // namespace

Json energy_of(const Report& report, const std::string& region, const Context& context) {
  const Knowledge knowledge = load_knowledge(context.data());
  const Grid& grid = knowledge.carbon.grid(region);
  Json work = rows(report, knowledge, grid.intensity);
  if (work.empty()) return nullptr;
  const bool any_measured = std::ranges::any_of(work, [](const Json& row) { return row.at("method") == "measured"; });
  Json sources = Json::array();
  if (any_measured) sources = energy_sources(Root(), card_energy(Root()).get()).names();
  return {{"region", grid.id},
          {"intensity", json_of(grid.intensity)},
          {"updated", knowledge.carbon.updated},
          {"sources", std::move(sources)},
          {"work", std::move(work)}};
}

}  // namespace palier
