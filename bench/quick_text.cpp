#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "bench/headlines.hpp"
#include "bench/quick.hpp"
#include "bench/sustained.hpp"

namespace palier {
namespace {

constexpr std::size_t most_warnings = 3;  // of a group

std::string heading(const Benchmark& benchmark) {
  std::string name = benchmark.name;
  if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
  std::vector<std::string> details;
  const Json& parameters = benchmark.parameters;
  if (parameters.contains("n")) details.push_back("n = " + parameters["n"].dump());
  for (const char* key : {"isa", "job"}) {
    const std::string detail = parameters.contains(key) && parameters[key].is_string() ? parameters[key] : Json("");
    if (!detail.empty() && !benchmark.name.ends_with(detail)) details.push_back(detail);
  }
  return printable(details.empty() ? name : fmt::format("{} ({})", name, join(details, ", ")));
}

std::string interval_text(const Benchmark& benchmark) {
  if (!benchmark.interval) return "-";
  const auto& [low, high] = *benchmark.interval;
  return fmt::format("{} .. {}", value_text(low, benchmark.unit), value_text(high, benchmark.unit));
}

void append_wrapped(std::string& out, const Terminal& terminal, Style style, const std::string& text) {
  for (const std::string& line : wrap(printable(text), terminal.width)) out += styled(terminal, style, line) + "\n";
}

/// Of a pass over memory: by what it was counted, and what the bus moves.
std::string bytes_text(const BenchmarkGroup& group) {
  const Benchmark& last = *group.back();
  const Json counted = last.parameters.value("bytes_counted_per_element", Json());
  const Json moved = last.parameters.value("bytes_moved_per_element", Json());
  if (!counted.is_number() || !moved.is_number() || counted.get<double>() <= 0) return {};
  const double rate = last.median * moved.get<double>() / counted.get<double>();
  if (counted == moved)
    return fmt::format("{} bytes an element, as STREAM counts and as the bus moves", counted.dump());
  return fmt::format("{} bytes an element, as STREAM counts; the bus moves {}, {} at the last", counted.dump(),
                     moved.dump(), value_text(rate, last.unit));
}

/// The warnings of a group, and of how many more the document tells.
std::string warnings_of(const BenchmarkGroup& group, const char* x, const Terminal& terminal) {
  std::string out;
  std::size_t count = 0;
  for (const Benchmark* b : group) {
    for (const std::string& warning : b->warnings) {
      if (++count > most_warnings) continue;
      const std::string where = x == nullptr ? "" : position(*b, x) + ": ";
      append_wrapped(out, terminal, Style::warning, fmt::format("Warning: {}{}", where, warning));
    }
  }
  if (count > most_warnings)
    append_wrapped(out, terminal, Style::warning,
                   fmt::format("Warning: {} more like these, see --json", count - most_warnings));
  return out;
}

std::string section(const BenchmarkGroup& group, const Terminal& terminal) {
  const char* x = axis(group);
  const double one = group.front()->median;
  const bool scales = one > 0 && better_of(group.front()->unit) != Better::lower;
  Table table({Align::right, Align::right, Align::right, Align::right, Align::right});
  table.header({x == nullptr ? "" : axis_title(x), "median", "95 % interval", scales ? "scaling" : "", "samples"});
  for (const Benchmark* b : group) {
    table.row({x == nullptr ? "" : axis_value(*b, x), value_text(b->median, b->unit), interval_text(*b),
               scales ? fmt::format("{:.2f}", b->median / one) : "", std::to_string(b->samples.size())});
  }
  std::string out = styled(terminal, Style::bold, shorten(heading(*group.front()), terminal.width)) + "\n";
  if (const std::string bytes = bytes_text(group); !bytes.empty()) append_wrapped(out, terminal, Style::dim, bytes);
  return out + table.render(terminal, 2) + warnings_of(group, x, terminal);
}

}  // namespace

std::string render(const Report& report, const Terminal& terminal) {
  std::string out;
  for (const BenchmarkGroup& group : groups(report)) out += (out.empty() ? "" : "\n") + section(group, terminal);
  if (const std::string advice = recommended_workers(report); !advice.empty())
    append_wrapped(out, terminal, Style::plain, "Recommended: " + advice);
  for (const std::string& sentence : neighbour_sentences(report)) append_wrapped(out, terminal, Style::plain, sentence);
  for (const std::string& sentence : sustained_sentences(report)) append_wrapped(out, terminal, Style::plain, sentence);
  for (const std::string& warning : report.warnings)
    append_wrapped(out, terminal, Style::warning, "Warning: " + warning);
  return out;
}

}  // namespace palier
