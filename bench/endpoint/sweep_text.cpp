#include <fmt/format.h>

#include <span>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/endpoint/endpoint_rows.hpp"
#include "bench/endpoint/sweep_rows.hpp"

namespace palier {

std::vector<std::string> sweep_header(const EndpointSweep& sweep) {
  std::vector<std::string> header = figures_header();
  header.insert(header.begin(), sweep.rates ? "rate" : "under way");
  if (sweep.runs.front().cost) header.emplace_back("USD/M tokens");
  return header;
}

std::vector<std::string> sweep_row(const EndpointSweep& sweep, std::size_t i) {
  std::vector<std::string> row = figures_row(sweep.runs[i].result);
  row.insert(row.begin(), format_number(sweep.loads[i]));
  if (const std::optional<Cost>& cost = sweep.runs[i].cost)
    row.push_back(cost->per_million_output_tokens ? format_number(*cost->per_million_output_tokens) : "-");
  return row;
}

SweepRemark remark_on(const EndpointSweep& sweep, std::size_t i) {
  const EndpointRun& run = sweep.runs[i];
  if (run.result.interrupted) return {"interrupted", Style::warning};
  if (run.result.out_of_money) return {"ended at --max-cost", Style::warning};
  if (run.result.client.limiting) return {"the client was the limit", Style::warning};
  const std::string knee = sweep.knee == i ? ", the knee" : "";
  if (!run.verdicts.empty())
    return {(met(run.verdicts) ? "met" : "missed") + knee, met(run.verdicts) ? Style::good : Style::bad};
  return {sweep.knee == i ? "the knee" : ""};
}

std::vector<std::string> conclusions(const EndpointSweep& sweep) {
  std::vector<std::string> sentences;
  if (!sweep.runs.front().verdicts.empty()) {
    sentences.push_back(sweep.highest ? fmt::format("The highest load that meets the objectives: {} {}",
                                                    format_number(*sweep.highest), load_unit(sweep))
                                      : "No load that was tried meets the objectives");
  }
  if (sweep.knee)
    sentences.emplace_back("The knee has the most requests/s for their end-to-end time (Kleinrock's power)");
  if (sweep.runs.front().bill) {
    TokenBill all = *sweep.runs.front().bill;
    for (const EndpointRun& run : std::span(sweep.runs).subspan(1)) {
      all.usd += run.bill->usd;
      all.assumed_usd += run.bill->assumed_usd;
    }
    sentences.emplace_back(trim(text_of(all)));
  }
  return sentences;
}

const char* load_unit(const EndpointSweep& sweep) { return sweep.rates ? "requests/s" : "requests under way"; }

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
  std::vector<std::string> header = sweep_header(sweep);
  std::vector<Align> columns(header.size(), Align::right);
  columns.push_back(Align::left);
  header.emplace_back();
  Table table(std::move(columns));
  table.header(header);
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const std::vector<std::string> figures = sweep_row(sweep, i);
    std::vector<Cell> cells(figures.begin(), figures.end());
    const SweepRemark remark = remark_on(sweep, i);
    cells.emplace_back(remark.text, remark.style);
    table.row(std::move(cells));
  }
  const EndpointRun& first = sweep.runs.front();
  std::string text = first.options.targets.empty()
                         ? styled(terminal, Style::bold, "A simulation") + ": palier's own server\n"
                     : first.parts.empty() ? styled(terminal, Style::bold, printable(first.url)) + "\n"
                                           : names_of(first.parts, terminal);
  text += "\n";
  text += table.render(terminal) + "\n";
  for (const std::string& sentence : conclusions(sweep)) text += sentence + "\n";
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    if (!sweep.runs[i].parts.empty())
      text += fmt::format("\n{} {}:\n\n", format_number(sweep.loads[i]), load_unit(sweep)) +
              render(sweep.runs[i].parts, terminal);
    for (const Compat& compat : sweep.runs[i].compat)
      text += fmt::format("\n{} {}:\n\n", format_number(sweep.loads[i]), load_unit(sweep)) + render(compat, terminal);
  }
  return text;
}

}  // namespace palier
