#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/comparison.hpp"
#include "bench/headlines.hpp"

namespace palier {
namespace {

constexpr std::size_t width_with_interval = 90;

// How much more than 1 a ratio is, in per cent; what is absurd is short nevertheless.
std::string more_text(double ratio) {
  const double more = 100 * (ratio - 1);
  return std::abs(more) < 1e9 ? fmt::format("{:+.1f}", more) : fmt::format("{:+.2g}", more);
}

std::string percent(double ratio) { return more_text(ratio) + " %"; }

std::string interval_text(const std::array<double, 2>& ratios) {
  return fmt::format("{} .. {} %", more_text(ratios[0]), more_text(ratios[1]));
}

Style style_of(Verdict verdict) {
  if (verdict == Verdict::regression) return Style::bad;
  if (verdict == Verdict::better) return Style::good;
  return verdict == Verdict::worse || verdict == Verdict::not_compared ? Style::warning : Style::plain;
}

std::string p_text(double p) { return p < 0.001 ? "<0.001" : fmt::format("{:.3f}", p); }

std::vector<Cell> row_of(const ComparedPair& pair, const std::string& first, bool wide) {
  const bool compared = pair.verdict != Verdict::not_compared;
  std::vector<Cell> cells = {first, value_text(pair.a.median, pair.a.unit), value_text(pair.b.median, pair.b.unit),
                             compared && pair.ratio ? percent(*pair.ratio) : "-"};
  if (wide) {
    const bool known = compared && pair.interval;
    cells.emplace_back(known ? interval_text(*pair.interval) : "-");
    cells.emplace_back(compared && pair.test.least_p < 1 ? p_text(pair.test.p) : "-");
  }
  cells.emplace_back(describe(pair.verdict), style_of(pair.verdict));
  return cells;
}

std::string place(const Benchmark& benchmark) {
  const char* x = axis({&benchmark});
  return x == nullptr ? "" : position(benchmark, x);
}

std::string where(const Benchmark& benchmark) {
  const std::string at = place(benchmark);
  return at.empty() ? benchmark.name : fmt::format("{}, {}", benchmark.name, at);
}

using Pairs = std::vector<const ComparedPair*>;

std::string section(const std::string& title, const std::string& first_column, const Pairs& pairs,
                    const std::function<std::string(const Benchmark&)>& first, const Terminal& terminal) {
  const bool wide = terminal.width >= width_with_interval;
  std::vector<Align> columns(wide ? 7 : 5, Align::right);
  if (first_column.empty()) columns.front() = Align::left;
  columns.back() = Align::left;
  Table table(columns);
  std::vector<std::string> names = {first_column, "A", "B", "change"};
  if (wide) names.insert(names.end(), {"95 % interval", "p"});
  names.emplace_back("");
  table.header(names);
  for (const ComparedPair* pair : pairs) table.row(row_of(*pair, first(pair->a), wide));
  const std::string heading = styled(terminal, Style::bold, shorten(printable(title), terminal.width)) + "\n";
  return "\n" + (title.empty() ? "" : heading) + table.render(terminal, 2);
}

/// The pairs of one name along their axis.
std::string section(const Pairs& pairs, const Terminal& terminal) {
  const char* x = axis({&pairs.front()->a});
  const auto value = [x](const Benchmark& b) { return x == nullptr ? "" : axis_value(b, x); };
  return section(pairs.front()->a.name, x == nullptr ? "" : axis_title(x), pairs, value, terminal);
}

/// Pairs that each are the only one of their name.
std::string section_of_single(const Pairs& pairs, const Terminal& terminal) {
  const std::string at = place(pairs.front()->a);
  const bool alike = std::ranges::all_of(pairs, [&](const ComparedPair* pair) { return place(pair->a) == at; });
  const auto name = [alike](const Benchmark& b) { return alike ? b.name : where(b); };
  return section(alike ? at : "", "", pairs, name, terminal);
}

void append_wrapped(std::string& out, const Terminal& terminal, Style style, const std::string& text) {
  for (const std::string& line : wrap(printable(text), terminal.width)) out += styled(terminal, style, line) + "\n";
}

std::string summary(const Comparison& comparison) {
  std::vector<std::string> counts;
  for (const Verdict verdict : {Verdict::regression, Verdict::worse, Verdict::same, Verdict::better, Verdict::different,
                                Verdict::too_few, Verdict::not_compared}) {
    if (const std::size_t count = comparison.count(verdict); count > 0)
      counts.push_back(fmt::format("{} {}", describe(verdict), count));
  }
  return fmt::format("Of {} compared: {} (Mann-Whitney U test, p < 0.05; a regression is worse by more than {} %).",
                     comparison.pairs.size(), join(counts, ", "), format_number(100 * comparison.options.threshold));
}

std::string notes(const Comparison& comparison, const Terminal& terminal) {
  std::string out;
  const auto only = [&](const char* side, const std::vector<Benchmark>& benchmarks) {
    for (const Benchmark& b : benchmarks)
      append_wrapped(out, terminal, Style::plain,
                     fmt::format("Only in {}: {}: {}", side, where(b), value_text(b.median, b.unit)));
  };
  only("A", comparison.only_a);
  only("B", comparison.only_b);
  for (const ComparedPair& pair : comparison.pairs) {
    if (pair.differs.empty()) continue;
    append_wrapped(out, terminal, Style::warning,
                   fmt::format("Warning: {} was measured in different ways: {}", where(pair.a), pair.differs));
  }
  for (const std::string& warning : comparison.warnings)
    append_wrapped(out, terminal, Style::warning, "Warning: " + warning);
  return out;
}

const char* name_of(Better better) { return better == Better::higher ? "higher" : "lower"; }

Json side_of(const Benchmark& benchmark) {
  return {{"median", benchmark.median}, {"samples", benchmark.samples.size()}, {"parameters", benchmark.parameters}};
}

Json document_of(const ComparedPair& pair) {
  return {{"name", pair.a.name},
          {"unit", pair.a.unit},
          {"better", pair.better == Better::unknown ? Json() : Json(name_of(pair.better))},
          {"a", side_of(pair.a)},
          {"b", side_of(pair.b)},
          {"ratio", pair.ratio},
          {"interval", pair.interval},
          {"p", pair.test.p},
          {"exact", pair.test.exact},
          {"verdict", describe(pair.verdict)},
          {"differs", pair.differs.empty() ? Json() : Json(pair.differs)}};
}

}  // namespace

const char* describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::regression:
      return "regression";
    case Verdict::worse:
      return "worse";
    case Verdict::same:
      return "no difference";
    case Verdict::better:
      return "better";
    case Verdict::different:
      return "different";
    case Verdict::too_few:
      return "too few";
    case Verdict::not_compared:
      return "not compared";
  }
  return "";
}

