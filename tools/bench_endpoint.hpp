#pragma once
#include "tools/command.hpp"

namespace palier {

/// `palier bench endpoint`: declares its options and returns what runs it.
Action setup_bench_endpoint(CLI::App& endpoint);

}  // namespace palier
