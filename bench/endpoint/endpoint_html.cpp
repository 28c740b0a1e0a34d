#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "bench/endpoint/endpoint_rows.hpp"
#include "bench/endpoint/sweep_rows.hpp"
#include "bench/html_page.hpp"
#include "bench/html_text.hpp"

namespace palier {
namespace {

using html::element;
using html::escape;

const EndpointOptions& options_of(const EndpointSweep& sweep) { return sweep.runs.front().options; }

std::string title_of(const EndpointSweep& sweep) {
  return options_of(sweep).targets.empty() ? "A simulated server" : sweep.runs.front().url;
}

std::string load_text(const EndpointSweep& sweep, double load) {
  return fmt::format("{} {}", format_number(load), sweep.rates ? "requests/s" : "under way");
}

std::string at_load(const EndpointSweep& sweep, std::size_t i) { return load_text(sweep, sweep.loads[i]); }

std::string unbroken(const std::string& figure) { return element("span", escape(figure), "range"); }

std::size_t best(const EndpointSweep& sweep, double EndpointResult::*rate) {
  const auto found = std::ranges::max_element(sweep.runs, {}, [&](const EndpointRun& r) { return r.result.*rate; });
  return static_cast<std::size_t>(found - sweep.runs.begin());
}

std::string rate_cards(const EndpointSweep& sweep) {
  std::string cards;
  const auto add = [&](double EndpointResult::*rate, const char* unit, const char* label) {
    const std::size_t i = best(sweep, rate);
    const double value = sweep.runs[i].result.*rate;
    if (value > 0) cards += html::card(format_number(value) + " " + unit, label, "at " + at_load(sweep, i));
  };
  const bool several = sweep.runs.size() > 1;
  add(&EndpointResult::request_rate, "requests/s", several ? "most requests" : "requests");
  add(&EndpointResult::output_token_rate, "tokens/s", several ? "most output tokens" : "output tokens");
  return cards;
}

// Of the knee, or of the only run.
std::string latency_cards(const EndpointResult& result) {
  std::string cards;
  for (const char* name : {"ttft", "tpot", "e2e"}) {
    const EndpointMetric* const metric = result.find(name);
    if (metric == nullptr) continue;
    cards += html::card(short_time(metric->values.at(0.5)), metric->label,
                        fmt::format("median; p95 {}", short_time(metric->values.at(0.95))));
  }
  return cards;
}

std::string cards(const EndpointSweep& sweep) {
  std::string out;
  if (sweep.highest) out += html::card(load_text(sweep, *sweep.highest), "highest load that meets the objectives", "");
  if (sweep.knee)
    out += html::card(at_load(sweep, *sweep.knee), "the knee", "most requests/s for their end-to-end time");
  out += rate_cards(sweep);
  return sweep.runs.size() == 1 ? out + latency_cards(sweep.runs.front().result) : out;
}

Json empty_plot(const EndpointSweep& sweep, const char* unit) {
  Json plot;
  plot["unit"] = unit;
  plot["axis"] = load_unit(sweep);
  plot["loads"] = sweep.loads;
  plot["points"] = Json::array();
  if (sweep.knee) {
    plot["mark"]["x"] = sweep.loads[*sweep.knee];
    plot["mark"]["label"] = fmt::format("knee: {}", at_load(sweep, *sweep.knee));
  }
  return plot;
}

void add_point(Json& plot, double x, double y) {
  Json point;
  point["x"] = x;
  point["y"] = point["low"] = point["high"] = y;
  plot["points"].push_back(std::move(point));
}

// The median and the 95th percentile of a metric against the load.
Json latency_plot(const EndpointSweep& sweep, const char* name) {
  Json plot = empty_plot(sweep, "ms");
  plot["names"] = {"median", "p95"};
  plot["curve"] = Json::array();
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const EndpointMetric* const metric = sweep.runs[i].result.find(name);
    if (metric == nullptr) continue;
    add_point(plot, sweep.loads[i], 1e3 * metric->values.at(0.5));
    Json p95 = Json::array();
    p95.push_back(sweep.loads[i]);
    p95.push_back(1e3 * metric->values.at(0.95));
    plot["curve"].push_back(std::move(p95));
  }
  return plot;
}

Json rate_plot(const EndpointSweep& sweep) {
  Json plot = empty_plot(sweep, "requests/s");
  plot["names"] = {"requests/s", ""};
  for (std::size_t i = 0; i < sweep.runs.size(); ++i)
    add_point(plot, sweep.loads[i], sweep.runs[i].result.request_rate);
  return plot;
}

std::string curves(const EndpointSweep& sweep, Json& plots) {
  if (sweep.runs.size() < 2) return {};
  std::string out = element("h2", "Latency against load");
  const auto add = [&](const std::string& title, Json plot) {
    if (plot["points"].size() < 2) return;
    out += element("h3", escape(title)) + html::place_of_plot(plots);
    plots.push_back(std::move(plot));
  };
  add("Time to the first token (TTFT)", latency_plot(sweep, "ttft"));
  add("Time per output token (TPOT)", latency_plot(sweep, "tpot"));
  add("End to end", latency_plot(sweep, "e2e"));
  add("Requests served", rate_plot(sweep));
  return element("section", out);
}

std::string loads(const EndpointSweep& sweep) {
  std::string out = element("h2", sweep.runs.size() > 1 ? "Each load" : "The load");
  for (const std::string& sentence : conclusions(sweep)) out += element("p", escape(sentence));
  std::vector<std::string> header = sweep_header(sweep);
  header.emplace_back();
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    std::vector<std::string> row = sweep_row(sweep, i);
    std::ranges::transform(row, row.begin(), unbroken);
    const SweepRemark remark = remark_on(sweep, i);
    row.push_back(remark.style == Style::warning ? element("span", escape(remark.text), "warning")
                                                 : escape(remark.text));
    rows.push_back(std::move(row));
  }
  out += html::table(header, rows);
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    if (const auto& energy = sweep.runs[i].energy)
      out += element("p", escape(at_load(sweep, i) + ": " + text_of(*energy)));
    for (const std::string& warning : sweep.runs[i].result.warnings)
      out += element("p", escape(at_load(sweep, i) + ": " + warning), "warning");
  }
  return element("section", out);
}

