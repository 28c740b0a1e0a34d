#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "bench/headlines.hpp"
#include "bench/quick.hpp"

namespace palier {
namespace {

std::string heading(const Benchmark& benchmark) {
  std::string name = benchmark.name;
  if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
  std::vector<std::string> details;
  const Json& parameters = benchmark.parameters;
  if (parameters.contains("n")) details.push_back("n = " + parameters["n"].dump());
  for (const char* key : {"isa", "job"}) {
    if (parameters.contains(key) && parameters[key].is_string()) details.push_back(parameters[key].get<std::string>());
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

std::string section(const BenchmarkGroup& group, const Terminal& terminal) {
  const char* x = axis(group);
  const double one = group.front()->median;
  Table table({Align::right, Align::right, Align::right, Align::right, Align::right});
  table.header({x == nullptr ? "" : x, "median", "95 % interval", "scaling", "samples"});
  std::vector<std::string> warnings;
  for (const Benchmark* b : group) {
    const std::string number = x == nullptr ? "" : b->parameters[x].dump();
    table.row({number, value_text(b->median, b->unit), interval_text(*b),
               one > 0 ? fmt::format("{:.2f}", b->median / one) : "-", std::to_string(b->samples.size())});
    for (const std::string& warning : b->warnings)
      warnings.push_back(x == nullptr ? warning : fmt::format("{}: {}", position(*b, x), warning));
  }
  std::string out = styled(terminal, Style::bold, shorten(heading(*group.front()), terminal.width)) + "\n";
  out += table.render(terminal, 2);
  for (const std::string& warning : warnings) append_wrapped(out, terminal, Style::warning, "Warning: " + warning);
  return out;
}

}  // namespace

std::string render(const Report& report, const Terminal& terminal) {
  std::string out;
  for (const BenchmarkGroup& group : groups(report)) out += (out.empty() ? "" : "\n") + section(group, terminal);
  if (const std::string advice = recommended_workers(report); !advice.empty())
    append_wrapped(out, terminal, Style::plain, "Recommended: " + advice);
  for (const std::string& warning : report.warnings)
    append_wrapped(out, terminal, Style::warning, "Warning: " + warning);
  return out;
}

}  // namespace palier
