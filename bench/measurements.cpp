#include "bench/measurements.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bench/headlines.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

struct Rate {
  const char *key, *name, *unit;
};
constexpr auto rates = std::to_array<Rate>({{"requests", "requests", "req/s"},
                                            {"goodput", "goodput", "req/s"},
                                            {"output_tokens", "output tokens", "tokens/s"}});

Json subject_of_machine(const Json& machine) {
  const auto at = [&](const char* pointer) {
    return machine.is_object() ? machine.value(Json::json_pointer(pointer), Json()) : Json();
  };
  return {{"processor", at("/cpu/model")},
          {"architecture", at("/cpu/architecture")},
          {"processing units", at("/cpu/pus")},
          {"CPUs allowed", at("/effective/cpus")},
          {"memory_bytes", at("/memory/total")}};
}

bool noisy(const std::vector<std::string>& warnings) {
  Report report;
  report.warnings = warnings;
  return too_noisy(report);
}

Measurements of_report(const Json& document, const std::string& name) {
  Report report = report_from(document, name);
  Measurements result{.name = name, .subject = subject_of_machine(report.machine), .benchmarks = {}, .warnings = {}};
  std::size_t count = 0;
  for (const Benchmark& benchmark : report.benchmarks) count += noisy(benchmark.warnings) ? 1 : 0;
  if (count > 0)
    result.warnings.push_back(
        fmt::format("the machine was too noisy for {} of {} benchmarks", count, report.benchmarks.size()));
  if (report.method.value("interrupted", false)) result.warnings.emplace_back("it was interrupted");
  result.benchmarks = std::move(report.benchmarks);
  return result;
}

Json subject_of_endpoint(const Json& run) {
  const Json &endpoint = run.at("endpoint"), &load = run.at("load"), &prompts = run.at("prompts");
  const Json& simulated = endpoint.at("simulated");
  Json subject = {{"endpoint", simulated.is_null() ? endpoint.at("url") : Json("simulated " + simulated.dump())}};
  if (const Json parts = run.value("endpoints", Json::array()); !parts.empty()) {
    std::vector<std::string> urls;
    for (const Json& part : parts) urls.push_back(part.at("url").get<std::string>());
    subject["endpoint"] = join(urls, ", ");
  }
  for (const char* key : {"model", "stream"}) subject[key] = endpoint.at(key);
  for (const char* key : {"loop", "arrivals"}) subject[key] = load.value(key, Json());
  for (const char* key : {"source", "input_words", "max_tokens", "shared_prefix_words", "extra"})
    subject[fmt::format("prompts: {}", key)] = prompts.at(key);
  return subject;
}

Benchmark metric_of(const std::string& name, const Json& metric, const Json& parameters) {
  auto samples = metric.value("samples", std::vector<double>());
  const bool medians_only = samples.empty();  // such as the gaps of streams, which depend on each other
  if (medians_only) samples.push_back(metric.at("p50").at("value").get<double>());
  return summarise(name, metric.at("unit").get<std::string>(), parameters, std::move(samples), 1);
}

// `whose` is added to each name.
void add_figures(Measurements& result, const Json& figures, const Json& parameters, const std::string& whose = {}) {
  for (const Rate& rate : rates) {
    const auto value = figures.at("rates").at(rate.key).get<double>();
    if (value > 0) result.benchmarks.push_back(summarise(rate.name + whose, rate.unit, parameters, {value}, 1));
  }
  for (const auto& [name, metric] : figures.at("metrics").items())
    result.benchmarks.push_back(metric_of(name + whose, metric, parameters));
}

void add_endpoint(Measurements& result, const Json& run) {
  const Json& load = run.at("load");
  const bool open = load.at("loop") == "open";
  const char* const place = open ? "rate" : "concurrency";
  Json parameters = Json::object();  // not by braces: compilers differ in what a pair in them is
  parameters[place] = load.at(place);
  add_figures(result, run, parameters);
  for (const Json& part : run.value("endpoints", Json::array()))
    add_figures(result, part, parameters, " of " + part.at("url").get<std::string>());
  if (run.at("interrupted").get<bool>()) result.warnings.emplace_back("it was interrupted");
  if (run.at("client").at("limiting").get<bool>())
    result.warnings.emplace_back("the client was the limit: the figures say nothing of the server");
  if (noisy(run.at("warnings").get<std::vector<std::string>>()))
    result.warnings.emplace_back("the machine of the client was too noisy");
}

Measurements of_endpoint(const std::vector<Json>& runs, const std::string& name) {
  Measurements result{.name = name, .subject = Json::object(), .benchmarks = {}, .warnings = {}};
  for (const Json& run : runs) {
    require_schema(run, "palier.endpoint/1", name);
    result.subject = subject_of_endpoint(run);
    add_endpoint(result, run);
  }
  return result;
}

}  // namespace

Measurements measurements_of(const Json& document, const std::string& name) {
  const Json schema = document.is_object() ? document.value("schema", Json()) : Json();
  try {
    if (schema == "palier.endpoint/1") return of_endpoint({document}, name);
    if (schema == "palier.endpoint-sweep/1") return of_endpoint(document.at("runs").get<std::vector<Json>>(), name);
    return of_report(document, name);
  } catch (const nlohmann::json::exception& e) {
    throw_wrong_document(name, e.what());
  }
}

}  // namespace palier
