#pragma once
#include <optional>

#include "profiles/models/model.hpp"

namespace palier {

/// Gives a model of which the geometry alone is known the tensors that follow from it, stored as `type` (norms and
/// routers as F32). What its makers' count of parameters has beyond them becomes one tensor more. Throws Error where
/// the two are more than 3 % apart: the geometry is wrong.
void shape_tensors(Model& model, const TensorType& type, std::optional<double> parameters);

}  // namespace palier
