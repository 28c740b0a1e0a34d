#include "bench/gpu/gpu_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/gpu/card_report.hpp"
#include "bench/headlines.hpp"

namespace palier {
namespace {

std::string text_of(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string();
}

double number_of(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : 0;
}

std::string heading(const Json& gpu) {
  std::string text = fmt::format("GPU {}: {}", gpu.value("device", 0), text_of(gpu, "name"));
  std::vector<std::string> details;
  for (const char* key : {"api", "driver"}) {
    if (std::string detail = text_of(gpu, key); !detail.empty()) details.push_back(std::move(detail));
  }
  if (gpu.contains("memory")) details.push_back(format_bytes(gpu["memory"].get<double>()));
  return printable(fmt::format("{} ({})", text, join(details, ", ")));
}

// "copy", "host to device, pinned", "matrix product, bf16, n = 8192", "GPU 0 to GPU 1, directly"
std::string row_name(const Benchmark& benchmark) {
  const Json& parameters = benchmark.parameters;
  if (parameters.contains("from"))
    return fmt::format("GPU {} to GPU {}, {}", parameters.value("from", 0), parameters.value("to", 0),
                       parameters.value("direct", false) ? "directly" : "through the computer's memory");
  std::string name = benchmark.name.starts_with("gpu ") ? benchmark.name.substr(4) : benchmark.name;
  if (const std::string format = text_of(parameters, "format"); !format.empty())
    name = fmt::format("{}, {}, n = {}", name, format, parameters.value("n", 0));
  if (const std::string memory = text_of(parameters, "memory"); !memory.empty()) name += ", " + memory;
  if (const std::string by = text_of(parameters, "energy"); !by.empty()) name += ", by its " + by;
  return printable(name);
}

// A launch is known by how long it takes.
std::string value_of(double value, const std::string& unit) {
  if (unit == "launches/s" && value > 0) return format_seconds(1 / value);
  return value_text(value, unit);
}

std::string interval_of(const Benchmark& benchmark) {
  if (!benchmark.interval) return "-";
  auto [low, high] = *benchmark.interval;
  if (benchmark.unit == "launches/s") std::swap(low, high);
  return fmt::format("{} .. {}", value_of(low, benchmark.unit), value_of(high, benchmark.unit));
}

std::string limit_text(const Benchmark& benchmark) {
  const double limit = number_of(benchmark.parameters, "limit");
  if (limit <= 0) return "-";
  return fmt::format("{} ({:.0f} %)", value_text(limit, benchmark.unit), 100 * benchmark.median / limit);
}

// What a card did meanwhile has no interval, but a least and a most.
bool is_course(const Benchmark& benchmark) { return benchmark.parameters.contains("least"); }

void add_limits_sentence(GpuTable& table, Lang lang) {
  std::vector<std::string> names;
  for (const GpuRow& row : table.rows) {
    const std::string name = text_of(row.benchmark->parameters, "limit_of");
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (!names.empty())
    table.sentences.push_back((lang == Lang::fr ? "Au plus, selon " : "At most, by ") + printable(join(names, ", ")) +
                              ".");
}

template <class Wanted>
GpuTable figures(const Report& report, std::string title, Lang lang, const Wanted& wanted) {
  using Header = std::vector<std::string>;
  GpuTable table{.title = std::move(title),
                 .header = lang == Lang::fr ? Header{"", "médiane", "intervalle à 95 %", "au plus"}
                                            : Header{"", "median", "95 % interval", "at most"},
                 .rows = {},
                 .sentences = {},
                 .warnings = {}};
  for (const Benchmark& benchmark : report.benchmarks) {
    if (!wanted(benchmark) || is_course(benchmark)) continue;
    table.rows.push_back({{row_name(benchmark), value_of(benchmark.median, benchmark.unit), interval_of(benchmark),
                           limit_text(benchmark)},
                          &benchmark});
    for (const std::string& warning : benchmark.warnings)
      table.warnings.push_back(printable(fmt::format("{}: {}", row_name(benchmark), warning)));
  }
  add_limits_sentence(table, lang);
  return table;
}

GpuTable course(const Report& report, const Json& gpu, Lang lang) {
  using Header = std::vector<std::string>;
  GpuTable table{.title = {},
                 .header = lang == Lang::fr ? Header{"pendant ce temps", "minimum", "médiane", "maximum"}
                                            : Header{"meanwhile", "least", "median", "most"},
                 .rows = {},
                 .sentences = {},
                 .warnings = {}};
  for (const Benchmark& benchmark : report.benchmarks) {
    if (!is_course(benchmark) || benchmark.parameters.value("device", -1) != gpu.value("device", 0)) continue;
    const auto value = [&](double number) { return value_text(number, benchmark.unit); };
    table.rows.push_back({{row_name(benchmark), value(number_of(benchmark.parameters, "least")),
                           value(benchmark.median), value(number_of(benchmark.parameters, "most"))},
                          &benchmark});
  }
  const Json limits = gpu.value("clock_limits", Json());
  for (const std::string& sentence : limit_sentences(limits)) table.warnings.push_back(printable(sentence));
  if (limits.is_array() && limits.empty())
    table.sentences.emplace_back(lang == Lang::fr ? "Rien n’a retenu ses fréquences."
                                                  : "Nothing held its clocks down.");
  return table;
}

}  // namespace

bool is_of_gpu(const Report& report, const Benchmark& benchmark) {
  return report.method.contains("gpus") && benchmark.name.starts_with("gpu");
}

std::vector<GpuTable> gpu_tables(const Report& report, Lang lang) {
  std::vector<GpuTable> tables;
  if (!report.method.contains("gpus")) return tables;
  for (const Json& gpu : report.method.at("gpus")) {
    const auto its = [&](const Benchmark& one) { return one.parameters.value("device", -1) == gpu.value("device", 0); };
    tables.push_back(figures(report, heading(gpu), lang, its));
    if (GpuTable meanwhile = course(report, gpu, lang); !meanwhile.rows.empty()) tables.push_back(std::move(meanwhile));
  }
  const auto of_all = [](const Benchmark& one) { return !one.parameters.contains("device"); };
  if (GpuTable all = figures(report, lang == Lang::fr ? "Tous les GPU" : "All GPUs", lang, of_all); !all.rows.empty())
    tables.push_back(std::move(all));
  return tables;
}

}  // namespace palier
