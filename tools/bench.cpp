#include "tools/bench_workers.hpp"
#include "tools/commands.hpp"

namespace palier {

CommandSpec bench_command() {
  return {.name = "bench",
          .summary = "Measure what this machine really does",
          .description =
              "Measures throughput on this machine. Every raw sample is kept in the Report document, with its "
              "median, spread and confidence interval beside it.",
          .examples = {{"palier bench workers -- ./job.sh", "how many of these jobs to run at once"}},
          .setup = [](CLI::App& app) -> Action {
            CLI::App* workers = app.add_subcommand("workers", "How many workers of a command this machine carries");
            app.require_subcommand(1);
            return setup_bench_workers(*workers);
          }};
}

}  // namespace palier
