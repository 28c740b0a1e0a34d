#pragma once
#include <filesystem>
#include <vector>

#include "bench/prediction.hpp"
#include "tools/command.hpp"

namespace palier {

/// What the advice in a workspace expects of the machine that it was made for: memory bandwidth and fp32 rate as
/// `palier fit` takes them, and a worker for each CPU. Throws Error where the folder is no workspace of `palier start`.
std::vector<Prediction> predictions_of(const std::filesystem::path& workspace, const Context& context);

}  // namespace palier
