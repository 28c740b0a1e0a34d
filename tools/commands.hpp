#pragma once
#include "tools/command.hpp"

namespace palier {

// One file per command: tools/NAME.cpp.
CommandSpec start_command();
CommandSpec detect_command();
CommandSpec advise_command();
CommandSpec fit_command();
CommandSpec generate_command();
CommandSpec check_command();
CommandSpec bench_command();
CommandSpec compare_command();
CommandSpec data_command();
CommandSpec completion_command();
CommandSpec man_command();

}  // namespace palier
