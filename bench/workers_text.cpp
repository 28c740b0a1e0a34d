#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/workers.hpp"

namespace palier {
namespace {

constexpr std::size_t bar_width = 20;
constexpr std::size_t width_with_bar = 100;

std::string bar(double share) {
  static constexpr std::array<const char*, 8> eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto filled = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * 8 * bar_width));
  std::string text;
  for (std::size_t i = 0; i < filled / 8; ++i) text += "█";
  return text + eighths.at(filled % 8);
}

std::string seconds_text(double seconds) {
  return seconds < 0.01 ? fmt::format("{:.2f} ms", 1000 * seconds) : format_seconds(seconds);
}

std::string kind_text(const std::string& kind) {
  if (kind == "async") return "tasks of one event loop";
  return kind == "process" ? "processes" : "threads";
}

// All of one kind, so that the numbers can be compared.
bool shows_pss(const WorkersResult& result) {
  return std::ranges::all_of(result.counts, [](const auto& count) { return count.pss_per_worker().has_value(); });
}

std::string memory_text(const WorkerCount& count, bool pss) {
  if (pss) return format_bytes(static_cast<double>(*count.pss_per_worker()));
  return (count.memory_known ? "" : "<= ") + format_bytes(static_cast<double>(count.peak_memory));
}

std::string another_text(const WorkersResult& result) {
  const auto another = result.memory.of_another(result.counts.back().workers);
  if (!another) return {};
  return fmt::format(" Another worker takes at most {}{}.", format_bytes(static_cast<double>(another->bytes)),
                     another->by_pss ? ", what is shared not counted again" : " by that");
}

/// What the column of the memory is, and what the workers' number is capped by.
std::string memory_words(const WorkersResult& result) {
  if (result.kind != "process") return {};
  if (shows_pss(result))
    return "Memory: the most that was seen of a job, shared pages divided among those that share them (PSS)." +
           another_text(result);
  return "Memory: the largest job's peak resident set, shared pages included; its PSS was seen too rarely, since jobs "
         "are short, or not at all." +
         another_text(result);
}

std::string io_text(const WorkerCount& count) {
  return count.io_per_job ? format_bytes(std::round(count.io_per_job->read + count.io_per_job->written)) : "-";
}

std::string interval_text(const WorkerCount& count) {
  if (!count.interval) return "-";
  return fmt::format("{} .. {}", format_number((*count.interval)[0]), format_number((*count.interval)[1]));
}

std::string table_of(const WorkersResult& result, const Terminal& terminal) {
  const bool bars = terminal.width >= width_with_bar;
  std::vector<Align> columns(8, Align::right);
  std::vector<std::string> names = {"workers", "jobs/s", "95 % interval", "efficiency", "CPU/job", "memory", "I/O/job"};
  columns.back() = Align::left;
  if (!bars) columns.pop_back();
  if (bars) names.emplace_back("");
  Table table(columns);
  table.header(names);
  const bool pss = shows_pss(result);
  double best = 0;
  for (const WorkerCount& count : result.counts) best = std::max(best, count.median);
  for (const WorkerCount& count : result.counts) {
    const Style style = count.workers == result.recommended.workers ? Style::good : Style::plain;
    std::vector<Cell> cells = {{std::to_string(count.workers), style},
                               {format_number(count.median), style},
                               interval_text(count),
                               fmt::format("{:.0f} %", 100 * count.efficiency),
                               seconds_text(count.cpu_per_job),
                               memory_text(count, pss),
                               io_text(count)};
    if (bars) cells.push_back({bar(count.median / best), style});
    table.row(cells);
  }
  return table.render(terminal);
}

std::string curve_text(const ScalingFit& fit) {
  const auto rate = [](double value) { return format_number(value) + " jobs/s"; };
  if (fit.is_usl) {
    const auto peak = fit.usl.peak();
    return fmt::format("Universal Scalability Law, {} for one worker, contention {}, coherency {}, {}",
                       rate(fit.usl.lambda), format_number(fit.usl.sigma), format_number(fit.usl.kappa),
                       peak ? fmt::format("highest at {} workers", format_number(*peak)) : "without a peak");
  }
  const auto knee = fit.knee.knee();
  if (!knee) return fmt::format("{} for each worker, no knee in sight", rate(fit.knee.slope));
  return fmt::format("a knee at N = {}: {} for each worker, then {} in all", format_number(*knee), rate(fit.knee.slope),
                     rate(*fit.knee.ceiling));
}

void append_wrapped(std::string& out, const Terminal& terminal, const std::string& text) {
  for (const std::string& line : wrap(text, terminal.width)) out += line + "\n";
}

}  // namespace

std::string render(const WorkersResult& result, const Terminal& terminal) {
  const Recommendation& advice = result.recommended;
  const std::string kind = kind_text(result.kind) + (result.bound ? ", each bound to a CPU" : "");
  std::string out = shorten(printable(fmt::format("Job: {} ({})", result.job, kind)), terminal.width) + "\n\n";
  out += table_of(result, terminal) + "\n";
  append_wrapped(out, terminal,
                 fmt::format("Recommended: {} {}. Why: {}.", advice.workers, advice.workers == 1 ? "worker" : "workers",
                             advice.why));
  if (const std::string words = memory_words(result); !words.empty()) append_wrapped(out, terminal, words);
  if (result.fit) append_wrapped(out, terminal, fmt::format("Curve: {}.", curve_text(*result.fit)));
  for (const std::string& sentence : isolation_sentences(isolation_document(result.isolation)))
    append_wrapped(out, terminal, sentence);
  for (const std::string& warning : result.warnings) append_wrapped(out, terminal, "Warning: " + warning);
  return out;
}

}  // namespace palier
