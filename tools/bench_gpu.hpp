#pragma once
#include "tools/command.hpp"

namespace palier {

/// `palier bench gpu`: declares its options on `gpu` and returns what runs it.
Action setup_bench_gpu(CLI::App& gpu);

}  // namespace palier
