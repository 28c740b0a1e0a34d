#include "bench/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/gpu/gpu_tables.hpp"
#include "bench/headlines.hpp"
#include "bench/measurements.hpp"
#include "bench/sustained.hpp"

namespace palier {
namespace {

// Whatever bytes a job's name has.
std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string number(double value) { return Json(value).dump(); }

// Quoted where a comma, a quote or a line end would be taken for another cell.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string place_of(const Benchmark& benchmark) {
  const char* x = axis({&benchmark});
  return x == nullptr ? "" : position(benchmark, x);
}

/// A row for each benchmark; the parameters are a JSON object.
std::string csv(const Measurements& measured) {
  std::string out = "name,place,unit,median,low,high,spread,samples,parameters\r\n";
  for (const Benchmark& b : measured.benchmarks) {
    const auto& interval = b.interval;
    const std::vector<std::string> cells = {b.name,
                                            place_of(b),
                                            b.unit,
                                            number(b.median),
                                            interval ? number((*interval)[0]) : "",
                                            interval ? number((*interval)[1]) : "",
                                            number(b.spread),
                                            std::to_string(b.samples.size()),
                                            dumped(b.parameters)};
    std::vector<std::string> quoted;
    quoted.reserve(cells.size());
    for (const std::string& cell : cells) quoted.push_back(csv_cell(cell));
    out += join(quoted, ",") + "\r\n";
  }
  return out;
}

std::string xml(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    const std::size_t found = std::string_view("&<>\"").find(c);
    constexpr std::array<std::string_view, 4> entities = {"&amp;", "&lt;", "&gt;", "&quot;"};
    out += found == std::string_view::npos ? std::string(1, c) : std::string(entities[found]);
  }
  return out;
}

/// A test case for each benchmark, which no figure can fail, and which is skipped where the machine was too noisy for
/// it.
std::string junit(const Measurements& measured) {
  std::string cases;
  std::size_t skipped = 0;
  for (const Benchmark& b : measured.benchmarks) {
    const auto noisy = std::ranges::find_if(b.warnings, [](const auto& text) { return text.starts_with("too noisy"); });
    cases += fmt::format("  <testcase classname=\"{}\" name=\"{}\">\n", xml(b.name), xml(place_of(b)));
    if (noisy != b.warnings.end()) cases += fmt::format("    <skipped message=\"{}\"/>\n", xml(*noisy));
    cases += fmt::format("    <system-out>median {} {}, {} samples", number(b.median), xml(b.unit), b.samples.size());
    for (const std::string& warning : b.warnings) cases += "\n" + xml(warning);
    cases += "</system-out>\n  </testcase>\n";
    skipped += noisy == b.warnings.end() ? 0 : 1;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"palier bench\" tests=\"{}\" failures=\"0\" "
      "errors=\"0\" skipped=\"{}\">\n{}</testsuite>\n",
      measured.benchmarks.size(), skipped, cases);
}

// What is text stays text: no cell ends early, no markup begins.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view("\\|<>*_`[]#").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string row(const std::vector<std::string>& cells) { return "| " + join(cells, " | ") + " |\n"; }

std::string value_of(const std::string& key, const Json& value) {
  if (value.is_null()) return "unknown";
  if (key.ends_with("bytes") && value.is_number()) return format_bytes(value.get<double>());
  return plain(value.is_string() ? value.get<std::string>() : dumped(value));
}

std::string section(const BenchmarkGroup& group) {
  const char* x = axis(group);
  std::string out = fmt::format("\n## {}\n\n", plain(group.front()->name));
  out += row({x == nullptr ? "" : axis_title(x), "median", "95 % interval", "samples"}) + "|---|---|---|---|\n";
  for (const Benchmark* b : group) {
    const std::string interval = b->interval ? fmt::format("{} .. {}", value_text((*b->interval)[0], b->unit),
                                                           value_text((*b->interval)[1], b->unit))
                                             : "-";
    out += row({x == nullptr ? "" : plain(axis_value(*b, x)), plain(value_text(b->median, b->unit)), plain(interval),
                std::to_string(b->samples.size())});
  }
  for (const Benchmark* b : group) {
    const std::string where = x == nullptr ? "" : position(*b, x) + ": ";
    for (const std::string& warning : b->warnings) out += "\n> " + plain(where + warning) + "\n";
  }
  return out;
}

std::string section(const GpuTable& gpu) {
  std::vector<std::string> rule(gpu.header.size(), "---");
  std::string out = gpu.title.empty() ? "\n" : fmt::format("\n## {}\n\n", plain(gpu.title));
  out += row(gpu.header) + "|" + join(rule, "|") + "|\n";
  for (const GpuRow& one : gpu.rows) {
    std::vector<std::string> cells;
    for (const std::string& cell : one.cells) cells.push_back(plain(cell));
    out += row(cells);
  }
  for (const std::string& sentence : gpu.sentences) out += "\n" + plain(sentence) + "\n";
  for (const std::string& warning : gpu.warnings) out += "\n> " + plain(warning) + "\n";
  return out;
}

std::string markdown(const Measurements& measured, const Report& report) {
  std::string out = "# What palier measured\n\n| | |\n|---|---|\n";
  for (const auto& [key, value] : measured.subject.items()) {
    const std::string title = key.ends_with("_bytes") ? key.substr(0, key.size() - 6) : key;
    out += row({plain(title), value_of(key, value)});
  }
  for (const BenchmarkGroup& group : groups(report)) {
    if (!is_of_gpu(report, *group.front())) out += section(group);
  }
  for (const GpuTable& gpu : gpu_tables(report, Lang::en)) out += section(gpu);
  if (const std::string advice = recommended_workers(report); !advice.empty())
    out += "\nRecommended: " + plain(advice) + "\n";
  for (const std::string& sentence : neighbour_sentences(report)) out += "\n" + plain(sentence) + "\n";
  for (const std::string& sentence : sustained_sentences(report)) out += "\n" + plain(sentence) + "\n";
  for (const std::string& warning : report.warnings) out += "\n> " + plain(warning) + "\n";
  return out;
}

}  // namespace

std::string exported(const Json& document, const std::filesystem::path& file) {
  const std::string extension = lower(file.extension().string());
  if (extension == ".csv") return csv(measurements_of(document, "the report"));
  if (extension == ".xml") return junit(measurements_of(document, "the report"));
  if (extension != ".md") return to_text(document);
  const Measurements measured = measurements_of(document, "the report");
  Report report;
  report.benchmarks = measured.benchmarks;
  report.method = document.value("method", Json::object());
  report.warnings = document.value("warnings", measured.warnings);
  report.scaling = document.value("scaling", Json());
  report.sustained = document.value("sustained", Json());
  return markdown(measured, report);
}

}  // namespace palier
