#include "tools/bench_options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "bench/energy_table.hpp"
#include "bench/export.hpp"
#include "bench/html.hpp"
#include "tools/bench_energy.hpp"

namespace palier {
namespace {

constexpr double longest_budget = 24 * 3600;

}  // namespace

void declare(CLI::App& app, RunOptions& options) {
  app.add_option("--time-budget", options.time_budget,
                 fmt::format("How long it may take (default: {})", options.time_budget))
      ->type_name("TIME");
  app.add_option("--seed", options.seed, "Seed of the order of the samples (default: 1)")
      ->type_name("N")
      ->check(whole_number(0));
  app.add_option("--region", options.region, "Country, for the carbon of the energy; default: the world's mean")
      ->type_name("CODE");
  app.add_flag("--json", options.json, "Print the Report document");
  declare_output(app, options.output);
  app.add_option("--html", options.html, "Also write the report as a page with plots to this file")->type_name("FILE");
}

void declare_output(CLI::App& app, std::filesystem::path& output) {
  app.add_option("--output", output,
                 "Also write it to this file: *.md and *.csv as tables, *.xml as JUnit, else the document")
      ->type_name("FILE");
}

ExitCode deliver(Report report, const std::string& text, const RunOptions& options, Context& context) {
  report.energy = energy_of(report, options.region, context);
  context.out << (options.json ? to_text(report) : text + energy_text(report.energy, context.out_terminal));
  if (!options.output.empty()) write_output(options.output, exported(report, options.output));
  if (!options.html.empty()) write_output(options.html, render_html(report, nullptr));
  if (!report.method.at("interrupted").get<bool>()) return ExitCode::done;
  context.err << "palier: interrupted: this is what was measured before\n";
  return ExitCode::interrupted;
}

double time_budget_of(const RunOptions& options, const Context& context) {
  energy_of({}, options.region, context);
  return parse_time_budget(options.time_budget);
}

double parse_time_budget(const std::string& text, std::string_view option) {
  const std::optional<double> seconds = parse_seconds(text);
  if (seconds && *seconds > 0 && *seconds <= longest_budget) return *seconds;
  throw Error({.message = fmt::format("wrong {}", option),
               .reason = fmt::format("'{}' is no time between 0 and a day", text),
               .help = fmt::format("for example {} 30s, or 5min", option)},
              ExitCode::usage);
}

std::function<std::string(const std::string&)> whole_number(std::int64_t least, std::int64_t most) {
  return [=](const std::string& text) -> std::string {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return {};
    const bool open = most == std::numeric_limits<std::int64_t>::max();
    return fmt::format("'{}' is no whole number {}", text,
                       open ? fmt::format("of at least {}", least) : fmt::format("from {} to {}", least, most));
  };
}

std::function<std::string(const std::string&)> number_between(double least, double most) {
  return [=](const std::string& text) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return {};
    return fmt::format("'{}' is no number from {} to {}", text, least, most);
  };
}

}  // namespace palier
