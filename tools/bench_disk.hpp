#pragma once
#include "tools/command.hpp"

namespace palier {

/// `palier bench disk`: declares its options on `disk` and returns what runs it.
Action setup_bench_disk(CLI::App& disk);

}  // namespace palier
