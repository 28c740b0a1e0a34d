#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/quick.hpp"

namespace palier {
namespace {

/// What a benchmark varies with, from the parameters of the first of its name.
const char* axis(const Benchmark& benchmark) {
  for (const char* name : {"threads", "workers"}) {
    if (benchmark.parameters.contains(name) && benchmark.parameters[name].is_number_integer()) return name;
  }
  return nullptr;
}

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

/// "1 thread", "2 threads".
std::string counted(const std::string& number, const std::string& things) {
  return fmt::format("{} {}", number, number == "1" ? things.substr(0, things.size() - 1) : things);
}

void append_warnings(std::string& out, const Terminal& terminal, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    for (const std::string& line : wrap("Warning: " + printable(warning), terminal.width))
      out += styled(terminal, Style::warning, line) + "\n";
  }
}

/// The rows of one name, starting at `from`; returns where the next name begins.
std::size_t section(const std::vector<Benchmark>& all, std::size_t from, const Terminal& terminal, std::string& out) {
  const Benchmark& first = all[from];
  const char* x = axis(first);
  out += styled(terminal, Style::bold, shorten(heading(first), terminal.width)) + "\n";
  Table table({Align::right, Align::right, Align::right, Align::right, Align::right});
  table.header({x == nullptr ? "" : x, "median", "95 % interval", "scaling", "samples"});
  std::size_t at = from;
  std::vector<std::string> warnings;
  for (; at < all.size() && all[at].name == first.name; ++at) {
    const Benchmark& b = all[at];
    const std::string number = x != nullptr && b.parameters.contains(x) ? b.parameters[x].dump() : "";
    const std::string interval =
        b.interval ? fmt::format("{} .. {}", format_si((*b.interval)[0], b.unit), format_si((*b.interval)[1], b.unit))
                   : "-";
    const std::string scaling = first.median > 0 ? fmt::format("{:.2f}", b.median / first.median) : "-";
    table.row({number, format_si(b.median, b.unit), interval, scaling, std::to_string(b.samples.size())});
    for (const std::string& warning : b.warnings)
      warnings.push_back(x == nullptr ? warning : fmt::format("{}: {}", counted(number, x), warning));
  }
  out += table.render(terminal, 2);
  append_warnings(out, terminal, warnings);
  return at;
}

std::string recommendation(const Json& scaling) {
  if (!scaling.is_object()) return {};
  const auto found = scaling.find("recommended");
  if (found == scaling.end() || !found->is_object() || !found->contains("workers")) return {};
  const auto why = found->find("why");
  const std::string reason = why != found->end() && why->is_string() ? why->get<std::string>() : "";
  const std::string count = (*found)["workers"].dump();
  return fmt::format("Recommended: {} {}. Why: {}.", count, count == "1" ? "worker" : "workers", reason);
}

}  // namespace

std::string render(const Report& report, const Terminal& terminal) {
  std::string out;
  for (std::size_t at = 0; at < report.benchmarks.size();) {
    if (!out.empty()) out += "\n";
    at = section(report.benchmarks, at, terminal, out);
  }
  const std::string advice = recommendation(report.scaling);
  if (!advice.empty()) {
    for (const std::string& line : wrap(printable(advice), terminal.width)) out += line + "\n";
  }
  append_warnings(out, terminal, report.warnings);
  return out;
}

}  // namespace palier
