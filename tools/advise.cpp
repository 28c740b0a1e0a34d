#include "tools/commands.hpp"

namespace palier {

CommandSpec advise_command() {
  return {.name = "advise", .summary = "", .description = "", .examples = {}, .setup = [](CLI::App&) -> Action {
            return [](Context&) { return ExitCode::failed; };
          }};
}

}  // namespace palier
