#pragma once
#include "base/data.hpp"
#include "bench/gpu/limits.hpp"

namespace palier {

/// What gpus.yaml says of the measured GPUs: bandwidth, and the dense rate of a product's format.
DataSheet data_sheets(const DataPath& data);

}  // namespace palier
