#include "bench/gpu/gpu_text.hpp"

#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/headlines.hpp"

namespace palier {
namespace {

std::string text_of(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string();
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

// "copy", "host to device, pinned", "product of bf16, n = 8192"
std::string row_name(const Benchmark& benchmark) {
  const Json& parameters = benchmark.parameters;
  std::string name = benchmark.name.starts_with("gpu ") ? benchmark.name.substr(4) : benchmark.name;
  if (const std::string format = text_of(parameters, "format"); !format.empty())
    name = fmt::format("{}, {}, n = {}", name, format, parameters.value("n", 0));
  if (const std::string memory = text_of(parameters, "memory"); !memory.empty()) name += ", " + memory;
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

std::string section(const Report& report, const Json& gpu, const DataSheet& data_sheet, const Terminal& terminal) {
  Table table({Align::left, Align::right, Align::right, Align::right});
  table.header({"", "median", "95 % interval", "data sheet"});
  std::vector<std::string> warnings;
  for (const Benchmark& benchmark : report.benchmarks) {
    if (benchmark.parameters.value("device", -1) != gpu.value("device", 0)) continue;
    const std::optional<double> sheet = data_sheet(gpu, benchmark);
    const std::string beside =
        sheet ? fmt::format("{} ({:.0f} %)", value_text(*sheet, benchmark.unit), 100 * benchmark.median / *sheet) : "-";
    table.row({row_name(benchmark), value_of(benchmark.median, benchmark.unit), interval_of(benchmark), beside});
    for (const std::string& warning : benchmark.warnings)
      warnings.push_back(fmt::format("{}: {}", row_name(benchmark), warning));
  }
  std::string out =
      styled(terminal, Style::bold, shorten(heading(gpu), terminal.width)) + "\n" + table.render(terminal, 2);
  for (const std::string& warning : warnings) {
    for (const std::string& line : wrap(printable("Warning: " + warning), terminal.width))
      out += styled(terminal, Style::warning, line) + "\n";
  }
  return out;
}

// "GPU 0 to GPU 1, directly", "host to device, together, pinned"
std::string together_name(const Benchmark& benchmark) {
  const Json& parameters = benchmark.parameters;
  if (!parameters.contains("from")) return row_name(benchmark);
  return fmt::format("GPU {} to GPU {}, {}", parameters.value("from", 0), parameters.value("to", 0),
                     parameters.value("direct", false) ? "directly" : "through the computer's memory");
}

// What the devices did with each other and beside each other.
std::string together_section(const Report& report, const Terminal& terminal) {
  Table table({Align::left, Align::right, Align::right});
  table.header({"", "median", "95 % interval"});
  bool any = false;
  for (const Benchmark& benchmark : report.benchmarks) {
    if (benchmark.parameters.contains("device")) continue;
    table.row({together_name(benchmark), value_of(benchmark.median, benchmark.unit), interval_of(benchmark)});
    any = true;
  }
  if (!any) return {};
  return "\n" + styled(terminal, Style::bold, "All GPUs") + "\n" + table.render(terminal, 2);
}

}  // namespace

std::string render_gpus(const Report& report, const DataSheet& data_sheet, const Terminal& terminal) {
  std::string out;
  const Json& gpus = report.method.at("gpus");
  for (const Json& gpu : gpus) out += (out.empty() ? "" : "\n") + section(report, gpu, data_sheet, terminal);
  out += together_section(report, terminal);
  if (gpus.empty()) {
    for (const std::string& line : wrap("No GPU to measure: neither CUDA's driver nor OpenCL offers one here. "
                                        "'palier detect --only gpus' says what this computer has.",
                                        terminal.width))
      out += line + "\n";
  }
  for (const std::string& warning : report.warnings) {
    for (const std::string& line : wrap(printable("Warning: " + warning), terminal.width))
      out += styled(terminal, Style::warning, line) + "\n";
  }
  return out;
}

}  // namespace palier
