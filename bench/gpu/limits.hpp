#pragma once
#include <functional>
#include <optional>

#include "bench/report.hpp"
#include "hwdetect/gpu_link.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// What the data sheet of the GPU (a member of the report's "gpus") says of a benchmark, in its unit; nullopt where it
/// says nothing.
using DataSheet = std::function<std::optional<double>(const Json& gpu, const Benchmark& benchmark)>;

/// Adds "limit", in the benchmark's unit, and "limit_of", its name, to the parameters.
void set_limit(Json& parameters, const LinkLimit& limit);

/// Gives the benchmarks of a report of GPUs the limit that they can reach at most, where it is known and they have none
/// yet: what the data sheet says, for transfers the link that detection found, for those between GPUs the slower one.
void add_limits(Report& report, const Machine& machine, const DataSheet& data_sheet);

}  // namespace palier
