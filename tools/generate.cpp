#include "tools/commands.hpp"

namespace palier {

CommandSpec generate_command() {
  return {.name = "generate", .summary = "", .description = "", .examples = {}, .setup = [](CLI::App&) -> Action {
            return [](Context&) { return ExitCode::failed; };
          }};
}

}  // namespace palier
