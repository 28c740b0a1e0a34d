#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "base/progress.hpp"
#include "bench/html.hpp"
#include "bench/quick.hpp"
#include "hwdetect/detect.hpp"
#include "tools/bench_options.hpp"
#include "tools/bench_workers.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  std::vector<int> threads;
  std::string time_budget = "50s";
  std::uint64_t seed = 1;
  bool json = false;
  std::filesystem::path output, html;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("--threads", options.threads, "Numbers of threads, as in 1,2,4 (default: 1, 2, 4 .. all allowed)")
      ->delimiter(',')
      ->type_name("LIST");
  app.add_option("--time-budget", options.time_budget, "How long it may take (default: 50s)")->type_name("TIME");
  app.add_option("--seed", options.seed, "Seed of the order of the samples (default: 1)")
      ->type_name("N")
      ->check(whole_number(0));
  app.add_flag("--json", options.json, "Print the Report document");
  app.add_option("--output", options.output, "Also write the Report document to this file")->type_name("FILE");
  app.add_option("--html", options.html, "Also write the report as a page to this file")->type_name("FILE");
}

ExitCode run_bench(const Options& options, std::vector<Stage> stages, Context& context) {
  QuickOptions quick{.stages = std::move(stages),
                     .threads = options.threads,
                     .time_budget = parse_time_budget(options.time_budget),
                     .seed = options.seed};
  const Machine machine = detect(Root());
  Progress progress(context.err, context.err_terminal);
  const Report report = run_quick(machine, quick, progress);
  context.out << (options.json ? to_text(report) : render(report, context.out_terminal));
  if (!options.output.empty()) write_file(options.output, to_text(report));
  if (!options.html.empty()) write_file(options.html, render_html(report, nullptr));
  if (!report.method.at("interrupted").get<bool>()) return ExitCode::done;
  context.err << "palier: interrupted: this is what was measured before\n";
  return ExitCode::interrupted;
}

/// The options that were given before a subcommand, which has its own.
void refuse_options_before(const CLI::App& bench, const CLI::App& subcommand) {
  for (const CLI::Option* option : bench.get_options()) {
    if (option->count() == 0) continue;
    throw Error({.message = fmt::format("'{}' stands before '{}'", option->get_name(), subcommand.get_name()),
                 .reason = "the subcommand has options of its own",
                 .help = fmt::format("palier bench {} --help", subcommand.get_name())},
                ExitCode::usage);
  }
}

Action set_up_bench(CLI::App& app) {
  struct Sub {
    CLI::App* app;
    Action action;
  };
  const auto subs = std::make_shared<std::vector<Sub>>();
  const auto stage = [&](const char* name, const char* what, Stage measured) {
    CLI::App* sub = app.add_subcommand(name, what);
    const auto options = std::make_shared<Options>();
    declare(*sub, *options);
    subs->push_back({sub, [options, measured](Context& context) { return run_bench(*options, {measured}, context); }});
  };
  stage("memory", "Memory bandwidth: the triad, with plain and non-temporal stores", Stage::memory);
  stage("cpu", "Rate of a large matrix product", Stage::compute);
  CLI::App* workers = app.add_subcommand("workers", "How many workers of a command this machine carries");
  subs->push_back({workers, setup_bench_workers(*workers)});
  // Declared last, and not inherited: what is said before a subcommand would be lost on it.
  const auto options = std::make_shared<Options>();
  declare(app, *options);
  app.require_subcommand(0, 1);
  for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    sub->set_help_flag("-h,--help", "Print this help");
  return [&app, subs, options](Context& context) {
    for (const Sub& sub : *subs) {
      if (!app.got_subcommand(sub.app)) continue;
      refuse_options_before(app, *sub.app);
      return sub.action(context);
    }
    return run_bench(*options, {Stage::memory, Stage::compute, Stage::workers}, context);
  };
}

}  // namespace

CommandSpec bench_command() {
  return {
      .name = "bench",
      .summary = "Measure what this machine really does",
      .description =
          "Measures memory bandwidth, the rate of a large matrix product and how many parallel workers this machine "
          "carries; a subcommand measures one of them alone. Every raw sample is kept in the Report document, with "
          "its median, spread and confidence interval beside it.",
      .examples = {{"palier bench", "everything, in less than a minute"},
                   {"palier bench memory --threads 1,2", "memory bandwidth with one and with two threads"},
                   {"palier bench cpu --html report.html", "the matrix rate, as a page with a plot"},
                   {"palier bench workers -- ./job.sh", "how many of these jobs to run at once"}},
      .setup = set_up_bench};
}

}  // namespace palier
