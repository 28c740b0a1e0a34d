#pragma once
#include <CLI/CLI.hpp>

#include "profiles/suppose.hpp"
#include "tools/command.hpp"

namespace palier {

/// --with and --without.
void declare(CLI::App& app, Supposition& what);

/// The machine as supposed, with notes on GPUs that today's software does not serve.
Machine suppose(Machine machine, const Supposition& what, const Context& context);

}  // namespace palier
