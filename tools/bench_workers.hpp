#pragma once
#include "tools/command.hpp"

namespace palier {

/// `palier bench workers`: declares its options on `workers` and returns what runs it.
Action setup_bench_workers(CLI::App& workers);

}  // namespace palier
