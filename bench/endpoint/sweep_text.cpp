#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/endpoint/sweep.hpp"

namespace palier {
namespace {

std::string at(const EndpointResult& result, const char* metric, double share) {
  const EndpointMetric* const found = result.find(metric);
  return found == nullptr ? "-" : short_time(found->values.at(share));
}

// What there is to say of one load, in a word or two.
Cell mark(const EndpointSweep& sweep, std::size_t i) {
  const EndpointRun& run = sweep.runs[i];
  if (run.result.interrupted) return {"interrupted", Style::warning};
  if (run.result.client.limiting) return {"the client was the limit", Style::warning};
  const std::string knee = sweep.knee == i ? ", the knee" : "";
  if (!run.verdicts.empty())
    return {(met(run.verdicts) ? "met" : "missed") + knee, met(run.verdicts) ? Style::good : Style::bad};
  return {sweep.knee == i ? "the knee" : ""};
}

std::string conclusion(const EndpointSweep& sweep) {
  std::string text;
  if (!sweep.runs.front().verdicts.empty()) {
    const char* const what = sweep.rates ? "requests/s" : "requests under way";
    text += sweep.highest ? fmt::format("The highest load that meets the objectives: {} {}\n",
                                        format_number(*sweep.highest), what)
                          : "No load that was tried meets the objectives\n";
  }
  if (sweep.knee) text += "The knee has the most requests/s for their end-to-end time (Kleinrock's power)\n";
  return text;
}

}  // namespace

Json sweep_document(const EndpointSweep& sweep) {
  Json runs = Json::array();
  for (const EndpointRun& run : sweep.runs) runs.push_back(endpoint_document(run));
  return {{"schema", "palier.endpoint-sweep/1"},
          {"load_is", sweep.rates ? "rate" : "concurrency"},
          {"loads", sweep.loads},
          {"searched", sweep.searched},
          {"highest", sweep.highest},
          {"knee", sweep.knee ? Json(sweep.loads[*sweep.knee]) : Json()},
          {"runs", std::move(runs)}};
}

std::string render(const EndpointSweep& sweep, const Terminal& terminal) {
  Table table({Align::right, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right,
               Align::right, Align::left});
  table.header({sweep.rates ? "rate" : "under way", "requests/s", "tokens/s", "TTFT p50", "p95", "inter-chunk p95",
                "end to end p95", "failed", ""});
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const EndpointResult& result = sweep.runs[i].result;
    table.row({format_number(sweep.loads[i]), format_number(result.request_rate),
               format_number(result.output_token_rate), at(result, "ttft", 0.5), at(result, "ttft", 0.95),
               at(result, "icl", 0.95), at(result, "e2e", 0.95), fmt::format("{:.3g} %", 100 * result.error_rate()),
               mark(sweep, i)});
  }
  std::string text = sweep.runs.front().options.target
                         ? styled(terminal, Style::bold, printable(sweep.runs.front().url)) + "\n\n"
                         : styled(terminal, Style::bold, "A simulation") + ": palier's own server\n\n";
  return text + table.render(terminal) + "\n" + conclusion(sweep);
}

}  // namespace palier
