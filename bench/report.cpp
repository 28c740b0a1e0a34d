#include "bench/report.hpp"

#include <algorithm>

namespace palier {

Better better_of(std::string_view unit) {
  if (unit.ends_with("/s") || unit == "Hz") return Better::higher;
  if (unit.starts_with("J/")) return Better::lower;
  constexpr std::array<std::string_view, 5> amounts = {"s", "ns", "B", "J", "Wh"};
  return std::ranges::find(amounts, unit) == amounts.end() ? Better::unknown : Better::lower;
}

void to_json(Json& json, const Benchmark& benchmark) {
  json = Json{{"name", benchmark.name},         {"unit", benchmark.unit},        {"parameters", benchmark.parameters},
              {"samples", benchmark.samples},   {"median", benchmark.median},    {"spread", benchmark.spread},
              {"interval", benchmark.interval}, {"warnings", benchmark.warnings}};
}

void from_json(const Json& json, Benchmark& benchmark) {
  json.at("name").get_to(benchmark.name);
  json.at("unit").get_to(benchmark.unit);
  read(json, "parameters", benchmark.parameters);
  json.at("samples").get_to(benchmark.samples);
  json.at("median").get_to(benchmark.median);
  read(json, "spread", benchmark.spread);
  read(json, "interval", benchmark.interval);
  read(json, "warnings", benchmark.warnings);
}

void to_json(Json& json, const Report& report) {
  json = Json{{"schema", Report::schema},        {"machine", report.machine},     {"method", report.method},
              {"benchmarks", report.benchmarks}, {"scaling", report.scaling},     {"predicted", report.predicted},
              {"energy", report.energy},         {"sustained", report.sustained}, {"warnings", report.warnings}};
}

void from_json(const Json& json, Report& report) {
  read(json, "machine", report.machine);
  read(json, "method", report.method);
  json.at("benchmarks").get_to(report.benchmarks);
  read(json, "scaling", report.scaling);
  read(json, "predicted", report.predicted);
  read(json, "energy", report.energy);
  read(json, "sustained", report.sustained);
  read(json, "warnings", report.warnings);
}

Report report_from(const Json& document, const std::string& name) {
  require_schema(document, Report::schema, name);
  return from_document<Report>(document, name);
}

}  // namespace palier
