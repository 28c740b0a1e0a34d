#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "base/progress.hpp"
#include "bench/cache_steps.hpp"
#include "bench/compute.hpp"
#include "bench/quick.hpp"
#include "hwdetect/detect.hpp"
#include "tools/bench_against.hpp"
#include "tools/bench_disk.hpp"
#include "tools/bench_endpoint.hpp"
#include "tools/bench_gpu.hpp"
#include "tools/bench_options.hpp"
#include "tools/bench_workers.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  std::vector<int> threads;
  RunOptions run = RunOptions("50s");
  std::string duration;  ///< of the sustained rate; empty: not that one
  std::filesystem::path against;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("--threads", options.threads, "Numbers of threads, as in 1,2,4 (default: 1, 2, 4 .. all allowed)")
      ->delimiter(',')
      ->type_name("LIST");
  declare(app, options.run);
  app.add_option("--against", options.against,
                 "Say how far off the predictions of a workspace are that palier start made")
      ->type_name("DIR");
}

void declare_duration(CLI::App& cpu, Options& options) {
  cpu.add_option("--duration", options.duration,
                 "Instead: the widest instructions on all CPUs for this long, and whether their rate falls")
      ->type_name("TIME")
      ->excludes("--time-budget");
}

ExitCode run_bench(const Options& options, std::vector<Stage> stages, Context& context) {
  QuickOptions quick{.stages = std::move(stages),
                     .threads = options.threads,
                     .time_budget = time_budget_of(options.run, context),
                     .seed = options.run.seed};
  if (!options.duration.empty()) {
    quick.stages = {Stage::sustained};
    quick.time_budget = parse_time_budget(options.duration, "--duration");
  }
  std::vector<Prediction> predictions;
  if (!options.against.empty()) predictions = predictions_of(options.against, context);
  const Machine machine = detect(Root());
  Progress progress(context.err, context.err_terminal);
  Report report = run_quick(machine, quick, progress);
  if (!options.against.empty()) report.predicted = predicted_beside(report, predictions);
  std::string text = render(report, context.out_terminal);
  if (report.method.at("caches").is_object()) text += cache_text(report.method.at("caches"), machine.cpu.caches);
  text += compute_text(report, context.out_terminal);
  if (!options.against.empty()) text += "\n" + prediction_text(report.predicted, context.out_terminal);
  return deliver(report, text, options.run, context);
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
    if (measured == Stage::compute) declare_duration(*sub, *options);
    subs->push_back({sub, [options, measured](Context& context) { return run_bench(*options, {measured}, context); }});
  };
  stage("memory", "Memory: bandwidth of reads, writes, copies and the triad; latency by size, and the caches in it",
        Stage::memory);
  stage("cpu", "Clock, peak of each instruction set, and large matrix products beside the installed libraries'",
        Stage::compute);
  CLI::App* gpu =
      app.add_subcommand("gpu", "Memory, transfers and matrix products of the GPUs, beside their data sheets");
  subs->push_back({gpu, setup_bench_gpu(*gpu)});
  CLI::App* disk = app.add_subcommand("disk", "Rates of a disk, and how long a model takes to load from it");
  subs->push_back({disk, setup_bench_disk(*disk)});
  CLI::App* workers = app.add_subcommand("workers", "How many workers of a command this machine carries");
  subs->push_back({workers, setup_bench_workers(*workers)});
  CLI::App* endpoint = app.add_subcommand("endpoint", "How fast an OpenAI-compatible server answers under load");
  subs->push_back({endpoint, setup_bench_endpoint(*endpoint)});
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
    return run_bench(*options, {Stage::bandwidth, Stage::product, Stage::workers}, context);
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
                   {"palier bench memory --threads 1,2", "memory with one and with two threads, and its latency"},
                   {"palier bench cpu --html report.html", "the matrix rate, as a page with a plot"},
                   {"palier bench cpu --duration 60s", "does it keep its rate when it gets warm?"},
                   {"palier bench gpu", "what the GPUs do, beside their data sheets"},
                   {"palier bench --against palier-workspace", "was the advice right about this machine?"},
                   {"palier bench disk --folder /data", "how fast models load from /data"},
                   {"palier bench workers -- ./job.sh", "how many of these jobs to run at once"},
                   {"palier bench endpoint http://localhost:8000/v1 --rate 5", "how a model server answers"}},
      .setup = set_up_bench};
}

}  // namespace palier
