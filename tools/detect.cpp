#include "tools/commands.hpp"

namespace palier {

CommandSpec detect_command() {
  return {.name = "detect", .summary = "", .description = "", .examples = {}, .setup = [](CLI::App&) -> Action {
            return [](Context&) { return ExitCode::failed; };
          }};
}

}  // namespace palier
