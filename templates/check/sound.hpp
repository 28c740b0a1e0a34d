#pragma once
#include "templates/plan.hpp"

namespace palier {

/// Runs the linter on the workspace as it would be after apply(). Throws Error where it finds an error in a file that
/// palier would write.
void require_sound(const Plan& plan);

}  // namespace palier
