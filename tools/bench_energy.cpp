#include "tools/bench_energy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
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

std::string range_text(const Json& range, const std::string& unit) {
  const auto at = [&range](std::size_t i) { return range.at(i).get<double>(); };
  if (range.at(0) == range.at(2)) return fmt::format("{} {}", format_number(at(1)), unit);
  return fmt::format("{} {} ({} to {})", format_number(at(1)), unit, format_number(at(0)), format_number(at(2)));
}

Json scaled(const Json& range, double factor) {
  Json result = Json::array();
  for (const Json& value : range) result.push_back(value.get<double>() * factor);
  return result;
}

/// "GFLOP" and 1e9 for work that is counted in thousands of millions.
std::pair<std::string, double> amount(const std::string& work) {
  const bool small = work == "B" || work == "FLOP" || work == "OP";
  return small ? std::pair("G" + work, 1e9) : std::pair(work, 1.0);
}

}  // namespace

Json energy_of(const Report& report, const std::string& region, const Context& context) {
  const Knowledge knowledge = load_knowledge(context.data());
  const Grid& grid = knowledge.carbon.grid(region);
  Json work = rows(report, knowledge, grid.intensity);
  if (work.empty()) return nullptr;
  return {{"region", grid.id},
          {"intensity", json_of(grid.intensity)},
          {"updated", knowledge.carbon.updated},
          {"work", std::move(work)}};
}

std::string energy_text(const Json& energy, const Terminal& terminal) {
  if (!energy.is_object()) return {};
  Table table({Align::left, Align::left, Align::right, Align::right});
  table.header({"energy of", "at", "joules", "mg CO2e"});
  bool modelled = false;
  for (const Json& row : energy.at("work")) {
    const auto [unit, factor] = amount(row.at("per").get<std::string>());
    modelled = modelled || row.at("method") == "model";
    table.row({row.at("benchmark").get<std::string>(), row.at("at").get<std::string>(),
               range_text(scaled(row.at("joules"), factor), "J/" + unit),
               format_number(scaled(row.at("gco2e"), factor * 1000).at(1).get<double>())});
  }
  const std::string where = energy.at("region").get<std::string>();
  std::string out = "\n" + table.render(terminal, 2);
  const std::string how =
      fmt::format("{}Electricity of {}: {} (carbon.yaml, {}).",
                  modelled ? "By a model of the machine at work (docs/bench.md), not measured. " : "",
                  where == "WORLD" ? "the world" : where, range_text(energy.at("intensity"), "g CO2e/kWh"),
                  energy.at("updated").get<std::string>());
  for (const std::string& line : wrap(how, terminal.width)) out += styled(terminal, Style::dim, line) + "\n";
  return out;
}

}  // namespace palier
