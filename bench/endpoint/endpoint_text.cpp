#include <fmt/format.h>

#include <array>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/endpoint/endpoint_rows.hpp"

namespace palier {
namespace {

std::string value_text(const EndpointMetric& metric, double value) {
  return metric.unit == "s" ? short_time(value) : format_number(value);
}

std::string load_text(const LoadOptions& load) {
  std::string text;
  if (load.arrivals) {
    static constexpr std::array<const char*, 4> kinds = {"evenly spaced", "Poisson", "gamma", "a trace's"};
    const char* const kind = kinds[static_cast<std::size_t>(load.arrivals->kind)];
    text = fmt::format("open loop, {} requests/s, {} arrivals", format_number(load.arrivals->rate), kind);
    if (load.concurrency > 0) text += fmt::format(", at most {} under way", load.concurrency);
  } else {
    text = fmt::format("closed loop, {} under way", load.concurrency);
    if (load.turns > 1) text += fmt::format(", conversations of {} turns", load.turns);
    if (load.think > 0) text += fmt::format(", {} between them", format_seconds(load.think));
  }
  if (load.duration > 0) return text + ", " + format_seconds(load.duration);
  return text + fmt::format(", {} requests", load.requests);
}

std::string heading(const EndpointRun& run, const Terminal& terminal) {
  std::string text;
  const SimulationOptions& simulation = run.options.simulation;
  if (run.options.targets.empty()) {
    text += styled(terminal, Style::bold, "A simulation") +
            fmt::format(": palier's own server, first token after {}, {} between tokens{}\n",
                        short_time(simulation.ttft), short_time(simulation.gap),
                        simulation.slots > 0 ? fmt::format(", {} requests at once", simulation.slots) : "");
  } else if (run.parts.empty()) {
    text += styled(terminal, Style::bold, printable(run.url)) +
            fmt::format("  model {}\n", printable(run.options.prompts.model));
  } else {
    text += names_of(run.parts, terminal) +
            (run.options.load.arrivals ? "requests go to them in turn, " : "each with its own users, ");
  }
  return text + load_text(run.options.load) + "\n\n";
}

std::string counts(const EndpointRun& run) {
  const EndpointResult& r = run.result;
  std::string text = fmt::format("{} scheduled = {} completed + {} failed + {} cancelled", r.scheduled, r.completed,
                                 r.failed, r.cancelled);
  if (r.warm_up > 0) text += fmt::format(" + {} warm-up", r.warm_up);
  text += "\n";
  for (const auto& [what, count] : r.failures) text += fmt::format("  {} x {}\n", count, what);
  if (!r.failure_text.empty()) text += fmt::format("  the first said: {}\n", shorten(printable(r.failure_text), 200));
  return text;
}

std::string rates(const EndpointRun& run) {
  const EndpointResult& r = run.result;
  if (r.completed == 0) return {};
  std::string text = fmt::format("{} requests/s", format_number(r.request_rate));
  if (r.without_usage < r.completed) {
    text += fmt::format(", {} tokens/s out, {} tokens/s in", format_number(r.output_token_rate),
                        format_number(r.prompt_token_rate));
  }
  if (!run.verdicts.empty()) text += fmt::format(", goodput {} requests/s", format_number(r.goodput));
  if (r.cached_tokens > 0) {
    text += fmt::format(", {:.0f} % of the prompts' tokens from a cache",
                        100 * static_cast<double>(r.cached_tokens) / static_cast<double>(r.prompt_tokens));
  }
  return text + "\n";
}

// "53.9 ms to 62.0 ms"; nothing where there are too few values for it.
std::string p95_interval(const EndpointMetric& metric) {
  for (const Percentile& percentile : metric.values.percentiles) {
    if (percentile.share != 0.95 || !percentile.interval) continue;
    const auto [low, high] = *percentile.interval;
    return fmt::format("{} to {}", value_text(metric, low), value_text(metric, high));
  }
  return {};
}

std::string metrics(const EndpointResult& result, const Terminal& terminal) {
  if (result.metrics.empty()) return {};
  Table table({Align::left, Align::right, Align::right, Align::right, Align::right, Align::right, Align::left});
  table.header({"", "p50", "p95", "p99", "mean", "max", "95 % interval of p95"});
  Table definitions({Align::left, Align::left});
  for (const EndpointMetric& metric : result.metrics) {
    const Distribution& values = metric.values;
    table.row({metric.label,
               value_text(metric, values.at(0.5)),
               value_text(metric, values.at(0.95)),
               value_text(metric, values.at(0.99)),
               value_text(metric, values.mean),
               value_text(metric, values.most),
               {p95_interval(metric), Style::dim}});
    definitions.row({{metric.label, Style::dim}, {metric.definition, Style::dim}});
  }
  return "\n" + table.render(terminal) + "\n" + definitions.render(terminal);
}

std::string client(const EndpointResult& result) {
  const ClientCheck& client = result.client;
  std::string text = fmt::format("\nThe client: {} {}, busy {:.0f} %", client.loops,
                                 client.loops == 1 ? "loop" : "loops", 100 * client.busy);
  if (client.lag.count > 0) text += fmt::format("; requests taken up {} late (p99)", short_time(client.lag.at(0.99)));
  if (client.calibration) {
    text += fmt::format("; its error on events with known times: {} (p50), {} (p99)",
                        short_time(client.calibration->at(0.5)), short_time(client.calibration->at(0.99)));
  }
  if (result.completed == 0) return text + "\n";
  text += client.kernel_stamps ? fmt::format("; times are the kernel's, this program saw them {} later (p99)",
                                             short_time(client.handling.at(0.99)))
                               : "; times are this program's own, without the kernel's stamps";
  text += "\n";
  if (!result.achieved || !result.achieved->dispersion) return text;
  text += fmt::format("Arrivals: dispersion {:.2f} as planned, {:.2f} as achieved",
                      result.planned->dispersion.value_or(0), *result.achieved->dispersion);
  if (result.achieved->exponential_p)
    text += fmt::format("; exponential gaps: Kolmogorov-Smirnov p = {:.2g}", *result.achieved->exponential_p);
  return text + "\n";
}

std::string slo(const std::vector<SloVerdict>& verdicts, const Terminal& terminal) {
  if (verdicts.empty()) return {};
  std::string text = "\n";
  for (const SloVerdict& verdict : verdicts) {
    const bool share = verdict.bound.metric == "error_rate";
    const std::string value = !verdict.value ? "nothing measured"
                              : share        ? fmt::format("{:.3g} %", 100 * *verdict.value)
                                             : short_time(*verdict.value);
    text += fmt::format("{}  {}: {}\n",
                        styled(terminal, verdict.met ? Style::good : Style::bad, verdict.met ? "met   " : "missed"),
                        printable(verdict.bound.text), value);
  }
  return text;
}

}  // namespace

std::string render(const EndpointRun& run, const Terminal& terminal) {
  std::string text = heading(run, terminal) + counts(run) + rates(run);
  if (!run.parts.empty()) text += "\n" + render(run.parts, terminal);
  text += metrics(run.result, terminal);
  std::string rest = client(run.result) + slo(run.verdicts, terminal);
  if (run.cost) rest += "\n" + text_of(*run.cost);
  if (run.bill) rest += "\n" + text_of(*run.bill);
  if (run.energy) rest += "\n" + text_of(*run.energy);
  for (const std::string& warning : run.result.warnings)
    rest += styled(terminal, Style::warning, "warning: ") + warning + "\n";
  for (const std::string& line : wrap(rest, terminal.width)) text += line + "\n";
  text += render(run.server, terminal);
  for (const EndpointPart& part : run.parts) {
    if (!part.server.empty()) text += "\n" + printable(part.url) + render(part.server, terminal);
  }
  for (const Compat& compat : run.compat) text += render(compat, terminal);
  return text;
}

std::string names_of(const std::vector<EndpointPart>& parts, const Terminal& terminal) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += fmt::format("{}  {}  model {}\n", i + 1, styled(terminal, Style::bold, printable(parts[i].url)),
                        printable(parts[i].model));
  }
  return text;
}

std::string render(const std::vector<EndpointPart>& parts, const Terminal& terminal) {
  std::vector<std::string> header = figures_header();
  header.insert(header.begin(), "");
  Table table(std::vector<Align>(header.size(), Align::right));
  table.header(header);
  std::string remarks;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<std::string> figures = figures_row(parts[i].result);
    std::vector<Cell> cells(figures.begin(), figures.end());
    cells.insert(cells.begin(), std::to_string(i + 1));
    table.row(std::move(cells));
    for (const std::string& remark : remarks_on(parts[i])) {
      for (const std::string& line : wrap(printable(parts[i].url) + ": " + remark, terminal.width))
        remarks += line + "\n";
    }
  }
  return table.render(terminal) + remarks;
}

}  // namespace palier
