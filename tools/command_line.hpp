#pragma once
#include "tools/command.hpp"

namespace palier {

/// Parses the arguments and runs the command that they name. Throws Error for what it does not understand, with the
/// nearest word that it would have.
ExitCode run_command_line(int argc, char** argv, Context& context);

}  // namespace palier
