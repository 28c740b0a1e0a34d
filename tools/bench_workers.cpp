#include "tools/bench_workers.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/file.hpp"
#include "base/progress.hpp"
#include "bench/built_in_job.hpp"
#include "bench/clock_resolution.hpp"
#include "bench/workers.hpp"
#include "hwdetect/detect.hpp"
#include "tools/bench_options.hpp"

namespace palier {
namespace {

constexpr int most_waiting = 64;  // workers that mostly wait need no CPU each

struct Options {
  WorkersOptions workers;
  std::string kind, job = "compute", serve;
  RunOptions run = RunOptions("30s");
};

// The processes are this program, told to do jobs.
std::unique_ptr<Workload> built_in_workload(const std::string& kind, const std::string& job) {
  const JobKind which = *job_kind(job);
  if (kind == "async") return async_workload(which);
  if (kind == "process") return process_workload(which, {"/proc/self/exe", "bench", "workers", "--serve", job});
  return thread_workload(which);
}

std::unique_ptr<Workload> workload_of(const Options& options, const Context& context) {
  if (!context.after_dashes) return built_in_workload(options.kind, options.job);
  if (options.kind.empty() || options.kind == "process") return command_workload(*context.after_dashes);
  throw Error({.message = fmt::format("cannot use --kind {} with a command", options.kind),
               .reason = "each run of a command is a process",
               .help = "without a command, --kind and --job compare ways of running a built-in job"},
              ExitCode::usage);
}

WorkersResult measure(const Options& options, const Machine& machine, Context& context) {
  const std::unique_ptr<Workload> workload = workload_of(options, context);
  Progress progress(context.err, context.err_terminal);
  progress.stage("workers");
  return measure_workers(
      options.workers, machine, *workload,
      [&](double fraction, const std::string& detail, double left) { progress.update(fraction, detail, left); });
}

ExitCode run_bench_workers(Options& options, Context& context) {
  if (!options.serve.empty()) {
    serve_jobs(*job_kind(options.serve));
    return ExitCode::done;
  }
  if (options.workers.bind && options.kind == "async") {
    throw Error({.message = "cannot use --bind with --kind async",
                 .reason = "the tasks of one event loop share a thread",
                 .help = "leave one of them out"},
                ExitCode::usage);
  }
  if (!context.after_dashes && options.job == "api" && options.workers.max == 0) options.workers.max = most_waiting;
  options.workers.time_budget = time_budget_of(options.run, context);
  options.workers.seed = options.run.seed;
  const Machine machine = detect(Root());
  const WorkersResult result = measure(options, machine, context);
  Report report;
  report.machine = machine;
  report.method = {{"seed", options.workers.seed},
                   {"time_budget", options.workers.time_budget},
                   {"clock", steady_resolution()},
                   {"interrupted", result.interrupted}};
  add_to(report, result, options.workers.seed);
  return deliver(report, render(result, context.out_terminal), options.run, context);
}

}  // namespace

Action setup_bench_workers(CLI::App& workers) {
  const auto options = std::make_shared<Options>();
  workers.prefix_command();  // what stands behind '--' is in Context::after_dashes
  workers.add_option("--max", options->workers.max, "The most workers to try (default: twice the CPUs, at least 4)")
      ->type_name("N")
      ->check(whole_number(1, most_workers));
  workers
      .add_option("--api-slots", options->workers.api_slots,
                  "How many requests at once the API answers that each job calls: no more workers are tried")
      ->type_name("N")
      ->check(whole_number(1, most_workers));
  workers.add_flag("--bind", options->workers.bind, "Keep each worker on one CPU, as far from the others as can be");
  const CLI::IsMember jobs({"compute", "files", "api"});
  workers
      .add_option("--kind", options->kind,
                  "What runs a built-in job: processes, threads (the default), or tasks of one event loop")
      ->type_name("{process,thread,async}")
      ->check(CLI::IsMember({"process", "thread", "async"}));
  workers
      .add_option("--job", options->job,
                  "The built-in job: words and matrices, a file of 1 MiB, or a wait of 20 ms for an answer")
      ->type_name("{compute,files,api}")
      ->check(jobs);
  workers.add_option("--serve", options->serve)->group("")->check(jobs);  // what a worker process is told
  declare(workers, options->run);
  workers.footer(
      "COMMAND and its arguments stand behind '--'; without them a built-in job is measured.\n"
      "Examples:\n"
      "  palier bench workers -- python3 embed.py page.txt\n"
      "      how many of these to run at once\n"
      "  palier bench workers --max 32 --time-budget 2min -- ./fetch.sh\n"
      "      more workers than CPUs, for jobs that wait\n"
      "  palier bench workers --job api --kind async\n"
      "      how many answers one event loop can wait for");
  return [options](Context& context) { return run_bench_workers(*options, context); };
}

}  // namespace palier
