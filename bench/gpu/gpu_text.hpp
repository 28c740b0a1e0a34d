#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/terminal.hpp"
#include "bench/report.hpp"

namespace palier {

/// What the data sheet of the GPU (a member of the report's "gpus") says of a benchmark, in its unit; nullopt where it
/// says nothing.
using DataSheet = std::function<std::optional<double>(const Json& gpu, const Benchmark& benchmark)>;

/// A report of `palier bench gpu` as people read it: a table for each GPU.
std::string render_gpus(const Report& report, const DataSheet& data_sheet, const Terminal& terminal);

}  // namespace palier
