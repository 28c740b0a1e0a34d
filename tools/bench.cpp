#include "tools/commands.hpp"

namespace palier {

CommandSpec bench_command() {
  return {.name = "bench", .summary = "", .description = "", .examples = {}, .setup = [](CLI::App&) -> Action {
            return [](Context&) { return ExitCode::failed; };
          }};
}

}  // namespace palier