Json comparison_document(const Comparison& comparison) {
  Json document = {{"schema", "palier.comparison/1"},
                   {"a", comparison.a},
                   {"b", comparison.b},
                   {"threshold", comparison.options.threshold},
                   {"test", "Mann-Whitney U, two-sided"},
                   {"regressions", comparison.count(Verdict::regression)},
                   {"pairs", Json::array()},
                   {"only_in_a", comparison.only_a},
                   {"only_in_b", comparison.only_b},
                   {"warnings", comparison.warnings}};
  for (const ComparedPair& pair : comparison.pairs) document["pairs"].push_back(document_of(pair));
  return document;
}

std::string render(const Comparison& comparison, const Terminal& terminal) {
  std::string out;
  append_wrapped(out, terminal, Style::plain, "A: " + comparison.a);
  append_wrapped(out, terminal, Style::plain, "B: " + comparison.b);
  std::vector<Pairs> groups;
  for (const ComparedPair& pair : comparison.pairs) {
    const auto found =
        std::ranges::find_if(groups, [&](const auto& group) { return group.front()->a.name == pair.a.name; });
    (found == groups.end() ? groups.emplace_back() : *found).push_back(&pair);
  }
  Pairs alone;
  for (const Pairs& group : groups) {
    if (group.size() == 1) alone.push_back(group.front());
  }
  if (!alone.empty()) out += section_of_single(alone, terminal);
  for (const Pairs& group : groups) {
    if (group.size() > 1) out += section(group, terminal);
  }
  out += "\n";
  append_wrapped(out, terminal, Style::bold, summary(comparison));
  return out + notes(comparison, terminal);
}

}  // namespace palier
