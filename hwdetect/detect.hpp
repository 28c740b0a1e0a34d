#pragma once
#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// Everything that `root` tells of a computer. Never fails for what is missing: that becomes a note.
Machine detect(const Root& root);

}  // namespace palier