std::vector<std::string> figures_of(const EndpointPart& part) {
  std::vector<std::string> row = figures_row(part.result);
  std::ranges::transform(row, row.begin(), unbroken);
  row.insert(row.begin(), escape(part.url) + " " + element("small", escape(part.model)));
  return row;
}

// What each of several endpoints had of each load.
std::string endpoints(const EndpointSweep& sweep) {
  if (sweep.runs.front().parts.empty()) return {};
  std::vector<std::string> header = figures_header();
  header.insert(header.begin(), "endpoint");
  std::string out = element("h2", "Each endpoint");
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    std::vector<std::vector<std::string>> rows;
    std::string remarks;
    for (const EndpointPart& part : sweep.runs[i].parts) {
      rows.push_back(figures_of(part));
      for (const std::string& remark : remarks_on(part))
        remarks += element("p", escape(part.url + ": " + remark), "warning");
    }
    out += element("h3", escape(at_load(sweep, i))) + html::table(header, rows) + remarks;
  }
  return element("section", out);
}

std::string figures(const EndpointSweep& sweep) {
  const EndpointResult& result = sweep.runs[sweep.knee.value_or(0)].result;
  std::vector<std::vector<std::string>> rows;
  for (const EndpointMetric& metric : result.metrics) {
    const auto text = [&](double share) {
      const double value = metric.values.at(share);
      return unbroken(metric.unit == "s" ? short_time(value) : format_number(value));
    };
    rows.push_back(
        {escape(metric.label), text(0.5), text(0.95), text(0.99), element("small", escape(metric.definition))});
  }
  if (rows.empty()) return {};
  return element("section", element("h2", escape("The figures at " + at_load(sweep, sweep.knee.value_or(0)))) +
                                html::table({"", "median", "p95", "p99", "definition"}, rows));
}

std::string method(const EndpointSweep& sweep) {
  std::string text = "Percentiles are exact, of raw values, the warm-up left out.";
  if (sweep.runs.front().parts.empty()) text += fmt::format(" Model {}.", options_of(sweep).prompts.model);
  const ClientCheck& client = sweep.runs.front().result.client;
  if (client.calibration) {
    text += fmt::format(" The client's error on events with known times: {} (median), {} (p99).",
                        short_time(client.calibration->at(0.5)), short_time(client.calibration->at(0.99)));
  }
  return element("p", escape(text), "method");
}

}  // namespace

std::string render_html(const EndpointSweep& sweep) {
  Json plots = Json::array();
  const std::string drawn = curves(sweep, plots);
  return html::render({.lang = Lang::en,
                       .title = title_of(sweep),
                       .figures = cards(sweep),
                       .recommendation = {},
                       .measured = drawn + loads(sweep) + endpoints(sweep) + figures(sweep),
                       .machine = {},
                       .method = method(sweep),
                       .plots = std::move(plots)});
}

}  // namespace palier
