#include "tools/bench_workers.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/file.hpp"
#include "base/progress.hpp"
#include "bench/workers.hpp"
#include "hwdetect/detect.hpp"
#include "tools/bench_options.hpp"

namespace palier {
namespace {

struct Options {
  WorkersOptions workers;
  std::string time_budget = "30s";
  std::string output;
  bool json = false;
};

WorkersResult measure(const Options& options, const Machine& machine, Context& context) {
  const std::unique_ptr<Workload> workload =
      context.after_dashes ? command_workload(*context.after_dashes) : built_in_workload();
  Progress progress(context.err, context.err_terminal);
  progress.stage("workers");
  return measure_workers(
      options.workers, machine, *workload,
      [&](double fraction, const std::string& detail, double left) { progress.update(fraction, detail, left); });
}

ExitCode run_bench_workers(Options& options, Context& context) {
  options.workers.time_budget = parse_time_budget(options.time_budget);
  const Machine machine = detect(Root());
  const WorkersResult result = measure(options, machine, context);
  Report report;
  report.machine = machine;
  report.method = {{"seed", options.workers.seed},
                   {"time_budget", options.workers.time_budget},
                   {"interrupted", result.interrupted}};
  add_to(report, result, options.workers.seed);
  context.out << (options.json ? to_text(report) : render(result, context.out_terminal));
  if (!options.output.empty()) write_file(options.output, to_text(report));
  if (!result.interrupted) return ExitCode::done;
  context.err << "palier: interrupted: this is what was measured before\n";
  return ExitCode::interrupted;
}

}  // namespace

Action setup_bench_workers(CLI::App& workers) {
  const auto options = std::make_shared<Options>();
  workers.prefix_command();  // what stands behind '--' is in Context::after_dashes
  workers.add_option("--max", options->workers.max, "The most workers to try (default: twice the CPUs, at least 4)")
      ->type_name("N")
      ->check(whole_number(1, most_workers));
  workers.add_option("--time-budget", options->time_budget, "How long it may take (default: 30s)")->type_name("TIME");
  workers.add_option("--seed", options->workers.seed, "Seed of the order of the samples (default: 1)")
      ->type_name("N")
      ->check(whole_number(0));
  workers.add_flag("--json", options->json, "Print the Report document");
  workers.add_option("--output", options->output, "Also write the Report document to this file")->type_name("FILE");
  workers.footer(
      "COMMAND and its arguments stand behind '--'; without them a built-in job is measured.\n"
      "Examples:\n"
      "  palier bench workers -- python3 embed.py page.txt\n"
      "      how many of these to run at once\n"
      "  palier bench workers --max 32 --time-budget 2min -- ./fetch.sh\n"
      "      more workers than CPUs, for jobs that wait");
  return [options](Context& context) { return run_bench_workers(*options, context); };
}

}  // namespace palier
