#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace palier {

/// One measured quantity. Every raw sample is kept beside what was made of them.
struct Benchmark {
  std::string name;                  ///< "memory triad"
  std::string unit;                  ///< "B/s", "FLOP/s", "jobs/s"
  Json parameters = Json::object();  ///< {"threads": 2, "bytes": 268435456}
  std::vector<double> samples;
  double median = 0;
  double spread = 0;  ///< median absolute deviation
  std::optional<std::array<double, 2>>
      interval;  ///< 95 % bootstrap interval of the median; null with fewer than 3 samples
  std::vector<std::string> warnings;
};

enum class Better { higher, lower, unknown };

/// By its unit: a rate (".../s", "Hz") is better when higher, a time or an amount ("s", "ns", "B", "J", "Wh",
/// "J/TFLOP") when lower.
Better better_of(std::string_view unit);

/// Document schema "palier.report/1".
struct Report {
  static constexpr const char* schema = "palier.report/1";
  Json machine;                  ///< the Machine document of the computer that was measured
  Json method = Json::object();  ///< {"seed": 1, "time_budget": 60, "interrupted": false}
  std::vector<Benchmark> benchmarks;
  Json scaling;         ///< what `bench workers` made of its benchmarks (bench/workers.hpp); null where it did not run
  Json predicted = {};  ///< what was expected, beside what was measured (bench/prediction.hpp); null where nothing was
  Json energy = {};     ///< joules and gCO2e of a unit of work (tools/bench_energy.hpp); null where there is no rate
  Json sustained = {};  ///< whether the rate fell over time (bench/sustained.hpp); null where that was not measured
  std::vector<std::string> warnings;  ///< about the whole run
};

void to_json(Json& json, const Benchmark& benchmark);
void from_json(const Json& json, Benchmark& benchmark);
void to_json(Json& json, const Report& report);
void from_json(const Json& json, Report& report);

/// Reads a Report document; `name` is where it came from, for errors.
Report report_from(const Json& document, const std::string& name);

}  // namespace palier
