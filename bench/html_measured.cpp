#include "bench/html_measured.hpp"

#include <fmt/format.h>

#include "bench/energy_table.hpp"
#include "bench/gpu/gpu_tables.hpp"
#include "bench/headlines.hpp"
#include "bench/html_histogram.hpp"
#include "bench/html_page.hpp"
#include "bench/html_roofline.hpp"
#include "bench/html_text.hpp"
#include "bench/sustained.hpp"

namespace palier::html {
namespace {

bool is_workers(const char* axis) { return axis != nullptr && std::string_view(axis) == "workers"; }

std::string warnings(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += element("p", escape(text), "warning");
  return out;
}

std::string group_table(const BenchmarkGroup& group, const char* x, Lang lang) {
  const bool fr = lang == Lang::fr;
  const std::string first = x != nullptr ? axis_title(x) : fr ? "paramètres" : "parameters";
  std::vector<std::vector<std::string>> rows;
  for (const Benchmark* b : group) {
    const std::string interval = b->interval ? fmt::format("{} – {}", value_text((*b->interval)[0], b->unit),
                                                           value_text((*b->interval)[1], b->unit))
                                             : "–";
    rows.push_back({escape(x != nullptr ? axis_value(*b, x) : b->parameters.dump()),
                    escape(value_text(b->median, b->unit)), escape(interval),
                    fmt::format("{} {}", b->samples.size(), histogram(*b))});
  }
  return table(
      {first, fr ? "médiane" : "median", fr ? "intervalle à 95 %" : "95 % interval", fr ? "mesures" : "samples"}, rows);
}

Json plot(const BenchmarkGroup& group, const char* x, const Report& report) {
  Json points = Json::array();
  for (const Benchmark* b : group) {
    points.push_back({{"x", b->parameters[x]},
                      {"y", b->median},
                      {"low", b->interval ? (*b->interval)[0] : b->median},
                      {"high", b->interval ? (*b->interval)[1] : b->median}});
  }
  Json out = {{"unit", group.front()->unit}, {"axis", axis_title(x)}, {"points", points}};
  const bool has_fit = is_workers(x) && report.scaling.is_object() && report.scaling.contains("curve");
  if (has_fit) out["curve"] = report.scaling["curve"];
  return out;
}

/// The samples in the order of time, of what was measured for long; null of anything else.
Json course(const Benchmark& benchmark, const Report& report) {
  const bool has_times = report.sustained.is_object() && benchmark.name.starts_with("sustained");
  const Json seconds = has_times ? report.sustained.value("seconds", Json::array()) : Json::array();
  if (seconds.empty() || seconds.size() != benchmark.samples.size()) return nullptr;
  Json points = Json::array();
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    const double value = benchmark.samples[i];
    points.push_back({{"x", seconds[i]}, {"y", value}, {"low", value}, {"high", value}});
  }
  Json out = {{"unit", benchmark.unit}, {"axis", "s"}, {"points", points}};
  out["names"] = Json::array({benchmark.name, ""});
  return out;
}

std::string section(const BenchmarkGroup& group, const Report& report, Lang lang, Json& plots) {
  const char* x = axis(group);
  std::string out = element("h2", escape(group.front()->name));
  if (Json over_time = course(*group.front(), report); over_time.is_object()) {
    out += place_of_plot(plots);
    plots.push_back(std::move(over_time));
  }
  if (is_workers(x)) {
    out += element("p", escape(recommended_workers(report)));
    for (const std::string& sentence : neighbour_sentences(report)) out += element("p", escape(sentence));
  }
  if (x != nullptr && group.size() > 1 && group.front()->parameters[x].is_number()) {
    out += place_of_plot(plots);
    plots.push_back(plot(group, x, report));
  }
  out += group_table(group, x, lang);
  for (const Benchmark* b : group) {
    const std::string where = x == nullptr ? "" : position(*b, x) + ": ";
    for (const std::string& text : b->warnings) out += element("p", escape(where + text), "warning");
  }
  return element("section", out) + "\n";
}

std::string gpu_section(const GpuTable& gpu, Lang lang) {
  std::vector<std::string> header = gpu.header;
  header.emplace_back(lang == Lang::fr ? "mesures" : "samples");
  std::vector<std::vector<std::string>> rows;
  for (const GpuRow& row : gpu.rows) {
    rows.emplace_back();
    for (const std::string& cell : row.cells) rows.back().push_back(escape(cell));
    rows.back().push_back(fmt::format("{} {}", row.benchmark->samples.size(), histogram(*row.benchmark)));
  }
  std::string out = (gpu.title.empty() ? "" : element("h2", escape(gpu.title))) + table(header, rows);
  for (const std::string& sentence : gpu.sentences) out += element("p", escape(sentence), "method");
  return element("section", out + warnings(gpu.warnings)) + "\n";
}

std::string energy_section(const Json& energy, Lang lang) {
  const EnergyTable words = energy_table(energy, lang);
  if (words.rows.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : words.rows) {
    rows.emplace_back();
    for (const std::string& cell : row) rows.back().push_back(escape(cell));
  }
  return element("section", element("h2", lang == Lang::fr ? "L’énergie" : "Energy") +
                                table({words.header.begin(), words.header.end()}, rows) +
                                element("p", escape(words.how), "method")) +
         "\n";
}

}  // namespace

Measured measured(const Report& report, Lang lang) {
  Measured out;
  for (const Headline& headline : headlines(report, lang))
    out.figures += card(headline.value, headline.label, headline.detail);
  std::string sentences;
  for (const std::string& sentence : sustained_sentences(report)) sentences += element("p", escape(sentence), "lead");
  const char* title = lang == Lang::fr ? "Dans la durée" : "Over time";
  if (!sentences.empty()) out.sections += element("section", element("h2", title) + sentences) + "\n";
  for (const BenchmarkGroup& group : groups(report)) {
    if (!is_of_gpu(report, *group.front())) out.sections += section(group, report, lang, out.plots);
  }
  for (const GpuTable& gpu : gpu_tables(report, lang)) out.sections += gpu_section(gpu, lang);
  out.sections += roofline_section(report, lang, out.plots);
  out.sections += energy_section(report.energy, lang);
  out.sections += warnings(report.warnings);
  return out;
}

}  // namespace palier::html
